from odoo import api, fields, models

from ..kpi.insight_kpi import SCOPES

# KPI -> whether it is an amount (else % or days).
METRICS = [
    ("overdue_30_rate", "Overdue up to 30 Days of Receivables (%)"),
    ("overdue_rate", "Overdue Rate (%)"),
    ("overdue_items", "Overdue Amount"),
    ("recovery_rate", "Recovery Rate (%)"),
    ("dso", "DSO"),
    ("bad_debt_rate", "Bad-Debt Rate (%)"),
    ("complaint_rate", "Complaint Rate (%)"),
    ("dispute_rate", "Dispute Rate (%)"),
    ("cost_rate", "Cost Rate (%)"),
]


class InsightAlertRule(models.Model):
    """When an indicator of a month raises an alert (P2-17): its value, or its growth on last month."""

    _name = "insight.alert.rule"
    _description = "Alert Rule"
    _inherit = ["credit.company.mixin"]
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    active = fields.Boolean(default=True)
    sequence = fields.Integer(default=10)
    company_id = fields.Many2one(
        "res.company", index=True, ondelete="cascade", help="Empty: all companies."
    )
    metric = fields.Selection(METRICS, "KPI", required=True, default="overdue_30_rate")
    scope = fields.Selection(
        SCOPES,
        required=True,
        default="team",
    )
    kind = fields.Selection(
        [
            ("above", "Above the Mark"),
            ("below", "Below the Mark"),
            ("growth", "Grown on Last Month by More Than (%)"),
        ],
        "Raised When",
        required=True,
        default="above",
    )
    mark = fields.Float(
        "Alert Threshold", required=True, aggregator=None, help="In % or days, or an amount."
    )
    owner_role = fields.Selection(
        [
            ("collection", "Head of Collection"),
            ("finance", "Finance Manager"),
            ("general", "General Manager"),
        ],
        "Who Talks",
        required=True,
        default="finance",
        help="They talk with the head of the sales team, or with the person whom the alert is about.",
    )
    days = fields.Integer(
        "Deadline (Days)",
        required=True,
        aggregator=None,
        default=7,
        help="For the talk and its result.",
    )

    _days_range = models.Constraint(
        "CHECK(days BETWEEN 1 AND 365)", "Deadlines have 1 to 365 days."
    )

    def _is_broken(self, value, before):
        """Return whether a value breaks the rule; exactly at the mark it does not.

        :param before: the value a month before, None where there was none
        """
        self.ensure_one()
        if self.kind == "growth":
            return (
                bool(before and before > 0) and round(value / before * 100 - 100 - self.mark, 6) > 0
            )
        distance = round(value - self.mark, 6)
        return distance > 0 if self.kind == "above" else distance < 0

    @api.model
    def _get_rules(self, company):
        """Return the rules of a company and those of all."""
        # sudo: rules bind whoever computes
        return self.sudo().search([("company_id", "in", [False, company.id])])

    def _get_owner(self, company):
        """Return the user who talks: by the role, of those who work in the company."""
        self.ensure_one()
        if self.owner_role == "collection":
            return company._collection_head()
        role = {"finance": "finance_manager", "general": "general_manager"}[self.owner_role]
        users = self.env["res.users"]._get_by_role(role)
        return users.filtered(lambda user: user.active and company in user.company_ids)[:1]
