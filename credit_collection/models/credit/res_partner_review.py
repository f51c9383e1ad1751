from dateutil.relativedelta import relativedelta

from odoo import models

from .res_partner import BLOCKED_CONTROLS

# A change of one of these is a decision that asks for a next review.
DECIDED = ("credit_limit", "credit_term_days", "credit_grade_id", "credit_control")


class ResPartner(models.Model):
    """The date of the next review follows a decision (P1-04)."""

    _inherit = "res.partner"

    def _credit_terms_changed(self, vals, before):
        # First the date, so that it is part of the same entry of the history.
        if "credit_review_date" not in vals:
            changed = [
                customer_id
                for customer_id, values in self._credit_decided_values().items()
                if values["credit_review_date"] == before[customer_id]["credit_review_date"]
                and any(values[name] != before[customer_id][name] for name in DECIDED)
            ]
            self.browse(changed)._credit_plan_review()
        result = super()._credit_terms_changed(vals, before)
        customers = self.filtered(lambda partner: partner.commercial_partner_id == partner)
        self.env["credit.warning"]._decided(customers, self.env.company)
        return result

    def _credit_plan_review(self):
        """Set the next review by the grade's interval where none lies ahead."""
        company = self.env.company
        today, by_date = company._credit_today(), {}
        # sudo: the policy's interval; who came here has decided already
        for partner in self.sudo():
            ahead = partner.credit_review_date and partner.credit_review_date > today
            credit = partner.credit_grade_id or partner.credit_control == "limit"
            if (
                partner.commercial_partner_id != partner
                or partner.credit_control in BLOCKED_CONTROLS
                or ahead
                or not credit
            ):
                continue
            day = today + relativedelta(months=partner._credit_review_months(company))
            by_date.setdefault(day, self.browse())
            by_date[day] |= partner
        for day, partners in by_date.items():
            partners._credit_as_part().write({"credit_review_date": day})

    def _credit_review_months(self, company):
        """Months between two reviews: of the grade in the policy, else of policy or company."""
        self.ensure_one()
        line = self._credit_policy(company)._grade_line(self.sudo().credit_grade_id)
        return line.review_months or company._credit_threshold("credit_review_months", self)
