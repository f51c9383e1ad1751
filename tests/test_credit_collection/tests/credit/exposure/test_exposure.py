from datetime import timedelta

from odoo import fields
from odoo.fields import Command

from ...common import CreditCollectionCommon


class TestExposure(CreditCollectionCommon):
    """The ledger of exposure: invoices, credits and money, in one company and in two.

    Orders are in `test_exposure_order.py`, random books in `test_exposure_random.py`.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.customer = cls._customer()

    def assert_kinds(self, receivable=0.0, order=0.0, draft=0.0, partner=None):
        """Sum of the lines by kind; the customer's figure is the sum of all."""
        partner = partner or self.customer
        found = {"receivable": 0.0, "order": 0.0, "draft": 0.0}
        for line in self._lines(partner):
            found[line.kind] += line.amount
        found = {kind: round(amount, 2) for kind, amount in found.items()}
        self.assertEqual(found, {"receivable": receivable, "order": order, "draft": draft})
        self.assertEqual(self._exposure(partner), receivable + order + draft)

    def _entry(self, partner, amount, account=None, post=True, date=None):
        """A journal entry that debits a receivable account, such as an opening balance."""
        account = account or self.company_data["default_account_receivable"]
        move = self.env["account.move"].create(
            {
                "date": date or self._today(),
                "line_ids": [
                    Command.create(
                        {
                            "account_id": account.id,
                            "partner_id": partner and partner.id,
                            "balance": amount,
                        }
                    ),
                    Command.create(
                        {
                            "account_id": self.company_data["default_account_revenue"].id,
                            "balance": -amount,
                        }
                    ),
                ],
            }
        )
        if post:
            move.action_post()
        return move

    # ---------------------------------------------------------------- invoices

    def test_nobody_owes_without_documents(self):
        self.assert_kinds()
        self.assertFalse(self._lines(self.customer))

    def test_open_invoice_counts_with_its_residual(self):
        invoice = self._invoice(self.customer, 1000)
        self.assert_kinds(receivable=1000)
        self._pay(invoice, 400)
        self.assert_kinds(receivable=600)

    def test_paid_invoice_leaves_no_line(self):
        self._pay(self._invoice(self.customer, 1000))
        self.assertFalse(self._lines(self.customer))
        self.assert_kinds()

    def test_draft_invoice_counts_as_draft_and_once(self):
        invoice = self._invoice(self.customer, 1000, post=False)
        self.assert_kinds(draft=1000)
        invoice.action_post()
        self.assert_kinds(receivable=1000)
        invoice.button_draft()
        self.assert_kinds(draft=1000)

    def test_cancelled_invoice_counts_nothing(self):
        invoice = self._invoice(self.customer, 1000, post=False)
        invoice.button_cancel()
        self.assert_kinds()

    def test_deleted_draft_counts_nothing(self):
        self._invoice(self.customer, 1000, post=False).unlink()
        self.assert_kinds()

    def test_tax_is_owed_too(self):
        tax = self.env["account.tax"].create({"name": "10 %", "amount": 10.0})
        line = self._line(1000, invoice=True, tax_ids=[Command.set(tax.ids)])
        self._invoice(self.customer, 0, invoice_line_ids=[line])
        self.assert_kinds(receivable=1100)
        self._invoice(self.customer, 0, post=False, invoice_line_ids=[line])
        self.assert_kinds(receivable=1100, draft=1100)

    def test_credit_note_lowers_the_exposure(self):
        self._invoice(self.customer, 1000)
        self._invoice(self.customer, 300, move_type="out_refund")
        self.assert_kinds(receivable=700)

    def test_draft_credit_note_makes_no_room_until_it_is_posted(self):
        self._invoice(self.customer, 1000)
        credit = self._invoice(self.customer, 300, move_type="out_refund", post=False)
        self.assert_kinds(receivable=1000)
        credit.action_post()
        self.assert_kinds(receivable=700)

    def test_applied_credit_note_counts_once(self):
        invoice = self._invoice(self.customer, 1000)
        credit = self._invoice(self.customer, 300, move_type="out_refund")
        lines = (invoice | credit).line_ids
        lines.filtered(lambda line: line.account_type == "asset_receivable").reconcile()
        self.assert_kinds(receivable=700)

    def test_unapplied_payment_lowers_the_exposure(self):
        self._invoice(self.customer, 1000)
        self._receive(self.customer, 250)
        self.assert_kinds(receivable=750)

    def test_advance_makes_the_exposure_negative(self):
        self._receive(self.customer, 250)
        self.assert_kinds(receivable=-250)

    def test_overpayment_leaves_a_credit(self):
        invoice = self._invoice(self.customer, 1000)
        self._pay(invoice, 1200)
        self.assert_kinds(receivable=-200)

    def test_vendor_bills_are_no_credit_we_gave(self):
        self._invoice(self.customer, 1000, move_type="in_invoice")
        self._invoice(self.customer, 500, move_type="in_invoice", post=False)
        self.assert_kinds()

    # ------------------------------------------------- entries, contacts, parties

    def test_opening_balance_counts(self):
        self._entry(self.customer, 800)
        self.assert_kinds(receivable=800)

    def test_draft_entry_is_neither_posted_nor_an_invoice(self):
        self._entry(self.customer, 800, post=False)
        self.assert_kinds()

    def test_second_receivable_account_counts(self):
        account = self.company_data["default_account_receivable"].copy()
        self._entry(self.customer, 800, account=account)
        self.assert_kinds(receivable=800)

    def test_item_without_partner_belongs_to_nobody(self):
        self._entry(self.env["res.partner"], 800)
        self.assert_kinds()

    def test_documents_of_contacts_count_for_the_customer(self):
        """Also an item booked on a contact, which Odoo's own totals lose."""
        contact = self.env["res.partner"].create({"name": "Contact", "parent_id": self.customer.id})
        self._entry(contact, 80)
        self._invoice(contact, 200)
        self._invoice(contact, 30, post=False)
        self._receive(contact, 10)
        self.assert_kinds(receivable=270, draft=30)
        self.assertEqual(self._exposure(contact), 300)

    def test_daughter_company_is_a_customer_of_its_own(self):
        daughter = self.env["res.partner"].create(
            {"name": "Daughter", "parent_id": self.customer.id, "is_company": True}
        )
        self._invoice(daughter, 200)
        self.assertEqual(self._exposure(daughter), 200)
        self.assert_kinds()

    def test_contact_that_moves_keeps_the_items(self):
        contact = self.env["res.partner"].create({"name": "Contact"})
        self._entry(contact, 80)
        self.assertEqual(self._exposure(contact), 80)
        contact.with_user(self.controller).parent_id = self.customer
        self.assert_kinds(receivable=80)

    # -------------------------------------------------------------- instalments

    def test_each_instalment_is_a_line_with_its_own_days(self):
        term = self._term((30, 0), (30, 30), (40, 60))
        invoice = self._invoice(self.customer, 1000, term=term, invoice_date=self._today(-40))
        lines = self._lines(self.customer).sorted("date_maturity")
        self.assertEqual(lines.mapped("amount"), [300, 300, 400])
        self.assertEqual(
            lines.mapped("date_maturity"), [self._today(-40), self._today(-10), self._today(20)]
        )
        self.assertEqual(lines[:2].mapped("days_overdue"), [40, 10])
        self.assertLessEqual(lines[2].days_overdue, 0)
        figures = self._figures(self.customer)
        self.assertEqual((figures.credit_overdue, figures.credit_days_overdue), (600, 40))
        self._pay(invoice, 300)
        figures = self._figures(self.customer)
        self.assertEqual((figures.credit_overdue, figures.credit_days_overdue), (300, 10))

    def test_draft_counts_per_instalment_and_is_never_overdue(self):
        term = self._term((50, 0), (50, 30))
        self._invoice(self.customer, 1000, term=term, post=False, invoice_date=self._today(-20))
        self.assertEqual(self._lines(self.customer).mapped("amount"), [500, 500])
        self.assertEqual(self._figures(self.customer).credit_overdue, 0)

    def test_due_today_is_not_overdue(self):
        self._invoice(self.customer, 1000)
        figures = self._figures(self.customer)
        self.assertEqual((figures.credit_overdue, figures.credit_days_overdue), (0, 0))

    def test_every_line_opens_its_document(self):
        invoice = self._invoice(self.customer, 1000)
        order = self._order(self.customer, 500, confirm=True)
        lines = {line.kind: line for line in self._lines(self.customer)}
        self.assertEqual(lines["receivable"].move_id, invoice)
        self.assertEqual(lines["receivable"].move_line_id.move_id, invoice)
        self.assertEqual(lines["order"].order_id, order)
        self.assertEqual(lines["order"].sale_line_id, order.order_line)
        for kind, document in (("receivable", invoice), ("order", order)):
            action = lines[kind].action_open_document()
            self.assertEqual((action["res_model"], action["res_id"]), (document._name, document.id))

    # ----------------------------------------------------------------- currency

    def test_invoice_in_foreign_currency_is_converted_once(self):
        euro = self._rate("EUR", 2.0)
        invoice = self._invoice(self.customer, 1000, currency=euro)
        line = self._lines(self.customer)
        self.assertEqual((line.amount, line.amount_currency, line.currency_id), (500, 1000, euro))
        self._rate("EUR", 4.0, date=fields.Date.to_string(self._today()))
        self.assert_kinds(receivable=500)
        self._pay(invoice, 400, currency=euro)
        line = self._lines(self.customer)
        self.assertEqual((line.amount, line.amount_currency), (300, 600))
        self.assert_kinds(receivable=300)

    def test_draft_in_foreign_currency_is_converted_once(self):
        self._invoice(self.customer, 1000, currency=self._rate("EUR", 2.0), post=False)
        line = self._lines(self.customer)
        self.assertEqual((line.amount, line.amount_currency), (500, 1000))
        self.assert_kinds(draft=500)

    # ---------------------------------------------------------------- companies

    def test_company_of_the_document(self):
        """Whatever companies are ticked: a document counts in its own company, in its currency."""
        euro = self._rate("EUR", 2.0)
        other = self.setup_other_company(name="Other", currency_id=euro.id)["company"]
        self._invoice(self.customer, 1000)
        entry = self.env["account.move"].with_company(other)
        journal = entry.create({"move_type": "out_invoice"}).journal_id
        entry.create(
            {
                "move_type": "out_invoice",
                "journal_id": journal.id,
                "partner_id": self.customer.id,
                "invoice_date": self._today() - timedelta(days=5),
                "invoice_date_due": self._today() - timedelta(days=5),
                "invoice_line_ids": [self._line(70, invoice=True)],
            }
        ).action_post()
        user = self._user("both", "account.group_account_invoice", company_ids=[
            Command.set((self.company | other).ids)
        ])  # fmt: skip
        for ticked in (self.company, self.company | other, other | self.company, other):
            customer = self.customer.with_user(user).with_context(allowed_company_ids=ticked.ids)
            with self.subTest(ticked=ticked.mapped("name")):
                in_own = ticked[0] == self.company
                self.assertEqual(customer.credit_exposure, 1000 if in_own else 70)
                self.assertEqual(customer.credit_days_overdue, 0 if in_own else 5)
                lines = customer.env["credit.exposure.line"].search(
                    [("partner_id", "=", customer.id)]
                )
                self.assertEqual(lines.company_id, ticked)
        self.assertEqual(self._exposure(self.customer, other), 70)
        self.assertEqual(self._lines(self.customer, other).currency_id, euro)

    def test_an_entry_without_due_date_is_due_on_its_date(self):
        """An opening balance on the receivable account that nobody gave a due date."""
        customer = self._customer("Opening", limit=10000)
        move = self._entry(customer, 500, date=self._today() - timedelta(days=40))
        self.assertFalse(any(move.line_ids.mapped("date_maturity")))
        self.assertRecordValues(customer, [{"credit_overdue": 500, "credit_days_overdue": 40}])
        line = self._lines(customer)
        self.assertRecordValues(line, [{"date_maturity": move.date, "days_overdue": 40}])
        order = self._order(customer, 10)
        order.with_user(self.salesperson).action_credit_confirm()
        self.assertEqual(order.credit_hold_id.reason_ids.mapped("rule_type"), ["overdue"])
