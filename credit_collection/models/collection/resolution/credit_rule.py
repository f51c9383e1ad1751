from datetime import timedelta

from odoo import api, fields, models

from ....engine import credit_check


class CreditRule(models.Model):
    """Hold rules on what a customer promised and disputes."""

    _inherit = "credit.rule"

    rule_type = fields.Selection(
        selection_add=[("promise", "Broken Promises"), ("dispute", "Disputed Amount")],
        ondelete={"promise": "cascade", "dispute": "cascade"},
    )

    @api.model
    def _check_promise(self, rule, facts, order):
        company, customer = order.company_id._credit_root(), order._credit_customer()
        # sudo: how many there are, for users who may not read them
        broken = (
            self.env["collection.promise"]
            .sudo()
            .search_count(
                [
                    ("partner_id", "in", (customer._origin or customer).ids),
                    ("company_id", "=", company.id),
                    ("date_broken", ">", company._credit_today() - timedelta(days=rule.days)),
                ]
            )
        )
        if broken < max(rule.count, 1):
            return None
        return {
            "breach": credit_check.Breach(actual=broken, allowed=max(rule.count, 1) - 1),
            "description": self.env._(
                "Promises broken within %(days)s days: %(count)s.", days=rule.days, count=broken
            ),
            "cure": self.env._("have the order paid in advance, or request a release"),
        }

    @api.model
    def _check_dispute(self, rule, facts, order):
        company, customer = order.company_id._credit_root(), order._credit_customer()
        # sudo: the sum, for users who may not read disputes
        disputes = (
            self.env["collection.dispute"]
            .sudo()
            .search(
                [
                    ("partner_id", "in", (customer._origin or customer).ids),
                    ("company_id", "=", company.id),
                    ("state", "=", "open"),
                ]
            )
        )
        amount = sum(
            dispute.currency_id._convert(
                dispute.amount_left, company.currency_id, company, company._credit_today()
            )
            for dispute in disputes
        )
        if company.currency_id.compare_amounts(amount, rule.amount_min) <= 0:
            return None
        return {
            "breach": credit_check.Breach(actual=amount, allowed=rule.amount_min),
            "description": self.env._(
                "%s is disputed by the customer.", company.currency_id.format(amount)
            ),
            "cure": self.env._("settle the dispute"),
        }
