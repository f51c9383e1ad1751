from datetime import timedelta

from dateutil.relativedelta import relativedelta

from odoo.exceptions import AccessError, ValidationError
from odoo.tests import tagged

from ..application.application_case import ApplicationCase


@tagged("post_install", "-at_install")
class TestCreditFile(ApplicationCase):
    """One page per customer with all facts for and against credit (P2-04)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.sudo().credit_mode = "off"
        cls.today = cls.company._credit_today()
        cls._decide(cls.customer, credit_control="limit", credit_limit=5000, credit_term_days=30)
        env = cls.env(user=cls.controller)
        values = {"partner_id": cls.customer.id, "company_id": cls.company.id}
        cls.security = env["credit.security"].create(
            {**values, "name": "Deposit 7", "kind": "deposit", "value": 1000}
        )
        cls.paper = env["credit.document"].create(
            {**values, "type_id": env.ref("credit_collection.credit_document_type_contract").id}
        )
        cls.investigation = env["credit.investigation"].create(
            {**values, "note": "Busy works, two new lines"}
        )

    def _file(self, user=None, partner=None):
        self.env.invalidate_all()
        return (partner or self.customer).with_user(user or self.auditor)

    def _html(self, user=None, partner=None, lang="en_US"):
        self.env.invalidate_all()
        content, _kind = (
            self.env["ir.actions.report"]
            .with_user(user or self.auditor)
            .with_context(lang=lang)
            ._render_qweb_html(
                "credit_collection.report_credit_file", (partner or self.customer).ids
            )
        )
        return content.decode()

    # ------------------------------------------------------------------ content

    def test_page_opens_for_the_customer(self):
        contact = self.env["res.partner"].create({"name": "Clerk", "parent_id": self.customer.id})
        action = contact.with_user(self.auditor).action_open_credit_file()
        self.assertEqual(action["res_id"], self.customer.id)
        view = self.env.ref("credit_collection.res_partner_view_form_credit_file")
        self.assertEqual(action["views"], [(view.id, "form")])
        # It never takes the place of the customer's own form.
        default = self.env["res.partner"].get_view(view_type="form")["id"]
        self.assertNotEqual(default, view.id)

    def test_lists(self):
        application = self._application(kind="change")
        file = self._file()
        self.assertEqual(file.credit_file_decision_ids, self._decisions())
        self.assertEqual(file.credit_file_application_ids, application)
        self.assertEqual(file.credit_file_security_ids, self.security)
        self.assertIn(self.paper, file.credit_file_document_ids)
        self.assertEqual(file.credit_file_investigation_ids, self.investigation)
        self.assertFalse(file.credit_file_hold_ids)

    def test_contact_shows_the_file_of_its_customer(self):
        contact = self.env["res.partner"].create({"name": "Clerk", "parent_id": self.customer.id})
        self.assertEqual(self._file(partner=contact).credit_file_security_ids, self.security)

    def test_one_company_at_a_time(self):
        other = self.setup_other_company()["company"]
        self.auditor.company_ids += other
        file = self._file().with_context(allowed_company_ids=[other.id, self.company.id])
        self.assertEqual(file.env.company, other)
        self.assertFalse(file.credit_file_security_ids)
        self.assertFalse(file.credit_file_decision_ids)

    def test_salesperson_reads_own_customers(self):
        self.assertEqual(self._file(self.salesperson).credit_file_security_ids, self.security)
        self.assertFalse(self._file(self.salesperson2).credit_file_security_ids)
        stranger = self._user("file_stranger", "base.group_user")
        for name in ("credit_file_decision_ids", "credit_litigation_note"):
            with self.subTest(field=name), self.assertRaises(AccessError):
                self._file(stranger).read([name])

    # ------------------------------------------------------------------ the chart

    def _late_payer(self):
        due = self.today - relativedelta(months=1)
        invoice = self._invoice(
            self.customer, 1000, invoice_date=due - timedelta(days=1), invoice_date_due=due
        )
        self._pay(invoice, date=self.today)
        return (self.today - due).days

    def test_chart_is_the_trade_record(self):
        late = self._late_payer()
        values = self._file()._prepare_credit_chart()
        months = values["months"]
        self.assertEqual(len(months), 12)
        self.assertEqual(months[-1]["paid_amount"], 1000)
        self.assertEqual(months[-1]["days_late"], late)
        self.assertIsNone(months[0]["days_late"])
        # Nothing known draws no point; bars stay on the paper.
        self.assertLess(len(values["points"]), 12)
        for month in months:
            for bar in month["bars"]:
                self.assertGreaterEqual(bar["height"], 0)
                self.assertAlmostEqual(bar["y"] + bar["height"], values["chart"]["floor"], 1)

    def test_chart_of_nothing_and_of_credit_notes(self):
        self.assertIn("<svg", self._file().credit_behaviour_chart)
        self._invoice(self.customer, 500, move_type="out_refund")
        self.assertIn("500.00", self._file().credit_behaviour_chart)

    def test_graph(self):
        self._late_payer()
        action = self._file().action_open_credit_behaviour()
        rows = self.env["credit.behaviour.month"].with_user(self.auditor).search(action["domain"])
        self.assertEqual(len(rows), 24)
        self.assertEqual(sum(rows.mapped("paid_amount")), 1000)
        self.assertFalse(
            self.env["credit.behaviour.month"].with_user(self.controller).search(action["domain"])
        )

    def test_months_and_figures_open_their_documents(self):
        self._late_payer()
        self._invoice(self.customer, 70, days_overdue=3)
        action = self._file().action_open_credit_behaviour()
        months = self.env["credit.behaviour.month"].with_user(self.auditor).search(action["domain"])
        billed = months.filtered(lambda m: m.billed)
        self.assertTrue(billed)
        for month in billed:
            opened = month.action_open_sales()
            moves = self.env["account.move"].with_user(self.auditor).search(opened["domain"])
            self.assertEqual(sum(moves.mapped("amount_total_signed")), month.billed)
        paid = months.filtered(lambda m: m.paid_amount).action_open_payments()
        lines = self.env["account.move.line"].with_user(self.auditor).search(paid["domain"])
        self.assertEqual(set(lines.mapped("balance")), {1000, 70})
        overdue = self._file().action_open_credit_overdue()
        lines = self.env["credit.exposure.line"].with_user(self.auditor).search(overdue["domain"])
        self.assertEqual(sum(lines.mapped("amount")), self._file().credit_overdue)

    # ------------------------------------------------------------------ litigation

    def test_litigation_is_noted_by_legal_and_controllers(self):
        for user in (self.legal, self.controller):
            file = self._file(user)
            action = file.action_note_litigation()
            wizard = (
                self.env["credit.litigation.note"].with_user(user).with_context(**action["context"])
            ).create({"note": f"Case 12/{user.id}"})
            wizard.action_save()
            self.assertEqual(self._file().credit_litigation_note, f"Case 12/{user.id}")
        self.assertTrue(file._fields["credit_litigation_note"].tracking)

    def test_nobody_else_notes_litigation(self):
        values = {"credit_litigation_note": "None at all"}
        for user in (self.salesperson, self.auditor, self.accountant, self.collector):
            with self.subTest(user=user.name):
                self.refused(lambda u=user: self._file(u).write(values), AccessError)
                self.refused(lambda u=user: self._file(u).action_note_litigation(), AccessError)
                wizards = self.env["credit.litigation.note"].with_user(user)
                self.refused(
                    lambda w=wizards: w.create({"partner_id": self.customer.id}), AccessError
                )
        manager = self._user(
            "file_manager", "base.group_partner_manager,sales_team.group_sale_manager"
        )
        partners = self.env["res.partner"].with_user(manager)
        self.refused(lambda: partners.create({"name": "New", **values}), AccessError)
        sneaky = partners.with_context(default_credit_litigation_note="x").create({"name": "New"})
        self.assertFalse(sneaky.sudo().credit_litigation_note)

    # ------------------------------------------------------------------ on paper

    def test_printed(self):
        self._late_payer()
        self._file(self.controller).write({"credit_litigation_note": "Sued by his landlord"})
        html = self._html()
        for words in (
            "Credit File", "<svg", "Deposit 7", "Busy works", "Sued by his landlord", "5,000.00",
            self.paper.type_id.name,
        ):  # fmt: skip
            self.assertIn(words, html)
        action = self._file().action_print_credit_file()
        self.assertEqual(action["report_name"], "credit_collection.report_credit_file")

    def test_sublimits_are_printed(self):
        self.assertNotIn("Sub-limits", self._html())
        self.env["credit.sublimit"].with_user(self.controller).create(
            {"partner_id": self.customer.id, "kind": "order", "amount": 4321}
        )
        html = self._html()
        self.assertIn("Sub-limits", html)
        self.assertIn("4,321.00", html)

    def test_printed_in_chinese(self):
        self.env["res.lang"]._activate_lang("zh_CN")
        self.env["ir.module.module"]._load_module_terms(["credit_collection"], ["zh_CN"])
        html = self._html(lang="zh_CN")
        for words in ("信用档案", "付款行为", "担保"):
            self.assertIn(words, html)

    def test_pdf(self):
        content, kind = (
            self.env["ir.actions.report"]
            .with_context(force_report_rendering=True)
            ._render_qweb_pdf("credit_collection.report_credit_file", self.customer.ids)
        )
        self.assertEqual(kind, "pdf")
        self.assertTrue(content.startswith(b"%PDF"))

    def test_paper_is_for_credit_roles(self):
        stranger = self._user("paper_stranger", "base.group_user")
        self.refused(lambda: self._html(stranger), AccessError)

    def test_register_facts_stand_in_the_file(self):
        """P2-25: kind, source, date, amount, related firm and link, on the page and on paper."""
        fact = self.env["credit.investigation"].with_user(self.controller).create(
            {"partner_id": self.customer.id, "topic": "related", "source": "register",
             "note": "Does not pay its bank", "related_name": "Sister Ltd", "amount": 7000,
             "register_name": "Court register", "register_reference": "2026-77",
             "url": "https://example.com/77"}
        )  # fmt: skip
        self.assertTrue(fact.is_register_fact)
        customer = self.customer.with_user(self.controller)
        self.assertIn(fact, customer.credit_file_investigation_ids)
        html = str(
            self.env["ir.qweb"]
            .with_user(self.controller)
            ._render("credit_collection.report_credit_file", {"docs": customer})
        )
        for words in ("Sister Ltd", "7,000.00", "Court register", "2026-77", "example.com/77"):
            self.assertIn(words, html)
        with self.assertRaises(ValidationError), self.env.cr.savepoint():
            fact.url = "javascript:alert(1)"
