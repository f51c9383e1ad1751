from odoo import models
from odoo.exceptions import AccessError

# Roles that see the accounts of all customers, as the ledger shows them.
SEES_ALL = ("sales_head", "auditor", "sales_manager", "accounting_reader", "accountant")


class ResPartner(models.Model):
    _inherit = "res.partner"

    def _receivable_check_accounts(self, company):
        """Require customers whose account the user may see: all, or one's own and those of one's cases.

        :param company: root company of the books
        :raise AccessError: the user sees no credit figures, or not those of one of the customers
        """
        user = self.env.user
        user._require_role(self.env._("A statement of account"), "figures")
        self.check_access("read")
        # sudo: a setting
        bound = user._collection_is_portfolio_bound() and company.sudo().collection_own_portfolio
        if user._has_role(*SEES_ALL) and not bound:
            return
        cases = self.env["collection.case"].search(
            [("partner_id", "in", self.ids), ("company_id", "=", company.id)]
        )
        refused = self.filtered(lambda p: p.user_id != user) - cases.partner_id
        if refused:
            raise AccessError(
                self.env._(
                    "You can print statements of your own customers, not of %s.",
                    ", ".join(refused[:5].mapped("display_name")),
                )
            )

    def action_receivable_statement(self):
        """Open the dialog for a statement of account of these customers."""
        self.check_access("read")
        return self._open_records(
            "receivable_statement_report_action",
            context={"default_partner_ids": self.commercial_partner_id.ids},
        )
