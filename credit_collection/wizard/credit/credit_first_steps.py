from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command, Domain

from ...models.credit.terms.res_partner import CONTROLS

CONTROLLED = [key for key, _label in CONTROLS if key != "none"]

# Contacts of a customer are no customers of their own.
CUSTOMERS = Domain("is_company", "=", True) | Domain("parent_id", "=", False)


class CreditFirstSteps(models.TransientModel):
    """The first day: what is set up, what is missing, and what Observe would have held.

    Everything is read when the page opens; it stores nothing but that it was put away.
    """

    _name = "credit.first.steps"
    _description = "First Steps"

    company_id = fields.Many2one(
        "res.company", readonly=True, default=lambda self: self.env.company.root_id
    )
    credit_mode = fields.Selection(related="company_id.credit_mode")
    can_configure = fields.Boolean(compute="_compute_steps")
    reviewers_text = fields.Text("Approvers", compute="_compute_steps")
    reviewers_missing = fields.Boolean(compute="_compute_steps")
    is_alone = fields.Boolean(
        compute="_compute_steps", help="No other user could approve or request."
    )
    policy_id = fields.Many2one("credit.policy", compute="_compute_steps")
    draft_policy_id = fields.Many2one("credit.policy", compute="_compute_steps")
    decided_count = fields.Integer("Customers with a Credit Basis", compute="_compute_steps")
    undecided_count = fields.Integer("Not Yet Reviewed", compute="_compute_steps")
    held_count = fields.Integer("Would Be on Hold", compute="_compute_steps")
    observed_count = fields.Integer("Observed", compute="_compute_steps")

    @api.depends_context("lang")
    def _compute_display_name(self):
        self.display_name = self.env._("First Steps")

    @api.depends("company_id")
    @api.depends_context("uid", "lang")
    def _compute_steps(self):
        for page in self:
            company = page.company_id
            env = page.with_company(company).env
            tiers = page._get_tiers()
            page.can_configure = self.env.user._has_role("system")
            page.reviewers_text = "\n".join(
                f"{name}: {', '.join(users.mapped('name')[:3]) or self.env._('nobody')}"
                for name, users, _groups in tiers
            )
            page.reviewers_missing = any(not users for _name, users, _groups in tiers)
            # sudo: a count of colleagues
            colleagues = self.env["res.users"].sudo().search_count([("share", "=", False)], limit=2)
            page.is_alone = colleagues < 2
            policies = env["credit.policy"]
            page.policy_id = policies._get_in_force(company).with_env(self.env)
            page.draft_policy_id = policies.search(
                [
                    ("state", "in", ("draft", "requested")),
                    ("company_id", "in", (False, company.id)),
                ],
                limit=1,
            )
            partners = env["res.partner"]
            page.decided_count = partners.search_count(
                Domain("credit_control", "in", CONTROLLED) & CUSTOMERS
            )
            page.undecided_count = partners.search_count(
                partners._filter_domain("credit_undecided")
            )
            page.held_count = partners.search_count(
                partners._filter_domain("credit_held") & CUSTOMERS
            )
            page.observed_count = env["credit.hold"].search_count(
                [("state", "=", "observed"), ("company_id", "=", company.id)]
            )

    def _get_tiers(self):
        """Return [(name, active reviewers, their groups)] of the releases' tiers that always count."""
        # sudo: the approvers, for people who set credit control up
        tiers = (
            self.env["tier.definition"]
            .sudo()
            .search(
                [
                    ("model", "=", "credit.hold"),
                    ("company_id", "in", (False, self.company_id.id)),
                ],
                order="sequence desc",
            )
        )
        return [
            (
                tier.name,
                (tier.reviewer_id | tier.reviewer_group_id.all_user_ids).filtered(
                    lambda user: user.active and not user.share
                ),
                tier.reviewer_group_id,
            )
            for tier in tiers
        ]

    # ------------------------------------------------------------------ steps

    def action_take_roles(self):
        """Give the user the approvers' roles that nobody has, for companies with few people.

        :raise AccessError: the user may not give roles
        """
        self.ensure_one()
        groups = self.env["res.groups"]
        for _name, users, roles in self._get_tiers():
            if not users:
                groups |= roles.with_env(self.env)
        if not groups:
            raise UserError(self.env._("Every approval step has somebody already."))
        # With the user's own rights (`env.user` is the superuser's): a role is theirs to give, or not.
        self.env.user.with_env(self.env).write(
            {"group_ids": [Command.link(group.id) for group in groups]}
        )
        return self._open()

    def action_enforce(self):
        """Hold orders from now on."""
        self.ensure_one()
        self.company_id.write({"credit_mode": "enforce"})
        return self._open()

    def action_import_terms(self):
        """Open the import of limits, terms and grades."""
        return self.env["res.partner"].action_import_credit_terms()

    def action_open_undecided(self):
        """Open the customers for whom nothing is decided."""
        return self._open_customers("credit_undecided")

    def action_open_held(self):
        """Open the customers whose next order would be held."""
        return self._open_customers("credit_held")

    def _open_customers(self, name):
        return self._open_records(
            "res_partner_action_credit", context={f"search_default_{name}": 1}
        )

    def action_open_observed(self):
        """Open the orders that Observe would have held."""
        return self._open_records("credit_hold_action", context={"search_default_observed": 1})

    def action_open_policy(self):
        """Open the active policy, or the one that waits for approval."""
        self.ensure_one()
        policy = self.policy_id or self.draft_policy_id
        return policy.get_formview_action()

    def action_put_away(self):
        """Open the app as usual from now on; the page stays in the menu Configuration."""
        self.ensure_one()
        self.env.user._require_role(self.env._("First Steps"), "controller")
        # sudo: a controller may put the page away, whatever else of the company they may write
        self.company_id.sudo().credit_first_steps_done = True
        return self.env.user._credit_home_action()

    @api.model
    def _open(self):
        """Window action of the page."""
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("First Steps"),
            "res_model": self._name,
            "res_id": self.create({}).id,
            "views": [(False, "form")],
            "target": "current",
        }
