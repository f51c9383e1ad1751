from dateutil.relativedelta import relativedelta

from odoo import fields, models


class ReceivableLongOverdueLoad(models.TransientModel):
    """Load the list of debts over 180 days at the end of a quarter (P4-18)."""

    _name = "receivable.long.overdue.load"
    _inherit = ["credit.company.dialog"]
    _description = "Load the List over 180 Days"

    date = fields.Date(
        "Any Day in Quarter",
        required=True,
        default=lambda self: self.env.company._credit_today() + relativedelta(months=-3),
    )

    def action_load(self):
        """Load the quarter and show it.

        :raise AccessError: the user has not the role, or does not work in the company
        :raise UserError: the quarter has not begun
        """
        self.ensure_one()
        self.company_id._credit_check_chosen()
        rows = self.env["receivable.long.overdue"]
        rows._load_quarter(self.company_id, self.date)
        return self._open_records(
            "receivable_long_overdue_action",
            domain=[("date", "=", rows._get_quarter_end(self.date))],
        )
