from odoo import api, fields, models
from odoo.tools import format_date


class CreditWarning(models.Model):
    """A note that was dishonoured in the last twelve months warns of its customer."""

    _inherit = "credit.warning"

    kind = fields.Selection(
        selection_add=[("note", "Note Dishonored")], ondelete={"note": "cascade"}
    )

    @api.model
    def _get_origin_models(self):
        return [*super()._get_origin_models(), "receivable.note"]

    @api.model
    def _get_causes(self, customer, facts):
        causes = super()._get_causes(customer, facts)
        step = facts.get("dishonoured")
        if step:
            causes["note"] = {
                "date_limit": step.date,
                "document": step.note_id.number,
                "origin": step.note_id,
                "value": step.note_id.balance,
            }
        return causes

    def _compute_description(self):
        others = self.filtered(lambda warning: warning.kind != "note")
        result = super(CreditWarning, others)._compute_description()
        for warning in self - others:
            warning.description = self.env._(
                "Note %(number)s over %(amount)s was dishonored on %(date)s.",
                number=warning.document,
                amount=warning.currency_id.format(warning.value),
                date=format_date(self.env, warning.date_limit),
            )
        return result


class CreditReview(models.AbstractModel):
    _inherit = "credit.review"

    @api.model
    def _get_facts(self, customers, company, total=None):
        facts = super()._get_facts(customers, company, total)
        for step in self.env["receivable.note.step"]._get_dishonoured(customers, company):
            # The newest comes first.
            customer = step.note_id.partner_id.commercial_partner_id
            facts[customer.id].setdefault("dishonoured", step)
        return facts
