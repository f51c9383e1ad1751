from odoo import fields, models


class CreditHoldReason(models.Model):
    """One broken rule of a hold, with the rule and the figures as they were."""

    _name = "credit.hold.reason"
    _description = "Reason of a Hold"
    _inherit = ["credit.protected.mixin"]
    _order = "hold_id, id"
    _rec_name = "description"

    hold_id = fields.Many2one("credit.hold", required=True, ondelete="cascade", index=True)
    company_id = fields.Many2one(related="hold_id.company_id", store=True)
    currency_id = fields.Many2one(related="hold_id.currency_id")
    rule_id = fields.Many2one("credit.rule", ondelete="set null")
    rule_name = fields.Char("Rule as It Was", readonly=True)
    rule_type = fields.Selection(
        selection=lambda self: (
            self.env["credit.rule"]._fields["rule_type"]._description_selection(self.env)
        ),
        readonly=True,
    )
    action = fields.Selection([("warn", "Warn"), ("hold", "Hold")], readonly=True)
    description = fields.Char("What Is Broken", readonly=True)
    cure = fields.Char("What Would Cure It", readonly=True)
    actual = fields.Float(readonly=True, help="Value found, in company currency or days.")
    allowed = fields.Float(readonly=True, help="Value allowed, in company currency or days.")
