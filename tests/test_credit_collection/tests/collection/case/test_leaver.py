from odoo.exceptions import AccessError
from odoo.tests import tagged

from ..run.run_case import RunCase


@tagged("post_install", "-at_install")
class TestLeaver(RunCase):
    """Nothing stays without an owner when somebody leaves (P3-02), and a portfolio is kept."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.customer = cls._customer("Debtor", user_id=False)
        cls.contested = cls.env["collection.reason"].create(
            {"name": "Price", "category": "external", "route": "sales", "is_dispute": True}
        )

    def _open_dispute(self, invoice, user):
        dispute = (
            self.env["collection.dispute"]
            .with_user(user)
            ._open({"move_id": invoice.id, "reason_id": self.contested.id})
        )
        return dispute.with_env(self.env)

    def test_dispute_of_a_leaver(self):
        """The head of sales leaves: their disputes go to the collector, with their deadline."""
        invoice = self._invoice(self.customer, 100, days_overdue=9)
        self._run()
        self.company.sudo().collection_sales_head_id = self.sales_manager
        dispute = self._open_dispute(invoice, self.collector)
        self.assertEqual(dispute.user_id, self.sales_manager)
        deadline = dispute.deadline
        self.sales_manager.sudo().active = False
        self.assertEqual(dispute.user_id, self.collector)
        self.assertEqual(dispute.activity_ids.user_id, self.collector)
        self.assertEqual(dispute.deadline, deadline)
        dispute.with_user(self.collector)._check_may_decide()

    def test_case_taken_over(self):
        """The head leaves after a takeover: the case stays with the team, its filing goes along."""
        self.customer.user_id = self.salesperson
        self._invoice(self.customer, 100, days_overdue=200)
        self._run()
        case = self._case(self.customer)
        filing = self.env["collection.filing"].search([("case_id", "=", case.id)])
        self.assertEqual((case.user_id, filing.user_id), (self.manager, self.manager))
        self.manager.sudo().active = False
        self.assertEqual(case.user_id, self.collector)
        self.assertEqual(filing.user_id, self.collector)
        # The evidence is asked of somebody who is there.
        self.assertEqual(filing.collector_id, self.salesperson)
        self.salesperson.sudo().active = False
        self.assertEqual(filing.collector_id, self.collector)
        self.assertEqual(filing.activity_ids.user_id, self.collector)

    def test_complaint_without_a_head(self):
        """The head of the team is gone, or there is no team: another head hears of it."""
        self._invoice(self.customer, 100, days_overdue=9)
        self._run()
        case = self._case(self.customer)
        head = self._user("head2", "credit_collection.group_collection_manager")
        self.manager.sudo().active = False
        for team in (self.team, self.team.browse()):
            case._system().team_id = team
            self.env["collection.contact"].with_user(self.collector).create(
                {"case_id": case.id, "channel": "mail", "summary": "Rude", "is_complaint": True}
            )
        told = case.activity_ids.filtered(lambda a: a.summary == "Complaint of the customer")
        self.assertEqual(len(told), 2)
        self.assertFalse(told.user_id & self.manager)
        self.assertTrue(all(user.active for user in told.user_id))
        self.assertTrue(head)

    def test_own_portfolio_is_for_acting_too(self):
        """A collector with a portfolio makes no agreement and no dispute of another's customer."""
        invoice = self._invoice(self.customer, 100, days_overdue=9)
        self._run()
        self.assertEqual(self._case(self.customer).user_id, self.collector)
        self.company.sudo().collection_own_portfolio = True
        self.env.registry.clear_cache()
        agreements = self.env["collection.agreement"]
        values = {"partner_id": self.customer.id, "company_id": self.company.id}
        with self.assertRaises(AccessError):
            agreements.with_user(self.collector2).create(values)
        with self.assertRaises(AccessError):
            self._open_dispute(invoice, self.collector2)
        self.assertTrue(agreements.with_user(self.collector).create(values))
        self.assertTrue(agreements.with_user(self.controller).create(values))
        self.assertTrue(self._open_dispute(invoice, self.collector))
