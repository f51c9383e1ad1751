from odoo.tests import tagged

from .gate_case import GateHttpCase


@tagged("post_install", "-at_install")
class TestEntryTour(GateHttpCase):
    """The main story in the browser: on hold, applied for, approved by three, confirmed."""

    def test_story(self):
        self.company.sudo().collection_release_needs_agreement = False
        order = self._order(self.customer, 1600)
        url = f"/odoo/action-sale.action_quotations_with_onboarding/{order.id}"
        self.start_tour(url, "credit_story_salesperson", login=self.salesperson.login)
        self.env.invalidate_all()
        hold = self._hold(order)
        self.assertRecordValues(
            hold,
            [
                {
                    "state": "requested",
                    "requested_by_id": self.salesperson.id,
                    "release_reason": "plan",
                    "release_note": "Pays 500 each month until May.",
                }
            ],
        )
        decide = "/odoo/action-credit_collection.credit_hold_action_decide"
        for user in (self.sales_manager, self.finance_manager):
            self.start_tour(decide, "credit_story_approver", login=user.login)
        self.env.invalidate_all()
        self.assertRecordValues(order, [{"state": "draft", "credit_state": "held"}])
        self.start_tour(decide, "credit_story_last_approver", login=self.general_manager.login)
        self.env.invalidate_all()
        self.assertRecordValues(order, [{"state": "sale", "credit_state": "released"}])
        self.assertRecordValues(hold, [{"state": "released"}])
        self.start_tour(url, "credit_story_confirmed", login=self.salesperson.login)
