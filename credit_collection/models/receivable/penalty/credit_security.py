from odoo import fields, models


class CreditSecurity(models.Model):
    """A deposit leads to its penalty and back."""

    _inherit = "credit.security"

    penalty_ids = fields.One2many("receivable.penalty", "security_id", "Penalties from the Deposit")

    def action_penalty(self):
        """Turn a deposit into penalty: opens the open request of the deposit, or a new one."""
        self.ensure_one()
        self.check_access("read")
        penalties = self.env["receivable.penalty"]
        penalty = self.penalty_ids.filtered(lambda p: p.state in ("draft", "requested"))[:1]
        if not penalty:
            penalty = penalties.create(penalties._prepare_values(self))
        return penalty.get_formview_action()

    def action_open_penalties(self):
        """Open the penalties from the deposit."""
        self.check_access("read")
        return self._open_records("receivable_penalty_action", self.penalty_ids)
