from odoo import models

from ...credit.res_users import DECIDERS


class ResUsers(models.Model):
    _inherit = "res.users"

    def _credit_home_lists(self):
        return [
            *super()._credit_home_lists(),
            (12, DECIDERS, "receivable_writeoff_action_decide", ("to_decide",)),
        ]
