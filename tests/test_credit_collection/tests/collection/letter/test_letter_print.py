import io

from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tools.pdf import PdfFileReader

from odoo.addons.credit_collection.models.collection.letter import (
    collection_letter as collection_letter_print,
)

from .letter_case import LetterCase


@tagged("post_install", "-at_install")
class TestLetterPrint(LetterCase):
    """Letters on paper, in one file."""

    def _letters(self, *amounts):
        letters = self.letters
        for index, amount in enumerate(amounts):
            customer = self._customer(f"Customer {index}", email=False)
            self._invoice(customer, amount, 10)
            letters |= self._write(customer, channel="print")
        return letters

    def _print(self, letters, user=None):
        action = (
            letters.with_user(user or self.collector)
            .with_context(force_report_rendering=True)
            .action_print()
        )
        self.env.invalidate_all()
        paper = int(action["url"].split("/")[3].split("?")[0])
        return self.env["ir.attachment"].with_user(user or self.collector).browse(paper)

    def _pages(self, paper):
        return PdfFileReader(io.BytesIO(paper.raw), strict=False).getNumPages()

    def test_one_file(self):
        """Three letters, one settled before: two pages, two printed, one cancelled."""
        letters = self._letters(10.0, 20.0, 30.0)
        settled = letters[1]
        self._pay(settled.line_ids.move_id)
        paper = self._print(letters)
        self.assertEqual(self._pages(paper), 2)
        self.assertEqual(letters.mapped("state"), ["printed", "cancelled", "printed"])
        printed = letters - settled
        self.assertEqual(printed.sent_by_id, self.collector)
        self.assertTrue(all(printed.mapped("sent_at")))
        self.assertEqual(printed.case_id.contact_ids.mapped("channel"), ["letter", "letter"])
        self.assertFalse(settled.case_id.contact_ids)

    def test_reprint_is_the_same_file(self):
        """Printed again it is the same file, whatever was paid since; no second contact."""
        letter = self._letters(10.0)
        first = self._print(letter).raw
        self._pay(letter.line_ids.move_id)
        again = self._print(letter)
        self.assertEqual(again.raw, first)
        self.assertEqual(letter.state, "printed")
        self.assertEqual(len(letter.case_id.contact_ids), 1)

    def test_report_gives_what_went_out(self):
        letter = self._letters(10.0)
        stored = self._print(letter).raw
        content, _kind = (
            self.env["ir.actions.report"]
            .with_user(self.auditor)
            .with_context(force_report_rendering=True)
            ._render_qweb_pdf("credit_collection.report_collection_letter", letter.ids)
        )
        self.assertEqual(content, stored)

    def test_nothing_left(self):
        letter = self._letters(10.0)
        self._pay(letter.line_ids.move_id)
        with self.assertRaisesRegex(UserError, "settled"):
            self._print(letter)

    def test_too_many(self):
        letters = self._letters(10.0, 20.0)
        self.patch(collection_letter_print, "PRINT_LIMIT", 1)
        with self.assertRaisesRegex(UserError, "at most 1"):
            self._print(letters)

    def test_paper_is_not_mailed(self):
        letter = self._letters(10.0)
        with self.assertRaisesRegex(UserError, "Print it"):
            letter.with_user(self.collector).action_send()
