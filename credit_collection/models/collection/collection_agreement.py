from odoo import fields, models


class CollectionAgreement(models.Model):
    """A signed repayment agreement (P1-10): down payment, instalments, fee."""

    _name = "collection.agreement"
    _description = "Repayment Agreement"
    _inherit = ["credit.approval.mixin"]
    _order = "id desc"
    _check_company_auto = True

    name = fields.Char(readonly=True, copy=False, default="/")
    state = fields.Selection(
        [
            ("draft", "Draft"),
            ("requested", "Approval Requested"),
            ("active", "Active"),
            ("kept", "Kept"),
            ("broken", "Broken"),
            ("rejected", "Rejected"),
            ("cancelled", "Cancelled"),
        ],
        default="draft",
        required=True,
        readonly=True,
        copy=False,
        tracking=True,
        index=True,
    )
    _state_to = ["active"]
    partner_id = fields.Many2one(
        "res.partner", "Customer", required=True, index=True, ondelete="restrict"
    )
    company_id = fields.Many2one(
        "res.company", required=True, index=True, default=lambda self: self.env.company
    )
    currency_id = fields.Many2one(
        "res.currency", required=True, default=lambda self: self.env.company.currency_id
    )
    case_id = fields.Many2one(
        "collection.case", index=True, check_company=True, ondelete="set null"
    )
    line_ids = fields.One2many("collection.agreement.line", "agreement_id", "Instalments")


class CollectionAgreementLine(models.Model):
    _name = "collection.agreement.line"
    _description = "Instalment of a Repayment Agreement"
    _inherit = ["credit.protected.mixin"]
    _order = "date_due, id"

    agreement_id = fields.Many2one(
        "collection.agreement", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="agreement_id.company_id", store=True, index=True)
    currency_id = fields.Many2one(related="agreement_id.currency_id")
    date_due = fields.Date("Due", required=True)
    amount = fields.Monetary(required=True)
