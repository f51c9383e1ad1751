from dataclasses import replace

from odoo import api, fields, models

from odoo.addons.credit_collection.engine import credit_check


class CreditRule(models.Model):
    """Rule type of deliveries: more leaves than was ordered, and the credit does not bear it."""

    _inherit = "credit.rule"

    rule_type = fields.Selection(
        selection_add=[("overdelivery", "Delivered More Than Ordered")],
        ondelete={"overdelivery": "cascade"},
    )

    @api.model
    def _check_overdelivery(self, rule, facts, order):
        """Check goods beyond the order, which no check has seen yet, as an order of their own.

        The order itself was checked or released: with goods beyond it, customers must be within their
        limit or have paid. Who has neither limit nor prepayment is not stopped.
        """
        currency = order.company_id.currency_id
        if currency.compare_amounts(facts.excess, 0) <= 0:
            return None
        facts = replace(
            facts,
            order_amount=facts.order_amount + facts.excess,
            order_total=facts.order_total + facts.excess,
        )
        breaches = []
        if facts.control == "limit":
            breaches.append(
                credit_check.check_limit(facts, rule.tolerance_percent, rule.tolerance_amount)
            )
        if facts.shared_limit is not None and facts.control in ("none", "limit"):
            breaches.append(credit_check.check_shared_limit(facts))
        if facts.prepays:
            breaches.append(credit_check.check_prepayment(facts))
        breach = max(breaches, key=lambda b: b.collect, default=None)
        if not breach or currency.compare_amounts(breach.collect, 0) <= 0:
            return None
        # Whoever cuts the delivery does so at once, without a reduction of the order.
        breach = replace(breach, cut=None)
        fmt = currency.format
        return {
            "breach": breach,
            "description": self.env._(
                "Goods worth %(excess)s leave beyond what was ordered; %(missing)s of it is not "
                "covered by the customer's credit.",
                excess=fmt(facts.excess),
                missing=fmt(min(breach.collect, facts.excess)),
            ),
            "cure": self.env._(
                "deliver no more than was ordered, or collect %s", fmt(breach.collect)
            ),
        }
