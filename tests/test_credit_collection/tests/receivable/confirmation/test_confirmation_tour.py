from odoo.tests import HttpCase, tagged

from .confirmation_case import ConfirmationCase


@tagged("post_install", "-at_install")
class TestConfirmationTour(ConfirmationCase, HttpCase):
    """A campaign from sending to a signed reconciliation sheet, in the browser (P4-15, P4-31)."""

    def test_from_sending_to_a_signed_sheet(self):
        last = self._today().replace(day=1) - self._delta(1)
        for move in self.first | self.second | self.other:
            move.button_draft()
            move.write({"invoice_date": last, "date": last})
            move.action_post()
        self.start_tour(
            "/odoo/balance-confirmations",
            "receivable_confirmation_send",
            login=self.accountant.login,
        )
        campaign = self.env["receivable.confirmation.campaign"].search(
            [("company_id", "=", self.company.id)]
        )
        self.assertEqual((campaign.state, campaign.letter_count), ("sent", 2))
        self._send(campaign)
        letter = self._letter(campaign).sudo()
        self.start_tour(
            f"/balance-confirmation/{letter.id}/{letter._get_token()}",
            "receivable_confirmation_answer",
        )
        self.env.invalidate_all()
        self.assertRecordValues(letter, [{"result": "differs", "difference": 100}])
        sheets = "/odoo/reconciliation-sheets"
        self.start_tour(sheets, "receivable_reconciliation_fill", login=self.accountant.login)
        review, decide = "receivable_reconciliation_review", "receivable_reconciliation_decide"
        self.start_tour(sheets, review, login=self.sales_manager.login)
        self.start_tour(sheets, review, login=self.finance_manager.login)
        self.start_tour(sheets, decide, login=self.general_manager.login)
        self.env.invalidate_all()
        sheet = letter.reconciliation_ids
        self.assertEqual(sheet.state, "approved")
        self.assertTrue(sheet.told_on)
