from odoo.tests import tagged

from ...credit.policy.policy_case import PolicyCase
from ..confirmation.sheet_case import SheetCase


@tagged("post_install", "-at_install")
class TestKeyCustomer(SheetCase, PolicyCase):
    """Weekly follow-up of key customers, confirmed by both sides; high-risk alert (P2-18)."""

    def setUp(self):
        super().setUp()
        self.company.sudo().collection_key_sales = 5000
        self.small = self._customer("Small")
        self._sell(self.buyer, 5000)
        self._sell(self.small, 4999)
        self.case = self._case(user=self.collector)
        self.small_case = self._case(self.small, self.collector)

    def _sell(self, customer, amount, **values):
        """In November, the last of the full months that count."""
        with self._on("2026-11-25"):
            self._invoice(customer, amount, 10, **values)

    def _week(self, day):
        with self._on(day):
            self.env["collection.case"].sudo()._follow_up_key_customers(self.company.sudo())

    def _open(self, case=None):
        case = case or self.case
        return [
            len(self._activities(case, kind))
            for kind in ("mail_activity_weekly_collection", "mail_activity_weekly_finance")
        ]

    def test_weekly(self):
        self._week("2026-12-02")
        self._week("2026-12-03")
        self.assertEqual((self._open(), self._open(self.small_case)), ([1, 1], [0, 0]))
        self.assertTrue(self.case.is_key_customer)
        self.assertEqual(self.case.followup_state, "open")
        tasks = self._activities(self.case)
        self.assertEqual(tasks.user_id, self.collector | self.controller)
        self.assertEqual({str(day) for day in tasks.mapped("date_deadline")}, {"2026-12-04"})
        mine = tasks.filtered(lambda task: task.user_id == self.collector)
        with self._on("2026-12-03"):
            mine.with_user(self.collector).action_done()
        self.assertEqual(self.case.followup_state, "half")
        self._week("2026-12-04")
        self.assertEqual(self._open(), [0, 1])
        with self._on("2026-12-04"):
            (tasks - mine).with_user(self.controller).action_done()
        self.assertEqual(self.case.followup_state, "done")
        self._week("2026-12-07")
        self.assertEqual((self._open(), self.case.followup_state), ([1, 1], "open"))
        # Last week's open activity stays, late; no second one comes.
        self._week("2026-12-14")
        self.assertEqual(self._open(), [1, 1])

    def test_run_on_a_weekend(self):
        """A first run on Sunday asks for Monday, not for the Friday before."""
        self._week("2026-12-06")
        tasks = self._activities(self.case)
        self.assertEqual({str(day) for day in tasks.mapped("date_deadline")}, {"2026-12-07"})
        self._week("2026-12-07")
        self.assertEqual(self._open(), [1, 1])

    def test_no_longer_key(self):
        self._week("2026-12-02")
        self.company.sudo().collection_key_sales = 0
        self._week("2026-12-08")
        self.assertFalse(self.case.is_key_customer)

    def test_the_policy_names_the_amount(self):
        """Template P2: 10,000,000; 0 in a policy leaves it to the settings."""
        policy = self._load("P2")
        self.assertEqual(policy.collection_key_sales, 10000000)
        policy.collection_key_sales = 5001
        self._approve_policy(policy)
        self._week("2026-12-02")
        self.assertFalse(self.case.is_key_customer, "5,000 in the settings, 5,001 in the policy")
        self._sell(self.buyer, 1)
        self._week("2026-12-09")
        self.assertTrue(self.case.is_key_customer)

    def test_contacts_and_credit_notes_count(self):
        contact = self.env["res.partner"].create({"name": "C", "parent_id": self.small.id})
        self._sell(contact, 1)
        self._week("2026-12-02")
        self.assertEqual(self._open(self.small_case), [1, 1])
        self._sell(self.buyer, 1, move_type="out_refund")
        self._week("2026-12-09")
        self.assertFalse(self.case.is_key_customer)

    def test_high_risk(self):
        self._week("2026-12-02")
        self.assertFalse(self._activities(self.case, "mail_activity_high_risk"))
        self.case.with_user(self.manager).sudo()._system().is_evasive = True
        self._week("2026-12-03")
        self._week("2026-12-10")
        task = self._activities(self.case, "mail_activity_high_risk")
        self.assertEqual(task.user_id, self.company._credit_controllers())
        self.assertEqual(len(task), len(task.user_id))
