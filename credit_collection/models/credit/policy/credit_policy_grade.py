from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..terms.res_partner import MAX_LIMIT, MAX_TERM_DAYS

# Settlement modes in which a customer of the grade owes all on delivery.
CREDIT_MODES = ("open", "instalments")

# Those in which they owe nothing.
CASH_MODES = ("cod", "prepaid", "letter_of_credit")

SETTLEMENT_MODES = [
    ("open", "Open Account"),
    ("instalments", "Installments"),
    ("part_prepaid", "Partial Prepayment"),
    ("cod", "Cash on Delivery"),
    ("prepaid", "Prepayment"),
    ("letter_of_credit", "Letter of Credit or Prepayment"),
]


class CreditPolicyGrade(models.Model):
    """The terms and requirements of a policy for customers of one grade (P1-05, P5-04)."""

    _name = "credit.policy.grade"
    _description = "Grade of a Credit Policy"
    _inherit = ["credit.policy.part.mixin"]
    _order = "policy_id, score_min desc, id"
    _rec_name = "grade_id"

    policy_id = fields.Many2one("credit.policy", required=True, ondelete="cascade", index=True)
    company_id = fields.Many2one(related="policy_id.company_id", store=True)
    currency_id = fields.Many2one(related="policy_id.currency_id")
    grade_id = fields.Many2one("credit.grade", required=True, ondelete="restrict", index=True)
    sequence = fields.Integer(related="grade_id.sequence")
    score_min = fields.Float(
        "From Score",
        help="Lowest score of an assessment that gives this grade.",
        aggregator=None,
    )
    # P4-33
    breach_from = fields.Integer(
        "From Late Items",
        help="From this number of late items within two years on, an assessment gives this grade at"
        " best, whatever its score. 0 = they count by the score alone.",
        aggregator=None,
    )
    limit_method = fields.Selection(
        [
            ("term_sales", "(Term in Months + 1) × Monthly Sales"),
            ("share_assets", "Share of Assets"),
            ("share_sales", "Share of Yearly Sales"),
            ("score", "Composite Score"),
            ("none", "No Credit"),
        ],
        "Limit by",
        default="term_sales",
        required=True,
        help="Formula that proposes the limit.",
    )
    limit_factor = fields.Float(
        "Factor (%)",
        default=100.0,
        help="Share of assets or sales; for the other formulas, the share of their result that"
        " the grade gets.",
        aggregator=None,
    )
    limit_max = fields.Monetary(
        "Highest Limit",
        help="Company currency; caps the proposal. With a composite score, the limit at full"
        " score. 0 = no cap.",
    )
    limit_default = fields.Monetary(
        "Default Limit",
        help="Limit of customers of this grade that have a limit by default; company currency."
        " 0 = that of the segment's or the company's policy; grades without credit have none.",
    )
    term_days = fields.Integer(
        "Term (Days)", help="Proposed with the grade; 0 = pays at once.", aggregator=None
    )
    settlement_mode = fields.Selection(SETTLEMENT_MODES, default="open", required=True)
    prepayment_percent = fields.Float(
        "Prepayment (%)",
        help="Share of an order that is paid before it is confirmed: by cash customers of this"
        " grade, and with settlement Part Prepaid by those with a limit as well.",
        aggregator=None,
    )
    security_required = fields.Boolean(
        "Collateral Required",
        help="Credit only against a guarantee, deposit, mortgage or insurance.",
    )
    review_months = fields.Integer("Review (Months)", default=12, aggregator=None)
    grace_days = fields.Integer(
        "Grace Period (Days)",
        help="Added to the days of overdue rules for customers of this grade.",
        aggregator=None,
    )
    order_needs = fields.Text("Order Requirements", translate=True, help="Text for salespeople.")
    order_terms = fields.Text(
        "Computed Requirements",
        compute="_compute_order_terms",
        help="Requirements for orders of this grade: settlement, prepayment, term and collateral.",
    )

    _grade_uniq = models.UniqueIndex(
        "(policy_id, grade_id)", "A policy names each grade only once."
    )

    @api.depends(
        "settlement_mode", "prepayment_percent", "term_days", "security_required", "limit_method",
        "grace_days",
    )  # fmt: skip
    @api.depends_context("lang")
    def _compute_order_terms(self):
        for line in self:
            line.order_terms = "\n".join(line._get_order_terms())

    def _get_order_terms(self):
        """Return the requirements for an order of a customer of this grade, as sentences."""
        self.ensure_one()
        share, mode, days = f"{self.prepayment_percent:g}", self.settlement_mode, self.term_days
        credit = self._grants_credit()
        if mode == "letter_of_credit":
            text = self.env._(
                "A letter of credit, or %(share)s%% of the amount not covered by one, in advance.",
                share=share,
            )
        elif mode == "part_prepaid" and credit:
            text = self.env._(
                "%(share)s%% in advance, also for customers with a limit; the remainder within "
                "the limit and %(days)s days.",
                share=share,
                days=days,
            )
        elif credit:
            text = self.env._("Room within the limit, and a maximum of %s days to pay.", days)
        elif mode == "cod" and self.prepayment_percent:
            text = self.env._("%s%% in advance, the remainder on delivery.", share)
        elif mode == "cod":
            text = self.env._("Payment on delivery.")
        else:
            text = self.env._("%s%% in advance.", f"{self._cash_percent():g}")
        texts = [text]
        if self.security_required:
            texts.append(self.env._("Credit only against collateral."))
        if self.grace_days:
            texts.append(
                self.env._("Overdue items hold it %s days later than others.", self.grace_days)
            )
        return texts

    def _cash_percent(self):
        """Return the share in % that a cash customer of this grade pays in advance.

        The grade's, where it settles in advance or on delivery; all, where it would buy on open
        account: as long as nobody gave the customer credit, cash is cash (P4-03).
        """
        self.ensure_one()
        return 100.0 if self.settlement_mode in CREDIT_MODES else self.prepayment_percent

    @api.onchange("settlement_mode")
    def _onchange_settlement_mode(self):
        if self.settlement_mode in ("prepaid", "letter_of_credit"):
            self.prepayment_percent = 100.0
        elif self.settlement_mode in ("open", "instalments"):
            self.prepayment_percent = 0.0

    @api.constrains(
        "score_min", "limit_factor", "limit_max", "limit_default", "term_days", "prepayment_percent",
        "review_months", "grace_days", "breach_from",
    )  # fmt: skip
    def _check_ranges(self):
        ranges = {
            "score_min": (0, 100),
            "limit_factor": (0, 1000),
            "limit_max": (0, float("inf")),
            "limit_default": (0, MAX_LIMIT),
            "term_days": (0, MAX_TERM_DAYS),
            "prepayment_percent": (0, 100),
            "review_months": (1, 60),
            "grace_days": (0, MAX_TERM_DAYS),
            "breach_from": (0, 1000),
        }
        for line in self:
            for name, (low, high) in ranges.items():
                if not low <= line[name] <= high:
                    raise ValidationError(
                        self.env._(
                            "Grade %(grade)s: %(field)s cannot be %(value)s.",
                            grade=line.grade_id.code,
                            field=self._fields[name]._description_string(self.env),
                            value=line[name],
                        )
                    )

    @api.constrains("term_days", "policy_id")
    def _check_term_max(self):
        for line in self:
            longest = line.policy_id.credit_term_max_days
            if longest and line.term_days > longest:
                raise ValidationError(
                    self.env._(
                        "Grade %(grade)s: a term of %(days)s days is longer than the policy's"
                        " longest, %(max)s.",
                        grade=line.grade_id.code,
                        days=line.term_days,
                        max=longest,
                    )
                )

    # ------------------------------------------------------------------ its terms

    def _grants_credit(self):
        """Return whether customers of this grade buy on credit; else they are cash customers."""
        self.ensure_one()
        return self.limit_method != "none" and self.settlement_mode not in CASH_MODES
