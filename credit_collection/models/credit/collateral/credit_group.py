from collections import defaultdict

from odoo import api, fields, models, tools
from odoo.exceptions import AccessError, ValidationError
from odoo.tools import SQL

# What decides whom a shared limit binds, where, and how far.
TERMS = {
    "name", "limit", "member_limit", "active", "company_id", "company_ids", "currency_id", "line_ids",
}  # fmt: skip


class CreditGroup(models.Model):
    """A limit that several customers of one group of companies share.

    An order of a member must fit into the member's own limit and into the part of the shared
    one that all members together leave; the smaller decides. It counts in one or more of our
    companies: the exposure of its members there is summed up in its own currency, at today's
    rates. A customer shares one limit in each company at most. Entered by credit controllers
    with access to all of its companies; who has access to some of them sees the sum of all, and
    customers and documents of their own.
    """

    _name = "credit.group"
    _description = "Shared Credit Limit"
    _inherit = ["credit.company.mixin", "mail.thread"]
    _order = "name, id"

    name = fields.Char("Group Name", required=True, tracking=True)
    active = fields.Boolean(default=True, tracking=True)
    company_id = fields.Many2one(
        "res.company",
        "Lead Company",
        required=True,
        index=True,
        default=lambda self: self.env.company.root_id,
        tracking=True,
        help="The company that keeps this shared limit.",
    )
    company_ids = fields.Many2many(
        "res.company",
        string="Companies",
        relation="credit_group_company_rel",
        column1="group_id",
        column2="company_id",
        compute="_compute_company_ids",
        store=True,
        readonly=False,
        domain=[("parent_id", "=", False)],
        tracking=True,
        help="Orders in these companies are checked against the shared limit, and what the customers"
        " owe there uses it. Changed only by credit controllers with access to all of them.",
    )
    # For record rules: evaluated in Python they leave what they read in the cache, for everybody.
    all_company_ids = fields.Many2many(
        "res.company",
        string="All Companies",
        compute="_compute_all_company_ids",
        search="_search_all_company_ids",
        groups=fields.NO_ACCESS,
    )
    currency_id = fields.Many2one(
        "res.currency",
        compute="_compute_currency_id",
        store=True,
        readonly=False,
        precompute=True,
        required=True,
        tracking=True,
        help="Currency of the shared limit. Amounts in other currencies are converted at today's rate of"
        " the company in which they are owed.",
    )
    limit = fields.Monetary("Shared Limit", required=True, tracking=True)
    member_limit = fields.Monetary(
        "Limit of Each Member",
        tracking=True,
        help="Limit of members that have a limit by default; 0 = that of their grade, segment or"
        " company.",
    )
    line_ids = fields.One2many("credit.group.member", "group_id", "Members")
    member_ids = fields.Many2many(
        "res.partner",
        string="Customers",
        compute="_compute_member_ids",
        search="_search_member_ids",
    )

    _limit_positive = models.Constraint('CHECK("limit" >= 0)', "A shared limit cannot be negative.")
    _member_limit_positive = models.Constraint(
        "CHECK(member_limit >= 0)", "The limit of each member cannot be negative."
    )

    @api.depends("line_ids.partner_id")
    @api.depends_context("allowed_company_ids", "uid")
    def _compute_member_ids(self):
        for group, lines in self._get_visible_lines().items():
            group.member_ids = lines.partner_id

    def _search_member_ids(self, operator, value):
        if operator in ("not in", "not any"):
            return NotImplemented
        # As ids, so that a rule leaves no members in the cache that the user may not read.
        lines = self.env["credit.group.member"].with_context(active_test=False)
        return [("id", "in", lines.search([("partner_id", operator, value)]).group_id.ids)]

    @api.depends("company_id")
    def _compute_company_ids(self):
        for group in self:
            group.company_ids |= group.company_id

    @api.depends("company_ids")
    def _compute_all_company_ids(self):
        for group, companies in self._get_companies().items():
            group.all_company_ids = companies

    def _search_all_company_ids(self, operator, value):
        # sudo: what a rule asks; as ids, so that nothing is read on the way
        groups = self.sudo().with_context(active_test=False)
        return [("id", "in", groups.search([("company_ids", operator, value)]).ids)]

    @api.depends("company_id")
    def _compute_currency_id(self):
        for group in self:
            # Another lead is no reason to make 5,000 of one currency 5,000 of another.
            if not (group._origin and group.currency_id):
                group.currency_id = group.company_id.currency_id

    @api.constrains("active", "company_id", "company_ids")
    def _check_members_once(self):
        self._get_lines()._check_once()

    @api.constrains("company_id", "company_ids", "currency_id")
    def _check_company_ids(self):
        for group, companies in self._get_companies().items():
            if branch := companies.filtered("parent_id")[:1]:
                raise ValidationError(
                    self.env._(
                        "Companies: %(branch)s is a branch, whose documents count in %(root)s. Choose "
                        "%(root)s instead.",
                        branch=branch.name,
                        root=branch.root_id.name,
                    )
                )
            if group.company_id not in companies:
                raise ValidationError(
                    self.env._(
                        "Companies: the shared limit of %(group)s counts in its lead company, too. Add "
                        "%(company)s, or choose another lead company.",
                        group=group.name,
                        company=group.company_id.name,
                    )
                )
            for company in companies:
                group._check_rate(company)

    def _check_rate(self, company):
        """Raise where the currency of the limit has no rate in a company with another one."""
        if company.currency_id == self.currency_id:
            return
        # sudo: rates are the same for everybody
        rates = self.env["res.currency.rate"].sudo()
        if not rates.search_count(
            [
                ("currency_id", "in", (self.currency_id | company.currency_id).ids),
                ("company_id", "in", (False, company.id)),
            ],
            limit=1,
        ):
            raise ValidationError(
                self.env._(
                    "Currency: there is no exchange rate between %(currency)s and %(own)s in %(company)s. "
                    "Enter one first.",
                    currency=self.currency_id.name,
                    own=company.currency_id.name,
                    company=company.name,
                )
            )

    # ------------------------------------------------------------------ members and companies

    def _get_lines(self):
        """Return all members of these groups, whoever may read them, as superuser."""
        # sudo: a limit binds all of its members
        return self.env["credit.group.member"].sudo().search([("group_id", "in", self.ids)])

    def _get_companies(self):
        """Return {group: its companies as superuser}, whoever may enter them."""
        self.flush_model(["company_ids"])
        found = defaultdict(list)
        for group, company in self.env.execute_query(
            SQL(
                "SELECT group_id, company_id FROM credit_group_company_rel WHERE group_id IN %s",
                tuple(self._origin.ids) or (0,),
            )
        ):
            found[group].append(company)
        # sudo: a limit counts in all of its companies
        companies = self.env["res.company"].sudo()
        return {group: companies.browse(found[group.id]) for group in self}

    def _get_pairs(self):
        """Return {group id: {(customer id, company id)}} of all members in all companies."""
        customers = defaultdict(set)
        for line in self._get_lines():
            customers[line.group_id.id].add(line.partner_id.id)
        return {
            group.id: {(id_, company) for id_ in customers[group.id] for company in companies.ids}
            for group, companies in self._get_companies().items()
        }

    def _get_own_companies(self):
        """Return {group: those of its companies that the user has selected, as superuser}.

        As a form shows them, saved or not. What users select is checked by Odoo.
        """
        stored, selected = self._get_companies(), self._get_selected_companies()
        return {
            group: (stored[group] if group.id else group.company_ids._origin | group.company_id)
            & selected
            for group in self
        }

    def _get_own_pairs(self):
        """Return {group: {(customer id, company id)}} of the members and companies that the user sees."""
        lines = self._get_visible_lines()
        return {
            group: {
                (id_, company)
                for id_ in lines[group].partner_id._origin.ids
                for company in companies.ids
            }
            for group, companies in self._get_own_companies().items()
        }

    def _get_visible_lines(self):
        """Return {group: its members that the user may read}; of a form, those it shows.

        By a search: what the cache holds may be from the eyes of the superuser.
        """
        found = self.env["credit.group.member"].search(
            [("group_id", "in", self.filtered("id").ids)]
        )
        lines = found.grouped("group_id")
        return {
            group: lines.get(group, found.browse()) if group.id else group.line_ids
            for group in self
        }

    @api.model
    def _get_selected_companies(self):
        return self.env.companies._credit_root()

    @api.model
    @tools.ormcache()
    def _members_by_group(self):
        """Return {(company id, group id): ids of its customers} of all groups in use. Cached.

        A group that counts in several companies is there once for each.
        """
        # sudo: members bind users who may not read the group
        pairs = self.sudo().search([("active", "=", True)])._get_pairs()
        members = {}
        for group, group_pairs in pairs.items():
            for customer, company in sorted(group_pairs):
                members.setdefault((company, group), []).append(customer)
        return {key: tuple(ids) for key, ids in members.items()}

    @api.model
    @tools.ormcache()
    def _groups_by_member(self):
        """Return {(customer id, company id): ids of its groups}: `_members_by_group` turned round. Cached."""
        groups = {}
        for (company, group), members in self._members_by_group().items():
            for member in members:
                groups[member, company] = (*groups.get((member, company), ()), group)
        return groups

    @api.model
    @tools.ormcache("company_id")
    def _member_limits(self, company_id):
        """Return ((group id, currency id, limit of each member, ids of its members), ...). Cached.

        Of the groups of a company; the limit is in the currency of the group.
        """
        groups = self.sudo()  # sudo: members bind users who may not read the group
        limits = {
            groups.browse(group_id): members
            for (of_company_id, group_id), members in self._members_by_group().items()
            if of_company_id == company_id
        }
        return tuple(
            (group.id, group.currency_id.id, group.member_limit, members)
            for group, members in limits.items()
            if group.member_limit > 0
        )

    @api.model
    def _get_group_members(self, partners):
        """Return customers that share a limit with these, in whatever company."""
        ids = set(partners.ids)
        member_ids = {
            member
            for members in self._members_by_group().values()
            if not ids.isdisjoint(members)
            for member in members
        }
        return partners.browse(member_ids)

    @api.model
    def _with_group_members(self, pairs):
        """Return these (customer id, company id) pairs and those of their groups, in all companies."""
        by_member = self._groups_by_member()
        groups = {group for pair in pairs for group in by_member.get(pair, ())}
        if not groups:
            return {*pairs}
        return {
            *pairs,
            *(
                (member, company)
                for (company, group), members in self._members_by_group().items()
                if group in groups
                for member in members
            ),
        }

    # ------------------------------------------------------------------ rights and changes

    def _check_may_change(self):
        """Raise unless the user has access to every company in which these groups count.

        :raise AccessError: a group counts in companies that are closed to the user
        """
        if self.env.su:
            return
        for group, companies in self._get_companies().items():
            closed = companies.filtered(lambda c: not c._credit_has_user(self.env.user))
            if closed:
                raise AccessError(
                    self.env._(
                        "The shared limit of %(group)s counts in %(count)s companies, of which %(closed)s "
                        "are not open to you. Only credit controllers with access to all of them "
                        "change it.",
                        # sudo: the name in the message that refuses
                        group=group.sudo().name,
                        count=len(companies),
                        closed=len(closed),
                    )
                )

    def _check_ceiling(self, before=None):
        """Refuse a limit of each member above what a controller grants a customer without an application.

        :param before: {group id: limit of each member} that may stay as high as it is
        :raise UserError: naming the ceiling of the company
        """
        if self.env.su:
            return
        for group, companies in self._get_companies().items():
            if group.member_limit <= (before or {}).get(group.id, 0.0):
                continue
            for company in companies.filtered("credit_controller_ceiling"):
                limit = company.currency_id.round(group.member_limit / group._get_rate(company))
                if (
                    company.currency_id.compare_amounts(limit, company.credit_controller_ceiling)
                    > 0
                ):
                    raise self.env["res.partner"]._credit_get_ceiling_error(
                        self._fields["member_limit"], limit, company
                    )

    def _members_changed(self, customers=None):
        """Clear the cache and refresh the members, past and present."""
        self.env.registry.clear_cache()  # _members_by_group, _groups_by_member, _member_limits
        # In the rights of the user again: a change of terms is theirs.
        members = self._get_lines().partner_id.with_env(self.env)
        ((customers or self.env["res.partner"]) | members)._credit_collateral_changed()

    @api.model_create_multi
    def create(self, vals_list):
        groups = super().create(vals_list)
        groups._check_may_change()
        groups._check_ceiling()
        groups._forget_what_was_read()
        return groups

    def write(self, vals):
        self.check_access("write")
        if vals.keys().isdisjoint(TERMS):
            return super().write(vals)
        self._check_may_change()
        # Elsewhere, or in another currency, it is another limit.
        same = {"company_id", "company_ids", "currency_id"}.isdisjoint(vals)
        before = {group.id: group.member_limit for group in self} if same else {}
        result = super().write(vals)
        self._check_may_change()
        self._check_ceiling(before)
        self._members_changed()
        self._forget_what_was_read()
        return result

    def _forget_what_was_read(self):
        # Checked as superuser; the user reads them next, and may have selected fewer companies.
        self.invalidate_recordset(["company_ids", "line_ids", "member_ids"])

    def unlink(self):
        self.check_access("unlink")
        self._check_may_change()
        lines = self._get_lines()
        customers = lines.partner_id.with_env(self.env)
        # Not by cascade of the database: a member's leaving has its own effects.
        lines.unlink()
        result = super().unlink()
        self.browse()._members_changed(customers)
        return result


class CreditGroupMember(models.Model):
    """A customer of a group, with their use of the shared limit."""

    _name = "credit.group.member"
    _inherit = ["credit.company.mixin"]
    _description = "Member of a Shared Limit"
    _order = "group_id, id"
    _rec_name = "partner_id"

    group_id = fields.Many2one("credit.group", required=True, ondelete="cascade", index=True)
    company_id = fields.Many2one(related="group_id.company_id", store=True)
    currency_id = fields.Many2one(related="group_id.currency_id")
    partner_id = fields.Many2one(
        "res.partner",
        "Customer",
        required=True,
        index=True,
        ondelete="restrict",
        domain="['|', ('is_company', '=', True), ('parent_id', '=', False)]",
    )
    own_limit = fields.Monetary(
        "Individual Effective Limit",
        compute="_compute_use",
        currency_field="own_currency_id",
        help="The customer's own limit, in the current company or the first one of the shared limit.",
    )
    own_currency_id = fields.Many2one(
        "res.currency", "Currency of the Own Limit", compute="_compute_use"
    )
    exposure = fields.Monetary(
        "Used", compute="_compute_use", help="In the companies that you have selected."
    )
    share = fields.Float("Share of Utilization (%)", compute="_compute_use")

    _partner_uniq = models.UniqueIndex(
        "(group_id, partner_id)", "This customer is a member already."
    )

    @api.depends("partner_id", "group_id.exposure")
    @api.depends_context("company", "allowed_company_ids", "uid")
    def _compute_use(self):
        visible = self.group_id._get_own_companies()
        own = {
            line: {(line.partner_id._origin.id, company) for company in visible[line.group_id].ids}
            for line in self
        }
        exposures = self.env["credit.group"]._get_exposures(set().union(*own.values()))
        limits = {}
        for line in self:
            group, customer = line.group_id, line.partner_id._origin
            companies = visible[group]
            line.exposure = group._round(group._sum_up(exposures, own[line]))
            line.share = 100.0 * line.exposure / group.exposure if group.exposure else 0.0
            company = (self.env.company._credit_root() & companies) or companies[:1]
            if company not in limits:
                # sudo: limits of the members, for all who may see the group
                customers = self.partner_id._origin.sudo()
                limits[company] = customers._get_credit_figures(company) if company else {}
            row = limits[company].get(customer.id, {})
            line.own_limit = float(row.get("credit_effective_limit", 0.0))
            line.own_currency_id = company.currency_id

    def action_open_exposure(self):
        """Open the document lines by which this member uses the shared limit."""
        self.ensure_one()
        self.check_access("read")
        return self.group_id._open_exposure(self.partner_id)

    @api.constrains("partner_id", "group_id")
    def _check_once(self):
        companies = self.group_id._get_companies()
        # Who shares the same customer at the same instant is run again by Odoo, and sees this one.
        self.env.cr.execute(
            SQL(
                "UPDATE res_partner SET write_date = write_date WHERE id IN %s",
                tuple(self.partner_id.ids) or (0,),
            ),
            log_exceptions=False,
        )
        for line in self:
            customer = line.partner_id
            if customer.commercial_partner_id != customer:
                raise ValidationError(
                    self.env._(
                        "%(contact)s is a contact of %(customer)s. Add the customer instead.",
                        contact=customer.display_name,
                        customer=customer.commercial_partner_id.display_name,
                    )
                )
            # sudo: a group of colleagues stands in the way, visible or not
            other = self.sudo().search(
                [
                    ("partner_id", "=", customer.id),
                    ("group_id.company_ids", "in", companies[line.group_id].ids),
                    ("group_id", "!=", line.group_id.id),
                    ("group_id.active", "=", True),
                ],
                limit=1,
            )
            if other and line.group_id.active:
                raise ValidationError(
                    self.env._(
                        "%(customer)s already shares the limit of %(group)s.",
                        customer=customer.display_name,
                        group=other.group_id.name,
                    )
                )

    @api.model_create_multi
    def create(self, vals_list):
        lines = super().create(vals_list)
        lines.group_id._check_may_change()
        lines.group_id._members_changed()
        return lines

    def write(self, vals):
        self.check_access("write")
        customers = self.partner_id
        self.group_id._check_may_change()
        result = super().write(vals)
        self.group_id._check_may_change()
        self.group_id._members_changed(customers)
        return result

    def unlink(self):
        self.check_access("unlink")
        groups, customers = self.group_id, self.partner_id
        groups._check_may_change()
        result = super().unlink()
        groups._members_changed(customers)
        return result
