from odoo import api, fields, models

from ..terms.res_partner import CREDIT_GROUPS


class ResPartner(models.Model):
    """The customer's assessments, documents and investigations."""

    _inherit = "res.partner"

    credit_assessment_ids = fields.One2many("credit.assessment", "partner_id", groups=CREDIT_GROUPS)
    credit_document_ids = fields.One2many("credit.document", "partner_id", groups=CREDIT_GROUPS)
    credit_investigation_ids = fields.One2many(
        "credit.investigation", "partner_id", groups=CREDIT_GROUPS
    )
    credit_assessment_count = fields.Integer(
        compute="_compute_credit_assessment_count", groups=CREDIT_GROUPS
    )
    credit_document_issue_count = fields.Integer(
        "Incomplete Documents", compute="_compute_credit_assessment_count", groups=CREDIT_GROUPS
    )

    @api.depends_context("company", "uid")
    def _compute_credit_assessment_count(self):
        customers = self.commercial_partner_id
        in_company = [
            ("partner_id", "in", customers.ids),
            ("company_id", "=", self.env.company.root_id.id),
        ]
        assessments = dict(
            self.env["credit.assessment"]._read_group(in_company, ["partner_id"], ["__count"])
        )
        issues = dict(
            self.env["credit.document"]._read_group(
                [*in_company, ("state", "in", ("missing", "expired", "expiring"))],
                ["partner_id"],
                ["__count"],
            )
        )
        for partner in self:
            partner.credit_assessment_count = assessments.get(partner.commercial_partner_id, 0)
            partner.credit_document_issue_count = issues.get(partner.commercial_partner_id, 0)

    def action_open_credit_assessments(self):
        """Open the assessments of this customer."""
        return self._credit_open_documents("credit_assessment_action")

    def action_open_credit_documents(self):
        """Open the documents of this customer."""
        return self._credit_open_documents("credit_document_action")

    def action_open_credit_investigations(self):
        """Open the investigations of this customer."""
        return self._credit_open_documents("credit_investigation_action")
