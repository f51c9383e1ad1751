from odoo import fields, models
from odoo.fields import Domain

from ...credit.policy.credit_rule import AMOUNT_MIN


class CollectionLedger(models.Model):
    """Rests of paid items that are too small to be asked for: proposed to be written off."""

    _inherit = "collection.ledger"

    is_small = fields.Boolean(
        "Small Difference",
        compute="_compute_is_small",
        search="_search_is_small",
        help="Remainder of a payment, up to the small difference in Settings, or 1.00 if none is "
        "set.",
    )

    def _compute_is_small(self):
        small = self.search([("id", "in", self.ids), ("is_small", "=", True)])
        for row in self:
            row.is_small = row in small

    def _search_is_small(self, operator, value):
        if operator != "in":
            return NotImplemented
        small = Domain.FALSE
        # sudo: the limit's value only
        for company in self.env.companies.sudo()._credit_root():
            limit = company.receivable_small_limit or AMOUNT_MIN
            small |= Domain("company_id", "=", company.id) & Domain("amount", "<=", limit)
        # sudo: whether something was paid of it; the row is read by its own rules
        paid = (
            self.env["account.move.line"]
            .sudo()
            ._search(
                [
                    ("account_id", "in", self.env["account.account"]._credit_receivable_ids()),
                    ("reconciled", "=", False),
                    ("amount_residual", ">", 0),
                    ("matched_credit_ids", "!=", False),
                ]
            )
        )
        return small & Domain("amount", ">", 0) & Domain("move_line_id", "in", paid)

    def action_receivable_writeoff(self):
        """Apply for the write-off of these items: opens the wizard, small differences by name."""
        self.check_access("read")
        context = {"active_model": "account.move.line", "active_ids": self.move_line_id.ids}
        if self and all(self.mapped("is_small")):
            reason = self.env.ref("credit_collection.writeoff_reason_small", False)
            context["default_reason_id"] = reason and reason.id
        return self._open_records("receivable_writeoff_apply_action", context=context)
