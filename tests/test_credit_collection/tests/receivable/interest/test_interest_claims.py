from odoo.tests import tagged

from .interest_case import InterestCase


@tagged("post_install", "-at_install")
class TestInterestClaims(InterestCase):
    """What was charged is a claim beside the principal: exposure, ledger, statement (P3-01)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.invoice = cls._dated(cls.customer, 36500, "2025-06-01")
        cls.company.sudo().receivable_interest_term_id = cls._terms("1%", kind="fixed", rate=1)

    def test_exposure_and_ledger_tell_it_apart(self):
        move = self._posted(self._propose("2025-06-11"))
        self.env.flush_all()
        for model in ("credit.exposure.line", "collection.ledger"):
            rows = self.env[model].search([("partner_id", "=", self.customer.id)])
            found = {row.move_id: row.claim for row in rows}
            with self.subTest(model=model):
                self.assertEqual(found, {self.invoice: "principal", move: "interest"})
                groups = self.env[model]._read_group(
                    [("partner_id", "=", self.customer.id)], ["claim"], ["amount:sum"]
                )
                self.assertEqual(dict(groups), {"principal": 36500, "interest": 10})
        self.assertEqual(self._exposure(self.customer), 36510)

    def test_a_statement_names_it_apart_and_what_has_accrued(self):
        self._posted(self._propose("2025-06-11"))
        today = self.company._credit_today()
        statement = self.env["receivable.statement"]
        accounts = statement._get_accounts(self.company, self.customer, today, today)
        (one,) = accounts[self.customer.id]
        self.assertEqual((one.closing, one.interest, one.accrued), (36510, 10, 0))
        self.assertEqual({row.kind for row in one.items}, {"invoice", "interest"})
        self.company.sudo().receivable_interest_shown = True
        accounts = statement._get_accounts(self.company, self.customer, today, today)
        (one,) = accounts[self.customer.id]
        days = (today - self._day("2025-06-11")).days
        self.assertEqual((one.closing, one.accrued), (36510, days))
