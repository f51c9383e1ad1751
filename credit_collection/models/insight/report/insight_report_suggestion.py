from odoo import api, fields, models


class InsightReportSuggestion(models.Model):
    """What a rule suggests to do, and the customers of the closed month behind it."""

    _name = "insight.report.suggestion"
    _description = "Suggestion of a Monthly Report"
    _inherit = ["credit.protected.mixin"]
    _order = "report_id, id"
    _rec_name = "rule"

    report_id = fields.Many2one(
        "insight.report", required=True, readonly=True, ondelete="cascade", index=True
    )
    company_id = fields.Many2one(related="report_id.company_id", store=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    rule = fields.Char(required=True, readonly=True)
    text = fields.Char("Suggestion", compute="_compute_text")
    amount = fields.Monetary("Overdue", readonly=True)
    count = fields.Integer("Customers", readonly=True)
    row_ids = fields.Json(readonly=True)

    @api.depends("rule")
    @api.depends_context("lang")
    def _compute_text(self):
        rules = self._get_rules()
        for suggestion in self:
            suggestion.text = rules.get(suggestion.rule)

    @api.model
    def _get_rules(self):
        """Return {rule: what it suggests} in the reader's language."""
        return {
            "no_case": self.env._(
                "Overdue more than 30 days without a collection case: open one, or say why not."
            ),
            "grown": self.env._(
                "Overdue amount grew by half or more in the month: talk with the customer and its"
                " salesperson."
            ),
            "over_limit": self.env._(
                "Receivables exceed the effective limit: reduce deliveries, or review the limit."
            ),
            "stuck": self.env._(
                "Overdue for months without any payment: freeze credit and decide on legal steps."
            ),
            "allowance": self.env._(
                "Overdue more than a year and not covered by the allowance: provide for it, or"
                " propose a write-off."
            ),
        }

    def action_open_rows(self):
        """Open the customers behind the suggestion, as the month was closed."""
        self.ensure_one()
        self.check_access("read")
        return self._open_records(
            "insight_snapshot_action", domain=[("id", "in", self.row_ids or [])], context={}
        )
