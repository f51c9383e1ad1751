from odoo import api, fields, models


class CollectionEnd(models.TransientModel):
    """Asks why a promise, an agreement or a dispute ends, and ends it."""

    _name = "collection.end"
    _description = "Reason of an End"

    record = fields.Reference(selection="_selection_record", required=True, readonly=True)
    mode = fields.Selection(
        [("cancel", "Cancel"), ("reject", "Reject")], required=True, default="cancel", readonly=True
    )
    note = fields.Text("Reason", required=True)

    @api.model
    def _selection_record(self):
        return [
            ("collection.promise", self.env._("Promise to Pay")),
            ("collection.agreement", self.env._("Repayment Agreement")),
            ("collection.dispute", self.env._("Dispute")),
        ]

    def action_end(self):
        """End the record with the reason given.

        :raise AccessError: the user may not end it
        :raise UserError: no reason, or it has ended already
        """
        self.ensure_one()
        record = self.record
        if self.mode == "reject" and record._name == "collection.dispute":
            record._check_may_decide()
            record._do_reject(self.note)
        else:
            record._check_can_cancel()
            record._do_cancel(self.note)
        return {"type": "ir.actions.act_window_close"}
