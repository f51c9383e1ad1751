from datetime import timedelta

from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Command
from odoo.tools import format_date

from ....engine import schedule
from .collection_agreement import TERMS


class CollectionAgreement(models.Model):
    """The schedule of an agreement, and whether a collector may agree on it alone."""

    _inherit = "collection.agreement"

    # ------------------------------------------------------------------ proposals

    @api.model
    def _get_preset(self, preset, day):
        """Terms of a ready proposal (P2-09, P2-13), counted from the day of the agreement."""
        blank = {
            "down_type": "none",
            "down_percent": 0.0,
            "down_date": False,
            "interval": 1,
            "interval_unit": "months",
            "fee_rate": 0.0,
            "fee_from": 1,
        }
        month = day + relativedelta(months=1)
        return {
            "down30": {
                **blank,
                "down_type": "percent",
                "down_percent": 30.0,
                "down_date": day,
                "instalment_count": 1,
                "date_first": day + timedelta(days=15),
            },
            "extension": {
                **blank,
                "instalment_count": 1,
                "date_first": day + timedelta(days=30),
                "fee_rate": 0.03,
            },
            "six_fee": {
                **blank,
                "instalment_count": 6,
                "date_first": month,
                "fee_rate": 0.02,
                "fee_from": 4,
            },
            "three": {**blank, "instalment_count": 3, "date_first": month},
        }.get(preset, {})

    @api.model
    def _with_preset(self, vals):
        """Return the values with the terms of their proposal filled in; other values stay."""
        if vals.get("preset", "custom") == "custom":
            return vals
        day = vals.get("date") or self[:1].date or self.env.company._credit_today()
        return {**self._get_preset(vals["preset"], fields.Date.to_date(day)), **vals}

    @api.onchange("preset", "date")
    def _onchange_preset(self):
        if self.preset and self.date:
            self.update(self._get_preset(self.preset, self.date))

    # ------------------------------------------------------------------ schedule

    @api.onchange("item_ids", *sorted(TERMS))
    def _onchange_terms(self):
        """Show the schedule as it would be; wrong terms are named and leave it as it was."""
        if self.state != "draft":
            return None
        plan = self._plan()
        self.update(
            {
                name: plan[name]
                for name in ("amount_total", "amount_company", "schedule_error", "left_out_note")
            }
        )
        for item in self.item_ids:
            item.update(plan["items"].get(item.move_line_id.id, {}))
        if plan["schedule_error"]:
            if not self.item_ids:
                return None
            return {"warning": {"title": self.env._("Terms"), "message": plan["schedule_error"]}}
        self.update({name: plan[name] for name in ("fee_total", "fee_waived", "date_last")})
        self.line_ids = [
            Command.clear(),
            *(
                Command.create({k: v for k, v in line.items() if k != "agreement_id"})
                for line in plan["lines"]
            ),
        ]
        return None

    def _build_lines(self, **terms):
        """Build the instalments of `engine.schedule` by the terms of the agreement, or by others."""
        self.ensure_one()
        currency = self.currency_id
        down = 0.0
        if self.down_type == "percent":
            down = currency.round(self.amount_total * self.down_percent / 100)
        elif self.down_type == "fixed":
            down = self.down_fixed
        values = {
            "count": self.instalment_count,
            "first": self.date_first,
            "interval": self.interval,
            "unit": self.interval_unit,
            "down": currency.round(down),
            "down_date": self.down_date or self.date,
            "rate": self.fee_rate,
            "fee_from": self.fee_from,
            **terms,
        }
        total = f"{self.amount_total:.{currency.decimal_places}f}"
        return schedule.build(total, currency.rounding, self.date, **values)

    def _plan(self):
        """Return what follows from items and terms: values of the agreement, `items` and `lines`."""
        self.ensure_one()
        # sudo: amounts follow the ledger, whatever the collector may read of it
        system = self.sudo()
        currency, company = self.currency_id, system.company_id
        customer = self.partner_id.commercial_partner_id
        # The part covered by money not applied is no principal, nor is what is disputed.
        net = system.env["credit.open.item"]._get_net(company, customer.ids)
        disputed = self._get_disputed(list(net))
        items = {}
        for item in system.item_ids:
            line = item.move_line_id.id
            owed = net.get(line, 0.0)
            left = min(disputed.get(line, 0.0), owed)
            items[line] = {
                "amount": currency.round(owed - left),
                "amount_left_out": currency.round(left),
                "credited_start": item._get_credited() if left else 0.0,
            }
        total = currency.round(sum(values["amount"] for values in items.values()))
        self.amount_total = total
        error = self._get_terms_error()
        lines = [] if error else self._build_lines()
        usual = (
            []
            if error
            else self._build_lines(
                rate=company.collection_agreement_fee_rate,
                fee_from=company.collection_agreement_free_count + 1,
            )
        )
        fee = float(sum(line.fee for line in lines))
        waived = max(float(sum(line.fee for line in usual)) - fee, 0.0)
        return {
            "items": items,
            "lines": [self._prepare_line(line) for line in lines],
            "amount_total": total,
            "amount_company": self._to_company(total) if self.date else 0.0,
            "left_out_note": self._get_left_out_note(disputed),
            "schedule_error": error,
            "fee_total": fee,
            "fee_waived": self._to_company(waived) if self.date else 0.0,
            "date_last": lines[-1].date if lines else False,
        }

    def _get_left_out_note(self, disputed):
        """Return the documents with a disputed amount, and the amounts; False where there are none."""
        # sudo: documents of the customer
        found = self.env["account.move.line"].sudo().browse(disputed)
        names = [
            f"{line.move_id.name}: {line.currency_id.format(disputed[line.id])}"
            for line in found.filtered(lambda line: line.currency_id == self.currency_id)
        ]
        return ", ".join(names) or False

    def _rebuild_schedule(self):
        """Compute open amounts of the items, instalments and fee of drafts anew.

        :raise ValidationError: the terms make no schedule; without items it stays empty
        """
        # sudo: the schedule is the system's
        for agreement in self.sudo()._system():
            if agreement.state != "draft":
                continue
            plan = agreement._plan()
            items, lines = plan.pop("items"), plan.pop("lines")
            for item in agreement.item_ids:
                item.write(items[item.move_line_id.id])
            if plan["schedule_error"] and agreement.item_ids:
                raise ValidationError(plan["schedule_error"])
            agreement.line_ids.unlink()
            agreement.line_ids.create(lines)
            agreement.write(plan)

    def _to_company(self, amount):
        return self.currency_id._convert(
            amount, self.company_id.currency_id, self.company_id, self.date
        )

    def _prepare_line(self, line):
        grace = self.company_id.collection_agreement_grace_days
        return {
            "agreement_id": self.id,
            "number": line.number,
            "date_due": line.date,
            "date_limit": line.date + timedelta(days=grace),
            "amount": float(line.amount),
            "fee": float(line.fee),
            "fee_days": line.fee_days,
        }

    def _get_terms_error(self):
        """Return all errors of the terms, in words; False when a schedule can be created."""
        self.ensure_one()
        env, currency = self.env, self.currency_id
        count, total = self.instalment_count, self.amount_total
        if not self.date or not self.date_first:
            return env._("Enter the days of the agreement and of the first installment.")
        down_date = self.down_date or self.date
        # sudo: a setting
        max_rate = self.company_id.sudo().collection_agreement_max_fee_rate
        errors = []
        if not 1 <= count <= 60:
            errors.append(env._("Choose 1 to 60 installments, not %s.", count))
        if not 1 <= self.interval <= 366:
            errors.append(env._("Choose an interval of 1 to 366, not %s.", self.interval))
        if self.date_first < self.date:
            errors.append(env._("The first installment lies before the day of the agreement."))
        if self.fee_from < 1:
            errors.append(env._("The fee begins with installment 1 at the earliest."))
        if not 0 <= self.fee_rate <= max_rate:
            errors.append(
                env._(
                    "The fee must be 0 to %(max)s%% per day, the largest that the company allows, not"
                    " %(rate)s%%.",
                    max=f"{max_rate:g}",
                    rate=f"{self.fee_rate:g}",
                )
            )
        if self.down_type == "percent" and not 0 < self.down_percent < 100:
            errors.append(
                env._(
                    "The down payment must be above 0 and below 100%%, not %s.", self.down_percent
                )
            )
        if not self.item_ids:
            errors.append(env._("Add the items that the agreement covers."))
        elif currency.compare_amounts(total, 0) <= 0:
            errors.append(env._("Nothing of these items is left to agree on: paid, or disputed."))
        elif self.down_type == "fixed" and (
            currency.compare_amounts(self.down_fixed, 0) <= 0
            or currency.compare_amounts(self.down_fixed, total) >= 0
        ):
            errors.append(
                env._(
                    "The down payment must be between zero and %(total)s; %(down)s is not valid.",
                    total=currency.format(total),
                    down=currency.format(self.down_fixed),
                )
            )
        if self.down_type != "none" and not self.date <= down_date <= self.date_first:
            errors.append(
                env._(
                    "The down payment is due between the agreement and the first installment, not"
                    " on %s.",
                    format_date(self.env, down_date),
                )
            )
        if errors:
            return "\n".join(errors)
        try:
            self._build_lines()
        except ValueError:
            return env._(
                "%s cannot be split into these installments. Change the number or the dates.",
                currency.format(total),
            )
        return False

    # ------------------------------------------------------------------ authority (P2-02)

    def _get_authority_gaps(self):
        """Return the points beyond the authority of a collector alone, in words."""
        self.ensure_one()
        # sudo: limits of authority bind users who may not read settings
        company, currency = self.company_id.sudo(), self.company_id.currency_id
        gaps = []
        days = (self.date_last - self.date).days if self.date_last else 0
        if days > company.collection_agreement_max_days:
            gaps.append(
                self.env._(
                    "%(days)s days until the last installment, %(max)s allowed",
                    days=days,
                    max=company.collection_agreement_max_days,
                )
            )
        if self.instalment_count > company.collection_agreement_max_instalments:
            gaps.append(
                self.env._(
                    "%(count)s installments, %(max)s allowed",
                    count=self.instalment_count,
                    max=company.collection_agreement_max_instalments,
                )
            )
        for amount, limit, text in (
            (
                self.amount_company,
                company.collection_agreement_max_amount,
                self.env._("%(amount)s of principal, %(max)s allowed"),
            ),
            (
                self.fee_waived,
                company.collection_agreement_max_waiver,
                self.env._("%(amount)s of standard fees waived, %(max)s allowed"),
            ),
        ):
            if currency.compare_amounts(amount, limit) > 0:
                gaps.append(
                    text % {"amount": currency.format(amount), "max": currency.format(limit)}
                )
        return gaps

    @api.depends(
        "amount_company", "fee_waived", "instalment_count", "date_last", "date", "company_id"
    )
    def _compute_authority(self):
        for agreement in self:
            agreement.authority_note = "; ".join(agreement._get_authority_gaps()) or False

    def _check_terms(self):
        """Raise when the terms of this draft do not make a schedule that lies ahead."""
        self.ensure_one()
        self._rebuild_schedule()
        if self.schedule_error:
            raise UserError(self.schedule_error)
        today = self.company_id._credit_today()
        first = min(self.line_ids.mapped("date_due"))
        if first < today or self.date > today:
            raise UserError(
                self.env._(
                    "Agreed on (%(date)s) must not lie in the future, nor the first payment"
                    " (%(first)s) in the past.",
                    date=format_date(self.env, self.date),
                    first=format_date(self.env, first),
                )
            )
