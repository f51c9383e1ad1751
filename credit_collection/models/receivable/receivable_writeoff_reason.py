from odoo import fields, models


class ReceivableWriteoffReason(models.Model):
    """Why a claim is written off, and the papers that prove it (P1-12, P3-08)."""

    _name = "receivable.writeoff.reason"
    _description = "Reason of Write-Off"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    settlement = fields.Selection(
        [("none", "None"), ("kind", "In Kind"), ("equity", "Debt for Equity")],
        "Settled By",
        default="none",
        required=True,
        help="What was received instead of money is booked at its value; the rest is the loss"
        " (P2-14, P3-11).",
    )
    keeps_claim = fields.Boolean(
        "Stays Claimed",
        default=True,
        help="What is written off stays in the register of claims (P3-09). Not for discounts agreed.",
    )
    tax_relief = fields.Boolean(
        help="The tax of the invoice is taken back: it proposes so on applications."
    )
    account_id = fields.Many2one(
        "account.account",
        "Account Instead",
        company_dependent=True,
        help="Books the whole loss here, without the allowance: a discount given, for example."
        " Empty = allowance and bad-debt expense.",
    )
    document_ids = fields.One2many("receivable.writeoff.document", "reason_id", "Evidence Demanded")


class ReceivableWriteoffDocument(models.Model):
    """A paper that a reason demands."""

    _name = "receivable.writeoff.document"
    _description = "Evidence of Write-Off"
    _order = "sequence, id"

    reason_id = fields.Many2one(
        "receivable.writeoff.reason", required=True, ondelete="cascade", index=True
    )
    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
