from odoo import models

DECIDERS = ("controller", "sales_manager", "finance_manager", "general_manager", "executive")


class ResUsers(models.Model):
    """What the app opens on: what the user's role works with."""

    _inherit = "res.users"

    def _credit_home_action(self):
        """Window action of the app's first page: the first list of the user's roles with rows in it."""
        self.ensure_one()
        company = self.env.company._credit_root()
        is_new = company.credit_mode != "enforce" and not company.credit_first_steps_done
        if is_new and self._has_role("controller"):
            return self.env["credit.first.steps"]._open()
        for _rank, roles, xmlid, filters in sorted(self._credit_home_lists()):
            if self._has_role(*roles):
                action = self._open_filled(xmlid, *filters)
                if action:
                    return action
        holds = self.env["credit.hold"]
        if holds.search_count([], limit=1):
            return holds._open_menu()
        return self._open_records("res_partner_action_credit")

    def _credit_home_lists(self):
        """Hook: lists that the app may open on, as (rank, roles, xmlid of the action, filters).

        Without filters a list opens with rows or without. Areas add those of their roles; ranks:
        10 to decide, 30 own work, 50 what colleagues wait for, 70 to look at.
        """
        return [
            (10, DECIDERS, "credit_hold_action_decide", ("to_decide",)),
            (11, DECIDERS, "credit_application_action_decide", ("to_decide",)),
            (51, ("controller", "sales_manager"), "credit_hold_action", ("open",)),
        ]
