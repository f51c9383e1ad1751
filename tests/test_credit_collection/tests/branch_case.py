from odoo.fields import Command
from odoo.tests import new_test_user

from .common import GROUPS, CreditCollectionCommon


class BranchCase(CreditCollectionCommon):
    """A branch of the company; some people work in the branch alone, the others in both."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.sudo().child_ids = [Command.create({"name": "Branch"})]
        cls.env.cr.precommit.run()  # Odoo loads the chart of accounts then
        cls.branch = cls.company.child_ids
        for user in cls.roles.values():
            user.sudo().company_ids |= cls.branch

    @classmethod
    def _branch_user(cls, role, login=None):
        """A user of a role who works in the branch alone."""
        return new_test_user(
            cls.env,
            login=login or f"branch_{role}",
            groups=f"base.group_user,{GROUPS[role]}",
            company_id=cls.branch.id,
            company_ids=[Command.set(cls.branch.ids)],
        )

    @classmethod
    def _in_branch(cls, records):
        return records.with_context(allowed_company_ids=cls.branch.ids)

    def _branch_order(self, partner, amount, **values):
        return self._order(partner, amount, company_id=self.branch.id, **values)

    def _branch_invoice(self, partner, amount, **values):
        """An invoice of the branch."""
        return self._invoice(partner, amount, company_id=self.branch.id, **values)
