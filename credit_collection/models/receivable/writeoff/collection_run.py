from odoo import models


class CollectionRun(models.Model):
    """After a run: the ladder of written-off claims (P1-12)."""

    _inherit = "collection.run"

    def _after_apply(self):
        result = super()._after_apply()
        for run in self.filtered(lambda run: not run.is_test):
            # sudo: effects are the run's, whoever started it
            self.env["receivable.writeoff.line"].sudo()._follow_ladder(run.company_id)
        return result
