from odoo import api, fields, models


class CreditWarning(models.Model):
    """Early warning: the customer's case is at a stage that warns or stops orders."""

    _inherit = "credit.warning"

    kind = fields.Selection(
        selection_add=[("collection", "In Collection")], ondelete={"collection": "cascade"}
    )

    @api.model
    def _get_causes(self, customer, facts):
        causes = super()._get_causes(customer, facts)
        case = facts.get("collection_case")
        if case:
            causes["collection"] = {
                "value": case.stage_id.days_from,
                "date_limit": case.date_stage,
                "document": case.name,
                "origin": case,
            }
        return causes

    @api.model
    def _get_origin_models(self):
        return [*super()._get_origin_models(), "collection.case"]

    @api.depends("kind", "value", "reference", "date_limit", "document", "currency_id")
    @api.depends_context("lang")
    def _compute_description(self):
        ours = self.filtered(lambda warning: warning.kind == "collection")
        result = super(CreditWarning, self - ours)._compute_description()
        for warning in ours:
            warning.description = self.env._(
                "Case %(case)s is at a stage from day %(days)s overdue on.",
                case=warning.document,
                days=int(warning.value),
            )
        return result


class CreditReview(models.AbstractModel):
    _inherit = "credit.review"

    @api.model
    def _get_facts(self, customers, company, total=None):
        facts = super()._get_facts(customers, company, total)
        # sudo: the review reads cases whoever starts it
        cases = (
            self.env["collection.case"]
            .sudo()
            ._find_open(customers, company, ("stage_id.credit_effect", "!=", "none"))
        )
        for case in cases:
            facts[case.partner_id.id]["collection_case"] = case
        return facts
