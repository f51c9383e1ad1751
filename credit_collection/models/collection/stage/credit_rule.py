from odoo import api, fields, models
from odoo.tools import SQL

from ....engine import credit_check


class CreditRule(models.Model):
    """Hold rule: the customer is evasive, or the case at a stage that stops orders (P4-13)."""

    _inherit = "credit.rule"

    rule_type = fields.Selection(
        selection_add=[("collection", "Collection Stage")], ondelete={"collection": "cascade"}
    )

    @api.model
    def _get_paying_rules(self):
        return super()._get_paying_rules() | {"collection", "promise"}

    @api.model
    def _get_collection_stops(self, company, partner_ids):
        """Return {customer id: (case, name of the stage, evasive or not)} of customers whose case stops
        orders; one query. Extend for protections from it.

        :param partner_ids: ids of commercial partners
        """
        if not partner_ids:
            return {}
        self.env["collection.case"].flush_model(
            ["partner_id", "company_id", "state", "stage_id", "is_evasive", "name"]
        )
        rows = self.env.execute_query(
            SQL(
                """
                SELECT cas.partner_id, cas.name, stage.name, cas.is_evasive IS TRUE
                  FROM collection_case cas
             LEFT JOIN collection_stage stage ON stage.id = cas.stage_id
                 WHERE cas.partner_id IN %s AND cas.company_id = %s AND cas.state = 'open'
                   AND (stage.credit_effect = 'freeze' OR cas.is_evasive)
                """,
                tuple(partner_ids),
                company._credit_root().id,
            )
        )
        lang = self.env.lang or "en_US"
        return {
            partner_id: (case, (stage or {}).get(lang) or (stage or {}).get("en_US", ""), evasive)
            for partner_id, case, stage, evasive in rows
        }

    @api.model
    def _check_collection(self, rule, facts, order):
        customer = order._credit_customer()
        customer = customer._origin or customer
        found = self._get_collection_stops(order.company_id, customer.ids).get(customer.id)
        if not found:
            return None
        case, stage, evasive = found
        if evasive:
            description = self.env._(
                "The customer is unresponsive (case %s): orders are on hold until payment.", case
            )
        else:
            description = self.env._(
                "The customer's case %(case)s is at the stage “%(stage)s”, which stops orders.",
                case=case,
                stage=stage,
            )
        return {
            # Cured by collections; the rule does not know how much moves the case.
            "breach": credit_check.Breach(actual=facts.days_overdue, allowed=0.0),
            "description": description,
            "cure": self.env._("collect the overdue amount, or agree on a repayment"),
        }
