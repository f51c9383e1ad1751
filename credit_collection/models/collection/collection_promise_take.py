from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Command


class CollectionPromise(models.Model):
    """How a promise comes into being, and how it is taken back by hand."""

    _name = "collection.promise"
    _inherit = ["collection.promise", "collection.fact.mixin"]

    @api.model
    def _take(self, case, rows, contact=None):
        """Note a customer's promise over open items of his case.

        :param case: the open `collection.case`
        :param rows: dicts with move_line_id, date_promised and optionally amount, in the
            currency of the item; without it, what of the item may be chased today
        :param contact: the `collection.contact` in which it was given
        :return: the promises, one per currency of the items
        :raise AccessError: the user is neither collector nor credit controller
        :raise UserError: no item, an item that is not an open one of this customer, an
            amount that is not above zero or above what is open, a date in the past or
            further ahead than the company allows, an item promised already
        """
        self._check_may_collect()
        case.ensure_one()
        case.check_access("read")
        if case.state != "open":
            raise UserError(self.env._("%s is closed.", case.display_name))
        if not rows:
            raise UserError(
                self.env._("Choose at least one item that the customer promises to pay.")
            )
        by_currency = {}
        for currency, values in self._prepare_lines(case, rows):
            by_currency.setdefault(currency, []).append(Command.create(values))
        # sudo: a promise is written by the system, on behalf of who took it
        promises = (
            self.sudo()
            ._system()
            .create(
                [
                    {
                        "partner_id": case.partner_id.id,
                        "company_id": case.company_id.id,
                        "currency_id": currency.id,
                        "case_id": case.id,
                        "contact_id": contact.id if contact else False,
                        "user_id": self.env.user.id,
                        "date": case.company_id._credit_today(),
                        "line_ids": commands,
                    }
                    for currency, commands in by_currency.items()
                ]
            )
        )
        for promise in promises:
            case.sudo().message_post(body=promise._get_words())
        case.sudo()._refresh()
        return self.browse(promises.ids)

    @api.model
    def _prepare_lines(self, case, rows):
        """[(currency, values of a line)] after the checks of `_take`."""
        company, lines = case.company_id, self.env["account.move.line"].sudo()
        today = company._credit_today()
        # sudo: items of the case's customer, of which the collector asks for payment
        items = {
            item["move_line_id"]: item
            for item in self.env["collection.item"].sudo()._get_items(company, case.partner_id.ids)
        }
        chosen = [int(row["move_line_id"]) for row in rows]
        if len(set(chosen)) < len(chosen):
            raise UserError(self.env._("An item can stand in a promise only once."))
        result = []
        for line, row in zip(lines.browse(chosen), rows, strict=True):
            item = items.get(line.id)
            if not item:
                raise UserError(
                    self.env._(
                        "%(item)s is no open item of %(customer)s.",
                        item=line.exists().move_id.name or line.id,
                        customer=case.partner_id.name,
                    )
                )
            self._check_not_promised(line)
            currency = line.currency_id
            residual = line.amount_residual_currency
            amount = row.get("amount")
            if amount is None or amount is False:
                amount = float(item["chase_currency"])
            amount = self._clean_amount(currency, amount)
            self._check_amount(line, currency, amount, residual)
            day = fields.Date.to_date(row.get("date_promised"))
            self._check_date(company, today, day)
            result.append(
                (
                    currency,
                    {
                        "move_line_id": line.id,
                        "amount": amount,
                        "residual_start": residual,
                        "date_promised": day,
                        "date_limit": day
                        + timedelta(days=company.sudo().collection_promise_grace_days),
                    },
                )
            )
        return result

    @api.model
    def _check_not_promised(self, line):
        # sudo: of whoever took it
        known = self.line_ids.sudo().search(
            [("move_line_id", "=", line.id), ("state", "=", "open")], limit=1
        )
        if known:
            raise UserError(
                self.env._(
                    "%(item)s is promised for %(date)s already: cancel that promise first.",
                    item=line.move_id.name,
                    date=known.date_promised,
                )
            )

    @api.model
    def _check_amount(self, line, currency, amount, residual):
        if currency.compare_amounts(amount, 0) <= 0:
            raise UserError(
                self.env._(
                    "The promised amount of %(item)s must be above zero, not %(amount)s.",
                    item=line.move_id.name,
                    amount=currency.format(amount),
                )
            )
        if currency.compare_amounts(amount, residual) > 0:
            raise UserError(
                self.env._(
                    "Only %(residual)s of %(item)s is open: %(amount)s cannot be promised.",
                    residual=currency.format(residual),
                    item=line.move_id.name,
                    amount=currency.format(amount),
                )
            )

    @api.model
    def _check_date(self, company, today, day):
        if not day:
            raise UserError(self.env._("Enter the day on which the customer pays."))
        if day < today:
            raise UserError(self.env._("The promised day %s lies in the past.", day))
        limit = company.sudo().collection_promise_max_days
        # Not `env.su`: a dialog takes promises on behalf of the user, whose limit it is.
        is_manager = self.env.user.has_group("credit_collection.group_collection_manager")
        if (day - today).days > limit and not is_manager:
            raise UserError(
                self.env._(
                    "You may take promises for the next %(days)s days, until %(last)s; %(date)s needs"
                    " a repayment agreement or your collection manager.",
                    days=limit,
                    last=today + timedelta(days=limit),
                    date=day,
                )
            )
        if (day - today).days > 730:
            raise UserError(self.env._("The promised day %s is more than two years ahead.", day))

    @api.model
    def _spread(self, case, amount, date_promised, currency=None):
        """Rows for `_take`: one total, on the oldest items that may be chased.

        :param amount: total in `currency`, company currency by default
        :return: list of dicts move_line_id, amount, date_promised
        :raise UserError: not above zero, or more than may be chased in that currency
        """
        self._check_may_collect()
        case.check_access("read")
        currency = currency or case.company_id.currency_id
        rest, rows = self._clean_amount(currency, amount), []
        if currency.compare_amounts(rest, 0) <= 0:
            raise UserError(self.env._("The promised amount must be above zero."))
        # sudo: items of the case's customer, of which the collector asks for payment
        items = self.env["collection.item"].sudo()._get_items(case.company_id, case.partner_id.ids)
        for item in items:
            share = currency.round(min(rest, float(item["chase_currency"])))
            if item["currency_id"] != currency.id or currency.compare_amounts(share, 0) <= 0:
                continue
            rows.append(
                {
                    "move_line_id": item["move_line_id"],
                    "amount": share,
                    "date_promised": date_promised,
                }
            )
            rest = currency.round(rest - share)
            if currency.is_zero(rest):
                return rows
        raise UserError(
            self.env._(
                "%(customer)s can promise %(most)s at most: that is open and neither disputed,"
                " promised nor under agreement.",
                customer=case.partner_id.name,
                most=currency.format(amount - rest),
            )
        )

    def _get_words(self):
        self.ensure_one()
        return self.env._(
            "Promised: %(lines)s",
            lines="; ".join(
                self.env._(
                    "%(amount)s of %(item)s on %(date)s",
                    amount=line.currency_id.format(line.amount),
                    item=line.move_id.name,
                    date=line.date_promised,
                )
                for line in self.sudo().line_ids
            ),
        )

    # ------------------------------------------------------------------ taken back

    def _check_can_cancel(self):
        result = super()._check_can_cancel()
        self._check_may_collect()
        if self.state != "open":
            raise UserError(self.env._("%s is not open any more.", self.display_name))
        return result

    def _do_cancel(self, note):
        note = self._clean_note(note)
        # sudo: written by the system only; the checks came before
        promises = self.sudo()._system()
        for company in promises.company_id:
            promises.filtered(lambda p, c=company: p.company_id == c).line_ids.filtered(
                lambda line: line.state == "open"
            ).write({"state": "cancelled", "date_judged": company._credit_today()})
        promises.write({"cancel_note": note})
        for promise in promises:
            promise.case_id.message_post(
                body=self.env._(
                    "%(promise)s cancelled: %(note)s", promise=promise.display_name, note=note
                )
            )
        promises.case_id._refresh()
        return True

    @api.constrains("line_ids")
    def _check_one_customer(self):
        for promise in self:
            for line in promise.line_ids:
                item = line.move_line_id.sudo()
                if (
                    item.partner_id.commercial_partner_id != promise.partner_id
                    or item.company_id != promise.company_id
                    or item.currency_id != promise.currency_id
                ):
                    raise ValidationError(
                        self.env._(
                            "%s belongs to another customer, company or currency.",
                            item.move_id.name,
                        )
                    )
