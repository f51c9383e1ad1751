from odoo.exceptions import AccessError
from odoo.tests import tagged

from .writeoff.writeoff_case import WriteoffCase

MODELS = (
    "receivable.writeoff", "receivable.writeoff.line", "receivable.writeoff.evidence",
    "receivable.recovery", "receivable.note", "receivable.note.line", "receivable.note.step",
)  # fmt: skip


@tagged("post_install", "-at_install")
class TestReceivableAccess(WriteoffCase):
    """Rights of each role on write-offs, claims and notes; tried as that user."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.internal = cls._user("internal", "base.group_user")

    def test_internal_users_see_nothing(self):
        for model in MODELS:
            with self.subTest(model=model):
                self.assertFalse(self.env[model].with_user(self.internal).has_access("read"))

    def test_readers_read_only(self):
        for role in ("auditor", "legal", "finance_manager", "general_manager", "executive"):
            for model in MODELS:
                records = self.env[model].with_user(self.roles[role])
                with self.subTest(role=role, model=model):
                    self.assertTrue(records.has_access("read"))
                    self.assertFalse(records.has_access("create"))

    def test_salespeople_see_their_customers(self):
        mine = self._writeoff(self._invoice(self.customer, 100))
        other = self._customer("Other", user_id=self.salesperson2.id)
        foreign = self._writeoff(
            self._invoice(other, 100, invoice_user_id=self.salesperson2.id), self.salesperson2
        )
        found = self.env["receivable.writeoff"].with_user(self.salesperson).search([])
        self.assertIn(mine, found)
        self.assertNotIn(foreign, found)
        own = foreign.with_user(self.salesperson)
        for call in (own.action_request, own.action_cancel, own.action_print,
                     lambda: own.read(["name"]), lambda: own.line_ids.read(["amount"])):  # fmt: skip
            self.refused(call, AccessError)

    def test_evidence_is_read_by_deciders(self):
        """A file is its uploader's alone until it belongs to its document."""
        writeoff = self._writeoff(self._invoice(self.customer, 100), attach=False)
        file = self.env["ir.attachment"].with_user(self.salesperson)
        file = file.create({"name": "record.pdf", "raw": b"proof"})
        writeoff.evidence_ids[0].attachment_ids = file
        writeoff.action_request()
        for role in ("finance_manager", "general_manager", "auditor"):
            self.env.invalidate_all()
            seen = writeoff.evidence_ids[0].with_user(self.roles[role]).attachment_ids
            with self.subTest(role=role):
                self.assertEqual(seen.raw, b"proof")
        with self.assertRaises(AccessError):
            file.with_user(self.salesperson2).read(["raw"])

    def test_copies_of_a_note_are_read_by_credit_control(self):
        note = (
            self.env["receivable.note"]
            .with_user(self.accountant)
            .create(
                {
                    "number": "BA-1",
                    "partner_id": self.customer.id,
                    "amount": 100,
                    "date_maturity": self._today(),
                    "attachment_ids": [(0, 0, {"name": "copy.pdf", "raw": b"copy"})],
                }
            )
        )
        self.env.invalidate_all()
        self.assertEqual(note.with_user(self.controller).attachment_ids.raw, b"copy")

    def test_roles_that_date_a_request(self):
        """Only users who may write the accounting date can change it."""
        writeoff = self._writeoff(self._invoice(self.customer, 100))
        self.assertTrue(writeoff.can_date)
        writeoff.action_request()
        self.assertFalse(writeoff.can_date)
        self.assertTrue(writeoff.with_user(self.accountant).can_date)
        self.assertFalse(writeoff.with_user(self.roles["general_manager"]).can_date)

    def test_only_the_wizard_creates(self):
        item = self._items(self._invoice(self.customer, 100))
        values = {
            "partner_id": self.customer.id,
            "company_id": self.company.id,
            "reason_id": self.aged.id,
            "state": "approved",
            "line_ids": [(0, 0, {"move_line_id": item.id, "amount": 100})],
        }
        for user in (self.salesperson, self.accountant, self.collector):
            writeoffs = self.env["receivable.writeoff"].with_user(user)
            self.refused(lambda w=writeoffs: w.create(values), AccessError)
            system = writeoffs.with_context(credit_collection_system=True)
            self.refused(lambda w=system: w.create(values), AccessError)

    def test_figures_are_not_forged(self):
        writeoff = self._writeoff(self._invoice(self.customer, 100))
        line = writeoff.line_ids
        for record, values in (
            (writeoff, {"state": "approved"}),
            (writeoff, {"move_id": 1}),
            (writeoff, {"amount_total": 5}),
            (writeoff, {"is_small": True}),
            (line, {"balance": 1}),
            (line, {"amount_claim": 1}),
            (line, {"claim_stage": "watch"}),
            (writeoff.evidence_ids, {"document_id": False}),
        ):
            with self.subTest(values=values):
                self.refused(
                    lambda r=record, v=values: r.with_user(self.accountant).write(v), AccessError
                )
        writeoff.action_request()
        self.refused(lambda: line.write({"amount": 1}), AccessError)
        self.refused(lambda: writeoff.write({"reason_id": self.bankrupt.id}), AccessError)
        self.refused(writeoff.unlink, AccessError)
        self.refused(line.unlink)

    def test_draft_may_be_deleted(self):
        writeoff = self._writeoff(self._invoice(self.customer, 100))
        writeoff.unlink()
        self.assertFalse(writeoff.exists())

    def test_other_companies_see_nothing(self):
        other = self.setup_other_company()["company"]
        stranger = self._user(
            "stranger", "credit_collection.group_credit_controller,account.group_account_invoice",
            company=other,
        )  # fmt: skip
        self._writeoff(self._invoice(self.customer, 100))
        for model in MODELS:
            with self.subTest(model=model):
                self.assertFalse(self.env[model].with_user(stranger).search([]))

    def test_report(self):
        writeoff = self._write_off(self._invoice(self.customer, 100))
        report = self.env["ir.actions.report"].with_user(self.salesperson)
        html = report._render_qweb_html(
            "credit_collection.report_receivable_writeoff", writeoff.ids
        )[0].decode()
        for text in ("Write-Off Request", "Hopeless", "100.00", "Collection record",
                     "Finance Manager", "General Manager"):  # fmt: skip
            self.assertIn(text, html)
        content, kind = (
            self.env["ir.actions.report"]
            .with_context(force_report_rendering=True)
            ._render_qweb_pdf("credit_collection.report_receivable_writeoff", writeoff.ids)
        )
        self.assertEqual(kind, "pdf")
        self.assertTrue(content.startswith(b"%PDF"))

    def test_chart_defaults(self):
        """A chart of accounts that has such accounts brings them (and others stay empty)."""
        company = self.company.sudo()
        company.receivable_note_fee_account_id = False
        company._receivable_set_default_accounts()
        chart = self.env["account.chart.template"].with_company(company)
        self.assertEqual(company.receivable_note_fee_account_id, chart.ref("expense_finance"))
        self.assertEqual(company.receivable_bad_debt_account_id, self.bad_debt)
