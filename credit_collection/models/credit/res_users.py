from odoo import models


class ResUsers(models.Model):
    """What the app opens on: what the user's role works with."""

    _inherit = "res.users"

    def _credit_home_action(self):
        """Hook: window action of the app's first page. Other areas know their roles."""
        self.ensure_one()
        company = self.env.company._credit_root()
        is_new = company.credit_mode != "enforce" and not company.credit_first_steps_done
        if is_new and self._has_role("controller"):
            return self.env["credit.first.steps"]._open()
        holds = self.env["credit.hold"]
        if holds.search_count(holds._filter_domain("to_decide"), limit=1):
            return self._open_records("credit_hold_action_decide")
        return holds._open_menu()
