from markupsafe import Markup

from odoo import api, fields, models
from odoo.tools import SQL, format_date

from ..terms.res_partner import CREDIT_GROUPS, LIMIT_FIELDS

LIMIT_DEPENDS = (
    "commercial_partner_id", "credit_grade_id", "credit_segment", "credit_policy_id", *LIMIT_FIELDS,
)  # fmt: skip


def choose(column, values):
    """Return SQL that gives the value of `column` in a dict, NULL where it is not there."""
    cases = [SQL("WHEN %s THEN %s", key, value) for key, value in values.items()]
    return SQL("CASE %s %s END", column, SQL(" ").join(cases)) if cases else SQL("NULL::int")


class ResPartner(models.Model):
    """The limit that counts for a customer, where it comes from, and its parts.

    One chain of defaults: the customer's own limit; else, of a limit by default, the first that
    is set: of each member of the shared limit, of the grade in the customer's policy, of the
    customer's own policy, of the segment's, of the company's.
    """

    _inherit = "res.partner"

    credit_approved_limit = fields.Monetary(
        "Approved Limit",
        compute="_compute_credit_approved_limit",
        currency_field="credit_currency_id",
        groups=CREDIT_GROUPS,
        help="The customer's own limit at today's rate, or the default limit; without temporary"
        " limit and collateral.",
    )
    credit_limit_source = fields.Char(
        "Source of the Limit", compute="_compute_credit_approved_limit", groups=CREDIT_GROUPS
    )
    credit_limit_parts = fields.Html(
        "Effective Limit as a Sum",
        compute="_compute_credit_limit_parts",
        sanitize=False,
        groups=CREDIT_GROUPS,
    )

    @api.depends_context("company", "lang")
    @api.depends(*LIMIT_DEPENDS)
    def _compute_credit_approved_limit(self):
        company = self.env.company._credit_root()
        for partner in self:
            found = partner.commercial_partner_id._credit_get_limit(company)
            partner.credit_approved_limit = found[0]
            partner.credit_limit_source = partner._credit_limit_words(company, *found)

    def _credit_get_limit(self, company):
        """Return (limit in company currency, kind of its source, that source) of this customer.

        :param company: root of the legal entity, which is the one of the environment
        """
        self.ensure_one()
        if not self.credit_limit_default:
            return self._credit_own_limit(company), "own", self
        for limit, kind, source in self._credit_default_limits(company):
            if limit is not None:
                return limit, kind, source
        return 0.0, "nothing", self

    def _credit_default_limits(self, company):
        """Return [(default limit or None, kind of its source, that source)], in the order of the chain."""
        customer = self.id or self._origin.id
        policies = self.env["credit.policy"]
        in_force, (versions, grades, limits) = (
            policies._in_force(company.id), policies._default_limits(company.id),
        )  # fmt: skip
        # sudo: what binds users who may not read it
        groups, partner = self.env["credit.group"].sudo(), self.sudo()
        grade, own = partner.credit_grade_id, versions.get(partner.credit_policy_id.id)
        segment, of_company = in_force.get(partner.credit_segment), in_force.get("company")
        return [
            *(
                (limit, "group", groups.browse(group_id))
                for group_id, limit, members in self._credit_member_limits(company)
                if customer in members
            ),
            (grades.get((own or segment or of_company, grade.id)), "grade", grade),
            # sudo: as above
            (limits.get(own), "policy", policies.sudo().browse(own or ())),
            (limits.get(segment), "segment", partner.credit_segment),
            (limits.get(of_company), "company", company),
        ]

    @api.model
    def _credit_limit_words(self, company, limit, kind, source):
        """Return where a limit comes from, in words; see `_credit_get_limit`."""
        amount = company.currency_id.format(limit)
        if kind == "nothing":
            return self.env._("Limit by default, and no default is set: %s", amount)
        if kind == "own" and source.credit_limit_currency_id:
            return self.env._(
                "Own limit of %(amount)s, today %(limit)s",
                amount=source.credit_limit_currency_id.format(source.credit_limit_amount),
                limit=amount,
            )
        if kind == "own":
            return self.env._("Own limit of %s", amount)
        if kind == "segment":
            segments = dict(self._fields["credit_segment"]._description_selection(self.env))
            where = self.env._("segment %s", segments[source])
        elif kind == "company":
            where = self.env._("the company's policy")
        elif kind == "group":
            where = self.env._("group %s", source.name)
        elif kind == "policy":
            where = self.env._("policy %s", source.code or source.name)
        elif limit:
            where = self.env._("grade %s", source.code)
        else:
            where = self.env._("grade %s, which gets no credit", source.code)
        return self.env._("Limit %(limit)s from %(where)s", limit=amount, where=where)

    @api.model
    def _credit_member_limits(self, company):
        """Return [(group id, limit of each member in company currency at today's rate, their ids)]."""
        limits = self.env["credit.group"]._member_limits(company.id)
        rates = self.env["res.currency"]._credit_rates_now(company) if limits else ()
        rates = {id_: rate for id_, rate, _digits in rates}
        return [
            (group_id, company.currency_id.round(limit / rates.get(currency_id, 1.0)), members)
            for group_id, currency_id, limit, members in limits
        ]

    @api.model
    def _credit_default_limit_sql(self, alias, company):
        """Return SQL of the first default limit of customer `alias`, from constants alone."""
        grade, segment, policy = self._credit_terms_sql(alias, company)
        policies = self.env["credit.policy"]
        in_force, (versions, grades, limits) = (
            policies._in_force(company.id), policies._default_limits(company.id),
        )  # fmt: skip
        segments = {
            key: id_ for key, id_ in in_force.items() if isinstance(key, str) and key != "company"
        }
        of_company = in_force.get("company")
        steps = [
            SQL(
                "CASE WHEN %s IN %s THEN %s::numeric END",
                SQL.identifier(alias, "id"),
                members,
                limit,
            )
            for _group_id, limit, members in self._credit_member_limits(company)
        ]
        if grades:
            used = SQL(
                "COALESCE(%s, %s, %s)",
                choose(policy, versions),
                choose(segment, segments),
                of_company,
            )
            by_policy = {}
            for (policy_id, grade_id), limit in grades.items():
                by_policy.setdefault(policy_id, {})[grade_id] = SQL("%s::numeric", limit)
            steps.append(
                choose(used, {id_: choose(grade, values) for id_, values in by_policy.items()})
            )
        for column, ids in ((policy, versions), (segment, segments)):
            values = {
                key: SQL("%s::numeric", limits[id_]) for key, id_ in ids.items() if id_ in limits
            }
            if values:
                steps.append(choose(column, values))
        steps.append(SQL("%s::numeric", limits.get(of_company, 0.0)))
        return SQL("COALESCE(%s)", SQL(", ").join(steps))

    # ------------------------------------------------------------------ the effective limit as a sum

    @api.depends_context("company", "lang")
    @api.depends(
        "credit_control", "credit_limit_end", "credit_limit_temporary",
        "credit_limit_temporary_from", "credit_limit_temporary_to", "credit_security_ids",
        *LIMIT_DEPENDS,
    )  # fmt: skip
    def _compute_credit_limit_parts(self):
        """Compute the effective limit as a table: what was approved, and each security, with dates."""
        company = self.env.company._credit_root()
        today, fmt = company._credit_today(), company.currency_id.format
        for partner in self:
            customer = partner.commercial_partner_id
            parts = customer._credit_limit_rows(company, today)
            shown = len(parts) > 1 or bool(parts and customer.credit_limit_currency_id)
            partner.credit_limit_parts = shown and Markup("<table>%s</table>") % Markup().join(
                Markup("<tr><td class='pe-3'>%s</td><td class='text-end'>%s</td></tr>")
                % (label, fmt(amount))
                for label, amount in parts
            )

    def _credit_limit_rows(self, company, today):
        """Return [(label, amount in company currency)] that add up to the effective limit."""
        self.ensure_one()
        if self.credit_control in (False, "none", "cash"):
            return []

        def until(label, day):
            return (
                self.env._(
                    "%(label)s, until %(date)s", label=label, date=format_date(self.env, day)
                )
                if day
                else label
            )

        start, end = self.credit_limit_temporary_from, self.credit_limit_temporary_to
        if start and end and start <= today <= end:
            rows = [(until(self.env._("Temporary limit"), end), self.credit_limit_temporary)]
        else:
            label = until(self._credit_limit_label(company), self.credit_limit_end)
            rows = [(label, self._credit_get_limit(company)[0])]
        for security in self._credit_counting_securities(company, today):
            label = self.env._(
                "%(security)s: %(value)s × %(coverage)s%%",
                security=security.name,
                value=security.currency_id.format(security.value),
                coverage=f"{security.coverage_percent:g}",
            )
            rows.append((until(label, security.date_to), security.amount))
        return rows

    def _credit_counting_securities(self, company, today):
        """Return the securities that raise the limit on a day, in the order of `_credit_limit_rows`."""
        return self.credit_security_ids.filtered(
            lambda security: (
                security.company_id == company
                and security.kind != "letter_of_credit"
                and not security.cancelled
                and security.active
                and security.date_from <= today
                and not (security.date_to and security.date_to < today)
            )
        )

    def _credit_limit_label(self, company):
        """Return the words for the first part of the sum: the kind of limit, its currency and rate."""
        if self.credit_limit_default:
            return self.env._("Default limit")
        currency = self.credit_limit_currency_id
        rates = {id_: rate for id_, rate, _digits in currency._credit_rates_now(company)}
        if currency.id not in rates:
            return self.env._("Approved limit")
        whole, _point, digits = f"{1 / rates[currency.id]:.8f}".rstrip("0").partition(".")
        return self.env._(
            "Approved limit: %(currency)s %(amount)s at %(rate)s",
            currency=currency.name,
            amount=f"{self.credit_limit_amount:,.{currency.decimal_places}f}",
            rate=f"{whole}.{digits:0<2}",
        )
