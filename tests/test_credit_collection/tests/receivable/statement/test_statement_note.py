from odoo.tests import tagged

from ..note.note_case import NoteCase


@tagged("post_install", "-at_install")
class TestStatementNote(NoteCase):
    """A note pays its invoice: it stands apart, until it is paid."""

    def test_notes_stand_apart(self):
        invoice = self._invoice(self.customer, 100, 10)
        self._invoice(self.customer, 40, 10)
        self._note(invoice)
        today = self.company._credit_today()
        (one,) = self.env["receivable.statement"]._get_accounts(
            self.company, self.customer, today, today
        )[self.customer.id]
        self.assertEqual((one.closing, one.noted), (40, 100))
        self.assertEqual([row.amount for row in one.items], [40])
