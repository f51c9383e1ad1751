from odoo import api, fields, models

ANSWERS = [("agree", "Agrees"), ("disagree", "Does Not Agree")]


class ReceivableConfirmationBalance(models.Model):
    """The balance of a letter in one currency: ours, and what the customer says it is.

    Items that stand in one of the two books alone explain the difference (`explained`); a
    reconciliation sheet lists them.
    """

    _name = "receivable.confirmation.balance"
    _description = "Balance of a Balance Confirmation"
    _inherit = ["credit.protected.mixin"]
    _order = "confirmation_id, id"

    confirmation_id = fields.Many2one(
        "receivable.confirmation", required=True, readonly=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="confirmation_id.company_id", store=True)
    currency_id = fields.Many2one("res.currency", required=True, readonly=True)
    amount = fields.Monetary("Our Balance", readonly=True)
    answer = fields.Selection(ANSWERS)
    amount_own = fields.Monetary(
        "Customer's Balance",
        help="As the customer's records show it; negative in the customer's favor.",
    )
    difference = fields.Monetary(
        compute="_compute_difference", store=True, help="Our balance less the customer's."
    )
    line_ids = fields.One2many("receivable.confirmation.line", "balance_id", "Open Items")
    reconciliation_line_ids = fields.One2many(
        "receivable.reconciliation.line", "balance_id", "Reconciling Items"
    )
    explained = fields.Monetary(
        compute="_compute_explained", help="Of the difference, by the items of the sheet."
    )
    unexplained = fields.Monetary(compute="_compute_explained")

    @api.depends("currency_id", "confirmation_id")
    def _compute_display_name(self):
        for balance in self:
            balance.display_name = balance.currency_id.name

    @api.depends("answer", "amount", "amount_own")
    def _compute_difference(self):
        for balance in self:
            own = balance.amount_own if balance.answer == "disagree" else balance.amount
            balance.difference = balance.currency_id.round(balance.amount - own)

    @api.depends(
        "difference", "reconciliation_line_ids.amount", "reconciliation_line_ids.side",
        "reconciliation_line_ids.state",
    )  # fmt: skip
    def _compute_explained(self):
        for balance in self:
            # sudo: sums of a sheet whose letter the user may read; each line once while one is new
            lines = balance.sudo().reconciliation_line_ids._origin.filtered(
                lambda line: line.state not in ("rejected", "cancelled")
            )
            signed = (one.amount if one.side == "ours" else -one.amount for one in lines)
            balance.explained = balance.currency_id.round(sum(signed))
            balance.unexplained = balance.currency_id.round(balance.difference - balance.explained)

    def _get_open_fields(self):
        return {"answer", "amount_own"} if self.confirmation_id.can_answer else set()


class ReceivableConfirmationLine(models.Model):
    """An open item of a letter, as it stood in the books, and whether the customer agrees."""

    _name = "receivable.confirmation.line"
    _description = "Item of a Balance Confirmation"
    _inherit = ["credit.protected.mixin"]
    _order = "confirmation_id, date_maturity, id"

    confirmation_id = fields.Many2one(
        "receivable.confirmation", required=True, readonly=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="confirmation_id.company_id", store=True)
    balance_id = fields.Many2one(
        "receivable.confirmation.balance",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    currency_id = fields.Many2one("res.currency", required=True, readonly=True)
    move_id = fields.Many2one(
        "account.move", "Entry", readonly=True, index="btree_not_null", ondelete="set null"
    )
    kind = fields.Selection(
        selection=lambda self: list(self.env["receivable.statement"]._get_kinds().items()),
        string="Type",
        readonly=True,
    )
    name = fields.Char("Document", readonly=True)
    ref = fields.Char("Reference", readonly=True)
    date = fields.Date(readonly=True)
    date_maturity = fields.Date("Due Date", readonly=True)
    original = fields.Monetary("Original Amount", readonly=True)
    amount = fields.Monetary("Open", readonly=True)
    answer = fields.Selection(ANSWERS)
    note = fields.Char("Remark")

    def _get_open_fields(self):
        return {"answer", "note"} if self.confirmation_id.can_answer else set()
