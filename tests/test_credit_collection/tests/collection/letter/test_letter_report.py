import subprocess
import unicodedata

from odoo.fields import Command
from odoo.tests import tagged

from .letter_case import LetterCase


@tagged("post_install", "-at_install")
class TestLetterReport(LetterCase):
    """The letter on paper."""

    def _pdf_text(self, letter):
        content = letter.with_context(force_report_rendering=True)._render_pdf()
        self.assertTrue(content.startswith(b"%PDF"))
        text = subprocess.run(
            ["pdftotext", "-layout", "-", "-"], input=content, capture_output=True, check=True
        ).stdout.decode()
        # Some fonts give Chinese characters as the radicals they look like.
        return unicodedata.normalize("NFKC", text)

    def _sample(self, code="dunning_1", lang="en_US", **row):
        self.company.sudo().write({"street": "1 Harbour Road", "city": "Springfield"})
        if not self.company.partner_id.bank_ids:
            self.env["res.partner.bank"].sudo().create(
                {
                    "acc_number": "6222 0000 1234 5678",
                    "partner_id": self.company.partner_id.id,
                    "allow_out_payment": True,
                    "bank_id": self.env["res.bank"].create({"name": "Bank of Springfield"}).id,
                }
            )
        customer = self._customer(
            "Dragon Trading <Ltd>",
            lang=lang,
            street="8 Long Street",
            city="Shelbyville",
            zip="12345",
        )
        customer.ref = "C-1001"
        self._invoice(customer, 1200.5, 95, ref="PO 7781")
        self._invoice(customer, 800.0, 40)
        self._invoice(customer, 333.33, 3)
        self._invoice(customer, 500.0, -20)
        self._invoice(customer, 200.5, 2, move_type="out_refund")
        return self._write(customer, code, **row)

    def test_letters_before_the_due_date_print_the_term(self):
        """P2-07: amount, term, date and account."""
        customer = self._customer("Term", limit=1000, term=45)
        self._invoice(customer, 100, days_overdue=-10)
        letter = self._write(customer, "account_confirmation", level=-30)
        self.assertIn("45 days", self._pdf_text(letter))
        late = self._customer("Late", limit=1000, term=45)
        self._invoice(late, 100, days_overdue=10)
        self.assertNotIn("45 days", self._pdf_text(self._write(late, "payment_reminder")))

    def test_english(self):
        text = self._pdf_text(self._sample())
        for expected in (
            "overdue account: request for payment",
            "dragon trading <ltd>",
            "po 7781",
            "1,000.00",  # 1,200.50 less the credit note
            "2,333.83",  # open
            "2,133.33",  # to pay
            "95",
            "6222 0000 1234 5678",
            "bank of springfield",
            "payments and credit notes totaling $ 200.50",
            "kind regards",
        ):
            with self.subTest(expected):
                self.assertIn(expected, text.lower())
        self.assertNotIn("Reply slip", text)
        self.assertNotIn("{{", text)

    def test_chinese(self):
        """A customer who reads Chinese gets words, labels and dates in Chinese."""
        self.env["res.lang"]._activate_lang("zh_CN")
        wording = self.env.ref("credit_collection.collection_letter_text_dunning_1").sudo()
        wording.with_context(lang="zh_CN").write(
            {
                "subject": "第一次催款函",
                "opening": "<p>尊敬的客户：</p><p>请于{{ object.deadline_text }}前支付"
                "<b>{{ object.amount_text }}</b>。</p>",
            }
        )
        view = self.env.ref("credit_collection.report_collection_letter_document")
        view.update_field_translations("arch_db", {"zh_CN": {"Days overdue": "逾期天数"}})
        letter = self._sample(lang="zh_CN")
        text = self._pdf_text(letter)
        for expected in ("第一次催款函", "尊敬的客", "逾期天数", "年", "2,133.33"):
            with self.subTest(expected):
                self.assertIn(expected, text)
        self.assertNotIn("request for payment", text)

    def test_reply_slip(self):
        letter = self._sample("account_confirmation", level=-30)
        text = self._pdf_text(letter)
        self.assertIn("Reply slip", text)
        self.assertIn("$ 500.00", text)

    def test_reply_slip_confirms_the_open_balance(self):
        """What is open and what is asked for differ by a credit note: the slip confirms what is open."""
        letter = self._sample()
        letter.type_id.has_reply_slip = True
        text = " ".join(self._pdf_text(letter).split())
        self.assertIn("totaling $ 2,333.83, are correct", text)
        self.assertIn("We intend to pay $ 2,133.33 on", text)

    def test_payment_reference(self):
        """One invoice: its own, known to Odoo's bank matching; more: the letter's number."""
        letter = self._sample()
        self.assertEqual(letter._get_payment_reference(), letter.name)
        customer = self._customer("One")
        invoice = self._invoice(customer, 100.0, 10)
        invoice.payment_reference = "RF18 5390 0754 7034"
        letter = self._write(customer)
        self.assertEqual(letter._get_payment_reference(), "RF18 5390 0754 7034")
        self.assertIn("RF18 5390 0754 7034", self._pdf_text(letter))

    def test_bank_details(self):
        """SWIFT/BIC, the currency of the account, and the bank's name in the customer's language."""
        self.env["res.lang"]._activate_lang("zh_CN")
        letter = self._sample(lang="zh_CN")
        bank = self.company.partner_id.bank_ids
        bank.bank_id.write({"bic": "SPRIUS33", "collection_name": "Bank of Springfield"})
        bank.bank_id.with_context(lang="zh_CN").collection_name = "春田银行"
        bank.currency_id = letter.currency_id
        text = self._pdf_text(letter)
        for words in ("春田银行", "SPRIUS33", "6222 0000 1234 5678 (USD)"):
            self.assertIn(words, text)

    def test_internal_notice(self):
        """To the salesperson, in their language, without bank account."""
        text = self._pdf_text(self._sample("overdue_notice"))
        self.assertIn("Dear Salesperson", text)
        self.assertIn("Internal notice about", text)
        self.assertNotIn("6222 0000", text)

    def test_bank_account_of_the_currency(self):
        letter = self._sample()
        euro = self._rate("EUR", 0.8)
        bank = self.env["res.partner.bank"].sudo().create(
            {
                "acc_number": "EUR 1",
                "partner_id": self.company.partner_id.id,
                "currency_id": euro.id,
                "allow_out_payment": True,
            }
        )  # fmt: skip
        letter.line_ids.move_id.partner_bank_id = bank  # the wrong one, on the invoices
        self.assertNotIn(bank, letter._get_bank_accounts())
        letter._system().write({"currency_id": euro.id})
        self.assertEqual(letter._get_bank_accounts(), bank)

    def test_risk_makes_it_firmer(self):
        """A high-risk customer is asked more firmly before the due date (P2-07)."""
        letter = self._sample("account_confirmation", level=-30)
        self.assertNotIn("current credit terms", str(letter._get_wording()["closing"]))
        letter.partner_id.credit_risk_level = "high"
        self.assertIn("current credit terms", str(letter._get_wording()["closing"]))

    def test_closest_wording_wins(self):
        letter = self._sample()
        stage = self.env["collection.stage"].sudo().create({"name": "S", "days_from": 1})
        texts = self.env["collection.letter.text"].sudo()
        values = {"type_id": letter.type_id.id, "subject": "x"}
        texts.create({**values, "subject": "large", "segment": "large"})
        texts.create({**values, "subject": "sme", "segment": "sme"})
        texts.create({**values, "subject": "stage", "stage_id": stage.id})
        self.assertEqual(letter._get_wording()["subject"], "Overdue account: request for payment")
        letter.partner_id.credit_segment = "sme"
        self.assertEqual(letter._get_wording()["subject"], "sme")
        letter._system().write({"stage_id": stage.id})
        self.assertEqual(letter._get_wording()["subject"], "stage")

    def test_values_are_escaped(self):
        text = self.env["collection.letter.text"].sudo().create(
            {
                "type_id": self._type("dunning_1").id,
                "stage_id": self.env["collection.stage"].sudo().create(
                    {"name": "S", "days_from": 1}
                ).id,
                "subject": "{{ object.partner_id.name }}",
                "opening": "<p>{{ object.partner_id.name }} {{ object.collector_id.name ||| us }}</p>",
            }
        )  # fmt: skip
        letter = self._sample(stage_id=text.stage_id.id)
        wording = letter._get_wording()
        self.assertEqual(wording["subject"], "Dragon Trading <Ltd>")
        self.assertIn("Dragon Trading &lt;Ltd&gt; Collector", wording["opening"])

    def test_pays_online(self):
        """The link to pay stands there only where a provider takes payments."""
        letter = self._sample()
        providers = self.env["payment.provider"].sudo()
        providers.search([]).state = "disabled"
        self.assertNotIn("Pay online", self._pdf_text(letter))
        providers.create({"name": "Till", "company_id": self.company.id, "state": "test"})
        text = self._pdf_text(letter)
        self.assertEqual(text.count("Pay online"), 3)
        self.assertTrue(all(letter.line_ids.move_id.mapped("access_token")))

    def test_invoices_along(self):
        letter = self._sample()
        self.assertFalse(letter._get_invoice_attachments())
        letter.type_id.attach_invoices = True
        files = letter._get_invoice_attachments()
        self.assertEqual(len(files), len(letter.line_ids.move_id))
        self.assertEqual(
            self.env["collection.letter"].sudo().browse(files.mapped("res_id")), letter
        )

    def test_many_pages(self):
        """A hundred items: every one is listed, totals once."""
        customer = self._customer("Many")
        invoice = self._invoice(
            customer, 10.0, 5, term=self._term(*[(1.0, day) for day in range(1, 100)], (1.0, 100)),
            invoice_date=self._today(-150),
        )  # fmt: skip
        letter = self._write(customer)
        self.assertEqual(letter.item_count, 100)
        text = self._pdf_text(letter)
        self.assertEqual(text.count(invoice.name), 100)
        self.assertEqual(text.count("Total (USD)"), 1)

    def test_bank_needs_no_rights(self):
        """Each reader of the letter can open it: salesperson, collector, auditor."""
        letter = self._sample()
        letter.partner_id.write({"child_ids": [Command.create({"name": "P", "type": "invoice"})]})
        for user in (self.salesperson, self.collector, self.auditor):
            html = (
                self.env["ir.actions.report"]
                .with_user(user)
                ._render_qweb_html("credit_collection.report_collection_letter", letter.ids)[0]
            )
            self.assertIn("6222 0000", html.decode())
