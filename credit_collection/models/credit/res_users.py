from odoo import models

# Who has one of these works; an auditor has none of them.
WORKING_GROUPS = (
    "sales_team.group_sale_salesman",
    "account.group_account_invoice",
    "credit_collection.group_credit_controller",
    "credit_collection.group_credit_sales_manager",
    "credit_collection.group_credit_finance_manager",
    "credit_collection.group_credit_general_manager",
    "credit_collection.group_credit_executive",
    "credit_collection.group_collection_collector",
    "credit_collection.group_collection_legal",
)


class ResUsers(models.Model):
    _inherit = "res.users"

    def _credit_only_reads(self):
        """Whether the user is an auditor and nothing else: he reads everything, he writes nothing."""
        self.ensure_one()
        return self.has_group("credit_collection.group_credit_auditor") and not any(
            self.has_group(group) for group in WORKING_GROUPS
        )
