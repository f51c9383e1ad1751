from odoo import models


class CollectionRun(models.Model):
    """Facts are brought up to date before a run decides."""

    _inherit = "collection.run"

    def _before_decide(self):
        result = super()._before_decide()
        for company in self.company_id:
            # sudo: judged by the books, whoever starts the run
            self.env["collection.promise.line"].sudo()._judge(company)
            self.env["collection.agreement"].sudo()._judge(company)
            self.env["collection.dispute"].sudo()._close_settled(company)
        return result
