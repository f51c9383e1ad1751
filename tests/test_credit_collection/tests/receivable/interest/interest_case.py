from odoo import fields

from ..ageing.ageing_case import AgeingCase


class InterestCase(AgeingCase):
    """A company that charges 1.5 × LPR (P2-16), and notes as people propose them."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.income = cls.env["account.account"].create(
            {"code": "INT100", "name": "Late Interest", "account_type": "income_other"}
        )
        cls.company.sudo().write(
            {
                "receivable_interest_account_id": cls.income.id,
                "collection_agreement_max_waiver": 10.0,
            }
        )
        cls.lpr = cls._reference("LPR (test)", {"2024-10-21": 3.1, "2025-05-20": 3.0})
        cls.term = cls._terms("1.5 × LPR", kind="factor", reference_id=cls.lpr.id, factor=1.5)
        cls.company.sudo().receivable_interest_term_id = cls.term
        cls.customer = cls._customer("Late & Co")

    @classmethod
    def _reference(cls, name, rates):
        return (
            cls.env["receivable.reference"]
            .sudo()
            .create(
                {
                    "name": name,
                    "rate_ids": [
                        fields.Command.create({"date": day, "rate": rate})
                        for day, rate in rates.items()
                    ],
                }
            )
        )

    @classmethod
    def _terms(cls, name, **values):
        return cls.env["receivable.interest.term"].sudo().create({"name": name, **values})

    def _periods(self, day, partner=None, **options):
        return self.env["receivable.interest.accrual"]._get_periods(
            self.company, self._day(day), partner or self.customer, **options
        )

    def _total(self, day, partner=None, **options):
        return round(float(sum(row["amount"] for row in self._periods(day, partner, **options))), 2)

    def _propose(self, day, partner=None, user=None):
        """Notes as a collector proposes them."""
        wizard = (
            self.env["receivable.interest.propose"]
            .with_user(user or self.controller)
            .create({"partner_ids": (partner or self.customer).ids, "date_to": day})
        )
        action = wizard.action_propose()
        self.env.invalidate_all()
        return (
            self.env["receivable.interest"]
            .with_user(user or self.controller)
            .search(action["domain"])
        )

    def _posted(self, note):
        note.action_request()
        note.with_user(self.accountant).action_post()
        return note.sudo().move_id
