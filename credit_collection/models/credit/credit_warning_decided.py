from odoo import api, models


class CreditWarning(models.Model):
    """What a decision does to the warnings beside it."""

    _inherit = "credit.warning"

    @api.model
    def _decided(self, customers, company):
        """Warnings that a decision takes the cause of are over at once, not at the next daily run.

        A higher limit, a new date of review: what stands beside them on the screen follows.
        """
        kinds = ("limit_use", "review_due")
        # sudo: warnings are the system's, whoever decided
        present = self.sudo().search(
            [
                ("partner_id", "in", customers.ids),
                ("company_id", "=", company.id),
                ("is_present", "=", True),
                ("kind", "in", kinds),
            ]
        )
        figures = present.partner_id._get_credit_figures(company)
        for customer, warnings in present.grouped("partner_id").items():
            customer = customer.with_company(company)
            if customer.id not in figures:
                continue
            facts = {
                "figures": figures[customer.id],
                "threshold": lambda name, c=customer: company._credit_threshold(name, c),
                "today": company._credit_today(),
            }
            known = warnings.mapped("kind")
            causes = {kind: getattr(self, f"_cause_{kind}")(customer, facts) for kind in known}
            found = {kind: values for kind, values in causes.items() if values}
            self._sync_customer(customer, company, found, warnings)
