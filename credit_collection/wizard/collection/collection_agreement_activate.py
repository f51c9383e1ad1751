from odoo import fields, models


class CollectionAgreementActivate(models.TransientModel):
    """Show an agreement whole before it is activated, or sent for approval."""

    _name = "collection.agreement.activate"
    _description = "Activate a Repayment Agreement"

    agreement_id = fields.Many2one("collection.agreement", required=True, readonly=True)
    partner_id = fields.Many2one(related="agreement_id.partner_id", related_sudo=False)
    currency_id = fields.Many2one(related="agreement_id.currency_id", related_sudo=False)
    amount_total = fields.Monetary(related="agreement_id.amount_total", related_sudo=False)
    fee_total = fields.Monetary(related="agreement_id.fee_total", related_sudo=False)
    item_ids = fields.One2many(related="agreement_id.item_ids", related_sudo=False)
    line_ids = fields.One2many(related="agreement_id.line_ids", related_sudo=False)
    left_out_note = fields.Text(related="agreement_id.left_out_note", related_sudo=False)
    authority_note = fields.Text(related="agreement_id.authority_note", related_sudo=False)
    grace_days = fields.Integer(related="agreement_id.company_id.collection_agreement_grace_days")
    sign_days = fields.Integer(related="agreement_id.company_id.collection_agreement_sign_days")

    def action_confirm(self):
        """Activate the agreement, or request the approval that it needs.

        :raise UserError: its terms make no schedule any more
        """
        self.ensure_one()
        self.agreement_id.action_request()
        return {"type": "ir.actions.act_window_close"}
