from odoo import api, fields, models
from odoo.exceptions import AccessError, ValidationError
from odoo.tools import format_date


class ReceivableWriteoffEvidence(models.Model):
    """A document of an application: attached, or missing with a promised date (P3-08)."""

    _name = "receivable.writeoff.evidence"
    _description = "Evidence of a Write-Off Application"
    _inherit = ["credit.attachment.mixin", "credit.protected.mixin"]
    _frozen_when = {"attachment_ids": [("writeoff_id.state", "!=", "draft")]}
    _order = "id"

    writeoff_id = fields.Many2one(
        "receivable.writeoff", required=True, readonly=True, ondelete="cascade", index=True
    )
    company_id = fields.Many2one(related="writeoff_id.company_id", store=True)
    document_id = fields.Many2one(
        "receivable.writeoff.document", "Customer Document", readonly=True, ondelete="restrict"
    )
    attachment_ids = fields.Many2many("ir.attachment", string="Files", copy=False)
    date_promised = fields.Date(
        "Promised for", help="Date by which the missing document is promised."
    )
    note = fields.Char()
    state = fields.Selection(
        [("attached", "Attached"), ("promised", "Promised"), ("missing", "Missing")],
        string="Status",
        compute="_compute_state",
        store=True,
    )

    @api.depends("document_id")
    def _compute_display_name(self):
        for row in self:
            row.display_name = row.document_id.name or row.note

    @api.depends("attachment_ids", "date_promised")
    def _compute_state(self):
        for row in self:
            row.state = (
                "attached" if row.attachment_ids else "promised" if row.date_promised else "missing"
            )

    def _get_missing_text(self):
        self.ensure_one()
        if self.state == "promised":
            return self.env._(
                "%(paper)s: promised for %(date)s",
                paper=self.document_id.name,
                date=format_date(self.env, self.date_promised),
            )
        return self.env._("%s: missing, without a promised date", self.document_id.name)

    def _get_open_fields(self):
        self.ensure_one()
        state = self.writeoff_id.state
        if state == "draft":
            return {"attachment_ids", "date_promised", "note"}
        # Promised documents may still arrive; those the approvers saw stay.
        return {"attachment_ids", "note"} if state in ("requested", "approved") else set()

    def write(self, vals):
        before = {row: row.attachment_ids for row in self}
        result = super().write(vals)
        for row, files in before.items():
            if row.writeoff_id.state != "draft" and files - row.attachment_ids:
                raise AccessError(
                    self.env._("Evidence of %s is kept as submitted.", row.writeoff_id.display_name)
                )
        return result

    def _frozen_files(self, attachments):
        return super()._frozen_files(attachments).writeoff_id


class ReceivableWriteoffReason(models.Model):
    """A reason to write off a claim, and the documents that prove it (P1-12, P3-08)."""

    _name = "receivable.writeoff.reason"
    _description = "Reason of Write-Off"
    _order = "sequence, id"
    _rec_names_search = ["name", "synonyms"]

    name = fields.Char(required=True, translate=True)
    synonyms = fields.Char(
        translate=True, help="Other words by which the reason is found, separated by commas."
    )
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    settlement = fields.Selection(
        [("none", "None"), ("kind", "In Kind"), ("equity", "Debt for Equity")],
        "Settlement Type",
        default="none",
        required=True,
        help="Assets received instead of payment are posted at their value; the remainder is the "
        "loss.",
    )
    keeps_claim = fields.Boolean(
        "Keep Claim Open",
        default=True,
        help="Written-off amounts stay in the register of claims. Not for agreed discounts.",
    )
    tax_relief = fields.Boolean(help="Reclaim the invoice tax by default on write-off requests.")
    account_id = fields.Many2one(
        "account.account",
        "Alternative Account",
        company_dependent=True,
        help="Posts the whole loss to this account instead of the allowance: a discount granted, "
        "for example. Empty = allowance and bad-debt expense.",
    )
    document_ids = fields.One2many("receivable.writeoff.document", "reason_id", "Required Evidence")

    @api.constrains("account_id")
    def _check_account(self):
        company = self.env.company
        # sudo: the name of the root company
        root = company.sudo().root_id
        if company != root and self.filtered("account_id"):
            raise ValidationError(
                self.env._(
                    "Alternative Account: write-offs are posted in %(root)s. Choose the account there,"
                    " not in %(branch)s.",
                    root=root.name,
                    branch=company.name,
                )
            )


class ReceivableWriteoffDocument(models.Model):
    """A document that a reason demands."""

    _name = "receivable.writeoff.document"
    _description = "Evidence of Write-Off"
    _order = "sequence, id"

    reason_id = fields.Many2one(
        "receivable.writeoff.reason", required=True, ondelete="cascade", index=True
    )
    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
