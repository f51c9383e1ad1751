from odoo import api, models
from odoo.exceptions import AccessError

from .collection_dispute_flow import ACTIVITY


class CollectionDispute(models.Model):
    """How a dispute ends: by credit note, by decision, withdrawn, or with its invoice."""

    _inherit = "collection.dispute"

    # ------------------------------------------------------------------ decided

    def action_credit_note(self):
        """Accept: opens Odoo's credit note for the invoice; posting it closes the dispute."""
        self.ensure_one()
        self.check_access("read")
        self._check_open()
        if not self.env.user.has_group("account.group_account_invoice"):
            raise AccessError(self.env._("Credit notes are made by accounting."))
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Credit Note"),
            "res_model": "account.move.reversal",
            "view_mode": "form",
            "target": "new",
            "context": {
                "active_model": "account.move",
                "active_ids": self.move_id.ids,
                "default_reason": f"{self.name}, {self.reason_id.name}",
                "default_collection_dispute_id": self.id,
            },
        }

    def action_reject(self):
        """Decide against the customer: asks for the decision first (`collection.end`)."""
        self.ensure_one()
        self._check_may_decide()
        return self._open_end("reject", self.env._("Reject the Dispute"))

    def _do_reject(self, note):
        note = self._clean_note(note)
        self._do_close("rejected", note)
        for dispute in self.sudo():
            dispute._tell(
                self.env._("%(dispute)s was rejected: %(note)s", dispute=dispute.name, note=note)
            )
        return True

    def _check_can_cancel(self):
        result = super()._check_can_cancel()
        if not self._may_withdraw():
            self._check_may_decide()
        self._check_open()
        return result

    def _do_cancel(self, note):
        return self._do_close("cancelled", self._clean_note(note))

    def action_cancel(self):
        """Withdraw a dispute: asks for the reason first (`collection.end`)."""
        self.ensure_one()
        self._check_can_cancel()
        return self._open_end("cancel", self.env._("Withdraw the Dispute"))

    def _do_close(self, state, decision, accepted=None):
        for dispute in self.sudo()._system():
            today = dispute.company_id._credit_today()
            dispute.write(
                {
                    "state": state,
                    "decision": decision,
                    "date_close": today,
                    "days_to_resolve": (today - dispute.date).days if dispute.date else 0,
                    "amount_accepted": accepted or 0.0,
                }
            )
            dispute.activity_unlink([ACTIVITY])
        self.sudo().case_id.filtered(lambda case: case.state == "open")._refresh()
        return True

    def _tell(self, body):
        self.ensure_one()
        people = self.opened_by_id | self._get_collector()
        self.message_notify(
            partner_ids=people.partner_id.ids,
            subject=self.display_name,
            body=body,
            model=self._name,
            res_id=self.id,
        )

    # ------------------------------------------------------------------ closed by the books

    def _close_accepted(self, credit_notes):
        """Close open disputes whose credit note was posted."""
        for dispute in self.sudo().filtered(lambda d: d.state == "open"):
            notes = credit_notes.filtered(lambda m, d=dispute: m.collection_dispute_id == d)
            total = sum(notes.mapped("amount_total"))
            dispute._do_close(
                "accepted",
                self.env._("Credit note %s", ", ".join(notes.mapped("name"))),
                accepted=total,
            )
            dispute._tell(
                self.env._(
                    "%(dispute)s was accepted: credit note of %(amount)s.",
                    dispute=dispute.name,
                    amount=dispute.currency_id.format(total),
                )
            )

    @api.model
    def _close_settled(self, company):
        """Close what has become pointless: nothing of the invoice is open any more."""
        settled = self.search(
            [
                ("company_id", "=", company.id),
                ("state", "=", "open"),
                "|",
                ("move_id.state", "!=", "posted"),
                ("move_id.payment_state", "in", ("paid", "in_payment", "reversed")),
            ]
        )
        for dispute in settled:
            dispute._do_close(
                "cancelled",
                self.env._("Nothing of %s is open any more.", dispute.move_id.display_name),
            )
        return settled

    def action_open_invoice(self):
        """Open the contested invoice, with the user's own rights."""
        self.ensure_one()
        self.move_id.check_access("read")
        return self.move_id.get_formview_action()
