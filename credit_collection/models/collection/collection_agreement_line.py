from odoo import api, fields, models


class CollectionAgreementLine(models.Model):
    """One instalment of a repayment agreement: principal and fee, and what came of it."""

    _name = "collection.agreement.line"
    _description = "Instalment of a Repayment Agreement"
    _inherit = ["credit.protected.mixin"]
    _order = "agreement_id, number, id"

    agreement_id = fields.Many2one(
        "collection.agreement", required=True, readonly=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="agreement_id.company_id", store=True, index=True)
    partner_id = fields.Many2one(related="agreement_id.partner_id", store=True, index=True)
    currency_id = fields.Many2one(related="agreement_id.currency_id", store=True)
    agreement_state = fields.Selection(related="agreement_id.state", string="Agreement State")
    number = fields.Integer("No.", readonly=True, aggregator=None, help="0 = down payment.")
    date_due = fields.Date("Due", required=True, readonly=True)
    date_limit = fields.Date("Judged after", readonly=True, help="Due date and days of grace.")
    amount = fields.Monetary("Principal", required=True, readonly=True)
    fee_days = fields.Integer("Days of the Fee", readonly=True, aggregator=None)
    fee = fields.Monetary(readonly=True)
    amount_due = fields.Monetary("To Pay", compute="_compute_amount_due", store=True)
    amount_paid = fields.Monetary("Paid in Time", readonly=True)
    state = fields.Selection(
        [("open", "Open"), ("paid", "Paid"), ("missed", "Missed")],
        default="open",
        required=True,
        readonly=True,
    )

    _once = models.UniqueIndex("(agreement_id, number)", "Each instalment stands there once.")

    @api.depends("amount", "fee")
    def _compute_amount_due(self):
        for line in self:
            line.amount_due = line.amount + line.fee

    @api.depends("agreement_id", "number")
    def _compute_display_name(self):
        for line in self:
            line.display_name = f"{line.agreement_id.name} / {line.number}"
