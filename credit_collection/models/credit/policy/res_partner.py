from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..terms.res_partner import BLOCKED_CONTROLS, CREDIT_GROUPS, DECISION_FIELDS


class ResPartner(models.Model):
    """The policy of a customer, and its terms for their grade (P1-05, P2-12, P4-03)."""

    _inherit = "res.partner"

    credit_policy_id = fields.Many2one(
        "credit.policy",
        "Own Credit Policy",
        company_dependent=True,
        index=False,
        tracking=True,
        copy=False,
        groups=CREDIT_GROUPS,
        domain="[('state', '=', 'active')]",
        help="Specific policy of this customer; empty = the policy of the customer's segment, or "
        "else of the company. Its active version counts.",
    )
    # Nobody decided yet: the customer's values are the policy's start for new ones.
    credit_is_new = fields.Boolean(copy=False, readonly=True, groups=fields.NO_ACCESS)
    credit_policy_used_id = fields.Many2one(
        "credit.policy",
        "Active Policy",
        compute="_compute_credit_policy_used_id",
        groups=CREDIT_GROUPS,
    )
    credit_settlement_mode = fields.Selection(
        selection=lambda self: (
            self.env["credit.policy.grade"]
            ._fields["settlement_mode"]
            ._description_selection(self.env)
        ),
        string="Settlement",
        compute="_compute_credit_policy_used_id",
        groups=CREDIT_GROUPS,
    )
    credit_order_needs = fields.Text(
        "Order Requirements",
        compute="_compute_credit_order_needs",
        groups=CREDIT_GROUPS,
        help="Based on this customer's credit decision and policy grade.",
    )
    credit_order_note = fields.Text(
        "Policy Guidance", compute="_compute_credit_policy_used_id", groups=CREDIT_GROUPS
    )

    @api.depends_context("company", "lang")
    @api.depends("commercial_partner_id", "credit_policy_id", "credit_segment", "credit_grade_id")
    def _compute_credit_policy_used_id(self):
        for partner in self:
            policy = partner._credit_policy(self.env.company)
            # sudo: the grade's terms are shown to users who may not read grades
            line = policy._grade_line(partner.sudo().credit_grade_id)
            partner.credit_policy_used_id = policy.with_env(self.env)
            partner.credit_settlement_mode = line.settlement_mode
            partner.credit_order_note = line.order_needs

    @api.depends_context("company", "lang")
    @api.depends(
        "commercial_partner_id", "credit_policy_id", "credit_segment", "credit_grade_id",
        "credit_control", "credit_approved_limit", "credit_term_days", "credit_effective_limit",
        "credit_risk_level",
    )  # fmt: skip
    def _compute_credit_order_needs(self):
        for partner in self:
            partner.credit_order_needs = partner._get_order_needs()

    def _get_order_needs(self):
        """Return the requirements for the next order of this customer, in a sentence (P1-05).

        As the check of an order decides it: control first, then settlement of the grade.
        """
        self.ensure_one()
        # sudo: a salesperson sees the requirements, not the terms behind them
        customer = self.sudo()
        policy, grade = self._credit_policy(self.env.company), customer.credit_grade_id
        percent, by_risk = (
            policy._prepayment_percent(grade), policy._risk_prepayment(customer.credit_risk_level),
        )  # fmt: skip
        share = f"{max(percent, by_risk):g}"
        control = customer.credit_control or "none"
        if control in BLOCKED_CONTROLS:
            return self.env._("Orders blocked.")
        if control == "cash":
            if policy._settlement_mode(grade) == "letter_of_credit":
                return self.env._(
                    "A letter of credit, or %(share)s%% of the amount not covered by one, in "
                    "advance.",
                    share=share,
                )
            if share == "0":
                return self.env._("Payment on delivery; nothing in advance.")
            return self.env._("%s%% in advance.", share)
        if control == "limit":
            fmt = self.env.company.currency_id.format
            effective = customer.credit_effective_limit
            approved = customer.credit_approved_limit
            limit = fmt(effective)
            if self.env.company.currency_id.compare_amounts(effective, approved):
                # Temporary limit or collateral: the figure beside it is the effective one.
                limit = self.env._(
                    "%(effective)s (approved: %(approved)s)",
                    effective=limit,
                    approved=fmt(approved),
                )
            values = {
                "limit": limit,
                "days": customer.credit_term_days,
                "share": share,
            }
            if self._credit_lacks_security(self.env.company):
                return self.env._(
                    "%(share)s%% in advance: grade %(grade)s gets credit only against "
                    "collateral, and none is valid.",
                    grade=grade.code,
                    **values,
                )
            by_grade = policy._is_part_prepaid(grade)
            if by_grade or by_risk:
                values["share"] = f"{max(percent if by_grade else 0.0, by_risk):g}"
                return self.env._(
                    "%(share)s%% in advance; the rest within the effective limit of %(limit)s "
                    "and %(days)s days.",
                    **values,
                )
            return self.env._(
                "Room within the effective limit of %(limit)s; %(days)s days to pay.", **values
            )
        return self.env._("Nothing: this customer is unlimited.")

    @api.constrains("credit_policy_id")
    def _check_credit_policy(self):
        # sudo: a constraint looks at the policy as it is
        for partner in self.sudo():
            policy = partner.credit_policy_id
            if policy and (
                policy.state not in ("active", "retired")
                or policy.company_id not in (self.env.company.root_id, self.env["res.company"])
            ):
                raise ValidationError(
                    self.env._(
                        "Policy “%(policy)s” is not active in %(company)s.",
                        policy=policy.display_name,
                        company=self.env.company.name,
                    )
                )

    def _credit_policy(self, company):
        """Return the policy in force for this customer in a company, as superuser; empty if there is none.

        Own choice, else by segment, else the company's. An empty partner has the company's.
        """
        # sudo: a policy binds users who may not read it
        customer = self.commercial_partner_id.sudo().with_company(company)
        return self.env["credit.policy"]._get_in_force(
            company, customer.credit_policy_id, customer.credit_segment
        )

    # ------------------------------------------------------------------ a grade is set

    @api.onchange("credit_grade_id")
    def _onchange_credit_grade_id(self):
        """Propose control, limit, term and review date of the grade; the controller has the last word."""
        if not self.credit_grade_id or not self._credit_may_decide():
            return None
        policy = self._credit_policy(self.env.company)
        line = policy._grade_line(self.credit_grade_id)
        if not line:
            return None
        self.update(self._credit_propose(line))
        if line.security_required and line._grants_credit():
            return {
                "warning": {
                    "title": self.env._("Collateral required"),
                    "message": self.env._(
                        "Policy “%(policy)s” gives customers of grade %(grade)s credit only "
                        "against collateral.",
                        policy=policy.display_name,
                        grade=line.grade_id.code,
                    ),
                }
            }
        return None

    def _credit_propose(self, line):
        """Return decision values that a grade of a policy proposes for this customer.

        :param line: `credit.policy.grade`
        """
        self.ensure_one()
        company = self.env.company
        months = line.review_months or line.policy_id.credit_review_months
        values = {
            "credit_term_days": line.term_days,
            "credit_review_date": company._credit_today() + relativedelta(months=months),
        }
        if self.credit_control not in BLOCKED_CONTROLS:
            values["credit_control"] = "limit" if line._grants_credit() else "cash"
        if line._grants_credit():
            limit = self._credit_propose_limit(line)
            # A default stays one, and a limit in its own currency that nothing changes.
            same = not company.currency_id.compare_amounts(limit, self.credit_approved_limit)
            if not self.credit_limit_default and not (same and self.credit_limit_currency_id):
                values["credit_limit"] = limit
        else:
            values.update(credit_limit=0.0, credit_term_days=0)
        return values

    def _credit_propose_limit(self, line):
        """Limit in company currency that a grade proposes; the present one where facts are missing.

        Shares of assets or sales and scores come from an application. Extend for them.
        """
        self.ensure_one()
        limit = self.credit_approved_limit
        if line.limit_method == "term_sales":
            months = line.policy_id.good_conduct_months or 3
            sales = self._origin._credit_monthly_sales(self.env.company, months)
            limit = (line.term_days / 30.0 + 1.0) * max(sales, 0.0) * line.limit_factor / 100.0
        if line.limit_max:
            limit = min(limit, line.limit_max)
        return self.env.company.currency_id.round(limit)

    def _credit_start(self, is_blank=False):
        """Start new customers as the policy in force says, in every entity that has one (P4-03).

        :param is_blank: where nobody decided on their control, and without the limit that
            Odoo copied to them as long as they were contacts
        """
        policies = self.env["credit.policy"]
        # sudo: policies start customers in every company
        companies = self.env["res.company"].sudo()
        for company in companies.browse(companies._credit_timezones()):
            if company.parent_id or not policies._in_force(company.id):
                continue
            by_control = {}
            for partner in self.filtered(
                lambda p, c=company: p.company_id.root_id in (c, c.browse())
            ):
                # sudo: terms in a company that the user may not enter
                own = partner.sudo().with_company(company)
                if is_blank and own.credit_control:
                    continue
                policy = partner._credit_policy(company)
                control = policy.default_control
                if control:
                    # A limit that somebody entered with the customer stays.
                    by_default = (
                        control == "limit"
                        and policy.start_by_default
                        and (is_blank or not own.credit_limit)
                    )
                    start = control, by_default
                    by_control.setdefault(start, self.browse())
                    by_control[start] |= partner
            for (control, by_default), partners in by_control.items():
                limit = {"credit_limit": 0.0} if is_blank else {}
                if by_default:
                    limit["credit_limit_default"] = True
                # sudo: entering a customer decides nothing; the policy does
                partners.sudo().with_company(company)._credit_decide(
                    {"credit_control": control, "credit_is_new": True, **limit},
                    "policy",
                    note=self.env._("New customer: as the credit policy says."),
                )

    def _credit_prepare_write(self, vals):
        # The risk by the rule is no decision either.
        decisions = vals.keys() & set(DECISION_FIELDS) - {"credit_risk_level"}
        if decisions and "credit_is_new" not in vals and not self._credit_is_part():
            # A contact gets the values of its customer by Odoo: nobody's decision about it.
            # sudo: decisions count, whether the user sees them or not
            new = self.sudo().filtered(lambda p: p.credit_is_new and p.commercial_partner_id == p)
            if new:
                new.credit_is_new = False
        return super()._credit_prepare_write(vals)

    def _credit_terms_changed(self, vals, before):
        result = super()._credit_terms_changed(vals, before)
        if "credit_grade_id" in vals:
            # sudo: the grade counts, whether the user sees it or not
            self._credit_concat(
                partner
                for partner in self.sudo()
                if partner.id in before
                and partner.credit_grade_id.id != before[partner.id]["credit_grade_id"]
            )._credit_grade_changed()
        return result
