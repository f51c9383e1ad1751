from odoo.tests import tagged

from .writeoff_case import WriteoffCase


@tagged("post_install", "-at_install")
class TestRecoveryExamples(WriteoffCase):
    """Entries of recoveries line by line, in parts and in currencies (P3-09)."""

    def _claim(self, amount=1000, **values):
        return self._write_off(
            self._invoice(self.customer, amount, **values)
        ).line_ids.with_env(self.env)  # fmt: skip

    def test_one_payment_for_many_claims(self):
        claims = self._claim() | self._claim(300)
        payment = self._paid_item(1100)
        recoveries = self._recover(claims, amounts=(800, 300)).sorted("amount")
        for recovery, amount in zip(recoveries, (300, 800), strict=True):
            self.assertEntry(
                recovery.move_id, (self.receivable, amount), (self.recovery_account, -amount)
            )
        self.assertTrue(payment.reconciled)
        self.assertEqual(claims.mapped("amount_remaining"), [200, 0])
        self.assertEqual(claims.mapped("claim_stage"), ["watch", "recovered"])

    def test_one_claim_by_many_payments(self):
        claim = self._claim()
        for amount, left in ((250, 750), (0.01, 749.99), (749.99, 0)):
            payment = self._paid_item(amount)
            recovery = self._recover(claim, payment=payment)
            self.assertEntry(
                recovery.move_id, (self.receivable, amount), (self.recovery_account, -amount)
            )
            self.assertTrue(payment.reconciled)
            self.assertEqual(claim.amount_remaining, left)
        self.assertEqual(claim.balance_recovered, 1000)
        self.assertEqual(claim.claim_stage, "recovered")

    def test_in_company_currency_for_a_foreign_claim(self):
        """1,000 EUR lost at 2 to 1; 100 of the company's currency at 4 to 1 are 400 EUR."""
        currency = self._rate("EUR", 2.0)
        self._rate("EUR", 4.0, date=self._today())
        claim = self._claim(currency=currency, days_overdue=60)
        self._paid_item(100)
        recovery = self._recover(claim)
        self.assertEntry(recovery.move_id, (self.receivable, 100), (self.recovery_account, -100))
        self.assertRecordValues(
            claim,
            [{"balance": 500, "amount_recovered": 400, "amount_remaining": 600,
              "balance_recovered": 100, "balance_claim": 300}],
        )  # fmt: skip

    def test_in_foreign_currency_for_a_claim_of_the_company(self):
        """A claim of 1,000; 2,000 EUR at 4 to 1 are worth 500."""
        currency = self._rate("EUR", 4.0)
        claim = self._claim()
        payment = self._paid_item(2000, currency=currency)
        recovery = self._recover(claim)
        self.assertEntry(
            recovery.move_id, (self.receivable, 500, 2000), (self.recovery_account, -500)
        )
        self.assertTrue(payment.reconciled)
        self.assertRecordValues(claim, [{"amount_recovered": 500, "amount_remaining": 500}])

    def test_a_part_of_a_foreign_payment_that_is_worth_more_today(self):
        """3,000 EUR came at 2 to 1 and stand at 1,500, at any rate of today."""
        currency = self._rate("EUR", 2.0)
        claim = self._claim(currency=currency, days_overdue=90)
        payment = self._paid_item(3000, currency=currency, date=self._today(-30))
        self._rate("EUR", 8.0, date=self._today())
        recovery = self._recover(claim)
        self.assertEntry(
            recovery.move_id, (self.receivable, 500, 1000), (self.recovery_account, -500)
        )
        self.assertEqual(
            (payment.amount_residual, payment.amount_residual_currency), (-1000, -2000)
        )

    def test_to_the_allowance_of_the_customer(self):
        """Recoveries credited to the allowance bear the next loss."""
        self.company.sudo().receivable_recovery_to = "allowance"
        claim = self._claim()
        self._paid_item(400)
        self._recover(claim)
        writeoff = self._write_off(self._invoice(self.customer, 1000))
        self.assertEntry(
            writeoff.move_id,
            (self.receivable, -1000), (self.allowance, 400), (self.bad_debt, 600),
        )  # fmt: skip

    def test_without_an_account_nothing_is_booked(self):
        claim = self._claim()
        self._paid_item(400)
        self.company.sudo().write(
            {"receivable_recovery_to": "allowance", "receivable_allowance_account_id": False}
        )
        self.allowance.name = "Other"
        self.refused(
            lambda: self._recover(claim),
            words=["Allowance for Doubtful Accounts", "Nothing was posted"],
        )
        self.assertRecordValues(claim, [{"amount_recovered": 0, "claim_stage": "watch"}])

    def test_undoing_in_a_closed_period(self):
        claim = self._claim()
        payment = self._paid_item(400)
        recovery = self._recover(claim)
        self._lock()
        self.refused(lambda: self._undo(recovery), words=["The accounting period is closed"])
        self.assertRecordValues(claim, [{"amount_recovered": 400, "amount_remaining": 600}])
        self.assertTrue(payment.reconciled)
        for user in (self.salesperson, self.collector, self.general_manager):
            self.refused(lambda u=user: self._undo(recovery, user=u))

    def test_what_is_undone_stays_undone(self):
        claim = self._claim()
        self._paid_item(400)
        recovery = self._recover(claim)
        self._undo(recovery)
        for move in (recovery.move_id, recovery.reverse_move_id):
            for call in (move.with_env(self.env).button_draft,
                         move.with_env(self.env)._reverse_moves):  # fmt: skip
                with self.subTest(move=move.name, call=str(call)):
                    self.refused(call, words=[recovery.name])

    def test_the_payment_is_free_again_when_it_is_undone(self):
        claim = self._claim()
        payment = self._paid_item(400)
        self._undo(self._recover(claim))
        payment.payment_id.action_draft()
        self.assertEqual(payment.parent_state, "draft")
