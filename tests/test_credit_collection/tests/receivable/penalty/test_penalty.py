from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged

from ..writeoff.writeoff_case import WriteoffCase


@tagged("post_install", "-at_install")
class TestPenalty(WriteoffCase):
    """A deposit turned into penalty (P5-15): by an entry, with approval, reversible; control frozen."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.debtor = cls._customer("In Default", limit=10000)
        cls.deposits = cls._account("DEP001", "Deposits Received", "liability_current")
        cls.income = cls._account("PEN001", "Penalties", "income_other")
        securities = cls.env["credit.security"].with_user(cls.controller)
        cls.deposit = securities.create(
            {"name": "D-1", "kind": "deposit", "partner_id": cls.debtor.id, "value": 5000}
        )

    def _penalty(self, amount=None, deposit=None, **values):
        action = (deposit or self.deposit).action_penalty()
        penalty = self.env["receivable.penalty"].with_user(self.controller)
        penalty = penalty.browse(action["res_id"])
        penalty.write(
            {"reason": "15 days past the term, clause 9", "deposit_account_id": self.deposits.id,
             "penalty_account_id": self.income.id, **({"amount": amount} if amount else {}), **values}
        )  # fmt: skip
        return penalty

    def _booked(self, amount=None):
        penalty = self._penalty(amount)
        penalty.action_request()
        self._approve(penalty)
        self.assertEqual(penalty.state, "approved")
        return penalty.sudo()

    def _control(self):
        return self.debtor.sudo().with_company(self.company).credit_control

    def test_deposit_becomes_penalty(self):
        penalty = self._booked()
        self.assertEntry(penalty.move_id, (self.deposits, 5000), (self.income, -5000))
        self.assertEqual(penalty.move_id.line_ids.partner_id, self.debtor)
        self.assertEqual(self._control(), "frozen")
        deposit = self.deposit.sudo()
        self.assertEqual((deposit.value, deposit.state), (0, "cancelled"))
        decision = self.env["credit.decision"].sudo().search([("partner_id", "=", self.debtor.id)])
        self.assertEqual(decision[:1].origin, penalty)

    def test_part_of_a_deposit(self):
        self._booked(2000)
        self.assertEqual((self.deposit.value, self.deposit.state), (3000, "valid"))
        with self.assertRaisesRegex(UserError, "more than the deposit"):
            self._penalty(3000.01).action_request()

    def test_who_asks_does_not_approve(self):
        self.finance_manager.sudo().group_ids |= self.env.ref(
            "credit_collection.group_credit_controller"
        )
        penalty = self._penalty().with_user(self.finance_manager)
        penalty.with_user(self.controller).action_request()
        self.assertEqual(self.deposit.value, 5000)
        for user in (self.controller, self.salesperson, self.general_manager):
            with self.assertRaises(UserError), self.env.cr.savepoint():
                penalty.with_user(user).validate_tier()
        self.assertEqual((penalty.state, self._control()), ("requested", "limit"))

    def test_who_wrote_the_reason_does_not_approve_it(self):
        both = self._user(
            "both",
            "credit_collection.group_credit_controller,credit_collection.group_credit_finance_manager",
        )
        penalty = self._penalty()
        penalty.with_user(both).amount = 4000
        penalty.amount = 5000  # written over by a colleague
        penalty.action_request()
        with self.assertRaises(AccessError), self.env.cr.savepoint():
            penalty.with_user(both).validate_tier()
        penalty.with_user(self.finance_manager).validate_tier()

    def test_reversal_brings_the_deposit_back(self):
        penalty = self._booked()
        self._undo(penalty)
        self.assertEqual(penalty.state, "cancelled")
        self.assertEntry(penalty.reverse_move_id, (self.deposits, -5000), (self.income, 5000))
        self.assertEqual((self.deposit.value, self.deposit.state), (5000, "valid"))
        # The freeze is lifted by people.
        self.assertEqual(self._control(), "frozen")
        with self.assertRaises(UserError):
            self._undo(penalty)

    def test_only_accountants_reverse(self):
        penalty = self._booked()
        for user in (self.controller, self.salesperson):
            with self.assertRaises(AccessError):
                self._undo(penalty, user=user)

    def test_entry_is_kept_by_its_document(self):
        penalty = self._booked()
        with self.assertRaises(UserError):
            penalty.move_id.with_user(self.accountant).button_draft()

    def test_nothing_is_booked_on_rejection(self):
        penalty = self._penalty()
        penalty.action_request()
        penalty.with_user(self.finance_manager)._rejected_tier()
        self.assertEqual((penalty.state, penalty.move_id.id), ("rejected", False))
        self.assertEqual((self.deposit.value, self._control()), (5000, "limit"))

    def test_what_cannot_be_requested(self):
        for values, message in (
            ({"reason": " "}, "Enter the reason"),
            ({"penalty_account_id": False}, "Choose the accounts"),
        ):
            with self.subTest(message), self.assertRaisesRegex(UserError, message):
                self._penalty(**values).action_request()
        with self.assertRaisesRegex(ValidationError, "cannot be used"):
            self._penalty(penalty_account_id=self.deposits.id)
        guarantee = self.deposit.create(
            {"name": "G-1", "kind": "guarantee", "partner_id": self.debtor.id, "value": 5000}
        )
        with self.assertRaisesRegex(ValidationError, "no deposit"):
            self._penalty(deposit=guarantee)

    def test_deposit_given_back_meanwhile(self):
        penalty = self._penalty()
        penalty.action_request()
        self.deposit.action_cancel()
        with self.assertRaisesRegex(UserError, "not an active deposit"):
            self._approve(penalty)

    def test_a_deposit_that_is_decided_about_stays_what_it_was(self):
        penalty = self._penalty(2000)
        penalty.action_request()
        other = self._customer("Somebody Else")
        for values in ({"partner_id": other.id}, {"value": 9000}, {"kind": "guarantee"}):
            with self.subTest(values=values), self.assertRaisesRegex(UserError, "depends on it"):
                self.deposit.with_user(self.controller).write(values)
        self._approve(penalty)
        self.assertEqual(penalty.partner_id, self.debtor)
        with self.assertRaisesRegex(UserError, "depends on it"):
            self.deposit.with_user(self.controller).partner_id = other

    def test_a_request_is_taken_back_by_those_who_made_it(self):
        penalty = self._penalty(2000)
        penalty.action_request()
        for user in (self.accountant, self.finance_manager):
            with self.assertRaises(AccessError), self.env.cr.savepoint():
                penalty.with_user(user).action_cancel()
        self.assertEqual(penalty.state, "requested")
        penalty.action_cancel()
        self.assertEqual(penalty.state, "cancelled")

    def test_a_period_closed_meanwhile_is_no_dead_end(self):
        penalty = self._penalty(2000, date=self._today(-40))
        penalty.action_request()
        self.company.sudo().fiscalyear_lock_date = self._today(-10)
        with self.assertRaisesRegex(UserError, "period is closed"), self.env.cr.savepoint():
            self._approve(penalty)
        self.env.invalidate_all()
        with self.assertRaises(AccessError), self.env.cr.savepoint():
            penalty.date = self._today()
        penalty.with_user(self.accountant).date = self._today()
        self._approve(penalty)
        self.assertEqual((penalty.state, penalty.move_id.sudo().date), ("approved", self._today()))

    def test_what_was_given_back_does_not_come_back(self):
        penalty = self._booked(2000)
        self.deposit.with_user(self.controller).action_cancel()
        penalty.with_user(self.accountant)._do_undo(self._today(), "Paid after all")
        self.assertEqual(self.deposit.sudo().value, 2000)

    def test_people_write_inputs_only(self):
        with self.assertRaises(AccessError):
            self.deposit.with_user(self.salesperson).action_penalty()
        penalty = self._penalty()
        for values in ({"state": "approved"}, {"move_id": 1}, {"security_id": 1}):
            with self.assertRaises(AccessError):
                penalty.write(values)
        penalty.action_request()
        with self.assertRaises(AccessError):
            penalty.amount = 1
