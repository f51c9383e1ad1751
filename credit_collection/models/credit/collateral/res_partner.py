from collections import defaultdict

from odoo import api, fields, models
from odoo.tools import SQL

from ..terms.res_partner import CREDIT_GROUPS


class ResPartner(models.Model):
    """A customer's limit as raised or shared: temporary limit, securities, group."""

    _inherit = "res.partner"

    credit_security_ids = fields.One2many(
        "credit.security", "commercial_partner_id", "Collateral", groups=CREDIT_GROUPS
    )
    credit_group_id = fields.Many2one(
        "credit.group",
        "Shared Limit",
        compute="_compute_credit_group_id",
        groups=CREDIT_GROUPS,
        help="Group of customers that share a limit with this one, in the current company.",
    )
    credit_group_use = fields.Char(
        "Use of the Shared Limit",
        compute="_compute_credit_group_use",
        groups=CREDIT_GROUPS,
        help="What all customers of the group use of it, in all companies in which it counts, and whose"
        " limit decides about the next order.",
    )

    credit_sublimit_ids = fields.One2many(
        "credit.sublimit",
        "partner_id",
        "Sub-Limits",
        domain=lambda self: [("company_id", "=", self.env.company.root_id.id)],
        groups=CREDIT_GROUPS,
        help="The most of one type of exposure that this customer may have, within the limit.",
    )

    @api.depends_context("company")
    @api.depends("commercial_partner_id")
    def _compute_credit_group_id(self):
        for partner in self:
            partner.credit_group_id = partner.commercial_partner_id._credit_group(self.env.company)

    @api.depends_context("company", "lang")
    @api.depends("commercial_partner_id", "credit_control", "credit_group_id")
    def _compute_credit_group_use(self):
        company = self.env.company._credit_root()
        sharing = self.filtered("credit_group_id")
        (self - sharing).credit_group_use = False
        figures = sharing.commercial_partner_id._get_credit_figures(company) if sharing else {}
        for partner in sharing:
            customer = partner.commercial_partner_id
            row = figures.get(customer._origin.id, {})
            # sudo: the group binds users who may not read it
            group = partner.credit_group_id.sudo()
            if row.get("shared_limit") is None:
                partner.credit_group_use = False
                continue
            used, limit = float(row["shared_use"]), float(row["shared_limit"])
            sentences = [group._describe_use(company, used)]
            own = float(row["credit_effective_limit"]) - float(row["credit_exposure"])
            if customer.credit_control in (False, "none"):
                sentences.append(
                    self.env._("The customer is unlimited, so the shared limit alone decides.")
                )
            elif customer.credit_control == "limit":
                is_less = company.currency_id.compare_amounts(limit - used, own) < 0
                sentences.append(
                    self.env._("It leaves less than the customer's own limit, so it decides.")
                    if is_less
                    else self.env._("The customer's own limit leaves less, so that one decides.")
                )
            partner.credit_group_use = " ".join(sentences)

    def _credit_group(self, company):
        """Return the group whose limit this customer shares in a company, empty without one."""
        # sudo: the group binds users who may not read it
        groups, root = self.env["credit.group"].sudo(), company._credit_root()
        own = groups._groups_by_member().get((self.id or self._origin.id, root.id), ())
        return groups.browse(own[:1])

    def _credit_collateral_changed(self):
        """Hook: a security or shared limit of these customers began, ended or changed."""

    def _credit_lacks_security(self, company):
        """Return whether the grade requires a security for credit (P1-05, C) and none is valid today."""
        self.ensure_one()
        company = company._credit_root()
        # sudo: the policy binds users who may not read it
        customer = self.commercial_partner_id.sudo().with_company(company)
        if not customer._credit_policy(company)._needs_security(customer.credit_grade_id):
            return False
        today = company._credit_today()
        # A letter of credit covers its orders, see `_get_letter_share`.
        # sudo: a security counts, whoever may read it
        return (
            not self.env["credit.security"]
            .sudo()
            .search_count(
                [
                    ("commercial_partner_id", "=", customer.id or customer._origin.id),
                    ("company_id", "=", company.id),
                    ("cancelled", "=", False),
                    ("kind", "!=", "letter_of_credit"),
                    ("amount", ">", 0),
                    ("date_from", "<=", today),
                    "|",
                    ("date_to", "=", False),
                    ("date_to", ">=", today),
                ],
                limit=1,
            )
        )

    # ------------------------------------------------------------------ SQL of the figures

    @api.model
    def _credit_approved_limit_sql(self, alias, company):
        """Return the default in place of the own limit, and the temporary limit in place of both on
        its days in the company's time zone.
        """
        # sudo: values only, for users who may see the effective limit
        model = self.sudo().with_company(company)
        limit = super()._credit_approved_limit_sql(alias, company)
        if self._credit_limit_uses(company.id)[1]:
            limit = SQL(
                "CASE WHEN %s THEN %s ELSE %s END",
                model._field_to_sql(alias, "credit_limit_default"),
                self._credit_default_limit_sql(alias, company),
                limit,
            )
        return SQL(
            """CASE WHEN %(today)s BETWEEN %(start)s AND %(end)s
                    THEN COALESCE(%(temporary)s, 0)::numeric ELSE %(limit)s END""",
            today=SQL("%s::date", company._credit_today()),
            start=model._field_to_sql(alias, "credit_limit_temporary_from"),
            end=model._field_to_sql(alias, "credit_limit_temporary_to"),
            temporary=model._field_to_sql(alias, "credit_limit_temporary"),
            limit=limit,
        )

    @api.model
    def _credit_security_sql(self, alias, company):
        """Return value x coverage of the securities that are valid today in the company's time zone."""
        return SQL(
            """%(base)s + COALESCE((
                   SELECT SUM(security.amount)
                     FROM credit_security security
                    WHERE security.commercial_partner_id = %(customer)s
                      AND security.company_id = %(company)s
                      AND security.cancelled IS NOT TRUE
                      AND security.kind <> 'letter_of_credit'
                      AND security.active
                      AND security.date_from <= %(today)s
                      AND (security.date_to IS NULL OR security.date_to >= %(today)s)), 0)""",
            base=super()._credit_security_sql(alias, company),
            customer=SQL.identifier(alias, "id"),
            company=company.id,
            today=SQL("%s::date", company._credit_today()),
        )

    @api.model
    def _credit_shared_sql(self, alias, company, partner_ids=None):
        groups = self.env["credit.group"]
        by_group, by_member = groups._members_by_group(), groups._groups_by_member()
        if partner_ids is None:
            shared = {group for company_id, group in by_group if company_id == company.id}
        else:
            pairs = ((id_, company.id) for id_ in partner_ids)
            shared = {group for pair in pairs for group in by_member.get(pair, ())}
        if not shared:
            return super()._credit_shared_sql(alias, company, partner_ids)
        members, parts = defaultdict(set), []
        # sudo: limits bind users who may not read them
        limits = {limit.id: limit for limit in groups.sudo().browse(shared)}
        for (company_id, group), customers in by_group.items():
            if group in shared:
                members[company_id].update(customers)
                rate = limits[group]._get_rate(company.browse(company_id))
                own = limits[group]._get_rate(company)
                parts.append(
                    SQL(
                        "(%s::int, %s::int, %s::numeric, %s::numeric)",
                        group,
                        company_id,
                        rate / own,
                        own,
                    )
                )
        join = SQL(
            """LEFT JOIN (
                   SELECT member.partner_id, ROUND(shared.limit / use.rate, %(digits)s) AS limit,
                          use.amount
                     FROM credit_group_member member
                     JOIN credit_group shared ON shared.id = member.group_id
                     JOIN (SELECT part.group_id, part.own AS rate,
                                  ROUND(SUM(COALESCE(total.exposure, 0) * part.rate), %(digits)s) AS amount
                             FROM (VALUES %(parts)s) part (group_id, company_id, rate, own)
                             JOIN credit_group_member other ON other.group_id = part.group_id
                        LEFT JOIN (%(totals)s) total ON total.partner_id = other.partner_id
                                                    AND total.company_id = part.company_id
                         GROUP BY part.group_id, part.own) use ON use.group_id = member.group_id
               ) shared ON shared.partner_id = %(customer)s""",
            digits=company.currency_id.decimal_places,
            parts=SQL(", ").join(parts),
            totals=groups._exposures_sql(members),
            customer=SQL.identifier(alias, "id"),
        )
        return join, SQL("shared.limit"), SQL("shared.amount")

    @api.model
    def _credit_columns_sql(self, alias, company, partner_ids=None):
        """Return the exposure by kind of customers with sub-limits, and `sub_full`: whether one is used up.

        An order is never nothing: sub-limits of orders are used up when nothing is left, others when
        more than them is used.
        """
        columns, kinds = super()._credit_columns_sql(alias, company, partner_ids)
        own = self.env["credit.sublimit"]._by_company().get(company.id)
        if not own:
            return columns, kinds
        if partner_ids is not None and own.keys().isdisjoint(partner_ids):
            return SQL("%s, 0 AS sub_full", columns), kinds
        names = list(self.env["credit.sublimit"]._get_labels())
        small = company.currency_id.rounding / 2
        return SQL(
            """%(columns)s %(sums)s,
               (SELECT COALESCE(MAX(CASE WHEN used.amount > sub.amount + used.small THEN 1 ELSE 0 END), 0)
                  FROM credit_sublimit sub
                  JOIN (VALUES %(used)s) used(kind, amount, small) ON used.kind = sub.kind
                 WHERE sub.partner_id = %(customer)s AND sub.company_id = %(company)s) AS sub_full""",
            columns=columns,
            sums=SQL().join(
                SQL(
                    ", COALESCE(%s, 0) AS %s",
                    SQL.identifier("total", f"kind_{name}"),
                    SQL.identifier(f"kind_{name}"),
                )
                for name in names
            ),
            used=SQL(", ").join(
                SQL(
                    "(%s, COALESCE(%s, 0), %s)",
                    name,
                    SQL.identifier("total", f"kind_{name}"),
                    -small if name == "order" else small,
                )
                for name in names
            ),
            customer=SQL.identifier(alias, "id"),
            company=company.id,
        ), (*kinds, *names)

    @api.model
    def _credit_full_sql(self, company, treatment):
        """Return that a sub-limit is used up, where a rule holds for it."""
        full = super()._credit_full_sql(company, treatment)
        if treatment.sub_hold and company.id in self.env["credit.sublimit"]._by_company():
            full = [*full, SQL("figure.sub_full = 1")]
        return full

    def _flush_credit_sources(self):
        result = super()._flush_credit_sources()
        # sudo: values computed on the way read past the user
        env = self.sudo().env
        env["res.partner"].flush_model(
            [
                "credit_limit_temporary",
                "credit_limit_temporary_from",
                "credit_limit_temporary_to",
            ]
        )
        env["credit.security"].flush_model()
        env["credit.sublimit"].flush_model(["amount", "company_id", "kind", "partner_id"])
        env["credit.group"].flush_model(
            ["limit", "member_limit", "active", "company_ids", "currency_id"]
        )
        env["credit.group.member"].flush_model(["group_id", "partner_id"])
        return result

    @api.model
    def _cron_credit_temporary(self):
        """Daily: take temporary limits off the customers when their last day is over.

        They stop counting by themselves; this keeps the customer's form and history clean.
        """
        # sudo: runs for every company; branches have their root's
        for company in self.env["res.company"].sudo().search([("parent_id", "=", False)]):
            # sudo: the job runs for every company
            ended = (
                self.sudo()
                .with_company(company)
                .search([("credit_limit_temporary_to", "<", company._credit_today())])
            )
            for customer in ended.filtered(lambda p: p.commercial_partner_id == p):
                customer._credit_decide(
                    {
                        "credit_limit_temporary": 0.0,
                        "credit_limit_temporary_from": False,
                        "credit_limit_temporary_to": False,
                    },
                    "review",
                    note=self.env._("The temporary limit ended."),
                )
