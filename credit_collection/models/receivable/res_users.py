from odoo import models


class ResUsers(models.Model):
    _inherit = "res.users"

    def _credit_home_action(self):
        if self._has_role("accountant") and not self._has_role("auditor"):
            return self._open_records("receivable_ageing_report_action")
        return super()._credit_home_action()
