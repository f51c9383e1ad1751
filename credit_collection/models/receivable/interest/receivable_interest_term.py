from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

KINDS = [
    ("none", "None"),
    ("fixed", "Fixed Rate"),
    ("factor", "Reference Rate × Factor"),
    ("points", "Reference Rate + Points"),
]

DAY_COUNTS = [("360", "360 Days"), ("365", "365 Days"), ("actual", "Calendar Year (365 or 366)")]

# What interest follows from: kept once a note was computed by it.
FACTS = {
    "kind", "rate", "reference_id", "factor", "points", "day_count", "grace_days", "grace_from",
    "minimum", "cap_percent", "lump", "lump_currency_id", "company_id",
}  # fmt: skip


class ReceivableInterestTerm(models.Model):
    """Terms of late interest (P2-16); chosen for a company, a policy, a customer or an invoice.

    The narrowest choice counts: invoice, else customer, else the policy in force, else company.
    """

    _name = "receivable.interest.term"
    _description = "Terms of Late Interest"
    _inherit = ["credit.company.mixin", "mail.thread"]
    _order = "name, id"

    name = fields.Char(required=True, translate=True)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one("res.company", index=True, help="Empty = all companies.")
    currency_id = fields.Many2one("res.currency", compute="_compute_currency_id")
    kind = fields.Selection(KINDS, "Type of Rate", required=True, default="fixed", tracking=True)
    rate = fields.Float("Rate (% per Year)", digits=(16, 4), tracking=True, aggregator=None)
    reference_id = fields.Many2one(
        "receivable.reference", "Reference Rate", tracking=True, ondelete="restrict"
    )
    factor = fields.Float(
        default=1.0,
        digits=(16, 4),
        tracking=True,
        aggregator=None,
        help="1.5 = one and a half times the reference rate of the day.",
    )
    points = fields.Float(
        digits=(16, 4),
        tracking=True,
        aggregator=None,
        help="Added to the reference rate of the day, in percentage points.",
    )
    day_count = fields.Selection(
        DAY_COUNTS, "Days of a Year", required=True, default="365", tracking=True
    )
    grace_days = fields.Integer(
        "Grace Period (Days)",
        tracking=True,
        aggregator=None,
        help="Nothing is charged for what is paid so many days after the due date or sooner.",
    )
    grace_from = fields.Selection(
        [("due", "From the Due Date"), ("grace", "From the End of the Grace Period")],
        "Later Payments Bear Interest",
        required=True,
        default="due",
        tracking=True,
    )
    minimum = fields.Monetary(
        "Minimum per Note",
        tracking=True,
        aggregator=None,
        help="Company currency. Smaller amounts wait for the next note. 0 = none.",
    )
    cap_percent = fields.Float(
        "Maximum (% of the Installment)",
        digits=(16, 2),
        tracking=True,
        aggregator=None,
        help="All interest on an installment together. 0 = no maximum.",
    )
    lump = fields.Monetary(
        "Fixed Sum per Late Installment",
        currency_field="lump_currency_id",
        tracking=True,
        aggregator=None,
        help="Charged once, with the first interest: EUR 40 under Directive 2011/7/EU. Converted to"
        " the installment's currency at the rate of the day the note is made. 0 = none.",
    )
    lump_currency_id = fields.Many2one(
        "res.currency",
        "Currency of the Fixed Sum",
        tracking=True,
        ondelete="restrict",
        help="Empty = the company's currency.",
    )
    is_used = fields.Boolean("Already Charged by", compute="_compute_is_used")

    _numbers = models.Constraint(
        "CHECK(rate BETWEEN 0 AND 1000 AND factor BETWEEN 0 AND 100 AND points BETWEEN -100 AND 1000"
        " AND grace_days BETWEEN 0 AND 365 AND minimum >= 0 AND cap_percent >= 0 AND lump >= 0)",
        "Rates lie between 0 and 1000% per year, the factor between 0 and 100, the grace period"
        " between 0 and 365 days; amounts cannot be negative.",
    )

    @api.depends("company_id")
    @api.depends_context("company")
    def _compute_currency_id(self):
        for term in self:
            term.currency_id = (term.company_id or self.env.company).currency_id

    def _compute_is_used(self):
        # sudo: every note counts, seen or not
        lines = self.env["receivable.interest.line"].sudo()
        used = {term for (term,) in lines._read_group([("term_id", "in", self.ids)], ["term_id"])}
        for term in self:
            # sudo: compared as records of one environment
            term.is_used = term.sudo() in used

    @api.constrains("kind", "reference_id", "rate")
    def _check_kind(self):
        for term in self:
            if term.kind in ("factor", "points") and not term.reference_id:
                raise ValidationError(
                    self.env._("“%s”: choose the reference rate it follows.", term.name)
                )
            if term.kind == "fixed" and not term.rate:
                raise ValidationError(
                    self.env._(
                        "“%s”: enter the rate per year; choose None for no interest.", term.name
                    )
                )

    def write(self, vals):
        if not FACTS.isdisjoint(vals):
            used = self.filtered("is_used")
            if used:
                raise UserError(
                    self.env._(
                        "Interest was computed by “%s”: it stays as it is. Duplicate it, change the"
                        " copy and choose the copy.",
                        used[0].name,
                    )
                )
        return super().write(vals)

    def copy_data(self, default=None):
        """Copy the terms under a name of their own."""
        return [
            {**vals, "name": self.env._("%s (copy)", term.name)}
            for term, vals in zip(self, super().copy_data(default), strict=True)
        ]
