from odoo.tests import tagged

from .note_case import NoteCase


@tagged("post_install", "-at_install")
class TestNoteContingent(NoteCase):
    """Notes that may return are shown and, by setting, counted; what is open again counts once."""

    def _sum(self, action):
        lines = self.env["credit.exposure.line"].sudo().search(action["domain"])
        return sum(lines.mapped("amount"))

    def _kinds(self):
        self._exposure(self.customer)
        return {(line.kind, line.counts): line.amount for line in self._lines(self.customer)}

    def _discounted(self, amount=1000):
        note = self._note(self._invoice(self.customer, amount))
        self._step(note, "discount", journal_id=self.bank.id, interest=5.0)
        return note

    def test_shown_beside_the_exposure_unless_the_company_counts_them(self):
        note = self._discounted()
        self.assertEqual(self._kinds(), {("contingent", False): 1000.0})
        figures = self._figures(self.customer)
        self.assertEqual((figures.receivable_contingent, figures.credit_exposure), (1000, 0))
        self.assertEqual(self._sum(figures.action_open_receivable_contingent()), 1000)
        self.company.sudo().receivable_contingent_counts = True
        self.assertEqual(self._kinds(), {("contingent", True): 1000.0})
        figures = self._figures(self.customer)
        self.assertEqual(figures.credit_exposure, 1000)
        self.assertTrue(figures.receivable_contingent_counts)
        self.assertEqual(self._sum(figures.action_open_receivable_contingent()), 1000)
        row = self._lines(self.customer, kind="contingent")
        self.assertEqual(row.action_open_document()["res_id"], note.id)
        self.assertFalse(
            self.customer.sudo()._credit_debts(self.company).get(self.customer.id), "no debt yet"
        )

    def test_a_dishonoured_note_is_the_invoice_again_and_counts_once(self):
        self.company.sudo().receivable_contingent_counts = True
        note = self._discounted()
        self._step(note, "dishonour")
        self.assertEqual(self._kinds(), {("receivable", True): 1000.0})
        figures = self._figures(self.customer)
        self.assertEqual((figures.receivable_contingent, figures.credit_exposure), (0, 1000))
        self.assertEqual(figures.receivable_dishonoured, 1000)
        action = figures.action_open_receivable_dishonoured()
        found = self.env["receivable.note"].with_user(self.controller).search(action["domain"])
        self.assertEqual(found.ids, note.ids)

    def test_matured_it_is_gone(self):
        self.company.sudo().receivable_contingent_counts = True
        note = self._discounted()
        note.sudo()._system_write(
            {"date_received": self._today(-9), "date_maturity": self._today(-1)}
        )
        self.env["receivable.note"].sudo()._cron_daily()
        self.assertEqual(self._kinds(), {})

    def test_a_sublimit_of_notes(self):
        self._set_rules({"rule_type": "sublimit"})
        sublimit = (
            self.env["credit.sublimit"]
            .with_user(self.controller)
            .create({"partner_id": self.customer.id, "kind": "note", "amount": 800})
        )
        note = self._note(self._invoice(self.customer, 1000))
        self.env.invalidate_all()
        self.assertEqual((sublimit.used, sublimit.left), (1000, -200))
        self.assertEqual(self._sum(sublimit.action_open_exposure()), 1000)
        order = self._order(self.customer, 10)
        order.with_user(self.salesperson).action_credit_confirm()
        reason = order.sudo().credit_hold_id.reason_ids
        self.assertEqual(reason.rule_type, "sublimit")
        for words in ("Notes on Hand", "1,000.00", "800.00", "200.00"):
            self.assertIn(words, reason.description)
        self._step(note, "collect", journal_id=self.bank.id)
        self._hold(order).sudo()._do_recheck()
        self.assertEqual(self._hold(order)[:1].state, "cleared")
