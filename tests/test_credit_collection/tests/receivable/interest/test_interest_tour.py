from odoo.tests import HttpCase, tagged

from .interest_case import InterestCase


@tagged("post_install", "-at_install")
class TestInterestTour(InterestCase, HttpCase):
    """From the proposal through a partial waiver, approved by others, to a posted invoice."""

    def test_proposal_waiver_invoice(self):
        invoice = self._dated(self.customer, 10000, "2025-03-01", "2025-03-31")
        self._pay(invoice, 4000, date="2025-04-30")
        self._pay(invoice, 6000, date="2025-06-30")
        manager = self._user("collection_head", "credit_collection.group_collection_manager")
        self.start_tour(
            "/odoo/action-credit_collection.receivable_interest_propose_action",
            "receivable_interest_propose",
            login=self.controller.login,
        )
        note = (
            self.env["receivable.interest"].sudo().search([("partner_id", "=", self.customer.id)])
        )
        self.assertRecordValues(note, [{"state": "requested", "amount": 33.81}])
        notes = "/odoo/action-credit_collection.receivable_interest_action"
        self.start_tour(notes, "receivable_interest_review", login=manager.login)
        self.start_tour(notes, "receivable_interest_decide", login=self.finance_manager.login)
        self.start_tour(notes, "receivable_interest_post", login=self.accountant.login)
        self.env.invalidate_all()
        self.assertRecordValues(note, [{"state": "posted", "amount_waived": 50}])
        self.assertRecordValues(
            note.move_id,
            [{"state": "posted", "amount_total": 33.81, "partner_id": self.customer.id}],
        )
