from odoo.fields import Command
from odoo.tests import tagged

from .writeoff_case import WriteoffCase


@tagged("post_install", "-at_install")
class TestRecoveryTax(WriteoffCase):
    """Tax of recoveries: the relief is given back, tax on payment becomes due (P3-09)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.tax = cls.company_data["default_tax_sale"]
        cls.tax_account = cls.tax.invoice_repartition_line_ids.account_id

    def _taxed(self, price, tax=None, **values):
        """An invoice with 15 % of tax."""
        line = self._line(price, invoice=True, tax_ids=[Command.set((tax or self.tax).ids)])
        return self._invoice(self.customer, 0, invoice_line_ids=[line], **values)

    def _claims(self, invoices, **values):
        return self._write_off(invoices, tax_relief=True, **values).line_ids.with_env(self.env)

    def test_relief_is_given_back(self):
        invoice = self._taxed(1000)
        claim = self._claims(invoice)
        self._paid_item(1150)
        recovery = self._recover(claim)
        self.assertEntry(
            recovery.move_id,
            (self.receivable, 1150), (self.tax_account, -150), (self.recovery_account, -1000),
        )  # fmt: skip
        self.assertEqual(recovery.tax_amount, 150)
        given = recovery.move_id.line_ids.filtered(lambda li: li.account_id == self.tax_account)
        self.assertEqual(given.tax_tag_ids, invoice.line_ids.filtered("tax_line_id").tax_tag_ids)

    def test_half_of_it_gives_half_back(self):
        claim = self._claims(self._taxed(1000))
        self._paid_item(575)
        recovery = self._recover(claim)
        self.assertEntry(
            recovery.move_id,
            (self.receivable, 575), (self.tax_account, -75), (self.recovery_account, -500),
        )  # fmt: skip

    def test_into_the_allowance_without_the_tax(self):
        self.company.sudo().receivable_recovery_to = "allowance"
        claim = self._claims(self._taxed(1000))
        self._paid_item(1150)
        self.assertEntry(
            self._recover(claim).move_id,
            (self.receivable, 1150), (self.tax_account, -150), (self.allowance, -1000),
        )  # fmt: skip

    def test_many_recoveries_give_back_the_relief_to_the_cent(self):
        """Thirds of 0.77 with tax of 0.10, and another claim of the same write-off."""
        claims = self._claims(self._taxed(0.67) | self._taxed(10.01))
        relief = claims.writeoff_id.tax_amount
        back = 0.0
        for claim in claims:
            total = claim.amount_claim
            for amount in (round(total / 3, 2), round(total / 3, 2), total):
                amount = min(amount, claim.amount_remaining)
                payment = self._paid_item(amount)
                back += self._recover(claim, payment=payment, amounts=(amount,)).tax_amount
        self.assertEqual(claims.mapped("amount_remaining"), [0, 0])
        self.assertAlmostEqual(back, relief)

    def test_of_what_was_settled_in_kind_nothing(self):
        """Machines of 460 for 1,150: of the 690 lost 90 are tax; half of them comes back."""
        writeoff = self._writeoff(
            self._taxed(1000),
            reason_id=self.env.ref("credit_collection.writeoff_reason_kind").id,
            tax_relief=True,
        )
        writeoff.write(
            {"settlement_value": 460, "settlement_account_id": self.bad_debt.id,
             "settlement_note": "Two lathes"}
        )  # fmt: skip
        writeoff.action_request()
        self._approve(writeoff)
        self._paid_item(345)
        recovery = self._recover(writeoff.with_env(self.env).line_ids)
        self.assertEqual((writeoff.sudo().tax_amount, recovery.tax_amount), (90, 45))

    def test_of_a_foreign_claim_at_the_rate_of_the_write_off(self):
        """1,150 EUR lost at 2 to 1, tax of 75; they come in at 4 to 1: worth 287.50."""
        currency = self._rate("EUR", 2.0)
        self._rate("EUR", 4.0, date=self._today())
        claim = self._claims(self._taxed(1000, currency=currency, days_overdue=60))
        self._paid_item(1150, currency=currency)
        recovery = self._recover(claim)
        self.assertEntry(
            recovery.move_id,
            (self.receivable, 287.5, 1150), (self.tax_account, -75),
            (self.recovery_account, -212.5),
        )  # fmt: skip

    def test_undone_the_relief_is_taken_again(self):
        claim = self._claims(self._taxed(1000))
        self._paid_item(1150)
        recovery = self._recover(claim)
        self._undo(recovery)
        self.assertEntry(
            recovery.reverse_move_id,
            (self.receivable, -1150), (self.tax_account, 150), (self.recovery_account, 1000),
        )  # fmt: skip

    # ------------------------------------------------------------------ tax that is due on payment

    def _cash_basis(self):
        """15 % of tax that is due when the customer pays; (tax, account while it is not due)."""
        waiting = self._account("TAXW01", "Tax Not Due Yet", "liability_current", reconcile=True)
        self.company.sudo().write(
            {
                "tax_exigibility": True,
                "tax_cash_basis_journal_id": self.company_data["default_journal_misc"].id,
            }
        )
        tax = self.tax.copy(
            {
                "name": "15 % on payment",
                "tax_exigibility": "on_payment",
                "cash_basis_transition_account_id": waiting.id,
            }
        )
        return tax, waiting

    def _balance(self, account):
        self.env.flush_all()
        items = self.env["account.move.line"].search(
            [("account_id", "=", account.id), ("parent_state", "=", "posted")]
        )
        return round(sum(items.mapped("balance")), 2)

    def test_tax_on_payment_becomes_due(self):
        tax, waiting = self._cash_basis()
        for relief in (False, True):
            with self.subTest(relief=relief):
                due = self._balance(self.tax_account)
                gain = self._balance(self.recovery_account)
                invoice = self._taxed(1000, tax)
                claim = self._write_off(invoice, tax_relief=relief).line_ids.with_env(self.env)
                self.assertEqual(self._balance(self.tax_account), due)
                self.assertEqual(self._balance(waiting), 0 if relief else -150)
                self._paid_item(575)
                first = self._recover(claim)
                self.assertEqual(self._balance(self.tax_account) - due, -75)
                self.assertEqual(self._balance(waiting), 0 if relief else -75)
                [entry] = first.move_id.line_ids.matched_credit_ids.mapped(
                    lambda p: self.env["account.move"].search(
                        [("tax_cash_basis_rec_id", "=", p.id)]
                    )
                )
                self.assertEqual((entry.date, entry.tax_cash_basis_origin_move_id),
                                 (first.date, invoice))  # fmt: skip
                self._paid_item(575)
                second = self._recover(claim)
                self.assertEqual(self._balance(self.tax_account) - due, -150)
                self.assertEqual(self._balance(waiting), 0)
                self.assertEqual(
                    self._balance(self.recovery_account) - gain, -1000 if relief else -1150
                )
                self._undo(second)
                self.assertEqual(self._balance(self.tax_account) - due, -75)
                self.assertEqual(self._balance(waiting), 0 if relief else -75)
                self._recover(claim)
                self.assertEqual(self._balance(self.tax_account) - due, -150)
                self.assertEqual(self._balance(waiting), 0)
