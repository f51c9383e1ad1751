from odoo import fields, models


class CollectionCasePause(models.TransientModel):
    """Pause letters and activities of cases until a day, for a reason."""

    _name = "collection.case.pause"
    _description = "Pause Collection"

    case_ids = fields.Many2many("collection.case", required=True)
    date_until = fields.Date("Until", required=True, help="Last day of the pause.")
    reason = fields.Char(required=True)

    def action_apply(self):
        """Pause the cases.

        :raise AccessError: the user is neither collector nor collection manager
        :raise ValidationError: no reason, a day in the past or further than the user may
        """
        self.ensure_one()
        self.case_ids._do_pause(self.date_until, self.reason)
        return {"type": "ir.actions.act_window_close"}
