from odoo import api, models
from odoo.fields import Command

from .credit_assessment import OPEN_STATES


class CreditAssessment(models.Model):
    """Assessments that a job or another document opens, with the people who do them."""

    _inherit = "credit.assessment"

    @api.model
    def _open_assessments(self, partners, company, kind, reviewers=None, **values):
        """Assessments for a job or another document: the open ones of their kind, or new drafts.

        :param reviewers: users; by default the assessment group, without one those of the last
            assessment of each customer
        :return: one assessment per customer, as superuser
        """
        sudo, partners = self.sudo(), partners.commercial_partner_id
        domain = [("partner_id", "in", partners.ids), ("company_id", "=", company.id)]
        opened = sudo.search([*domain, ("kind", "=", kind), ("state", "in", OPEN_STATES)])
        missing = partners - opened.partner_id
        group = self._prepare_group_values(company) if reviewers is None else {}
        last = {}
        if reviewers is None and missing and not group:
            for assessment in sudo.search([*domain, ("state", "=", "done")]):
                last.setdefault(assessment.partner_id, assessment.reviewer_ids)
        head = company.credit_controller_id or company._credit_controllers()[:1] or self.env.user

        def get_people(partner):
            if group:
                return group
            people = last.get(partner, self.env["res.users"]) if reviewers is None else reviewers
            valid = people.filtered(lambda u: u.active and company in u.company_ids)
            return {
                "group_id": False,
                "user_id": head.id,
                "reviewer_ids": [Command.set(valid.ids)],
            }

        created = sudo.with_company(company).create(
            [
                {
                    "partner_id": partner.id,
                    "company_id": company.id,
                    "kind": kind,
                    **get_people(partner),
                    **values,
                }
                for partner in missing
            ]
        )
        first = {assessment.partner_id: assessment for assessment in reversed(opened)}
        return sudo.union(*first.values(), created)
