from datetime import timedelta

from odoo import fields, models


class ResCompany(models.Model):
    """When a month is closed, who gets its report, what collecting costs."""

    _inherit = "res.company"

    insight_close_days = fields.Integer(
        "Close Months After (Days)",
        default=5,
        help="Days after the end of a month when its figures are frozen: bank statements come late.",
        prefetch="insight",
    )
    insight_report_day = fields.Integer(
        "Send the Monthly Report on Day",
        default=10,
        help="Day of the month on which the approved report of the month before is sent; 0 = no"
        " report is drafted or sent automatically.",
        prefetch="insight",
    )
    insight_report_partner_ids = fields.Many2many(
        "res.partner",
        "insight_report_partner_rel",
        string="Recipients of the Monthly Report",
        help="Management and departments; empty = general, finance and collection managers.",
    )

    insight_cost_account_ids = fields.Many2many(
        "account.account",
        "insight_cost_account_rel",
        string="Accounts of Collection Costs",
        check_company=True,
        domain="[('internal_group', '=', 'expense')]",
        help="Posted entries on these accounts are costs of collecting: travel, lawyers, agencies, bonus.",
    )
    insight_cost_analytic_ids = fields.Many2many(
        "account.analytic.account",
        "insight_cost_analytic_rel",
        string="Analytic Accounts of Collection Costs",
        check_company=True,
        help="Where named, only the share of an entry distributed to them is a cost of collecting; without"
        " accounts, that of every expense.",
    )
    insight_capital_rate = fields.Float(
        "Cost of Capital (% a Year)",
        help="What overdue amounts cost their sales team: amount × days overdue × this rate ÷ 360; 0 ="
        " nothing.",
        prefetch="insight",
    )

    insight_lost_days = fields.Integer(
        "Customer Lost after (Days)",
        default=180,
        help="A customer that had bought counts as lost when nothing is ordered or invoiced for so many"
        " days after a complaint about collecting.",
        prefetch="insight",
    )

    _insight_lost_days_range = models.Constraint(
        "CHECK(insight_lost_days BETWEEN 1 AND 1000)",
        "A customer is lost 1 to 1,000 days after a complaint.",
    )
    _insight_capital_rate_range = models.Constraint(
        "CHECK(insight_capital_rate BETWEEN 0 AND 100)",
        "The cost of capital is between 0 and 100% a year.",
    )
    _insight_report_day_range = models.Constraint(
        "CHECK(insight_report_day BETWEEN 0 AND 28)",
        "The monthly report is mailed on a day from 1 to 28, or 0 for never.",
    )
    _insight_close_days_range = models.Constraint(
        "CHECK(insight_close_days BETWEEN 1 AND 27)",
        "A month is closed 1 to 27 days after its end.",
    )

    def _insight_last_ended(self):
        """Return the last day of the latest month whose late entries should be in the books."""
        self.ensure_one()
        # sudo: the days are a setting
        day = self._credit_today() - timedelta(days=self.sudo().insight_close_days)
        return day.replace(day=1) - timedelta(days=1)
