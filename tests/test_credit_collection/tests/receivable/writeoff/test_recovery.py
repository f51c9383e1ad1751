from psycopg2 import IntegrityError

from odoo.exceptions import AccessError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .writeoff_case import WriteoffCase


@tagged("post_install", "-at_install")
class TestRecovery(WriteoffCase):
    """The register of claims and their recoveries (P3-09)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.invoice = cls._invoice(cls.customer, 1000, days_overdue=400)

    def _claim(self, **values):
        return self._write_off(self.invoice, **values).line_ids.with_env(self.env)

    def test_register(self):
        claim = self._claim()
        register = claim.search(claim._get_claim_domain())
        self.assertEqual(register, claim)
        self.assertRecordValues(
            claim,
            [{"amount_claim": 1000, "amount_recovered": 0, "amount_remaining": 1000,
              "claim_stage": "watch", "is_watched": True, "date_booked": self._today()}],
        )  # fmt: skip
        self.assertTrue(claim.review_date > self._today(150))
        customer = self._figures(self.customer)
        self.assertRecordValues(
            customer,
            [{"receivable_claim": 1000, "receivable_is_watched": True,
              "receivable_writeoff_count": 1}],
        )  # fmt: skip
        self.assertEqual(customer.action_open_receivable_claims()["res_model"], claim._name)

    def test_not_before_what_it_follows(self):
        claim = self._claim()
        payment = self._paid_item(400)
        self.refused(lambda: self._recover(claim, date=self._today(-1)), words=["written off on"])
        self.assertEqual((claim.amount_recovered, payment.reconciled), (0, False))
        recovery = self._recover(claim)
        for document in (recovery, claim.writeoff_id):
            if document == claim.writeoff_id:
                self._undo(recovery)
            self.refused(
                lambda d=document: self._undo(d, date=self._today(-1)),
                words=["before it was posted"],
            )
        self.assertEqual((recovery.state, claim.writeoff_id.state), ("reversed", "approved"))

    def test_payment_reinstates_and_pays_in_one_step(self):
        claim = self._claim()
        payment = self._paid_item(400)
        self.assertEqual(self._exposure(self.customer), -400)
        recovery = self._recover(claim)
        self.assertEntry(recovery.move_id, (self.receivable, 400), (self.recovery_account, -400))
        self.assertRecordValues(
            recovery,
            [{"amount": 400, "balance": 400, "payment_amount": 400, "state": "done",
              "payment_line_id": payment.id}],
        )  # fmt: skip
        self.assertTrue(payment.reconciled)
        self.assertEqual(payment.matched_debit_ids.debit_move_id.move_id, recovery.move_id)
        self.assertRecordValues(
            claim, [{"amount_recovered": 400, "amount_remaining": 600, "balance_claim": 600}]
        )
        self.assertRecordValues(claim.writeoff_id, [{"amount_recovered": 400, "amount_claim": 600}])
        self.assertEqual(self._exposure(self.customer), 0)
        self.assertEqual(recovery.move_id.receivable_writeoff_count, 1)
        self.assertEqual(self._figures(self.customer).receivable_claim, 600)

    def test_into_the_allowance(self):
        self.company.sudo().receivable_recovery_to = "allowance"
        claim = self._claim()
        self._paid_item(400)
        recovery = self._recover(claim)
        self.assertEntry(recovery.move_id, (self.receivable, 400), (self.allowance, -400))

    def test_all_of_it_and_no_more(self):
        claim = self._claim()
        payment = self._paid_item(1500)
        self.refused(lambda: self._recover(claim, amounts=(1000.01,)), words=["1,000.00"])
        recovery = self._recover(claim)
        self.assertEqual(recovery.amount, 1000)
        self.assertEqual(payment.amount_residual, -500)
        self.assertRecordValues(claim, [{"amount_remaining": 0, "claim_stage": "recovered"}])
        self.assertFalse(self._figures(self.customer).receivable_is_watched)
        self.refused(lambda: self._recover(claim), words=["still open"])
        recoveries = self.env["receivable.recovery"].with_user(self.accountant)
        self.refused(
            lambda: recoveries._do_recover(claim, payment, 1, 1, self._today()),
            words=["remaining claim"],
        )

    def test_the_database_bears_no_more_either(self):
        claim = self._claim()
        with mute_logger("odoo.sql_db"), self.assertRaises(IntegrityError):
            with self.env.cr.savepoint():
                claim.sudo()._system().amount_recovered = 1000.5
                self.env.flush_all()

    def test_payment_is_used_once(self):
        other = self._invoice(self.customer, 300)
        claims = self._claim() | self._write_off(other).line_ids.with_env(self.env)
        payment = self._paid_item(250)
        self._recover(claims[0], amounts=(250,))
        self.refused(lambda: self._recover(claims[1]), words=["Register the payment first"])
        recoveries = self.env["receivable.recovery"].with_user(self.accountant)
        self.refused(
            lambda: recoveries._do_recover(claims[1], payment, 10, 10, self._today()),
            words=["available"],
        )

    def test_one_payment_for_many_claims(self):
        other = self._invoice(self.customer, 300)
        claims = self._claim() | self._write_off(other).line_ids.with_env(self.env)
        self._paid_item(1100)
        recoveries = self._recover(claims)
        self.assertEqual(sorted(recoveries.mapped("amount")), [100, 1000])
        self.assertEqual(sum(claims.mapped("amount_remaining")), 200)

    def test_payment_of_another_customer(self):
        claim = self._claim()
        foreign = self._paid_item(100, self._customer("Other"))
        self.refused(
            lambda: self._recover(claim, payment=foreign, amounts=(100,)),
            words=["no open payment"],
        )

    def test_foreign_currency(self):
        """Claim of 1,000 EUR written off at 2 to 1; 500 EUR come in at 4 to 1: worth 125."""
        currency = self._rate("EUR", 2.0)
        self._rate("EUR", 4.0, date=self._today())
        self.invoice = self._invoice(self.customer, 1000, days_overdue=60, currency=currency)
        claim = self._claim()
        self.assertEqual(claim.balance, 500)
        payment = self._paid_item(500, currency=currency)
        recovery = self._recover(claim)
        self.assertEntry(
            recovery.move_id, (self.receivable, 125, 500), (self.recovery_account, -125)
        )
        self.assertTrue(payment.reconciled)
        self.assertFalse(payment.matched_debit_ids.exchange_move_id)
        self.assertRecordValues(
            claim, [{"amount_recovered": 500, "amount_remaining": 500, "balance_claim": 250}]
        )

    def test_payment_in_another_currency(self):
        """300 in company currency for a claim in EUR at 4 to 1: 1,200 EUR, the claim is 1,000."""
        currency = self._rate("EUR", 4.0)
        self.invoice = self._invoice(self.customer, 1000, currency=currency)
        claim = self._claim()
        payment = self._paid_item(300)
        recovery = self._recover(claim)
        self.assertRecordValues(recovery, [{"amount": 1000, "payment_amount": 250}])
        self.assertEqual(payment.amount_residual, -50)
        self.assertEqual(claim.amount_remaining, 0)

    def test_undo(self):
        claim = self._claim()
        payment = self._paid_item(1000)
        recovery = self._recover(claim)
        self.refused(lambda: self._undo(claim.writeoff_id), words=["Reverse the recovery first"])
        self.refused(recovery.move_id.with_env(self.env).button_draft, words=[recovery.name])
        self.refused(payment.remove_move_reconcile, words=[recovery.name])
        self.refused(payment.payment_id.action_draft, words=[recovery.name])
        self._undo(recovery)
        self.assertEntry(
            recovery.reverse_move_id, (self.receivable, -1000), (self.recovery_account, 1000)
        )
        self.assertRecordValues(recovery, [{"state": "reversed", "undo_reason": "Mistake"}])
        self.assertEqual(payment.amount_residual, -1000)
        self.assertRecordValues(
            claim,
            [{"amount_recovered": 0, "amount_remaining": 1000, "claim_stage": "watch",
              "balance_recovered": 0}],
        )  # fmt: skip
        self.refused(lambda: self._undo(recovery), words=["already been reversed"])
        self._recover(claim)
        self.assertEqual(claim.amount_remaining, 0)

    def test_refusals(self):
        claim = self._claim()
        self._paid_item(100)
        self.company.sudo().receivable_recovery_account_id = False
        self.refused(lambda: self._recover(claim), words=["Bad Debt Recovery Account"])
        self.company.sudo().receivable_recovery_account_id = self.recovery_account
        for user in (self.salesperson, self.collector, self.general_manager, self.auditor):
            with self.subTest(user=user.name):
                self.refused(lambda u=user: self._recover(claim, user=u), AccessError)
        self._lock()
        self.refused(lambda: self._recover(claim), words=["closed"])
        self.assertRecordValues(claim, [{"amount_recovered": 0}])

    def test_working_the_register(self):
        claim = self._claim()
        claim.with_user(self.collector).write(
            {"claim_stage": "legal", "review_date": self._today(-30), "is_watched": False}
        )
        self.refused(
            lambda: claim.with_user(self.salesperson).write({"claim_stage": "ended"}), AccessError
        )
        self.refused(lambda: claim.with_user(self.auditor).write({"claim_note": "x"}), AccessError)
        for values in ({"claim_stage": "recovered"}, {"claim_stage": False}):
            self.refused(lambda v=values: claim.with_user(self.accountant).write(v))
        for values in ({"amount_recovered": 5}, {"amount_claim": 5}):
            self.refused(lambda v=values: claim.with_user(self.accountant).write(v), AccessError)
        claim.with_user(self.collector).write({"claim_stage": "ended"})
        self.assertEqual(claim.amount_remaining, 0)
        self.assertEqual(self._figures(self.customer).receivable_claim, 0)
