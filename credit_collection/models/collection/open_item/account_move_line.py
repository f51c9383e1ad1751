from odoo import models


class AccountMoveLine(models.Model):
    _inherit = "account.move.line"

    def unlink(self):
        # A cascade of the database would leave the promise as it was, with nothing promised.
        # sudo: who deletes a draft invoice knows nothing of promises
        promised = (
            self.env["collection.promise.line"].sudo().search([("move_line_id", "in", self.ids)])
        )
        promised._system().unlink()
        return super().unlink()
