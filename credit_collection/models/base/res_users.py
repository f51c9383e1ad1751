from odoo import models, tools
from odoo.exceptions import AccessError

# Roles of people, and their groups. Nothing else in the code names these groups.
ROLES = {
    "figures": "credit_collection.group_credit_user",  # sees credit figures of customers
    "auditor": "credit_collection.group_credit_auditor",
    "controller": "credit_collection.group_credit_controller",
    "administrator": "credit_collection.group_credit_administrator",
    "sales_manager": "credit_collection.group_credit_sales_manager",
    "finance_manager": "credit_collection.group_credit_finance_manager",
    "general_manager": "credit_collection.group_credit_general_manager",
    "division_head": "credit_collection.group_credit_division",
    "treasury": "credit_collection.group_credit_treasury",
    "executive": "credit_collection.group_credit_executive",
    "collector": "credit_collection.group_collection_collector",
    "legal": "credit_collection.group_collection_legal",
    "collection_manager": "credit_collection.group_collection_manager",
    "salesperson": "sales_team.group_sale_salesman",
    "sales_head": "sales_team.group_sale_salesman_all_leads",
    "accountant": "account.group_account_invoice",
    "accounting_reader": "account.group_account_readonly",
    "system": "base.group_system",
    "chief_accountant": "account.group_account_manager",
}

# People with one of these work; an auditor has none of them.
WORKING = (
    "salesperson", "accountant", "controller", "sales_manager", "finance_manager",
    "general_manager", "division_head", "treasury", "executive", "collector", "legal",
)  # fmt: skip


class ResUsers(models.Model):
    _inherit = "res.users"

    def _has_role(self, *roles):
        """Return whether the user has one of some roles (keys of `ROLES`)."""
        return any(self.has_group(ROLES[role]) for role in roles)

    @tools.ormcache("self.id", "group")
    def _credit_in_group(self, group):
        """Return whether the user is in a group, with one lookup; cached as long as groups stay.

        For `_has_field_access` of large models: a list of 80 customers asks 500 times.
        """
        return self._has_group(group)

    def _require_role(self, what, *roles):
        """Raise unless the user has one of some roles.

        :param what: the requested action, translated: the first words of the message
        :raise AccessError: naming the roles as the form of a user does
        """
        if not self._has_role(*roles):
            # sudo: the names of the groups only
            groups = [self.env.ref(ROLES[role]).sudo().full_name for role in roles]
            raise AccessError(
                self.env._(
                    "%(what)s: only %(roles)s can do this.", what=what, roles=", ".join(groups)
                )
            )

    def _get_by_role(self, role):
        """Return users with a role, as superuser: by the system, which looks for somebody to act."""
        # sudo: the system reads the users of a role
        return self.env.ref(ROLES[role]).sudo().all_user_ids

    def _credit_only_reads(self):
        """Return whether the user is an auditor and nothing else: may read everything, write nothing."""
        self.ensure_one()
        return self._has_role("auditor") and not self._has_role(*WORKING)
