from odoo import api, fields, models
from odoo.exceptions import AccessError

from ...credit.terms.res_partner import CREDIT_GROUPS
from ..res_company import FREQUENCIES

# Roles that see the accounts of all customers, as the ledger shows them.
SEES_ALL = ("sales_head", "auditor", "sales_manager", "accounting_reader", "accountant")


class ResPartner(models.Model):
    _inherit = "res.partner"

    collection_statement_frequency = fields.Selection(
        FREQUENCIES,
        "Statements by Email",
        company_dependent=True,
        index=False,
        groups=CREDIT_GROUPS,
        help="How often this customer receives its statement of account. Empty = as its policy says,"
        " else the settings. Quarterly: in the same month of every quarter.",
    )

    @api.model
    def _credit_file_models(self):
        return [*super()._credit_file_models(), "receivable.statement.document"]

    @api.model
    def _may_set_statements(self):
        return self._credit_may_decide() or self.env.user._has_role("collection_manager")

    def _credit_check_decision(self, vals):
        result = super()._credit_check_decision(vals)
        name = "collection_statement_frequency"
        if self._credit_changes(vals, [name]) and not self._may_set_statements():
            raise AccessError(
                self.env._(
                    "Only credit controllers and collection managers may set %s of a customer.",
                    self._fields[name]._description_string(self.env),
                )
            )
        return result

    @api.model
    def _credit_closed_fields(self):
        closed = super()._credit_closed_fields()
        if self.env.su or not self._may_set_statements():
            return closed | {"collection_statement_frequency"}
        return closed

    def _get_statement_frequencies(self, company):
        """Return {customer id: key of `FREQUENCIES`}: its own, else its policy's, else the company's."""
        # sudo: settings of customers, read by who mails
        customers = self.sudo().with_company(company)
        default = company.sudo().receivable_statement_frequency  # sudo: a setting
        return {
            one.id: one.collection_statement_frequency
            or one._credit_policy(company).statement_frequency
            or default
            for one in customers
        }

    def action_open_receivable_statements(self):
        """Open the statements that were sent to this customer."""
        return self._credit_open_documents("receivable_statement_document_action", context={})

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
