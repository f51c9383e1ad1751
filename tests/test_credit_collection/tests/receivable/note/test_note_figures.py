import io
import zipfile
from xml.etree import ElementTree

from lxml import html as lxml_html

from odoo.exceptions import ValidationError
from odoo.fields import Command, Date
from odoo.tests import freeze_time, tagged

from .note_case import NoteCase


@tagged("post_install", "-at_install")
@freeze_time("2025-12-15")
class TestNoteFigures(NoteCase):
    """Notes in the ageing of any day and in the figures of a month (P4-08, P1-16)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.sudo().credit_mode = "off"
        cls.ageing = cls.env["receivable.ageing"]

    def _of_january(self, amount=125000, **values):
        """An invoice of 20 January, due 20 March, paid by a note to 20 June."""
        return self._invoice(
            self.customer, amount, invoice_date="2025-01-20", date="2025-01-20",
            invoice_date_due="2025-03-20", **values,
        )  # fmt: skip

    def _of_note(self, invoice=None, received="2025-02-10", **values):
        return self._note(
            invoice or self._of_january(),
            date_received=received,
            date_maturity="2025-06-20",
            **values,
        )

    def _rows(self, day, **options):
        rows = self.ageing._get_items(self.company, Date.to_date(day), **options)
        return [
            (row["kind"], float(row["amount"]), row["days"], row["column_index"])
            for row in rows
            if row["partner_id"] == self.customer.id
        ]

    def _report(self, day, **values):
        return (
            self.env["receivable.ageing.report"]
            .with_user(self.controller)
            .create({"date": day, **values})
        )

    def _figure(self, month, first=None):
        wizard = self.env["insight.kpi.compute"].with_user(self.controller)
        wizard.create({"date_from": first or month, "date_to": month}).action_compute()
        return self.env["insight.kpi"].search(
            [("company_id", "=", self.company.id), ("scope", "=", "company"), ("date", "=", month)]
        )

    # ------------------------------------------------------------------ ageing

    def test_the_example_stands_in_61_to_90(self):
        """P4-08: 125,000 of 20 January, term 60 days, note to 20 June: 90 days over term."""
        note = self._of_note()
        self.assertEqual(note.days_overdue, 90)
        self.assertEqual(self._rows("2025-02-09"), [("receivable", 125000, -39, 0)])
        for day in ("2025-02-10", "2025-04-30", "2025-06-19"):
            with self.subTest(day=day):
                self.assertEqual(self._rows(day), [("note", 125000, 90, 3)])
                self.assertEqual(self._rows(day, kinds=("receivable",)), [])
        report = self._report("2025-04-30")
        self.assertTrue(report.has_notes)
        names, rows, _totals, _total = report._get_matrix()
        self.assertEqual(names[3], "61–90")
        self.assertEqual(
            [(partner, amounts) for partner, amounts, _sum in rows if partner == self.customer],
            [(self.customer, [0, 0, 0, 125000, 0, 0])],
        )
        # P4-29: receivables, notes and total, each in their columns.
        for measure, amount in (("amount_receivable", 0), ("amount_note", 125000)):
            [row] = [r for r in report._get_matrix(measure)[1] if r[0] == self.customer]
            self.assertEqual(row, (self.customer, [0, 0, 0, amount, 0, 0], amount))
        # On screen they are columns of the list of customers.
        self.assertTrue(report.action_open_matrix()["context"]["ageing_notes"])
        [row] = report.row_ids.filtered(lambda row: row.partner_id == self.customer)
        self.assertEqual(
            (row.column_4, row.amount_receivable, row.amount_note, row.amount),
            (125000, 0, 125000, 125000),
        )
        paper = lxml_html.fromstring(self._pdf(report))
        heads = [cell.text_content().strip() for cell in paper.iter("th")]
        self.assertEqual(heads[-3:], ["Receivables", "Notes", "Total"])
        [line] = report.line_ids.filtered(lambda li: li.partner_id == self.customer)
        self.assertRecordValues(
            line,
            [{"kind": "note", "account_id": self.note_account.id,
              "date_maturity": Date.to_date("2025-03-20")}],
        )  # fmt: skip
        self.assertEqual(line.action_open_document()["res_id"], note.id)
        report.with_notes = False
        report._create_lines()
        self.assertFalse(report.line_ids.filtered(lambda li: li.partner_id == self.customer))
        [by_invoice] = self._rows("2025-04-30", basis="invoice")
        self.assertEqual(by_invoice[2], 100)

    def test_it_leaves_on_the_day_of_the_step_and_undone_steps_stay_history(self):
        note = self._of_note()
        self._step(note, "collect", date="2025-06-20", journal_id=self.bank.id)
        self.assertEqual(self._rows("2025-06-19"), [("note", 125000, 90, 3)])
        self.assertEqual(self._rows("2025-06-20"), [])
        self._undo(note, date="2025-07-05")
        self.assertEqual(self._rows("2025-06-30"), [])
        self.assertEqual(self._rows("2025-07-05"), [("note", 125000, 90, 3)])
        self._step(note, "dishonour", date="2025-07-10")
        # The invoice is freed from the credit of the receipt, also in the days before: both
        # stand there as open items that cancel out, and the note as before.
        before = self.ageing._get_items(self.company, Date.to_date("2025-07-09"))
        self.assertEqual(
            [(row["kind"], float(row["net"])) for row in before if row["net"]], [("note", 125000)]
        )
        self.assertEqual(sum(row[1] for row in self._rows("2025-07-09")), 125000)
        [row] = self._rows("2025-07-10")
        self.assertEqual(row, ("receivable", 125000, 112, 4))

    def test_rows_per_invoice_and_the_rest_tie_to_the_account(self):
        moves = self._of_january(100) | self._invoice(
            self.customer, 200.01, invoice_date="2025-02-01", date="2025-02-01",
            invoice_date_due="2025-05-02",
        )  # fmt: skip
        self._of_note(moves, amount=350, received="2025-02-10")
        rows = sorted(self._rows("2025-03-31", kinds=("note",)))
        self.assertEqual([row[1] for row in rows], [49.99, 100, 200.01])
        self.assertEqual(rows[0][2:], (-81, 0))  # what is over counts from its maturity
        balance = self.env["account.move.line"].search([("account_id", "=", self.note_account.id)])
        self.assertEqual(sum(row[1] for row in rows), sum(balance.mapped("balance")))
        self.assertEqual(
            sum(row[1] for row in self._rows("2025-03-31", kinds=("receivable",))), -49.99
        )

    def test_a_foreign_note_adds_up_in_company_currency(self):
        euro = self._rate("EUR", 3.0, date="2025-01-01")
        invoices = self._of_january(100, currency=euro) | self._of_january(100, currency=euro)
        note = self._of_note(invoices)
        rows = self.ageing._get_items(self.company, Date.to_date("2025-03-31"), ("note",))
        self.assertEqual(sum(float(row["amount"]) for row in rows), note.balance)
        self.assertEqual([float(row["amount_currency"]) for row in rows], [100, 100])

    def test_contingent_notes_stand_apart_until_they_mature(self):
        note = self._of_note()
        self._step(note, "discount", date="2025-03-01", interest=100, journal_id=self.bank.id)
        for day, amount in (
            ("2025-02-28", 0), ("2025-03-01", 125000), ("2025-06-20", 125000), ("2025-06-21", 0),
        ):  # fmt: skip
            with self.subTest(day=day):
                self.assertEqual(self._report(day).contingent, amount)
        self.assertEqual(self._rows("2025-03-01"), [])
        action = self._report("2025-04-01").action_open_contingent()
        self.assertEqual(self.env["receivable.note"].search(action["domain"]), note)
        self._step(note, "dishonour", date="2025-05-01")
        self.assertEqual(self._report("2025-05-01").contingent, 0)
        self.assertEqual(self._report("2025-04-30").contingent, 125000)

    def _pdf(self, report):
        html, _type = (
            self.env["ir.actions.report"]
            .with_user(report.env.user)
            ._render_qweb_html("credit_collection.report_receivable_ageing", report.ids)
        )
        return html.decode()

    def _rows_of_sheet(self, report):
        """The first sheet of the workbook: [[text or number of each cell]]."""
        content, _kind = (
            self.env["ir.actions.report"]
            .with_user(report.env.user)
            .with_context(active_model=report._name)
            ._render_xlsx("credit_collection.receivable_ageing_xlsx", report.ids, {})
        )
        with zipfile.ZipFile(io.BytesIO(content)) as book:
            texts = [
                "".join(item.itertext())
                for item in ElementTree.fromstring(book.read("xl/sharedStrings.xml"))
            ]
            sheet = ElementTree.fromstring(book.read("xl/worksheets/sheet1.xml"))
        return [
            [
                texts[int(cell.findtext("{*}v"))]
                if cell.get("t") == "s"
                else float(cell.findtext("{*}v"))
                for cell in row.findall("{*}c")
                if cell.find("{*}v") is not None
            ]
            for row in sheet.iterfind(".//{*}row")
        ]

    def test_contingent_notes_on_paper(self):
        """Under the matrix, in PDF and workbook, and in no sum of it; nothing without any."""
        discounted = self._of_note()
        endorsed = self._of_note(self._of_january(250))
        self._of_note(self._of_january(70))  # held: it stands in the matrix
        self._step(discounted, "discount", date="2025-03-01", interest=100, journal_id=self.bank.id)
        self._step(endorsed, "endorse", date="2025-03-02", supplier_id=self.supplier.id)
        report = self._report("2025-04-30")
        text = self._pdf(report)
        self.assertIn("Contingent notes, discounted or endorsed", text)
        self.assertIn("125,250.00", text)
        *_matrix, total, contingent = self._rows_of_sheet(report)
        # Receivables, notes, total: a block of columns each (P4-29).
        self.assertEqual(total, ["Total", *[0] * 7, *[0, 0, 0, 70, 0, 0, 70] * 2])
        heads = self._rows_of_sheet(report)[1]
        self.assertEqual(
            (heads[1], heads[7], heads[11], heads[14], heads[21]),
            ("Receivables 0 (not due)", "Receivables", "Notes 61–90", "Notes", "Total"),
        )
        self.assertEqual(contingent, ["Contingent Notes", 125250])
        for day in ("2025-02-28", "2025-06-21"):  # not sold yet; matured
            report = self._report(day)
            with self.subTest(day=day):
                self.assertNotIn("Contingent", self._pdf(report))
                self.assertEqual(self._rows_of_sheet(report)[-1][0], "Total")

    def test_notes_in_a_receivable_account_would_count_twice(self):
        with self.assertRaisesRegex(ValidationError, "count twice"):
            self.company.sudo().receivable_note_account_id = self.receivable

    # ------------------------------------------------------------------ figures

    def test_a_note_is_collected_once(self):
        note = self._of_note()
        row = self._figure("2025-02-28")
        self.assertRecordValues(row, [{"collected": 0, "closing": 125000, "overdue": 125000}])
        self._step(note, "discount", date="2025-03-10", interest=1000, journal_id=self.bank.id)
        row = self._figure("2025-03-31")
        self.assertRecordValues(
            row, [{"collected": 125000, "closing": 0, "due": 125000, "recovery_rate": 100}]
        )
        items = self.env["account.move.line"].search(row.action_open_collected()["domain"])
        self.assertEqual(-sum(items.mapped("balance")), 125000)
        self._step(note, "dishonour", date="2025-06-20")
        self.assertRecordValues(
            self._figure("2025-06-30"), [{"collected": -125000, "closing": 125000}]
        )

    def test_an_endorsed_note_is_collected_and_taken_off_when_it_comes_back(self):
        note = self._of_note()
        self._step(note, "endorse", date="2025-03-10", supplier_id=self.supplier.id)
        self.assertEqual(self._figure("2025-03-31").collected, 125000)
        self._undo(note, date="2025-04-02")
        self.assertEqual(self._figure("2025-04-30").collected, -125000)

    def test_written_off_once_and_recoveries_are_money(self):
        """The recovery is booked to the allowance: it is no write-off turned back."""
        self.company.sudo().receivable_recovery_to = "allowance"
        invoice = self._of_january(100)
        writeoff = self._writeoff(invoice)
        writeoff.date = Date.to_date("2025-10-31")
        writeoff.action_request()
        self._approve(writeoff)
        row = self._figure("2025-10-31")
        self.assertRecordValues(row, [{"written_off": 100, "collected": 0, "closing": 0}])
        item = self._paid_item(40, date="2025-11-10")
        claim = writeoff.sudo().line_ids
        self._recover(claim, payment=item, date="2025-11-12")
        row = self._figure("2025-11-30")
        self.assertRecordValues(row, [{"written_off": 0, "collected": 40, "closing": 0}])
        opened = self.env["account.move.line"].search(row.action_open_written_off()["domain"])
        self.assertFalse(opened)

    def test_a_write_off_to_another_account_counts_and_its_cancelling_too(self):
        own = self._account("QUA001", "Quality Discounts", "expense")
        reason = self.aged.sudo().with_company(self.company)
        reason.account_id = own
        writeoff = self._writeoff(self._of_january(100))
        writeoff.date = Date.to_date("2025-10-31")
        writeoff.action_request()
        self._approve(writeoff)
        self.assertEqual(self._figure("2025-10-31").written_off, 100)
        self._undo(writeoff, date="2025-11-03")
        self.assertEqual(self._figure("2025-11-30").written_off, -100)

    def test_a_payment_with_a_difference_is_collected_not_written_off(self):
        self._of_january(100)
        move = self.env["account.move"].create(
            {
                "date": "2025-10-10",
                "journal_id": self.bank.id,
                "line_ids": [
                    Command.create({"account_id": account.id, "balance": balance,
                                    "partner_id": self.customer.id})
                    for account, balance in (
                        (self.bank_account, 90), (self.bad_debt, 10), (self.receivable, -100),
                    )
                ],
            }
        )  # fmt: skip
        move.action_post()
        self.assertRecordValues(self._figure("2025-10-31"), [{"collected": 100, "written_off": 0}])

    def test_a_note_held_is_debt_open(self):
        """P1-05, P4-08: D is frozen though all debt stands in a note that is not due yet."""
        self._of_note()
        figures = self.customer.sudo()._get_credit_figures(self.company)[self.customer.id]
        self.assertEqual(float(figures["receivable"]), 0)
        self._decide(self.customer, credit_grade_id=self._grade("D").id)
        self.assertEqual(self.customer.sudo().credit_control, "frozen")
