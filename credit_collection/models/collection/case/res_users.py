from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from .collection_case_assign import CollectionAssigner
from .res_partner import PEOPLE


class ResUsers(models.Model):
    """Nothing stays without an owner when a collector leaves (P3-02)."""

    _inherit = "res.users"

    collection_successor_id = fields.Many2one(
        "res.users",
        "Successor in Collection",
        domain="[('share', '=', False), ('id', '!=', id)]",
        help="Takes over open cases when this user is archived; otherwise, the team head does.",
    )

    def _credit_home_lists(self):
        lists = [
            *super()._credit_home_lists(),
            (30, ("collector",), "collection_case_action_worklist", ("mine",)),
            (60, ("collector",), "collection_case_action_worklist", ()),
            (31, ("legal",), "collection_letter_action", ("to_confirm",)),
            (32, ("legal",), "collection_letter_text_action", ("to_approve",)),
            (33, ("legal",), "collection_case_action", ("taken",)),
            (34, ("legal",), "collection_case_action", ("open",)),
            (50, ("sales_manager",), "collection_confirmation_action", ("to_answer", "to_route")),
        ]
        if not self._has_role("auditor"):
            lists.append((70, ("accountant",), "collection_ledger_action", ()))
        return lists

    def write(self, vals):
        result = super().write(vals)
        if vals.get("active") is False or "company_ids" in vals:
            self._collection_hand_over()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_collection_hand_over(self):
        self._collection_hand_over(leaving=True)

    def _collection_hand_over(self, leaving=False):
        """Give the open cases of leavers, also of the company alone, to the successor or team head."""
        # sudo: users who archive a user may have no rights in collection
        cases = (
            self.env["collection.case"]
            .sudo()
            .search([("user_id", "in", self.ids), ("state", "=", "open")])
        )
        for user, of_user in cases.grouped("user_id").items():
            for company, of_company in of_user.grouped("company_id").items():
                if user.active and not leaving and company._credit_has_user(user):
                    continue
                self._collection_clear_customers(user, company)
                for team, group in of_company.grouped("team_id").items():
                    # sudo: the successor is a field of the administrators
                    new = next(
                        (
                            one
                            for one in (user.sudo().collection_successor_id, team.head_id)
                            if one and one != user and one.active and company._credit_has_user(one)
                        ),
                        None,
                    )
                    taken = group.filtered(lambda case: case.takeover_state == "taken")
                    if not new and taken:
                        # The collector before the takeover does not get it back (P3-06).
                        assigner = CollectionAssigner(self.env, company, user)
                        member = assigner._least_loaded(team.member_ids)
                        taken._reassign(
                            member or company._collection_head(team) - user, without=user
                        )
                        group -= taken
                    group._reassign(new, without=user)
        self._collection_pass_on_resolutions(leaving)

    def _collection_pass_on_resolutions(self, leaving=False):
        """Reassign open disputes and takeovers of leavers, with their deadlines."""
        # sudo: users who archive a user may have no rights in collection
        disputes = (
            self.env["collection.dispute"]
            .sudo()
            .search([("user_id", "in", self.ids), ("state", "=", "open")])
        )
        # sudo: takeovers of the leaver, whoever archives them
        filings = (
            self.env["collection.filing"]
            .sudo()
            .search(
                [
                    "|",
                    ("user_id", "in", self.ids),
                    ("collector_id", "in", self.ids),
                    ("state", "in", ("draft", "requested", "filed", "evidence")),
                ]
            )
        )
        for user in self:
            for company in disputes.company_id | filings.company_id:
                if user.active and not leaving and company._credit_has_user(user):
                    continue
                disputes.filtered(
                    lambda d, u=user, c=company: d.user_id == u and d.company_id == c
                )._pass_on(user)
                filings.filtered(lambda f, c=company: f.company_id == c)._pass_on(user)

    @api.model
    def _collection_clear_customers(self, user, company):
        """Clear a user who left from the customers that name them: others take their place."""
        self.env["res.partner"].flush_model(PEOPLE)
        for name in PEOPLE:
            self.env.execute_query(
                SQL(
                    "UPDATE res_partner SET %(name)s = %(name)s - %(key)s"
                    " WHERE (%(name)s ->> %(key)s)::int = %(user)s RETURNING id",
                    name=SQL.identifier(name),
                    key=str(company.id),
                    user=user.id,
                )
            )
        self.env["res.partner"].invalidate_model(PEOPLE)

    # ---- The portfolio that a collector sees; leavers are handled above.

    def _collection_is_portfolio_bound(self):
        """Return whether this user is a collector and nothing above that: for record rules."""
        self.ensure_one()
        return self._has_role("collector") and not self._has_role(
            "collection_manager", "legal", "controller", "finance_manager", "general_manager",
            "division_head", "treasury", "executive", "sales_manager",
        )  # fmt: skip

    def _collection_member_leaf(self, path):
        """Return the condition of record rules that this user is a project member today (P3-24).

        The day is found with each query: domains of rules are kept for longer.

        :param path: field with members of a case
        """
        self.ensure_one()
        since, until = ("date_from", "<=", "today"), ("date_to", ">=", "today")
        return (
            path,
            "any",
            [("user_id", "=", self.id), since, "|", ("date_to", "=", False), until],
        )

    def _collection_customer_leaves(self, path):
        """Return conditions of record rules that a customer is this user's: sold to by them, or with
        a case in the company of the record, open or closed, that is theirs or whose member they are.

        :param path: field with customers
        """
        own = ["|", ("user_id", "=", self.id), self._collection_member_leaf("member_ids")]
        return [
            Domain(f"{path}.user_id", "=", self.id),
            *(
                Domain("company_id", "=", company.id)
                & Domain(
                    f"{path}.collection_case_ids", "any", [("company_id", "=", company.id), *own]
                )
                for company in self.company_ids.root_id
            ),
        ]

    def _collection_portfolio_domain(self, *paths):
        """Return the domain of record rules for a portfolio: where the company says so, users with
        no role above collector see their own records by one of `paths` (fields with users, with
        members of a case, or with customers: `partner_id`).
        """
        if not self._collection_is_portfolio_bound():
            return [(1, "=", 1)]
        own = [Domain("company_id.collection_own_portfolio", "=", False)]
        for path in paths:
            if path.endswith("partner_id"):
                own += self._collection_customer_leaves(path)
            elif path.endswith("member_ids"):
                own.append(Domain([self._collection_member_leaf(path)]))
            else:
                own.append(Domain(path, "=", self.id))
        return list(Domain.OR(own))
