from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from ..letter.letter_case import LetterCase


@tagged("post_install", "-at_install")
class TestCaseFigures(LetterCase):
    """What a caller wants to know, on the case: each figure is the documents that it opens."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.customer = cls._customer(limit=5000)
        cls.old = cls._invoice(cls.customer, 1000, days_overdue=70)
        cls.young = cls._invoice(cls.customer, 400, days_overdue=20)
        cls.future = cls._invoice(cls.customer, 300, days_overdue=-5)
        cls.case = cls._case(cls.customer).with_user(cls.collector)

    def _fresh(self):
        self.env.flush_all()
        self.env.invalidate_all()
        return self.case

    def _rows(self, action):
        return self.env[action["res_model"]].with_user(self.collector).search(action["domain"])

    def test_a_form_being_filled_in_shows_no_other_customer(self):
        other = self._customer("Other", limit=77777)
        self._invoice(other, 6543, days_overdue=40)
        names = ("amount_balance", "amount_limit", "amount_overdue", "age_d060", "days_overdue")
        found = self.case.onchange(
            {"partner_id": other.id, "company_id": self.company.id},
            ["partner_id", "company_id"],
            {"partner_id": {}, "company_id": {}, **{name: {} for name in names}},
        )["value"]
        for name in names:
            self.assertNotIn(found.get(name), (6543, 77777, 40), name)

    def test_balance_limit_and_ages(self):
        self._receive(self.customer, 100)
        # Owed, and not to be collected.
        self._invoice(self.customer, 200, days_overdue=25).no_followup = True
        case = self._fresh()
        self.assertRecordValues(
            case,
            [
                {
                    "amount_balance": 1800,
                    "amount_limit": 5000,
                    "credit_control": "limit",
                    "credit_status": self.customer.sudo().credit_status,
                    "age_current": 300,
                    "age_d030": 400,
                    "age_d060": 0,
                    "age_d090": 900,
                    "age_older": 0,
                }
            ],
        )
        self.assertEqual(sum(case[f"age_{age}"] for age in ("d030", "d090")), case.amount_chase)
        balance = self._rows(case.action_open_balance())
        self.assertEqual(sum(balance.mapped("amount")), case.amount_balance)
        for age in ("current", "d030", "d090"):
            rows = self._rows(case.with_context(age_bucket=age).action_open_age())
            self.assertEqual(sum(rows.mapped("chase")), case[f"age_{age}"])
        self.assertFalse(self._rows(case.with_context(age_bucket="x").action_open_age()))

    def test_days_late_as_the_trade_record(self):
        self._pay(self.young)
        case = self._fresh()
        record = self.env["credit.payment.behaviour"]._get_figures(self.customer, self.company)
        self.assertEqual(case.days_late, round(record[self.customer.id]["days_late"]))
        self.assertTrue(case.has_days_late)
        self.assertEqual(self._rows(case.action_open_days_late()).move_id, self.old | self.young)

    def test_last_payment(self):
        case = self._fresh()
        self.assertFalse(case.date_last_payment)
        with self.assertRaises(UserError):
            case.action_open_last_payment()
        self._pay(self.young, date=self._today(-4))
        payment = self._receive(self.customer, 50, date=self._today(-2))
        self._invoice(self.customer, 20, move_type="out_refund")
        case = self._fresh()
        self.assertRecordValues(
            case, [{"date_last_payment": self._today(-2), "amount_last_payment": 50}]
        )
        action = case.action_open_last_payment()
        self.assertEqual((action["res_model"], action["res_id"]), (payment._name, payment.id))
        # A salesperson reads the figure, not the payment.
        with self.assertRaises(AccessError):
            case.with_user(self.salesperson).action_open_last_payment()
        self.assertEqual(case.with_user(self.salesperson).amount_last_payment, 50)

    def test_returned_payment_is_none(self):
        first = self._pay(self.young, amount=100, date=self._today(-9))
        back = self._pay(self.old, date=self._today(-3))
        entry = back.move_id._reverse_moves([{"date": self._today(-1)}], cancel=False)
        entry.action_post()
        lines = (back.move_id | entry).line_ids.filtered(
            lambda line: line.account_id.account_type == "asset_receivable"
        )
        lines.remove_move_reconcile()
        lines.reconcile()
        case = self._fresh()
        self.assertEqual(case.date_last_payment, self._today(-9), first.display_name)

    def test_batches(self):
        """A list of cases asks as often as one case."""
        cases = self.case
        for number in range(5):
            customer = self._customer(f"C{number}", limit=100)
            self._invoice(customer, 50, days_overdue=9)
            cases |= self._case(customer).with_user(self.collector)
        names = ["amount_balance", "days_late", "date_last_payment", "age_d030"]

        def count(records):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            records.mapped(lambda case: [case[name] for name in names])
            return self.cr.sql_log_count - before

        count(cases)
        self.assertLessEqual(count(cases), count(self.case) + 3)
