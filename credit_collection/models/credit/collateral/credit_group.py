from collections import defaultdict

from markupsafe import Markup

from odoo import api, fields, models, tools
from odoo.exceptions import AccessError, ValidationError
from odoo.tools import SQL

# What decides whom a shared limit binds, where, and how far.
TERMS = {"name", "limit", "active", "company_id", "company_ids", "currency_id", "line_ids"}


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
    company_count = fields.Integer("Number of Companies", compute="_compute_use")
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
    line_ids = fields.One2many("credit.group.member", "group_id", "Members")
    member_ids = fields.Many2many(
        "res.partner",
        string="Customers",
        compute="_compute_member_ids",
        search="_search_member_ids",
    )
    exposure = fields.Monetary(
        "Used",
        compute="_compute_use",
        help="Exposure of all customers in all companies of this shared limit.",
    )
    exposure_elsewhere = fields.Monetary(
        "In Other Companies",
        compute="_compute_use",
        help="Part of it in companies that you have not selected, or have no access to.",
    )
    available = fields.Monetary(compute="_compute_use")
    usage = fields.Float("Credit Utilization (%)", compute="_compute_use")
    use_table = fields.Html("Use by Company", compute="_compute_use_table", sanitize=False)

    _limit_positive = models.Constraint('CHECK("limit" >= 0)', "A shared limit cannot be negative.")

    @api.depends("line_ids.partner_id")
    def _compute_member_ids(self):
        for group in self:
            group.member_ids = group.line_ids.partner_id

    def _search_member_ids(self, operator, value):
        return [("line_ids.partner_id", operator, value)]

    @api.depends("company_id")
    def _compute_company_ids(self):
        for group in self:
            group.company_ids |= group.company_id

    @api.depends("company_id")
    def _compute_currency_id(self):
        for group in self:
            # Another lead is no reason to make 5,000 of one currency 5,000 of another.
            if not (group._origin and group.currency_id):
                group.currency_id = group.company_id.currency_id

    @api.depends("limit", "currency_id", "company_ids", "line_ids.partner_id")
    @api.depends_context("allowed_company_ids", "uid")
    def _compute_use(self):
        stored, companies = self._origin._get_pairs(), self._origin._get_companies()
        own, before = self._get_own_pairs(), self._origin._get_own_pairs()
        hidden = {g: stored.get(g._origin.id, set()) - before.get(g._origin, set()) for g in self}
        exposures = self._get_exposures(set().union(*own.values(), *hidden.values()))
        for group in self:
            elsewhere = group._sum_up(exposures, hidden[group])
            use = group._sum_up(exposures, own[group]) + elsewhere
            closed = companies.get(group._origin, self.company_id) - group._origin.company_ids
            group.company_count = len(closed | group.company_ids._origin | group.company_id)
            group.exposure_elsewhere = group._round(elsewhere)
            group.exposure = group._round(use)
            group.available = group._round(group.limit - use)
            group.usage = 100.0 * use / group.limit if group.limit else 0.0

    @api.depends("exposure", "line_ids.partner_id", "company_ids", "currency_id")
    @api.depends_context("allowed_company_ids", "uid", "lang")
    def _compute_use_table(self):
        """Compute the use as a table of customers and companies, in the currency of the limit."""
        pairs = self._get_own_pairs()
        exposures = self._get_exposures(set().union(*pairs.values()))
        for group, companies in self._get_own_companies().items():
            customers = group.line_ids.partner_id._origin
            if group.company_count < 2 or not customers:
                group.use_table = False
                continue
            fmt = group.currency_id.format
            is_split = not group.currency_id.is_zero(group.exposure_elsewhere)

            def total(ids, companies, group=group):
                some = {(id_, company) for id_ in ids for company in companies.ids}
                return group.currency_id.format(group._sum_up(exposures, some))

            rows = [
                [
                    self.env._("Customer"),
                    *companies.mapped("name"),
                    *([self.env._("Other companies")] if is_split else ()),
                    self.env._("Total"),
                ]
            ]
            rows += [
                [
                    customer.display_name,
                    *(total(customer.ids, company) for company in companies),
                    *([""] if is_split else ()),
                    total(customer.ids, companies),
                ]
                for customer in customers
            ]
            rows.append(
                [
                    self.env._("Total"),
                    *(total(customers.ids, company) for company in companies),
                    *([fmt(group.exposure_elsewhere)] if is_split else ()),
                    fmt(group.exposure),
                ]
            )
            if companies.currency_id - group.currency_id:
                rows.append(
                    [
                        self.env._("In company currency"),
                        *(
                            company.currency_id.format(
                                sum(exposures.get((id_, company.id), 0.0) for id_ in customers.ids)
                            )
                            for company in companies
                        ),
                        *([""] * (1 + is_split)),
                    ]
                )
            group.use_table = Markup(
                "<div class='table-responsive'><table class='table table-sm'>%s</table></div>"
            ) % Markup().join(
                Markup("<tr>%s</tr>")
                % Markup().join(
                    Markup("<td class='%s'>%s</td>") % ("text-end text-nowrap" * bool(column), text)
                    for column, text in enumerate(row)
                )
                for row in rows
            )

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
        return {
            group: {
                (id_, company)
                for id_ in group.line_ids.partner_id._origin.ids
                for company in companies.ids
            }
            for group, companies in self._get_own_companies().items()
        }

    @api.model
    def _get_selected_companies(self):
        return self.env.companies._credit_root()

    @api.model
    def _exposures_sql(self, members):
        """Return SQL of partner_id, company_id, exposure (in company currency).

        :param members: {id of a root company: ids of customers}
        """
        # sudo: sums are of all documents, whoever asks
        lines = self.env["credit.exposure.line"].sudo()
        companies = self.env["res.company"]
        return SQL(" UNION ALL ").join(
            SQL(
                "SELECT total.partner_id, %s::int AS company_id, total.exposure FROM (%s) total",
                company,
                lines._get_totals_sql(companies.browse(company), sorted(ids), gross=True),
            )
            for company, ids in sorted(members.items())
        )

    @api.model
    def _get_exposures(self, pairs):
        """Return {(customer id, company id): exposure in company currency}; nothing for none."""
        members = defaultdict(set)
        for customer, company in pairs:
            if customer:  # a row of the form without one
                members[company].add(customer)
        if not members:
            return {}
        self.env["res.partner"]._flush_credit_sources()
        rows = self.env.execute_query(self._exposures_sql(members))
        return {(customer, company): float(amount) for customer, company, amount in rows}

    def _get_rate(self, company):
        """Return units of the currency of the limit for one of a company's, today."""
        # sudo: rates are the same for everybody
        company = company.sudo()
        rates = self.env["res.currency"]._credit_rates(company.id, company._credit_today())
        return {currency: rate for currency, rate, _digits in rates}.get(self.currency_id.id, 1.0)

    def _describe_use(self, company, use):
        """Return how much of the limit is used, in words.

        :param company: the company of the check
        :param use: what is used, in its currency
        """
        self.ensure_one()
        fmt, limit = company.currency_id.format, self.limit / self._get_rate(company)
        text = self.env._("%(use)s of %(limit)s used.", use=fmt(use), limit=fmt(limit))
        return f"{text} {self._describe_wider_use(company, use)}".strip()

    def _describe_wider_use(self, company, use):
        """Return what the figures of one company do not say: further companies, the own currency."""
        self.ensure_one()
        texts, count = [], len(self._get_companies()[self])
        if count > 1:
            texts.append(self.env._("It counts in %s companies.", count))
        if company.currency_id != self.currency_id:
            fmt = self.currency_id.format
            texts.append(
                self.env._(
                    "In %(currency)s: %(use)s of %(limit)s.",
                    currency=self.currency_id.name,
                    use=fmt(use * self._get_rate(company)),
                    limit=fmt(self.limit),
                )
            )
        return " ".join(texts)

    def _sum_up(self, exposures, pairs):
        """Return the sum of exposures in the currency of the limit, not rounded."""
        companies = self.env["res.company"].browse({company for _customer, company in pairs})
        rates = {company.id: self._get_rate(company) for company in companies}
        return sum(exposures.get(pair, 0.0) * rates[pair[1]] for pair in pairs)

    def _round(self, amount):
        return self.currency_id.round(amount) if self.currency_id else amount

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
        by_group = self._members_by_group()
        groups = {
            group
            for (company, group), members in by_group.items()
            if any((member, company) in pairs for member in members)
        }
        return {
            *pairs,
            *(
                (member, company)
                for (company, group), members in by_group.items()
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

    def _members_changed(self, customers=None):
        """Clear the cache and refresh the members, past and present."""
        self.env.registry.clear_cache()  # _members_by_group
        # In the rights of the user again: a change of terms is theirs.
        members = self._get_lines().partner_id.with_env(self.env)
        ((customers or self.env["res.partner"]) | members)._credit_collateral_changed()

    @api.model_create_multi
    def create(self, vals_list):
        groups = super().create(vals_list)
        groups._check_may_change()
        return groups

    def write(self, vals):
        self.check_access("write")
        if vals.keys().isdisjoint(TERMS):
            return super().write(vals)
        self._check_may_change()
        result = super().write(vals)
        self._check_may_change()
        self._members_changed()
        return result

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

    def action_open_exposure(self):
        """Open the document lines that use the shared limit, in the companies of the user."""
        self.ensure_one()
        self.check_access("read")
        return self._open_exposure(self.line_ids.partner_id)

    def _open_exposure(self, customers):
        """Open what these members owe in the companies of the group that the user has selected."""
        companies = self._get_own_companies()[self]
        by = "group_company" if len(companies) > 1 else "group_partner"
        return self._open_records(
            "credit_exposure_line_action",
            domain=[
                ("partner_id", "in", customers.ids),
                ("company_id", "in", companies._credit_entity_ids()),
            ],
            context={f"search_default_{by}": 1},
        )


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
    own_currency_id = fields.Many2one("res.currency", compute="_compute_use")
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
