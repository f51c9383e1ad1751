from odoo import api, fields, models

from ...base.res_users import ROLES

# Terms are agreed on by credit control and accounting: nobody else reads or writes the choice.
TERM_GROUPS = f"{ROLES['controller']},{ROLES['chief_accountant']}"


class ResPartner(models.Model):
    """The terms of late interest agreed on with a customer."""

    _inherit = "res.partner"

    credit_interest_term_id = fields.Many2one(
        "receivable.interest.term",
        "Terms of Late Interest",
        company_dependent=True,
        index=False,
        tracking=True,
        copy=False,
        groups=TERM_GROUPS,
        domain="[('company_id', 'in', (False, current_company_id))]",
        help="Empty = the terms of the active policy, or else of the company.",
    )

    def _add_missing_default_values(self, values):
        result = super()._add_missing_default_values(values)
        if "credit_interest_term_id" not in values:
            # A default of the client's context, or one that a user keeps, agrees on nothing.
            result.pop("credit_interest_term_id", None)
        return result

    @api.model
    def _credit_file_models(self):
        return [*super()._credit_file_models(), "receivable.interest"]

    def action_receivable_interest(self):
        """Open the dialog that proposes late interest of these customers."""
        self.check_access("read")
        return self._open_records(
            "receivable_interest_propose_action",
            context={"default_partner_ids": self.commercial_partner_id.ids},
        )

    def action_open_receivable_interest(self):
        """Open the interest notes of this customer."""
        return self._credit_open_documents("receivable_interest_action", context={})
