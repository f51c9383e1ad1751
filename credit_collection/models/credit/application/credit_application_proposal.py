from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import format_date

from ....engine import limit_formula, terms
from ....engine.review import BREACH_MONTHS
from .res_partner import MAX_SALES_MONTHS

# Months of good conduct where no policy says otherwise (P4-05).
CONDUCT_MONTHS = 3


class CreditApplication(models.Model):
    """The proposal of an application: inputs, formula and the arithmetic in words (P4-05, P4-20)."""

    _inherit = "credit.application"

    formula = fields.Selection(
        [
            ("term_sales", "(Term in Months + 1) × Monthly Sales"),
            ("share_assets", "Share of Assets"),
            ("share_sales", "Share of Yearly Sales"),
            ("score", "Composite Score"),
            ("capital", "Share of Registered Capital"),
            ("manual", "Manual"),
        ],
        compute="_compute_formula",
        store=True,
        readonly=False,
        help="How the limit is proposed; by the policy's line for the grade, where there is one.",
    )
    sales_months = fields.Integer(
        "Sales Period (Months)",
        default=lambda self: self.env.company.credit_sales_months,
        help="Full months before the application whose invoices give the monthly sales.",
        aggregator=None,
    )
    sales_date_from = fields.Date("Sales From", compute="_compute_sales_dates")
    sales_date_to = fields.Date("Sales To", compute="_compute_sales_dates")
    monthly_sales_actual = fields.Monetary(
        "Actual Monthly Sales",
        compute="_compute_monthly_sales_actual",
        store=True,
        help="Posted invoices less credit notes, tax included, over the months of sales.",
    )
    monthly_sales_expected = fields.Monetary(
        "Expected Monthly Sales",
        compute="_compute_monthly_sales_expected",
        store=True,
        readonly=False,
        help="Tax included; from actual sales, editable.",
    )
    term_months = fields.Float(
        "Term in Months",
        compute="_compute_term_months",
        store=True,
        readonly=False,
        help="A month counts 30 days.",
        aggregator=None,
    )
    # Good conduct, before the formula is proposed (P4-05), and breaches (P4-33)
    conduct_months = fields.Integer(
        "On-Time Payment Required (Months)",
        compute="_compute_thresholds",
        store=True,
        aggregator=None,
    )
    late_count = fields.Integer(
        "Late Items",
        compute="_compute_conduct",
        store=True,
        help="In these months: paid later than the grace days of the grade, or past due by more.",
    )
    late_days = fields.Integer(
        "Maximum Days Late", compute="_compute_conduct", store=True, aggregator="max"
    )
    breach_count = fields.Integer("Late Items in Two Years", compute="_compute_conduct", store=True)
    assets = fields.Monetary("Total Assets", help="Of the customer, in company currency.")
    annual_sales = fields.Monetary("Yearly Sales", help="Of the customer, in company currency.")
    registered_capital = fields.Monetary(help="Of the customer, in company currency.")
    full_limit = fields.Monetary(
        "Limit at Full Score",
        compute="_compute_full_limit",
        store=True,
        readonly=False,
        help="Limit for a score of 100.",
    )
    assessment_id = fields.Many2one(
        "credit.assessment",
        check_company=True,
        copy=False,
        domain="[('partner_id', '=', partner_id), ('state', '=', 'done')]",
        help="The assessment this application follows from.",
    )
    score = fields.Float(help="Composite score from 0 to 100.", aggregator="avg")
    percent = fields.Float(
        "Share (%)", compute="_compute_percent", store=True, readonly=False, aggregator=None
    )
    first_limit_percent = fields.Float(
        "Initial Limit Cap (% of Registered Capital)",
        compute="_compute_thresholds",
        store=True,
        help="Maximum initial limit at the time.",
        aggregator=None,
    )
    limit_rounding = fields.Monetary("Rounded Down To", compute="_compute_thresholds", store=True)
    proposed_limit = fields.Monetary(compute="_compute_proposed_limit", store=True)
    arithmetic = fields.Text(
        compute="_compute_arithmetic", help="How the proposed limit comes about."
    )

    # ------------------------------------------------------------------ sales

    @api.constrains("sales_months")
    def _check_sales_months(self):
        for application in self:
            if not 1 <= application.sales_months <= MAX_SALES_MONTHS:
                raise ValidationError(
                    self.env._(
                        "Months of Sales must be between 1 and %(max)s, not %(value)s.",
                        max=MAX_SALES_MONTHS,
                        value=application.sales_months,
                    )
                )

    @api.depends("date", "sales_months")
    def _compute_sales_dates(self):
        for application in self:
            day = application.date or application.company_id._credit_today()
            application.sales_date_from, application.sales_date_to = (
                application.partner_id._credit_sales_window(application.sales_months, day)
            )

    @api.depends("partner_id", "company_id", "sales_months", "date")
    def _compute_monthly_sales_actual(self):
        for (company, months, day), applications in self.grouped(
            lambda application: (application.company_id, application.sales_months, application.date)
        ).items():
            customers = applications.partner_id._origin
            sales = customers._credit_monthly_sales_by_customer(company, months, day)
            for application in applications:
                customer = application.partner_id._origin.commercial_partner_id
                application.monthly_sales_actual = sales.get(customer.id, 0.0)

    @api.depends("monthly_sales_actual")
    def _compute_monthly_sales_expected(self):
        for application in self:
            application.monthly_sales_expected = max(application.monthly_sales_actual, 0.0)

    @api.depends("partner_id", "company_id", "date", "conduct_months")
    def _compute_conduct(self):
        behaviour = self.env["credit.payment.behaviour"]

        def asked(application):
            return application.company_id, application.conduct_months, application.date

        for (company, months, day), applications in self.grouped(asked).items():
            customers = applications.partner_id._origin
            recent = behaviour._get_late_items(customers, company, months, day) if months else {}
            older = behaviour._get_late_items(customers, company, BREACH_MONTHS, day)
            for application in applications:
                customer = application.partner_id._origin.commercial_partner_id
                late = recent.get(customer.id, {})
                application.late_count = len(late)
                application.late_days = max(late.values(), default=0)
                application.breach_count = len(older.get(customer.id, {}))

    def _get_conduct_text(self):
        """Return that the customer did not pay on time in the last months (P4-05), or False."""
        if not self.late_count or self.kind not in ("new", "change") or not self._gives_term():
            return False
        return self.env._(
            "Good conduct is not shown: %(count)s items of the last %(months)s months were paid late"
            " or are past due, by up to %(days)s days.",
            count=self.late_count,
            months=self.conduct_months,
            days=self.late_days,
        )

    def action_open_sales(self):
        """Open the invoices behind the actual monthly sales."""
        self.ensure_one()
        self.check_access("read")
        return self._open_records(
            "account.action_move_out_invoice_type",
            name=self.env._("Sales of %s", self.partner_id.display_name),
            domain=self.partner_id._credit_sales_domain(
                self.company_id, self.sales_months, self.date
            ),
            context={"create": False},
        )

    # ------------------------------------------------------------------ proposal

    @api.depends("term_days")
    def _compute_term_months(self):
        for application in self:
            application.term_months = limit_formula.term_months(application.term_days)

    @api.depends("grade_id", "policy_id")
    def _compute_formula(self):
        for application in self:
            method = application._grade_line().limit_method
            application.formula = method if method and method != "none" else "term_sales"

    @api.depends("formula", "first_limit_percent", "grade_id", "policy_id")
    def _compute_percent(self):
        for application in self:
            line = application._grade_line()
            if application.formula == "capital":
                application.percent = application.first_limit_percent or 10.0
            elif line and line.limit_method == application.formula:
                application.percent = line.limit_factor
            else:
                application.percent = 10.0

    @api.depends("grade_id", "policy_id")
    def _compute_full_limit(self):
        for application in self:
            line = application._grade_line()
            if line.limit_method == "score" and line.limit_max:
                application.full_limit = line.limit_max

    @api.depends("partner_id", "company_id")
    def _compute_thresholds(self):
        for application in self:
            company = application.company_id or self.env.company
            application.policy_id = company._credit_policy_for(application.partner_id)
            application.first_limit_percent = company._credit_threshold(
                "credit_first_limit_percent", application.partner_id
            )
            # sudo: a policy binds users who may not read it
            policy = application.policy_id.sudo()
            application.conduct_months = policy.good_conduct_months if policy else CONDUCT_MONTHS
            # sudo: rounding is the company's setting
            application.limit_rounding = company.sudo().credit_limit_rounding

    def _get_proposal(self):
        """Return the `limit_formula.Proposal` of the inputs; None where the limit is set by hand."""
        self.ensure_one()
        formulas = {
            "term_sales": lambda: limit_formula.from_term_sales(
                self.term_months, self.monthly_sales_expected
            ),
            "share_assets": lambda: limit_formula.from_share(
                "share_assets", self.assets, self.percent
            ),
            "share_sales": lambda: limit_formula.from_share(
                "share_sales", self.annual_sales, self.percent
            ),
            "score": lambda: limit_formula.from_score(self.full_limit, self.score),
            "capital": lambda: limit_formula.from_share(
                "capital", self.registered_capital, self.percent
            ),
        }
        if self.formula not in formulas:
            return None
        if self.formula == "term_sales" and self.is_first and self.late_count:
            # P4-05: first some months of good conduct.
            return formulas[self.formula]().then(
                limit_formula.Step("conduct", (self.late_count, self.conduct_months), 0.0)
            )
        proposal = self._adjust_proposal(formulas[self.formula]())
        # A capital that nobody entered is unknown, not 0: the request asks for it.
        if self.is_first and self._has_red_line() and self.registered_capital:
            proposal = limit_formula.cap_first_limit(
                proposal, self.registered_capital, self.first_limit_percent
            )
        return limit_formula.round_limit(proposal, self.limit_rounding)

    def _adjust_proposal(self, proposal):
        """Adjust a proposal by the policy's line for the grade, before red line and rounding.

        Its factor is the share itself of shares of assets or sales, see `percent`.
        """
        line = self._grade_line()
        if not line:
            return proposal
        if self.formula in ("term_sales", "score"):
            proposal = limit_formula.apply_factor(proposal, line.limit_factor)
        return limit_formula.cap_amount(proposal, line.limit_max)

    @api.depends(
        "formula", "term_months", "monthly_sales_expected", "assets", "annual_sales",
        "registered_capital", "full_limit", "score", "percent", "is_first",
        "first_limit_percent", "limit_rounding", "grade_id", "policy_id", "late_count",
    )  # fmt: skip
    def _compute_proposed_limit(self):
        for application in self:
            proposal = application._get_proposal()
            application.proposed_limit = proposal.amount if proposal else 0.0

    @api.depends("proposed_limit")
    @api.depends_context("lang")
    def _compute_arithmetic(self):
        for application in self:
            proposal = application._get_proposal()
            application.arithmetic = (
                "\n".join(application._step_text(step) for step in proposal.steps)
                if proposal
                else self.env._("The limit is set manually.")
            )

    def _step_text(self, step):
        """Return one step of the arithmetic in words."""
        fmt = (self.currency_id or self.env.company.currency_id).format
        first, second = (*step.numbers, 0, 0)[:2]
        result = fmt(step.result)
        share = {"amount": fmt(first), "percent": f"{second:g}", "result": result}
        texts = {
            "term_sales": lambda: self.env._(
                "(%(months)s + 1) months × %(sales)s a month = %(result)s",
                months=f"{first:g}",
                sales=fmt(second),
                result=result,
            ),
            "share_assets": lambda: self.env._(
                "Assets %(amount)s × %(percent)s%% = %(result)s", **share
            ),
            "share_sales": lambda: self.env._(
                "Yearly sales %(amount)s × %(percent)s%% = %(result)s", **share
            ),
            "capital": lambda: self.env._(
                "Registered capital %(amount)s × %(percent)s%% = %(result)s", **share
            ),
            "score": lambda: self.env._(
                "Limit at full score %(amount)s × score %(percent)s / 100 = %(result)s", **share
            ),
            "score_low": lambda: self.env._(
                "Score %(score)s is below %(least)s: no credit",
                score=f"{first:g}",
                least=f"{second:g}",
            ),
            "conduct": lambda: self.env._(
                "Late items in the last %(months)s months: %(count)s. No limit before they are on time.",
                months=f"{second:g}",
                count=f"{first:g}",
            ),
            "factor": lambda: self.env._(
                "%(amount)s × %(percent)s%% of the grade = %(result)s", **share
            ),
            "maximum": lambda: self.env._("Highest limit of the grade: %s", result),
            "first_limit": lambda: self.env._(
                "Initial limit: at most %(percent)s%% of the registered capital %(amount)s = "
                "%(result)s",
                **share,
            ),
            "rounded": lambda: self.env._(
                "Rounded down to a multiple of %(step)s: %(result)s", step=fmt(first), result=result
            ),
        }
        return texts[step.code]()

    # ---- The terms of an application, as the policy in force proposes them, and the points to notice.

    @api.depends("proposed_limit", "formula", "control")
    def _compute_limit(self):
        for application in self:
            if application.control != "limit":
                application.limit = 0.0
            elif application.formula != "manual":
                application.limit = application.proposed_limit

    def _grade_line(self):
        """Return the policy's line for the grade asked for: `credit.policy.grade` or empty."""
        self.ensure_one()
        # sudo: a policy binds users who may not read it
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

    def _get_written_days(self):
        """Return N of the term asked for as it is written: what thresholds speak of (P4-06)."""
        self.ensure_one()
        if not self._gives_term():
            return 0
        return terms.written_days(self.term_days, self._pays_by_month())

    @api.depends("limit", "term_days", "term_start", "control", "kind", "company_id", "partner_id")
    def _compute_is_large(self):
        for application in self:
            company = application.company_id or self.env.company
            threshold = company._credit_threshold
            large = limit_formula.is_large(
                application.limit if application.control == "limit" else 0.0,
                application._get_written_days(),
                threshold("credit_large_limit", application.partner_id),
                threshold("credit_large_term_days", application.partner_id),
            )
            application.is_large = large or application.control == "none"

    @api.depends(
        "limit", "term_days", "term_start", "control", "is_first", "registered_capital", "grade_id",
        "kind",
        "current_limit", "partner_id", "company_id", "late_count",
    )  # fmt: skip
    @api.depends_context("lang")
    def _compute_notice(self):
        for application in self:
            company = application.company_id or self.env.company
            usual = company._credit_threshold("credit_term_max_days", application.partner_id)
            notices = [application._get_red_line_text()]
            if usual and application._get_written_days() > usual:
                notices.append(
                    self.env._("The term exceeds the maximum standard term of %s days.", usual)
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
                    self.env._("Grade %s gets credit only against collateral.", line.grade_id.code)
                )
            notices.append(application._get_conduct_text())
            notices.append(application._get_temporary_text())
            if application.is_large:
                notices.append(self.env._("An additional approval is needed."))
            notices.append(application._get_outstanding_text())
            application.notice = "\n".join(filter(None, notices))

    def _ends_temporary(self):
        """Return whether an approval ends a temporary limit, which counts in place of the limit.

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
        """Return the sentence that the temporary limit ends with this decision, or False."""
        if self.state not in ("draft", "requested") or not self._ends_temporary():
            return False
        customer = self._customer()
        return self.env._(
            "The temporary limit of %(limit)s until %(date)s ends with this decision.",
            limit=self.currency_id.format(customer.credit_limit_temporary),
            date=format_date(self.env, customer.credit_limit_temporary_to),
        )

    def _has_red_line(self):
        """Return whether the registered capital bounds a first limit (P2-15).

        Persons have none; their limit is for the approvers to judge.
        """
        self.ensure_one()
        return self._customer().credit_segment != "individual"

    def _get_red_line_text(self):
        """Return why a first limit is too high (P2-15), or False."""
        self.ensure_one()
        percent = self.first_limit_percent
        if not self.is_first or not percent or self.control not in ("none", "limit"):
            return False
        if not self._has_red_line():
            return False
        cap = limit_formula.first_limit_cap(self.registered_capital, percent)
        if self.control == "limit" and self.currency_id.compare_amounts(self.limit, cap) <= 0:
            return False
        if not self.registered_capital:
            return self.env._(
                "Enter the registered capital of the customer: an initial limit is at most"
                " %s%% of it.",
                f"{percent:g}",
            )
        return self.env._(
            "The initial limit cannot exceed %(percent)s%% of the registered capital: %(cap)s.",
            percent=f"{percent:g}",
            cap=self.currency_id.format(cap),
        )
