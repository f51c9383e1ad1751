from odoo.fields import Command

from ..resolution.resolution_case import ResolutionCase


class TestSetOff(ResolutionCase):
    """Amounts to ask for while money is not applied yet (the worked examples)."""

    def _asked(self, *invoices):
        return [round(sum(self._chase(invoice)), 2) for invoice in invoices]

    def _overdue(self, customer=None):
        return self._figures(customer or self.customer).credit_overdue

    def _dated_rate(self, code, *rates):
        """A currency and its rates, units for one of the company's, from so many days ago on."""
        currency = self._enable_currency(code)
        for days, rate in rates:
            self.env["res.currency.rate"].sudo().create(
                {
                    "name": self._today(-days),
                    "rate": rate,
                    "currency_id": currency.id,
                    "company_id": self.company.id,
                }
            )
        return currency

    # ------------------------------------------------------------------ currencies

    def test_money_of_the_same_currency_pays_whatever_the_rates(self):
        euro = self._dated_rate("EUR", (400, 1 / 7.2), (10, 1 / 7.0), (0, 1 / 7.2))
        invoice = self._invoice(
            self.customer, 100, 30, currency=euro, invoice_date=self._today(-60)
        )
        self._receive(self.customer, 100, currency=euro, date=self._today(-5))
        self.assertEqual(self._asked(invoice), [0])
        self.assertEqual(self._overdue(), 0)

    def test_part_payment_at_another_rate(self):
        euro = self._dated_rate("EUR", (400, 1 / 7.2), (10, 1 / 8.0), (0, 1 / 7.2))
        invoice = self._invoice(
            self.customer, 100, 30, currency=euro, invoice_date=self._today(-60)
        )
        self._receive(self.customer, 60, currency=euro, date=self._today(-5))
        self.assertEqual(self._asked(invoice), [40])

    def test_a_currency_of_small_units_is_counted_in_itself(self):
        dong = self._dated_rate("VND", (400, 1 / 0.00028))
        invoice = self._invoice(self.customer, 1000000, 30, currency=dong)
        self._receive(self.customer, 10010, currency=dong)
        self.assertEqual(self._asked(invoice), [989990])

    def test_a_credit_note_pays_its_own_currency_before_an_older_item_of_another(self):
        euro = self._dated_rate("EUR", (400, 1 / 7.2))
        foreign = self._invoice(self.customer, 100, 60, currency=euro)
        own = self._invoice(self.customer, 500, 20)
        self._invoice(self.customer, 500, move_type="out_refund")
        self.assertEqual(self._asked(foreign, own), [100, 0])

    def test_what_is_left_pays_other_currencies_at_the_rate_of_the_day(self):
        euro = self._dated_rate("EUR", (400, 1 / 7.0), (0, 1 / 8.0))
        foreign = self._invoice(self.customer, 100, 60, currency=euro)
        own = self._invoice(self.customer, 500, 20)
        self._receive(self.customer, 900)
        self.assertEqual(self._asked(own, foreign), [0, 50])

    # ------------------------------------------------------------------ blocked amounts, named items

    def _dispute(self, invoice, amount):
        return (
            self.env["collection.dispute"]
            .with_user(self.collector)
            ._open({"move_id": invoice.id, "reason_id": self.contested.id, "amount": amount})
        )

    def test_named_money_pays_what_it_names(self):
        self._case()
        old = self._invoice(self.customer, 300, 90)
        new = self._invoice(self.customer, 500, 20)
        self._dispute(old, 300)
        payment = self._receive(self.customer, 500)
        payment.move_id.ref = f"RINV, pays {new.name}"
        self.assertEqual(self._asked(old, new), [0, 0])

    def test_money_pays_askable_amounts_before_blocked_ones(self):
        old = self._invoice(self.customer, 3000, 90)
        new = self._invoice(self.customer, 1000, 20)
        old.sudo().write(
            {
                "collection_excluded_until": self._today(30),
                "collection_exclusion_reason": "Agreed",
            }
        )
        self._receive(self.customer, 1000)
        self.assertEqual(self._asked(old, new), [0, 0])

    def test_another_documents_name_is_no_name(self):
        old = self._invoice(self.customer, 500, 90)
        new = self._invoice(self.customer, 500, 20)
        payment = self._receive(self.customer, 500)
        payment.move_id.ref = f"R{new.name}"
        self.assertEqual(self._asked(old, new), [0, 500])
        payment.move_id.ref = "".join(
            chr(ord(letter) + 0xFEE0) if letter.isalnum() else letter for letter in new.name
        )
        self.assertEqual(self._asked(old, new), [500, 0])

    def test_a_credit_note_takes_down_what_is_contested(self):
        self._case()
        invoice = self._invoice(self.customer, 1000, 30)
        self._dispute(invoice, 300)
        self.assertEqual(self._asked(invoice), [700])
        self._invoice(self.customer, 300, move_type="out_refund")
        self.assertEqual(self._asked(invoice), [700])

    def test_a_matched_credit_note_settles_the_dispute(self):
        self._case()
        invoice = self._invoice(self.customer, 1000, 30)
        earlier = self._reverse(invoice, 100)
        self.assertEqual(earlier.payment_state, "paid")
        dispute = self._dispute(invoice, 300)
        self.assertEqual(self._asked(invoice), [600])
        self._reverse(invoice, 100)
        self.assertEqual((dispute.state, self._asked(invoice)), ("open", [600]))
        self._reverse(invoice, 200)
        self.assertEqual((dispute.state, self._asked(invoice)), ("accepted", [600]))

    def _reverse(self, invoice, amount):
        """Odoo's Reverse of a part of an invoice, matched with it."""
        wizard = (
            self.env["account.move.reversal"]
            .with_context(active_model="account.move", active_ids=invoice.ids)
            .create({"journal_id": invoice.journal_id.id})
        )
        note = self.env["account.move"].browse(wizard.refund_moves()["res_id"])
        note.invoice_line_ids = [Command.clear(), self._line(amount, invoice=True)]
        note.action_post()
        lines = (note + invoice).line_ids
        lines.filtered(lambda line: line.account_type == "asset_receivable").reconcile()
        return note

    def test_a_dispute_of_the_whole_is_accepted_by_its_own_credit_note(self):
        self._case()
        invoice = self._invoice(self.customer, 1000, 30)
        dispute = self._dispute(invoice, 1000)
        action = dispute.with_user(self.env.user).action_credit_note()
        wizard = (
            self.env["account.move.reversal"]
            .with_context(**action["context"])
            .create({"journal_id": invoice.journal_id.id})
        )
        self.env["account.move"].browse(wizard.refund_moves()["res_id"]).action_post()
        self.assertEqual(invoice.amount_residual, 0)
        self.assertEqual((dispute.state, dispute.amount_accepted), ("accepted", 1000))

    def test_a_match_undone_opens_the_dispute_again(self):
        self._case()
        invoice = self._invoice(self.customer, 1000, 30)
        dispute = self._dispute(invoice, 300)
        note = self._reverse(invoice, 100)
        self.assertEqual((dispute.state, dispute.amount_left), ("open", 200))
        other = self._reverse(invoice, 200)
        self.assertEqual((dispute.state, dispute.amount_left), ("accepted", 0))
        self._claims(other).remove_move_reconcile()
        self.assertEqual((dispute.state, dispute.amount_left), ("open", 200))
        self.assertTrue(dispute.sudo().activity_ids)
        self.assertIn(self.collector.partner_id, self._notified(dispute))
        # The credit note is there and names the invoice; cancelled, its part is contested again.
        self.assertEqual(self._asked(invoice), [700])
        other.button_draft()
        other.button_cancel()
        self.assertEqual(self._asked(invoice), [700])
        action = dispute.with_user(self.accountant).action_open_credit_notes()
        self.assertEqual(self.env["account.move"].search(action["domain"]), note)

    def test_what_is_contested_lies_on_what_is_open_of_the_invoice(self):
        """Of 500, 300 and 200, 600 contested: 200 that name the invoice leave 200 to ask for."""
        self._case()
        term = self._term((50, 0), (30, 10), (20, 20))
        invoice = self._invoice(self.customer, 1000, term=term, invoice_date=self._today(-60))
        self._dispute(invoice, 600)
        self.assertEqual(self._asked(invoice), [400])
        payment = self._receive(self.customer, 200)
        payment.move_id.ref = invoice.name
        self.assertEqual(self._asked(invoice), [200])
        self._claims(invoice + payment.move_id).reconcile()
        self.assertEqual(self._asked(invoice), [200])

    def test_money_on_a_disputed_invoice_leaves_the_dispute(self):
        self._case()
        invoice = self._invoice(self.customer, 1000, 30)
        dispute = self._dispute(invoice, 300)
        self._register(invoice, 100)
        self.env["collection.dispute"].sudo()._close_settled(self.company)
        self.assertEqual((dispute.state, self._asked(invoice)), ("open", [600]))

    # ------------------------------------------------------------------ registered payments

    def _register(self, invoice, amount, days=0):
        """A payment registered without an entry, as journals without outstanding accounts do."""
        payment = self.env["account.payment"].create(
            {
                "payment_type": "inbound",
                "partner_type": "customer",
                "partner_id": invoice.partner_id.id,
                "amount": amount,
                "journal_id": self.company_data["default_journal_bank"].id,
                "date": self._today(-days),
                "invoice_ids": [Command.set(invoice.ids)],
            }
        )
        payment.outstanding_account_id = False
        payment.action_post()
        self.assertFalse(payment.move_id)
        return payment

    def test_a_registered_payment_counts_by_its_amount(self):
        invoice = self._invoice(self.customer, 1000, 40)
        self._register(invoice, 1)
        self.assertEqual(self._asked(invoice), [999])
        self.assertEqual(self._overdue(), 999)
        late = self._invoice(self.customer, 500, 40)
        self._register(late, 500, days=31)
        self.assertEqual(self._asked(late), [500])

    def test_a_registered_payment_is_not_counted_beside_its_entry(self):
        invoice = self._invoice(self.customer, 1000, 40)
        self._register(invoice, 400)
        self.assertEqual(self._asked(invoice), [600])
        bank = self.env["account.bank.statement.line"].create(
            {
                "journal_id": self.company_data["default_journal_bank"].id,
                "date": self._today(),
                "payment_ref": "transfer",
                "partner_id": self.customer.id,
                "amount": 400,
            }
        )
        _liquidity, suspense, _other = bank._seek_for_lines()
        suspense.account_id = self._claims(invoice).account_id
        (suspense + self._claims(invoice)).reconcile()
        self.assertEqual(self._asked(invoice), [600])

    # ------------------------------------------------------------------ promises and agreements

    def _promise(self, invoice, amount, days=0):
        return (
            self.env["collection.promise"]
            .with_user(self.collector)
            ._register_promise(
                self.env["collection.case"].search([("partner_id", "=", self.customer.id)]),
                [
                    {
                        "move_line_id": self._claims(invoice).id,
                        "amount": amount,
                        "date_promised": self._today(days),
                    }
                ],
            )
        )

    def test_money_for_a_promise_keeps_it(self):
        self._case()
        invoice = self._invoice(self.customer, 1000, 30)
        promise = self._promise(invoice, 600)
        self.assertEqual(self._asked(invoice), [400])
        self._receive(self.customer, 600)
        self.assertEqual(self._asked(invoice), [400])
        self.env["collection.promise.line"].sudo()._evaluate(self.company)
        self.assertEqual((promise.state, promise.amount_paid), ("kept", 600))
        self.assertEqual(self._asked(invoice), [400])

    def test_money_for_a_promise_is_not_for_a_later_item(self):
        """600 promised of 1,000, 500 due later: 600 received keep the promise."""
        self._case()
        invoice = self._invoice(self.customer, 1000, 30)
        later = self._invoice(self.customer, 500, 10)
        promise = self._promise(invoice, 600)
        self._receive(self.customer, 400)
        self._receive(self.customer, 200)
        self.assertEqual(self._asked(invoice, later), [400, 500])
        self.env["collection.promise.line"].sudo()._evaluate(self.company)
        self.assertEqual((promise.state, promise.amount_paid), ("kept", 600))
        self.assertEqual(self._asked(invoice, later), [400, 500])

    def test_late_money_for_another_item_breaks_no_promise(self):
        """600 in time keep a promise of 600, though 600 for another invoice came after its end."""
        self._case()
        invoice = self._invoice(self.customer, 600, 30)
        later = self._invoice(self.customer, 600, 10)
        promise = self._promise(invoice, 600)
        promise.line_ids.sudo()._system().write(
            {"date_promised": self._today(-9), "date_limit": self._today(-6)}
        )
        self._receive(self.customer, 600, date=self._today(-7))
        self._receive(self.customer, 600, date=self._today(-2))
        self.assertEqual(self._asked(invoice, later), [0, 0])
        self.env["collection.promise.line"].sudo()._evaluate(self.company)
        self.assertEqual((promise.state, promise.amount_paid), ("kept", 600))

    def test_money_that_came_before_keeps_no_promise(self):
        self._case()
        invoice = self._invoice(self.customer, 1000, 30)
        self._receive(self.customer, 500)
        with self.assertRaisesRegex(Exception, "500"), self.env.cr.savepoint():
            self._promise(invoice, 600)
        promise = self._promise(invoice, 500)
        self.assertEqual(self._asked(invoice), [0])
        self.env["collection.promise.line"].sudo()._evaluate(self.company)
        self.assertEqual((promise.state, promise.amount_paid), ("open", 0))

    def test_money_that_came_late_keeps_no_promise(self):
        self._case()
        invoice = self._invoice(self.customer, 1000, 30)
        promise = self._promise(invoice, 600)
        promise.line_ids.sudo()._system().write(
            {"date_promised": self._today(-9), "date_limit": self._today(-6)}
        )
        self._receive(self.customer, 200, date=self._today(-7))
        self._receive(self.customer, 400, date=self._today(-2))
        self.env["collection.promise.line"].sudo()._evaluate(self.company)
        self.assertEqual((promise.state, promise.amount_paid), ("partly", 200))

    def test_an_instalment_received_and_not_matched_is_paid(self):
        self._case()
        invoice = self._invoice(self.customer, 900, 30)
        agreement = (
            self.env["collection.agreement"]
            .with_user(self.collector)
            .create(
                {
                    "partner_id": self.customer.id,
                    "company_id": self.company.id,
                    "currency_id": invoice.currency_id.id,
                    "instalment_count": 3,
                    "date_first": self._today(1),
                }
            )
        )
        agreement.action_request()
        self.assertEqual((agreement.state, agreement.amount_total), ("active", 900))
        self._receive(self.customer, 300)
        agreement.line_ids[0].sudo()._system().write(
            {"date_due": self._today(1), "date_limit": self._today(-1)}
        )
        self.env["collection.agreement"].sudo()._evaluate(self.company)
        # Received today, evaluated after yesterday: late.
        self.assertEqual(agreement.state, "broken")
        agreement.line_ids[0].sudo()._system().date_limit = self._today(1)
        self.env["collection.agreement"].sudo()._evaluate(self.company)
        self.assertEqual((agreement.state, agreement.line_ids[0].state), ("active", "paid"))
        self.assertEqual(self._asked(invoice), [0])

    def test_matching_changes_nothing_that_is_asked(self):
        old = self._invoice(self.customer, 300, 90)
        new = self._invoice(self.customer, 500, 20)
        payment = self._receive(self.customer, 400)
        before = self._asked(old, new)
        (payment.move_id.line_ids + old.line_ids + new.line_ids).filtered(
            lambda line: line.account_type == "asset_receivable"
        ).reconcile()
        self.assertEqual(self._asked(old, new)[-1], before[-1])
        self.assertEqual(before, [0, 400])
