from dateutil.relativedelta import relativedelta

from odoo import api, models

from .res_partner import BLOCKED_CONTROLS

# A change of one of these is a decision that asks for a next review.
DECIDED = ("credit_limit", "credit_term_days", "credit_grade_id", "credit_control")


class ResPartner(models.Model):
    """The date of the next review follows a decision (P1-04).

    Loaded before the history (res_partner_decision.py), so that the date is part of the
    same entry.
    """

    _inherit = "res.partner"

    @api.model_create_multi
    def create(self, vals_list):
        partners = super().create(vals_list)
        partners.browse(
            partner.id
            for partner, vals in zip(partners, vals_list, strict=True)
            if not vals.keys().isdisjoint(DECIDED) and not vals.get("credit_review_date")
        )._credit_plan_review()
        return partners

    def write(self, vals):
        if vals.keys().isdisjoint(DECIDED) or "credit_review_date" in vals:
            return super().write(vals)
        before = {partner: [partner[name] for name in DECIDED] for partner in self.sudo()}
        result = super().write(vals)
        changed = [
            partner.id
            for partner, values in before.items()
            if [partner[name] for name in DECIDED] != values
        ]
        self.browse(changed)._credit_plan_review()
        return result

    def _credit_plan_review(self):  # pylint: disable=missing-return
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
            # Past the history, which is kept once, by the write or create that came here.
            parent = super(ResPartner, partners.sudo())
            parent.write({"credit_review_date": day})  # pylint: disable=super-method-mismatch

    def _credit_review_months(self, company):
        """Months between two reviews: of the grade in the policy, else of policy or company."""
        self.ensure_one()
        line = self._credit_policy(company)._grade_line(self.sudo().credit_grade_id)
        return line.review_months or company._credit_threshold("credit_review_months", self)
