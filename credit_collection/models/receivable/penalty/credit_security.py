from odoo import fields, models
from odoo.exceptions import UserError


class CreditSecurity(models.Model):
    """A deposit leads to its penalty and back."""

    _inherit = "credit.security"

    penalty_ids = fields.One2many("receivable.penalty", "security_id", "Penalties from the Deposit")

    def write(self, vals):
        # Approvers decide about this deposit of this customer: it stays what they saw.
        if not self.env.su and not vals.keys().isdisjoint(
            ("partner_id", "company_id", "kind", "value")
        ):
            # sudo: penalties bind users who may not read them
            bound = self.sudo().penalty_ids.filtered(lambda p: p.state in ("requested", "approved"))
            if "value" in vals and len(vals) == 1:
                bound = bound.filtered(lambda p: p.state == "requested")
            if bound:
                raise UserError(
                    self.env._(
                        "%(deposit)s cannot be changed: %(penalty)s depends on it.",
                        deposit=bound[0].security_id.display_name,
                        penalty=bound[0].name,
                    )
                )
        return super().write(vals)

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
