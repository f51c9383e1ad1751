from dateutil.relativedelta import relativedelta

from odoo import fields, models
from odoo.exceptions import UserError


class InsightKpiCompute(models.TransientModel):
    """Compute the figures of some months, for the company and its salespeople."""

    _name = "insight.kpi.compute"
    _inherit = ["credit.company.dialog"]
    _description = "Compute Receivables KPIs"

    date_from = fields.Date(
        "From Month",
        required=True,
        default=lambda self: self.env.company._credit_today() + relativedelta(months=-11, day=1),
    )
    date_to = fields.Date(
        "To Month", required=True, default=lambda self: self.env.company._credit_today()
    )

    reason = fields.Char(
        help="Needed where the figures of a closed month change; the former ones are kept."
    )

    freeze = fields.Boolean(
        "Close Months",
        help="Also freezes each customer at the end of these months; where something differs from a month"
        " closed before, a new version is made.",
    )

    def action_compute(self):
        """Compute the months anew and show them; close those that ended, where wished.

        :raise AccessError: the user has not the role, or does not work in the company
        :raise UserError: the months are in the wrong order, too many or to come; figures of a closed
            month would change without a reason
        """
        self.ensure_one()
        figures = self.env["insight.kpi"]
        figures._check_may_compute()
        self.company_id._credit_check_chosen()
        figures._compute_months(
            self.company_id, self.date_from, self.date_to, (self.reason or "").strip()
        )
        if self.freeze:
            self._close_months()
        return self._open_records("insight_kpi_action")

    def _close_months(self):
        """Close the months that ended, those closed before with a reason only."""
        reason, months = (self.reason or "").strip(), self.env["insight.month"]
        # sudo: which months are closed already; the rights were checked
        closed = months.sudo().search(
            [
                ("company_id", "=", self.company_id.id),
                ("date", ">=", self.date_from),
                ("date", "<=", self.date_to + relativedelta(day=31)),
                ("is_current", "=", True),
            ]
        )
        if closed and not reason:
            raise UserError(
                self.env._(
                    "These months are closed: %s. Give a reason.",
                    ", ".join(f"{day:%Y-%m}" for day in sorted(closed.mapped("date"))),
                )
            )
        day = self.date_from + relativedelta(day=31)
        while day <= self.date_to + relativedelta(day=31) and day < self.company_id._credit_today():
            cause = "manual" if day in closed.mapped("date") else "close"
            months._close(self.company_id, day, cause, reason)
            day += relativedelta(months=1, day=31)
