from odoo.exceptions import UserError
from odoo.tests import tagged

from ..common import migration
from .writeoff.writeoff_case import WriteoffCase


def number(document):
    return int(document.name.rpartition("/")[2])


@tagged("post_install", "-at_install")
class TestNumbers(WriteoffCase):
    """Of refused and deleted documents no number is missing."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.script = migration("19.0.1.5.0", "pre-numbers")

    def _draft(self):
        return self._writeoff(self._invoice(self.customer, 100))

    def test_a_refused_document_leaves_no_gap(self):
        first = self._draft()
        with self.assertRaises(ZeroDivisionError), self.env.cr.savepoint():
            self.assertEqual(number(self._draft()), number(first) + 1)
            _ = 1 / 0
        self.assertEqual(number(self._draft()), number(first) + 1)

    def test_all_registers_are_without_gaps(self):
        codes = {*self.script.CODES, "receivable.penalty"}
        sequences = self.env["ir.sequence"].search([("code", "in", codes)])
        self.assertEqual(set(sequences.mapped("code")), codes)
        self.assertEqual(set(sequences.mapped("implementation")), {"no_gap"})

    def test_the_last_draft_gives_its_number_back(self):
        kept, first, second = self._draft(), self._draft(), self._draft()
        wanted = number(first)
        (first | second).unlink()
        self.assertEqual(number(self._draft()), wanted)
        self.refused(kept.unlink, UserError)
        kept.action_cancel()
        self.assertEqual(kept.state, "cancelled")

    def test_an_older_database_goes_on_counting(self):
        before = self._draft()
        sequence = before._get_number_sequence(self.company)
        sequence.write({"implementation": "standard", "number_next": number(before) + 1})
        gap = self._draft()
        self.assertEqual(number(gap), number(before) + 1)
        self.script.migrate(self.env.cr, "19.0.1.4.0")
        self.assertEqual(sequence.implementation, "no_gap")
        self.assertEqual(number(self._draft()), number(gap) + 1)

    def test_penalties_of_an_older_database_go_on_counting(self):
        sequence = self.env["ir.sequence"].sudo().search([("code", "=", "receivable.penalty")])
        sequence.write({"implementation": "standard", "number_next": 7})
        self.assertEqual(sequence.next_by_id()[-5:], "00007")
        migration("19.0.1.6.0", "pre-penalty_numbers").migrate(self.env.cr, "19.0.1.5.0")
        self.assertEqual(sequence.implementation, "no_gap")
        self.assertEqual(sequence.next_by_id()[-5:], "00008")
