from odoo import fields, models


class CollectionPromise(models.Model):
    """A customer's promise to pay, by instalment (amount and date each)."""

    _name = "collection.promise"
    _description = "Promise to Pay"
    _inherit = ["credit.protected.mixin", "mail.thread", "mail.activity.mixin"]
    _order = "date desc, id desc"
    _check_company_auto = True

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
    contact_id = fields.Many2one("collection.contact", index="btree_not_null", ondelete="set null")
    user_id = fields.Many2one("res.users", "Taken by", default=lambda self: self.env.user)
    date = fields.Date("Given on", required=True, default=fields.Date.context_today)
    line_ids = fields.One2many("collection.promise.line", "promise_id", "Instalments")


class CollectionPromiseLine(models.Model):
    _name = "collection.promise.line"
    _description = "Promised Instalment"
    _inherit = ["credit.protected.mixin"]
    _order = "date_promised, id"

    promise_id = fields.Many2one(
        "collection.promise", required=True, index=True, ondelete="cascade"
    )
    partner_id = fields.Many2one(related="promise_id.partner_id", store=True, index=True)
    company_id = fields.Many2one(related="promise_id.company_id", store=True, index=True)
    currency_id = fields.Many2one(related="promise_id.currency_id")
    move_line_id = fields.Many2one(
        "account.move.line", "Item", required=True, index=True, ondelete="cascade"
    )
    date_promised = fields.Date("Pays on", required=True)
    amount = fields.Monetary("Promised", required=True)
    state = fields.Selection(
        [
            ("open", "Open"),
            ("kept", "Kept"),
            ("partly", "Partly Kept"),
            ("broken", "Broken"),
            ("cancelled", "Cancelled"),
        ],
        default="open",
        required=True,
        readonly=True,
        index=True,
    )
