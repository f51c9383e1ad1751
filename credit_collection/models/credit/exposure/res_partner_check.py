from typing import NamedTuple

from odoo import api, models
from odoo.fields import Domain
from odoo.tools import SQL

# The first that is true of a customer is the status.
STATUSES = [
    ("blocked", "Frozen or Blacklisted"),
    ("held_overdue", "Would Be on Hold: Overdue"),
    ("held_limit", "Would Be on Hold: Over Limit"),
    ("overdue", "Overdue"),
    ("over", "Over Limit"),
    ("cash", "Cash Only"),
    ("prepay", "Prepayment Needed"),
    ("unlimited", "Unlimited"),
    ("near", "Near Limit"),
    ("ok", "Within Limit"),
]

# Of these the next order is held, however small (in Observe: would be).
HELD_STATUSES = ("blocked", "held_overdue", "held_limit")


class Treatment(NamedTuple):
    """How orders are treated of all customers who have grade, segment and policy in common."""

    #: overdue rules that hold, and that only warn: (days, amount in company currency)
    late_hold: tuple
    late_warn: tuple
    #: limit rules that hold, and that only warn: (tolerance in %, tolerance in company currency)
    limit_hold: tuple
    limit_warn: tuple
    #: rules on the use of the limit that hold: share in %
    use_hold: tuple
    #: whether a rule on sub-limits holds
    sub_hold: bool
    #: share of the limit in %, from which it is near
    alert: float
    #: a rule holds or warns of orders that are not prepaid, and the grade asks for a part in advance
    part_prepaid: bool
    #: the same where no security is valid
    needs_security: bool


class ResPartner(models.Model):
    """What the next order of a customer would meet, however small, by the rules that count for them.

    One SQL for a list, its filters and groups. A rule looks at one order: its term, payer and
    letters of credit are not known yet. Company "Off" holds nothing: its rules only warn.
    """

    _inherit = "res.partner"

    def _get_credit_figures_and_status(self, company):
        """Return {commercial partner id: row of `_get_credit_figures` with `credit_status`}."""
        if not self:
            return {}
        self._flush_credit_sources()
        numbers, rows = self._credit_treatments(company, self.ids)
        figures = self._get_credit_figures(company, self._credit_treatment_days(numbers))
        columns = sorted({name for row in figures.values() for name in row} - {"id"})
        values = SQL(", ").join(
            SQL("(%s, %s)", id_, SQL(", ").join(SQL("%s::numeric", row[name]) for name in columns))
            for id_, row in figures.items()
        )
        if figures:
            names = SQL(", ").join(SQL.identifier(name) for name in ("id", *columns))
            table = SQL("SELECT * FROM (VALUES %s) AS given (%s)", values, names)
            query = self._credit_status_of_sql(company, numbers, rows, table)
            for id_, status in self.env.execute_query(query):
                figures[id_]["credit_status"] = status
        return figures

    @api.model
    def _search_credit_status(self, operator, value):
        if operator != "in":
            return NotImplemented
        self._check_field_access(self._fields["credit_status"], "read")
        self._flush_credit_sources()
        return Domain(
            "commercial_partner_id",
            "in",
            SQL(
                "(SELECT status.id FROM (%s) status WHERE status.credit_status IN %s)",
                self._get_credit_status_sql(self.env.company),
                tuple(v or "" for v in value) or (None,),
            ),
        )

    @api.model
    def _get_credit_status_sql(self, company):
        """Return one row per commercial partner: id, credit_status (a key of `STATUSES`).

        :param company: any company of the legal entity
        """
        numbers, rows = self._credit_treatments(company)
        days = self._credit_treatment_days(numbers)
        figures = self._get_credit_figures_sql(company, None, days)
        return self._credit_status_of_sql(company, numbers, rows, figures)

    @api.model
    def _credit_treatments(self, company, partner_ids=None):
        """Return ({treatment: number}, rows of grade, segment, policy and number) of these customers.

        :param partner_ids: ids of commercial partners, all when None
        """
        company = company._credit_root()
        numbers, rows = {}, []
        for grade_id, segment, policy_id in self.env.execute_query(
            SQL(
                "SELECT DISTINCT %s FROM res_partner customer"
                " WHERE customer.commercial_partner_id = customer.id AND %s",
                SQL(", ").join(self._credit_terms_sql("customer", company)),
                SQL("customer.id IN %s", tuple(partner_ids)) if partner_ids else SQL("TRUE"),
            )
        ):
            treatment = self._credit_treatment(company, grade_id, segment, policy_id)
            number = numbers.setdefault(treatment, len(numbers))
            rows.append(SQL("(%s, %s, %s, %s)", grade_id, segment, policy_id, number))
        return numbers, rows

    @api.model
    def _credit_treatment_days(self, treatments):
        """Return the days of delay that these treatments tell apart."""
        return tuple({days for t in treatments for days, _amount in t.late_hold + t.late_warn})

    @api.model
    def _credit_status_of_sql(self, company, numbers, rows, figures):
        """Return one row per row of `figures`: id, credit_status.

        :param numbers, rows: see `_credit_treatments`
        :param figures: SQL with the columns of `_get_credit_figures_sql`
        """
        company = company._credit_root()
        return SQL(
            """SELECT figure.id, CASE treatment.number %(cases)s END AS credit_status
                 FROM (%(figures)s) figure
                 JOIN res_partner customer ON customer.id = figure.id
                   -- every customer has one; a LEFT JOIN is not taken for one of a single row
            LEFT JOIN (VALUES %(rows)s) treatment (grade_id, segment, policy_id, number)
                   ON (treatment.grade_id, treatment.segment, treatment.policy_id)
                    = (%(terms)s)""",
            cases=SQL(" ").join(
                SQL("WHEN %s THEN %s", number, self._credit_status_case(company, treatment))
                for treatment, number in numbers.items()
            )
            or SQL("WHEN 0 THEN NULL"),
            figures=figures,
            rows=SQL(", ").join(rows) or SQL("(0, '', 0, 0)"),
            terms=SQL(", ").join(self._credit_terms_sql("customer", company)),
        )

    @api.model
    def _credit_terms_sql(self, alias, company):
        """Return SQL of grade, segment and own policy of customer `alias`; 0 or '' for none."""
        # sudo: rules bind users who may not read the terms
        model = self.sudo().with_company(company)
        return [
            SQL("COALESCE(%s, %s)", model._field_to_sql(alias, name), empty)
            for name, empty in (
                ("credit_grade_id", 0),
                ("credit_segment", ""),
                ("credit_policy_id", 0),
            )
        ]

    @api.model
    def _credit_treatment(self, company, grade_id, segment, policy_id):
        """Return the `Treatment` of customers with these terms; 0 or '' for none.

        :param policy_id: id of the customers' own policy
        """
        # sudo: policy and rules bind users who may not read them
        env = self.sudo().with_company(company).env
        policy = env["credit.policy"]._get_in_force(
            company, env["credit.policy"].browse(policy_id or ()), segment
        )
        grade = env["credit.grade"].browse(grade_id or ())
        rules = env["credit.rule"]._select_for_terms(
            env["credit.rule"]._get_rules(company.id), grade.id, segment, policy.id
        )
        found = {}
        for rule in rules:
            action = "warn" if company.credit_mode == "off" else rule.action
            values = None
            if rule.rule_type == "overdue":
                values = (rule.days + policy._grace_days(grade), rule.amount_min)
            elif rule.rule_type == "limit":
                values = (rule.tolerance_percent, rule.tolerance_amount)
            elif rule.rule_type == "usage":
                values = rule.percent
            found.setdefault((rule.rule_type, action), []).append(values)
        prepaid = any(kind == "prepayment" for kind, _action in found)
        return Treatment(
            late_hold=tuple(found.get(("overdue", "hold"), ())),
            late_warn=tuple(found.get(("overdue", "warn"), ())),
            limit_hold=tuple(found.get(("limit", "hold"), ())),
            limit_warn=tuple(found.get(("limit", "warn"), ())),
            use_hold=tuple(found.get(("usage", "hold"), ())),
            sub_hold=("sublimit", "hold") in found,
            alert=company._credit_threshold_of(policy, "credit_alert_percent"),
            part_prepaid=prepaid and policy._is_part_prepaid(grade),
            needs_security=prepaid and bool(policy._needs_security(grade)),
        )

    @api.model
    def _credit_full_sql(self, company, treatment):
        """Hook: return [SQL] of further conditions on which no order has room, of `figure`."""
        return []

    @api.model
    def _credit_status_case(self, company, treatment):
        """Return SQL of the status of a customer by the rules of their treatment."""
        control = self._credit_control_sql("customer", company)
        small = company.currency_id.rounding / 2
        never = SQL("FALSE")

        def late(rules):
            return (
                SQL(" OR ").join(
                    SQL(
                        "%s > %s",
                        SQL.identifier("figure", f"overdue_{days}" if days else "credit_overdue"),
                        amount + small,
                    )
                    for days, amount in rules
                )
                or never
            )

        def full(rules):
            # As `_check_limit`: tolerances are of the own limit; any order is more than nothing.
            if not rules:
                return never
            own = SQL(" OR ").join(
                SQL(
                    "figure.credit_exposure >= figure.credit_effective_limit * %s + %s",
                    1 + percent / 100,
                    amount - small,
                )
                for percent, amount in rules
            )
            return SQL(
                "%(control)s = 'limit' AND (%(own)s)"
                " OR %(control)s IN ('none', 'limit') AND figure.shared_use >= figure.shared_limit",
                control=control,
                own=own,
            )

        full_hold = SQL(" OR ").join(
            [
                full(treatment.limit_hold),
                *(
                    SQL(
                        "%s = 'limit' AND figure.credit_exposure"
                        " >= figure.credit_effective_limit * %s - %s",
                        control,
                        percent / 100,
                        small,
                    )
                    for percent in treatment.use_hold
                ),
                *self._credit_full_sql(company, treatment),
            ]
        )
        prepaid = never
        if treatment.part_prepaid:
            prepaid = SQL("%s = 'limit'", control)
        elif treatment.needs_security:
            security = self._credit_security_sql("customer", company)
            prepaid = SQL("%s = 'limit' AND %s = 0", control, security)
        return SQL(
            """CASE WHEN %(control)s IN ('frozen', 'blacklist') THEN 'blocked'
                    WHEN %(late_hold)s THEN 'held_overdue'
                    WHEN %(full_hold)s THEN 'held_limit'
                    WHEN %(late_warn)s THEN 'overdue'
                    WHEN (%(full_warn)s) OR %(control)s <> 'cash' AND figure.credit_available < 0
                    THEN 'over'
                    WHEN %(control)s = 'cash' THEN 'cash'
                    WHEN %(prepaid)s THEN 'prepay'
                    WHEN %(control)s = 'none' AND figure.shared_limit IS NULL THEN 'unlimited'
                    WHEN %(control)s = 'limit'
                         AND figure.credit_exposure >= figure.credit_effective_limit * %(alert)s
                         OR figure.shared_use >= figure.shared_limit * %(alert)s
                    THEN 'near' ELSE 'ok' END""",
            control=control,
            late_hold=late(treatment.late_hold),
            full_hold=full_hold,
            late_warn=late(treatment.late_warn),
            full_warn=full(treatment.limit_warn),
            prepaid=prepaid,
            alert=treatment.alert / 100,
        )
