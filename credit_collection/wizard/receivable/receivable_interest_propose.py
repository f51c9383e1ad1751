from dateutil.relativedelta import relativedelta

from odoo import fields, models
from odoo.exceptions import UserError
from odoo.tools import format_date


class ReceivableInterestPropose(models.TransientModel):
    """Propose interest notes of some customers, or of all, until a day."""

    _name = "receivable.interest.propose"
    _inherit = ["credit.company.dialog"]
    _description = "Propose Interest Notes"

    partner_ids = fields.Many2many(
        "res.partner",
        "receivable_interest_propose_partner_rel",
        string="Customers",
        domain="['|', ('is_company', '=', True), ('parent_id', '=', False)]",
        help="Empty = all customers.",
    )
    date_to = fields.Date(
        "Interest until",
        required=True,
        default=lambda self: self.env.company._credit_today() + relativedelta(day=1, days=-1),
        help="Last day that is charged; today at the latest.",
    )

    def action_propose(self):
        """Create draft notes and show them.

        :raise AccessError: the user has not the role, does not work in the company, or may not see a
            customer
        :raise UserError: the day is still to come, or there is nothing to charge
        """
        self.ensure_one()
        notes = self.env["receivable.interest"]
        notes._check_may_propose()
        self.check_access("read")
        company = self.company_id
        company._credit_check_chosen()
        if self.date_to > company._credit_today():
            raise UserError(
                self.env._(
                    "Interest until %s: the day is still to come.",
                    format_date(self.env, self.date_to),
                )
            )
        partners = self.partner_ids.commercial_partner_id
        # sudo: a setting
        bound = (
            self.env.user._collection_is_portfolio_bound()
            and company.sudo().collection_own_portfolio
        )
        if partners or bound:
            if not partners:
                raise UserError(self.env._("Choose the customers of your portfolio."))
            partners._receivable_check_accounts(company)
        else:
            partners = None
        late = notes._get_late_partners(company, self.date_to) if partners is None else partners
        found = notes._propose(company, self.date_to, late)
        found |= notes._propose_corrections(company, partners, again=True)
        if not found:
            raise UserError(
                self.env._(
                    "There is nothing to charge until %s: no late payment bears interest under the"
                    " terms, or it is charged already.",
                    format_date(self.env, self.date_to),
                )
            )
        return self._open_records("receivable_interest_action", found)
