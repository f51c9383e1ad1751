from odoo import models
from odoo.tools import SQL, format_date

from .collection_letter_create import AGES, OLDEST


class CollectionLetter(models.Model):
    """The residual is read again before a letter goes out: nobody is asked for what he paid."""

    _inherit = "collection.letter"

    def _refresh(self):
        """Bring the letter to what the books say now, or cancel it when nothing remains.

        Items are those listed when it was written: one that fell due since has its own turn.
        Days stay counted to the date of the letter.

        :return: whether something remains to be asked for
        """
        self.ensure_one()
        currency = self.currency_id
        items = [
            item
            for item in self.env["collection.item"]._get_items(self.company_id, self.partner_id.ids)
            if item["currency_id"] == currency.id
        ]
        by_line = {item["move_line_id"]: item for item in items}
        changed = False
        for line in self.line_ids:
            item = by_line.get(line.move_line_id.id)
            values = {
                "amount": currency.round(float(item["amount_currency"])) if item else 0.0,
                "net": currency.round(float(item["net_currency"])) if item else 0.0,
                "chase": currency.round(float(item["chase_currency"])) if item else 0.0,
                "rests": item and ",".join(item["rests"]) or False,
            }
            if currency.is_zero(values["chase"]):
                line._system().unlink()
                changed = True
            elif any(line[name] != value for name, value in values.items()):
                line._system().write(values)
                changed = True
        if not self.line_ids:
            self._cancel(
                self.env._(
                    "Nothing remains to be asked for: paid, contested, promised, under agreement"
                    " or left out since the letter was written."
                )
            )
            return False
        if changed:
            self._system().write(self._get_figures(items))
        return True

    def _get_stop(self):
        """Why a run would not write this letter any more, though something is open; False if it would.

        Between the run and the mail there may be a night, or hours after a failure. Letters
        written by hand are their writers' decision.
        """
        self.ensure_one()
        if not self.run_id or self.is_test or self.type_id.audience == "internal":
            return False
        company = self.company_id
        today = company._credit_today()
        case = self.case_id
        if case.state == "closed" and case.date_silent:
            return self.env._("%s was closed by hand since the letter was written.", case.name)
        if case.date_pause and case.date_pause >= today:
            return self.env._("No letters until %s.", format_date(self.env, case.date_pause))
        self.env.flush_all()
        found = self.env.execute_query(
            SQL(
                "SELECT reason FROM (%s) money WHERE partner_id = %s",
                self.env["collection.run"]._decision_money_sql(company, today),
                self.partner_id.id,
            )
        )
        if found:
            reasons = dict(
                self.env["collection.run.line"]._fields["skip"]._description_selection(self.env)
            )
            return reasons[found[0][0]]
        return self.run_id._get_guard_message()

    def _get_figures(self, items):
        """Figures of the letter, for the lines it has and the open items of its currency."""
        lines, currency = self.line_ids, self.currency_id
        by_line = {item["move_line_id"]: item for item in items}
        figures = {
            "amount_open": sum(lines.mapped("amount")),
            "amount_total": sum(lines.mapped("chase")),
            "amount_company": sum(float(by_line[line.move_line_id.id]["chase"]) for line in lines),
            "amount_credit": self._get_credit(),
            "days_overdue": max(lines.mapped("days_overdue")),
            "item_count": len(lines),
            **{name: 0.0 for name, _days in AGES},
            OLDEST: 0.0,
        }
        for item in items:
            days = (self.date - item["date_maturity"]).days if item["date_maturity"] else 0
            name = next((name for name, limit in AGES if days <= limit), OLDEST)
            figures[name] += currency.round(float(item["net_currency"]))
        return figures

    def _get_credit(self):
        """Payments and credit notes of the customer in the currency, not applied, positive."""
        rows = self.env.execute_query(
            SQL(
                "SELECT credit.amount FROM (%s) credit WHERE credit.currency_id = %s",
                self._get_credits_sql(self.company_id, self.partner_id.ids),
                self.currency_id.id,
            )
        )
        return self.currency_id.round(float(rows[0][0])) if rows else 0.0

    def _cancel(self, reason):
        self._system().write({"state": "cancelled", "cancel_reason": reason, "failure": False})
