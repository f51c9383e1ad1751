from odoo import models


class CollectionRun(models.Model):
    """After a run: takeover by age (P3-06), key customers (P2-18), plans (P1-20)."""

    _inherit = "collection.run"

    def _after_apply(self):
        result = super()._after_apply()
        for run in self:
            # A test sends to its user only and gives nobody work.
            if not run.is_test:
                # sudo: effects are the run's, whoever started it
                cases = self.env["collection.case"].sudo()
                cases._apply_takeover(run.company_id)
                cases._follow_up_key_customers(run.company_id)
                cases._follow_plans(run.company_id)
        return result
