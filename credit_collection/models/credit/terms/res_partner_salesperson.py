from contextlib import contextmanager

from odoo import api, models
from odoo.exceptions import AccessError
from odoo.fields import Domain
from odoo.tools import SQL

# Odoo gives a person without salesperson that of the company it is put under, and open
# activities of a contact go to its customer.
CHANGES_SALESPERSON = {"user_id", "parent_id", "is_company"}


class ResPartner(models.Model):
    """A customer's salesperson sees the credit file, so nobody takes a customer for themselves.

    Once a customer has a file, credit controllers and heads of sales change the salesperson;
    the chatter says from whom to whom. Customers without one, and those of companies that use
    no credit control, are everyday work; so is to put one under a company, as long as it is
    not one's own.
    """

    _inherit = "res.partner"

    @api.model
    def _credit_file_models(self):
        """Return models with `partner_id` and `company_id` that make a credit file. Extend by areas."""
        return [
            "credit.application", "credit.assessment", "credit.decision", "credit.document",
            "credit.group.member", "credit.investigation", "credit.security",
            "credit.sublimit", "credit.warning",
        ]  # fmt: skip

    def _credit_filter_filed(self):
        """Return those of these partners with a credit file, or exposure, in a company not in mode Off."""
        # sudo: all files, whatever company the user works in and whatever they may see
        company_domain = [("credit_mode", "!=", "off")]
        # sudo: all files, in whatever company
        companies = tuple(self.env["res.company"].sudo().search(company_domain).ids)
        ids = tuple(self._origin.ids)
        if not ids or not companies:
            return self.browse()
        selects = []
        for name in self._credit_file_models():
            # A shared limit counts in several companies.
            owner = "company_id"
            if name == "credit.group.member":
                owner = "group_id.company_ids"
            domain = Domain("partner_id", "in", ids) & Domain(owner, "in", companies)
            if name == "credit.decision":  # a policy's start for every new customer is none
                domain &= Domain("source", "!=", "policy")
            # sudo: all files, whatever the user may see
            query = self.env[name].sudo()._search(domain, active_test=False)
            selects.append(query.select(SQL.identifier(query.table, "partner_id")))
        # sudo: all files, whatever the user may see
        lines = self.env["credit.exposure.line"].sudo()
        lines._flush_sources()
        family = SQL(
            "(SELECT id, commercial_partner_id FROM res_partner WHERE commercial_partner_id IN %s)",
            ids,
        )
        selects.append(
            SQL(
                "SELECT line.partner_id FROM (%s) line WHERE line.company_id IN %s",
                lines._get_exposure_sql(partners=family),
                companies,
            )
        )
        rows = self.env.execute_query(SQL(" UNION ").join(SQL("(%s)", one) for one in selects))
        return self & self.browse(partner for [partner] in rows)

    def _credit_check_salesperson_stays(self):
        """Raise where the salesperson of a customer with a credit file changes.

        :raise AccessError: one of these partners, whose salesperson changes, has a credit file
        """
        filed = self._credit_filter_filed()
        if filed:
            raise AccessError(
                self.env._(
                    "%s has a credit file. Only credit controllers and heads of sales can change "
                    "the salesperson.",
                    ", ".join(filed.mapped("display_name")),
                )
            )

    @api.model
    def _credit_may_assign(self):
        return self._credit_may_decide() or self.env.user._has_role("sales_head")

    def _credit_salespeople(self):
        """Return {partner: its own salesperson and that of its customer}."""
        # sudo: the customer's salesperson, seen or not
        return {
            partner: partner.sudo().user_id | partner.sudo().commercial_partner_id.user_id
            for partner in self
        }

    def _credit_watches_salesperson(self, vals):
        return not (self.env.su or CHANGES_SALESPERSON.isdisjoint(vals))

    def _credit_tracked(self, vals):
        """Return these partners without the context keys by which a client mutes the chatter."""
        if not self._credit_watches_salesperson(vals):
            return self
        return self.with_context(tracking_disable=False, mail_notrack=False)

    @contextmanager
    def _credit_guard_salesperson(self, vals):
        """Guard a write that may change the salesperson of these customers."""
        if not self._credit_watches_salesperson(vals) or self._credit_may_assign():
            yield
            return
        before = self._credit_salespeople()
        yield
        after = self._credit_salespeople()
        moved = self.filtered(
            lambda p: (
                after[p] != before[p]
                and ("user_id" in vals or self.env.user in after[p] - before[p])
            )
        )
        moved._credit_check_salesperson_stays()
