from collections import Counter

from odoo import models
from odoo.exceptions import UserError


class CollectionAssigner:
    """Collectors for the customers of one company (P3-02), for a run or for a few cases.

    In this order, or with territory and salesperson changed round (`collection_assign_order`):
    the collector entered on the customer; the team of the customer's province or country,
    the member with the fewest cases first; their salesperson; the first team without
    a territory, member by member; its head; the responsible controller; a collection manager.
    """

    def __init__(self, env, company, without=None):
        self.company = company
        self.without = without
        # sudo: cases are given to people whom the caller may not read
        self.env = env(su=True, context={**env.context, "active_test": True})
        self.teams = self.env["collection.team"].search([("company_id", "=", company.id)])
        self.load = Counter(
            {
                user.id: count
                for user, count in self.env["collection.case"]._read_group(
                    [("company_id", "=", company.id), ("state", "=", "open")],
                    ["user_id"],
                    ["__count"],
                )
                if user
            }
        )
        self.last = self._get_last()

    def _get_last(self):
        """Return the last resort of assignment; never empty while anybody manages collection."""
        for user in (self.company.collection_case_user_id, self.company.credit_controller_id):
            if user and self._may(user):
                return user
        managers = self.env["res.users"]._get_by_role("collection_manager")
        return managers.filtered(self._may).sorted("id")[:1]

    def _may(self, user):
        return (
            user.active
            and not user.share
            and self.company._credit_has_user(user)
            and user != self.without
        )

    def _least_loaded(self, users):
        users = users.filtered(self._may)
        return users.sorted(lambda u: (self.load[u.id], u.id))[:1]

    def _get_territory(self, partner):
        """Return the team of a customer's province, else country; empty if none covers it."""
        for field, place in (("state_ids", partner.state_id), ("country_ids", partner.country_id)):
            found = self.teams.filtered(lambda t, f=field, p=place: p and p in t[f])
            if field == "country_ids":
                # A team of some provinces does not cover the rest of the country.
                found = found.filtered(lambda t, p=place: p not in t.state_ids.country_id)
            if found:
                return found[0]
        return self.teams.browse()

    def _get_default_team(self):
        everywhere = self.teams.filtered(lambda t: not t.country_ids and not t.state_ids)
        return (everywhere or self.teams)[:1]

    def get(self, partner):
        """Return (user, team) for a customer; counts the case as theirs."""
        # sudo: a case is assigned by its customer, whoever opens it
        partner = partner.sudo().with_company(self.company)
        territory = self._get_territory(partner)
        user = partner.collection_user_id.filtered(self._may)
        by_territory = self._least_loaded(territory.member_ids) or territory.head_id.filtered(
            self._may
        )
        by_sales = partner.user_id.filtered(self._may)
        ways = [by_territory, by_sales]
        if self.company.collection_assign_order == "salesperson":
            ways.reverse()
        default = self._get_default_team()
        for found in (*ways, self._least_loaded(default.member_ids), default.head_id, self.last):
            user = user or found.filtered(self._may)
        team = territory or self.teams.filtered(lambda t: user in t.member_ids)[:1] or default
        self.load[user.id] += 1
        return user, team


class CollectionCase(models.Model):
    """The collector: at the start, when somebody takes a case over, when somebody leaves."""

    _inherit = "collection.case"

    def _get_responsible(self, role):
        """Return the user who acts in a role on this case; the next best one where nobody is named.

        :param role: key of `collection_stage.ROLES`
        """
        self.ensure_one()
        # sudo: roles count, whether the user sees these people or not
        case = self.sudo()
        team = case.team_id
        by_role = {
            "collector": case.user_id,
            "salesperson": case.partner_id.user_id,
            "head": team.head_id,
            "finance": team.finance_user_id or case.company_id.credit_controller_id,
            "legal": team.legal_user_id,
        }
        for user in (by_role.get(role), case.user_id, team.head_id):
            if user and user.active and case.company_id._credit_has_user(user):
                return user
        return CollectionAssigner(self.env, case.company_id).last

    def _reassign(self, user=None, team=None, without=None):
        """Give open cases and their activities to a user; by the order of assignment without one.

        :param without: a user who gets none
        """
        # sudo: cases and activities of others go along; callers check the right
        for company, cases in self.sudo().grouped("company_id").items():
            assigner = CollectionAssigner(self.env, company, without)
            for case in cases:
                former = case.user_id
                new, new_team = (user, team) if user else assigner.get(case.partner_id)
                case._system_write(
                    {"user_id": new.id, **({"team_id": new_team.id} if new_team else {})}
                )
                if former != new:
                    case.activity_ids.filtered(lambda a, u=former: a.user_id == u).write(
                        {"user_id": new.id}
                    )

    def action_assign_to_me(self):
        """Take open cases over: collectors and their managers.

        :raise UserError: a case is closed
        """
        self.check_access("write")
        self._check_open()
        self.write({"user_id": self.env.user.id})
        return True

    def action_assign(self):
        """Ask for the new collector of these cases: collection managers."""
        self._check_manager()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Assign Cases"),
            "res_model": "collection.case.assign",
            "view_mode": "form",
            "target": "new",
            "context": {"default_case_ids": self.ids},
        }

    def _check_open(self):
        closed = self.filtered(lambda case: case.state != "open")[:1]
        if closed:
            raise UserError(self.env._("%s is closed.", closed.display_name))
