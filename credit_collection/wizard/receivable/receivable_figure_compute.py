from dateutil.relativedelta import relativedelta

from odoo import fields, models
from odoo.exceptions import AccessError


class ReceivableFigureCompute(models.TransientModel):
    """Compute the figures of some months, for the company and its salespeople."""

    _name = "receivable.figure.compute"
    _inherit = ["credit.company.mixin"]
    _description = "Compute Receivables KPIs"

    company_id = fields.Many2one(
        "res.company",
        required=True,
        default=lambda self: self.env.company.root_id,
        domain="[('id', 'in', allowed_company_ids)]",
        ondelete="cascade",
    )
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

    def action_compute(self):
        """Compute the months anew and show them.

        :raise AccessError: the user has not the role, or does not work in the company
        :raise UserError: the months are in the wrong order, too many or to come; figures of a closed
            month would change without a reason
        """
        self.ensure_one()
        figures = self.env["receivable.figure"]
        figures._check_may_compute()
        if self.company_id not in self.env.companies.root_id:
            # sudo: the company's name only
            raise AccessError(self.env._("Switch to %s first.", self.company_id.sudo().name))
        figures._compute_months(
            self.company_id, self.date_from, self.date_to, (self.reason or "").strip()
        )
        return self._open_records("receivable_figure_action")
