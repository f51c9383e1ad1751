from odoo.exceptions import ValidationError

from ...branch_case import BranchCase


class TestAgeingBranches(BranchCase):
    """One ageing per legal entity: invoices of a branch are settled by payments to the company."""

    def _ages(self, company, day=None):
        return [
            (row["partner_id"], float(row["amount"]))
            for row in self.env["receivable.ageing"]._get_items(company, day or self._today())
        ]

    def test_paid_at_the_parent_and_matched(self):
        customer = self._customer()
        invoice = self._branch_invoice(customer, 9000, days_overdue=20)
        for company in (self.company, self.branch):
            self.assertEqual(self._ages(company), [(customer.id, 9000.0)])
        payment = self._receive(customer, 9000)
        items = (invoice + payment.move_id).line_ids.filtered(
            lambda line: line.account_type == "asset_receivable"
        )
        items.reconcile()
        self.assertEqual(set(items.company_id), {self.company, self.branch})
        for company in (self.company, self.branch):
            self.assertEqual(self._ages(company), [])
        balance = self.env["receivable.ageing"]._get_balance(self.company, self._today())
        self.assertEqual(float(balance), 0.0)

    def test_columns_of_the_root_count_in_the_branch(self):
        columns = self.env["receivable.ageing.column"].with_user(self.administrator)
        own = columns.create(
            [{"company_id": self.branch.id, "days_from": days} for days in (0, 1, 8)]
        )
        self.assertEqual(own.company_id, self.company)
        self.assertEqual(columns._get_columns(self.branch), own)

    def test_wizard_in_the_branch_takes_the_root(self):
        customer = self._customer()
        self._branch_invoice(customer, 100, days_overdue=20)
        self._invoice(customer, 10, days_overdue=20)
        accountant = self._branch_user("accountant")
        for values in ({}, {"company_id": self.branch.id}):
            report = self.env["receivable.ageing.report"].with_user(accountant).create(values)
            report.action_open_items()
            self.assertEqual(report.company_id, self.company)
            self.assertEqual(sum(report.line_ids.mapped("amount")), 110.0)

    def test_provision_is_the_roots(self):
        customer = self._customer()
        self._branch_invoice(customer, 100, days_overdue=20)
        provision = self.env["receivable.provision"].create({"company_id": self.branch.id})
        self.assertEqual(provision.company_id, self.company)

    def test_figures_of_a_month(self):
        self._branch_invoice(self._customer(), 100, invoice_date=self._today())
        figures = self.env["insight.kpi"]
        figures._compute_months(self.branch, self._today(), self._today())
        whole = figures.search([("scope", "=", "company"), ("company_id", "=", self.company.id)])
        self.assertEqual(whole.closing, 100.0)
        self.assertFalse(figures.search([("company_id", "=", self.branch.id)]))

    def test_small_differences_of_a_branch_go_by_the_limit_of_the_root(self):
        self.company.sudo().receivable_small_limit = 5
        invoice = self._branch_invoice(self._customer(), 100, days_overdue=20)
        self._pay(invoice, 97)
        self.env.flush_all()
        ledger = self._in_branch(self.env["collection.ledger"])
        rows = ledger.search([("move_id", "=", invoice.id), ("is_small", "=", True)])
        self.assertEqual(rows.move_id, invoice)

    def test_account_of_a_reason_is_chosen_at_the_root(self):
        reason = self.env.ref("credit_collection.writeoff_reason_small").sudo()
        account = self.company_data["default_account_expense"]
        with self.assertRaisesRegex(ValidationError, self.company.name):
            self._in_branch(reason).account_id = account
        reason.with_company(self.company).account_id = account
        self.assertEqual(reason.with_company(self.company).account_id, account)

    def test_write_off_of_both(self):
        customer = self._customer()
        invoices = self._branch_invoice(customer, 100, days_overdue=20)
        invoices |= self._invoice(customer, 10, days_overdue=20)
        wizard = (
            self.env["receivable.writeoff.apply"]
            .with_context(active_model="account.move", active_ids=invoices.ids)
            .create({"reason_id": self.env.ref("credit_collection.writeoff_reason_aged").id})
        )
        self.assertEqual(wizard.company_id, self.company)
        self.assertEqual(sum(wizard.line_ids.mapped("amount")), 110.0)
