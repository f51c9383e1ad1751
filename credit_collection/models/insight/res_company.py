from datetime import timedelta

from odoo import fields, models


class ResCompany(models.Model):
    """When a month is closed."""

    _inherit = "res.company"

    insight_close_days = fields.Integer(
        "Close Months After (Days)",
        default=5,
        help="Days after the end of a month when its figures are frozen: bank statements come late.",
        prefetch="insight",
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
