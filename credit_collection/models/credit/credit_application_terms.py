from dateutil.relativedelta import relativedelta

from odoo import api, models
from odoo.tools import format_date

from ...engine import limit_formula


class CreditApplication(models.Model):
    """What an application asks for, as the policy in force proposes it, and what is to be noticed."""

    _inherit = "credit.application"

    @api.depends("proposed_limit", "formula", "control")
    def _compute_limit(self):
        for application in self:
            if application.control != "limit":
                application.limit = 0.0
            elif application.formula != "manual":
                application.limit = application.proposed_limit

    def _grade_line(self):
        """What the policy in force grants the grade asked for: `credit.policy.grade` or empty."""
        self.ensure_one()
        return self.policy_id.sudo()._grade_line(self.grade_id)

    @api.depends("partner_id", "company_id")
    def _compute_grade_id(self):
        for application in self:
            application.grade_id = application.current_grade_id

    @api.depends("partner_id", "control", "grade_id", "policy_id")
    def _compute_term_days(self):
        for application in self:
            line = application._grade_line()
            if application.control not in ("none", "limit"):
                application.term_days = 0
            elif line and application.kind != "temporary":
                application.term_days = line.term_days
            else:
                application.term_days = application.current_term_days

    @api.depends("kind", "grade_id", "policy_id")
    def _compute_control(self):
        for application in self:
            line = application._grade_line()
            cash = application.kind == "downgrade" or (
                line and application.kind != "temporary" and not line._grants_credit()
            )
            application.control = "cash" if cash else "limit"

    @api.depends("kind", "partner_id", "grade_id", "policy_id")
    def _compute_review_date(self):
        for application in self:
            company = application.company_id or self.env.company
            months = application._grade_line().review_months or company._credit_threshold(
                "credit_review_months", application.partner_id
            )
            application.review_date = company._credit_today() + relativedelta(months=months)

    @api.depends("limit", "term_days", "control", "kind", "company_id", "partner_id")
    def _compute_is_large(self):
        for application in self:
            company = application.company_id or self.env.company
            threshold = company._credit_threshold
            large = limit_formula.is_large(
                application.limit if application.control == "limit" else 0.0,
                application.term_days if application.control in ("none", "limit") else 0,
                threshold("credit_large_limit", application.partner_id),
                threshold("credit_large_term_days", application.partner_id),
            )
            application.is_large = large or application.control == "none"

    @api.depends(
        "limit", "term_days", "control", "is_first", "registered_capital", "grade_id", "kind",
        "current_limit",
    )  # fmt: skip
    @api.depends_context("lang")
    def _compute_notice(self):
        for application in self:
            company = application.company_id or self.env.company
            usual = company._credit_threshold("credit_term_max_days", application.partner_id)
            notices = [application._get_red_line_text()]
            if usual and application.term_days > usual and application._gives_term():
                notices.append(
                    self.env._("The term is longer than the usual longest of %s days.", usual)
                )
            line = application._grade_line()
            if (
                line
                and application._gives_term()
                and not line._grants_credit()
                and not line.security_required
            ):
                notices.append(
                    self.env._("The policy gives grade %s no credit.", line.grade_id.code)
                )
            # Also where the grade itself proposes no credit: this application does.
            if line.security_required and application.control == "limit":
                notices.append(
                    self.env._("Grade %s gets credit only against a security.", line.grade_id.code)
                )
            notices.append(application._get_temporary_text())
            if application.is_large:
                notices.append(self.env._("The next level of approval decides as well."))
            application.notice = "\n".join(filter(None, notices))

    def _ends_temporary(self):
        """Whether an approval ends a temporary limit, which counts in place of the limit.

        Left standing, it would outlive a downgrade, or hold a higher limit back. A limit
        that is raised to less than the temporary one leaves it until its last day.
        """
        self.ensure_one()
        temporary = self._customer().credit_limit_temporary
        if self.kind == "temporary" or not temporary:
            return False
        compare = self.currency_id.compare_amounts
        return (
            self.control != self.current_control
            or compare(self.limit, self.current_limit) < 0
            or compare(self.limit, temporary) >= 0
        )

    def _get_temporary_text(self):
        """That the temporary limit ends with this decision, or False."""
        if self.state not in ("draft", "requested") or not self._ends_temporary():
            return False
        customer = self._customer()
        return self.env._(
            "The temporary limit of %(limit)s until %(date)s ends with this decision.",
            limit=self.currency_id.format(customer.credit_limit_temporary),
            date=format_date(self.env, customer.credit_limit_temporary_to),
        )

    def _has_red_line(self):
        """Whether the registered capital bounds a first limit (P2-15).

        Persons have none; what they get is for the approvers to judge.
        """
        self.ensure_one()
        return self._customer().credit_segment != "individual"

    def _get_red_line_text(self):
        """Why a first limit is too high (P2-15), or False."""
        self.ensure_one()
        percent = self.first_limit_percent
        if not self.is_first or not percent or self.control not in ("none", "limit"):
            return False
        if not self._has_red_line():
            return False
        cap = limit_formula.first_limit_cap(self.registered_capital, percent)
        if self.control == "limit" and self.currency_id.compare_amounts(self.limit, cap) <= 0:
            return False
        return self.env._(
            "A first limit is at most %(percent)s %% of the registered capital: %(cap)s.",
            percent=f"{percent:g}",
            cap=self.currency_id.format(cap),
        )
