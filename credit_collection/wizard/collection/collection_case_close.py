from odoo import fields, models
from odoo.exceptions import UserError

from ...models.collection.collection_case import RESULTS


class CollectionCaseClose(models.TransientModel):
    """Close a case by hand: with which result, and why (P3-10)."""

    _name = "collection.case.close"
    _description = "Close a Case"

    case_id = fields.Many2one("collection.case", required=True, readonly=True)
    result = fields.Selection(RESULTS, required=True)
    note = fields.Text("Why", required=True)

    def action_close(self):
        """Close the case with this result.

        :raise AccessError: the user may not close cases
        :raise UserError: no words about why
        """
        self.ensure_one()
        self.case_id.check_access("read")
        if not (self.note or "").strip():
            raise UserError(self.env._("Why: say how the case ended."))
        self.case_id._do_close(self.result, self.note)
        return {"type": "ir.actions.act_window_close"}
