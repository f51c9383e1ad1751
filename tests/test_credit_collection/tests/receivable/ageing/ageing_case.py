from datetime import date

from odoo import fields

from ...common import CreditCollectionCommon


class AgeingCase(CreditCollectionCommon):
    """Books of known days, and the ageing of any day read straight from the service."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.sudo().credit_mode = "off"
        cls.ageing = cls.env["receivable.ageing"]

    @classmethod
    def _day(cls, text):
        return fields.Date.to_date(text)

    @classmethod
    def _dated(cls, partner, amount, day, due=None, **values):
        """An invoice of a day, in 2025 or so: ages do not depend on when the tests run."""
        return cls._invoice(
            partner, amount, invoice_date=day, date=day, invoice_date_due=due or day, **values
        )

    @classmethod
    def _entry(cls, *lines, day="2025-06-30"):
        """A posted miscellaneous entry of (account, debit less credit, partner)."""
        move = cls.env["account.move"].create(
            {
                "date": day,
                "journal_id": cls.company_data["default_journal_misc"].id,
                "line_ids": [
                    fields.Command.create(
                        {
                            "account_id": account.id,
                            "debit": max(amount, 0.0),
                            "credit": max(-amount, 0.0),
                            "partner_id": partner.id if partner else False,
                        }
                    )
                    for account, amount, partner in lines
                ],
            }
        )
        move.action_post()
        return move

    def _items(self, day, partner=None, **options):
        """Open items of a day, of one customer when given, oldest first."""
        day = day if isinstance(day, date) else self._day(day)
        rows = self.ageing._get_items(self.company, day, **options)
        return [row for row in rows if partner is None or row["partner_id"] == partner.id]

    def _ties(self, day):
        """The total of a day is the posted balance of the receivable accounts, to the cent."""
        day = day if isinstance(day, date) else self._day(day)
        total = sum(row["amount"] for row in self._items(day))
        lines = self.env["account.move.line"].search(
            [
                ("account_type", "=", "asset_receivable"),
                ("parent_state", "=", "posted"),
                ("company_id", "=", self.company.id),
                ("date", "<=", day),
            ]
        )
        currency = self.company.currency_id
        total, balance = currency.round(total), self.ageing._get_balance(self.company, day)
        self.assertEqual(total, currency.round(sum(lines.mapped("balance"))))
        self.assertEqual(total, balance)
        return total
