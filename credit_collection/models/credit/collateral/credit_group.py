from odoo import api, fields, models, tools
from odoo.exceptions import ValidationError


class CreditGroup(models.Model):
    """A limit that several customers of one group of companies share.

    An order of a member must fit into the member's own limit and into the part of the shared
    one that all members together leave; the smaller decides. Limit and use are in company
    currency. A customer belongs to one group of a company at most. Entered by credit
    controllers.
    """

    _name = "credit.group"
    _description = "Shared Credit Limit"
    _inherit = ["credit.company.mixin", "mail.thread"]
    _order = "name, id"

    name = fields.Char("Group Name", required=True, tracking=True)
    active = fields.Boolean(default=True, tracking=True)
    company_id = fields.Many2one(
        "res.company", required=True, index=True, default=lambda self: self.env.company.root_id
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
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
    exposure = fields.Monetary("Used", compute="_compute_use")
    available = fields.Monetary(compute="_compute_use")
    usage = fields.Float("Credit Utilization (%)", compute="_compute_use")

    _limit_positive = models.Constraint('CHECK("limit" >= 0)', "A shared limit cannot be negative.")
    _member_limit_positive = models.Constraint(
        "CHECK(member_limit >= 0)", "The limit of each member cannot be negative."
    )

    @api.depends("line_ids.partner_id")
    def _compute_member_ids(self):
        for group in self:
            group.member_ids = group.line_ids.partner_id

    def _search_member_ids(self, operator, value):
        return [("line_ids.partner_id", operator, value)]

    @api.depends("limit", "line_ids.exposure")
    def _compute_use(self):
        for group in self:
            group.exposure = sum(group.line_ids.mapped("exposure"))
            group.available = group.limit - group.exposure
            group.usage = 100.0 * group.exposure / group.limit if group.limit else 0.0

    @api.constrains("active", "company_id")
    def _check_members_once(self):
        self.line_ids._check_once()

    # ------------------------------------------------------------------ the members of groups

    @api.model
    @tools.ormcache()
    def _members_by_group(self):
        """Return {(company id, group id): ids of its customers} of all groups in use. Cached."""
        members = {}
        # sudo: members bind users who may not read the group
        for line in self.env["credit.group.member"].sudo().search([("group_id.active", "=", True)]):
            key = (line.group_id.company_id.id, line.group_id.id)
            members.setdefault(key, []).append(line.partner_id.id)
        return {key: tuple(ids) for key, ids in members.items()}

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
        """Return these (customer id, company id) pairs and those of their group members."""
        return {
            *pairs,
            *(
                (other, company)
                for (company, _group), members in self._members_by_group().items()
                for other in members
                if any((member, company) in pairs for member in members)
            ),
        }

    def _members_changed(self, customers=None):
        """Clear the cache and refresh the members, past and present."""
        self.env.registry.clear_cache()  # _members_by_group, _member_limits
        customers = (customers or self.env["res.partner"]) | self.line_ids.partner_id
        customers._credit_collateral_changed()

    def write(self, vals):
        result = super().write(vals)
        if not vals.keys().isdisjoint(
            {"limit", "member_limit", "active", "company_id", "line_ids"}
        ):
            self._members_changed()
        return result

    def unlink(self):
        customers = self.line_ids.partner_id
        # Not by cascade of the database: a member's leaving has its own effects.
        self.line_ids.unlink()
        result = super().unlink()
        self.browse()._members_changed(customers)
        return result

    def action_open_exposure(self):
        """Open the document lines that use the shared limit."""
        self.ensure_one()
        self.check_access("read")
        return self._open_records(
            "credit_exposure_line_action",
            domain=[
                ("partner_id", "in", self.line_ids.partner_id.ids),
                ("company_id", "=", self.company_id.id),
                ("counts", "=", True),
            ],
            context={"search_default_group_partner": 1},
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
    own_limit = fields.Monetary("Individual Effective Limit", compute="_compute_use")
    exposure = fields.Monetary("Used", compute="_compute_use")
    share = fields.Float("Share of Utilization (%)", compute="_compute_share")

    _partner_uniq = models.UniqueIndex(
        "(group_id, partner_id)", "This customer is a member already."
    )

    @api.depends("partner_id", "group_id.company_id")
    def _compute_use(self):
        for company in self.company_id:
            lines = self.filtered(lambda line, c=company: line.company_id == c)
            # sudo: totals of the members, for all who may see the group
            figures = lines.partner_id.sudo()._get_credit_figures(company)
            for line in lines:
                row = figures.get(line.partner_id.id or line.partner_id._origin.id, {})
                line.exposure = float(row.get("credit_exposure", 0.0))
                line.own_limit = float(row.get("credit_effective_limit", 0.0))
        for line in self.filtered(lambda line: not line.company_id):
            line.exposure = line.own_limit = 0.0

    @api.depends("exposure", "group_id.line_ids.exposure")
    def _compute_share(self):
        for line in self:
            total = sum(line.group_id.line_ids.mapped("exposure"))
            line.share = 100.0 * line.exposure / total if total else 0.0

    def action_open_exposure(self):
        """Open the document lines by which this member uses the shared limit."""
        self.ensure_one()
        self.check_access("read")
        return self.company_id._credit_in(self.partner_id).action_open_credit_exposure()

    @api.constrains("partner_id", "group_id")
    def _check_once(self):
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
                    ("company_id", "=", line.company_id.id),
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
        lines.group_id._members_changed()
        return lines

    def write(self, vals):
        customers = self.partner_id
        result = super().write(vals)
        self.group_id._members_changed(customers)
        return result

    def unlink(self):
        groups, customers = self.group_id, self.partner_id
        result = super().unlink()
        groups._members_changed(customers)
        return result
