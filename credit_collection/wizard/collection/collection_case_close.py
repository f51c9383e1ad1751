from odoo import fields, models
from odoo.exceptions import UserError

from ...models.collection.case.collection_case import RESULTS


class CollectionCaseClose(models.TransientModel):
    """Close cases by hand, with a result and a note."""

    _name = "collection.case.close"
    _description = "Close Collection Cases"

    case_ids = fields.Many2many("collection.case", required=True)
    result = fields.Selection(RESULTS, required=True)
    note = fields.Text(required=True)

    def action_close(self):
        """Close: collection managers only, with a note."""
        self.ensure_one()
        self.case_ids._check_manager()
        self.case_ids.check_access("write")
        self.case_ids._check_open()
        if not (self.note or "").strip():
            raise UserError(self.env._("Say why the case is closed."))
        self.case_ids._do_close(self.result, self.note)
        return {"type": "ir.actions.act_window_close"}
