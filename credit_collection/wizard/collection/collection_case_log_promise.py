from odoo import api, models
from odoo.exceptions import UserError


class CollectionCaseLog(models.TransientModel):
    """The promise that comes of a contact: so much until a day, on the oldest items."""

    _inherit = "collection.case.log"

    def _get_promise_items(self):
        """Return rows with an amount to ask for in the promise's currency: overdue first, then not due."""
        return [
            row
            for row in self._get_items()
            if row["currency_id"] == self.promise_currency_id._origin.id
            and row["chase_currency"] > 0
        ]

    @api.depends("case_id", "promise_currency_id")
    def _compute_promise_open(self):
        for log in self:
            log.promise_open = sum(float(row["chase_currency"]) for row in log._get_promise_items())

    @api.depends("case_id", "promise_currency_id")
    def _compute_promise_amount(self):
        for log in self:
            log.promise_amount = sum(
                float(row["chase_currency"]) for row in log._get_promise_items() if row["days"] > 0
            )

    def _allocate_promise(self):
        """Return [(item, amount)]: the promised amount over the oldest items.

        :raise UserError: more is promised than may be asked for
        """
        self.ensure_one()
        currency, left = self.promise_currency_id, self.promise_amount
        rows = []
        for item in self._get_promise_items():
            if currency.compare_amounts(left, 0) <= 0:
                break
            amount = currency.round(min(float(item["chase_currency"]), left))
            rows.append((item, amount))
            left -= amount
        if currency.compare_amounts(left, 0) > 0:
            raise UserError(
                self.env._(
                    "Promised: %(amount)s exceeds the amount to collect today, %(open)s.",
                    amount=currency.format(self.promise_amount),
                    open=currency.format(self.promise_open),
                )
            )
        return rows

    @api.depends("promise_amount", "promise_currency_id", "result")
    def _compute_promise_text(self):
        for log in self:
            text = False
            currency = log.promise_currency_id
            if (
                log.result == "promise"
                and currency
                and currency.compare_amounts(log.promise_amount, log.promise_open) <= 0
            ):
                lines = self.env["account.move.line"].sudo()  # sudo: names of the items
                text = ", ".join(
                    f"{lines.browse(item['move_line_id']).move_id.name} {currency.format(amount)}"
                    for item, amount in log._allocate_promise()[:6]
                )
            log.promise_text = text

    def _log_promise(self, contact):
        rows = [
            {
                "move_line_id": item["move_line_id"],
                "amount": amount,
                "date_promised": self.promise_date,
            }
            for item, amount in self._allocate_promise()
        ]
        # sudo: a salesperson notes promises of their own customer; checked above
        self.env["collection.promise"].sudo()._register_promise(self.case_id, rows, contact)
