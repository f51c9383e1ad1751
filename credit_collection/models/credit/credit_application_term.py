from odoo import api, fields, models
from odoo.exceptions import UserError

from ...engine import terms
from .res_partner import TERM_STARTS


class CreditApplication(models.Model):
    """The two kinds of term an application can ask for (P4-06).

    `term_days` is the longest credit in either case, and what thresholds, formulas and
    orders are compared with; "month-end plus N" is 30 + N days of it.
    """

    _inherit = "credit.application"

    term_start = fields.Selection(
        TERM_STARTS,
        "Term Counted From",
        compute="_compute_term_start",
        store=True,
        readonly=False,
        tracking=True,
        help="Invoice: N days after the invoice. Month End: N days after the end of its month.",
    )
    month_end_days = fields.Integer(
        "Days after Month End",
        compute="_compute_month_end_days",
        inverse="_inverse_month_end_days",
        help="With a month of 30 days this is the longest term: month-end plus 30 is 60 days.",
    )
    term_text = fields.Char("Term", compute="_compute_term_text")
    current_term_text = fields.Char("Current Term", compute="_compute_term_text")

    @api.depends("partner_id", "company_id")
    def _compute_term_start(self):
        for application in self:
            application.term_start = application.current_term_start or "invoice"

    @api.depends("term_days", "term_start")
    def _compute_month_end_days(self):
        for application in self:
            application.month_end_days = terms.month_end_days(application.term_days) or 0

    def _inverse_month_end_days(self):
        for application in self:
            if application.term_start == "month_end":
                application.term_days = terms.MONTH_DAYS + application.month_end_days

    @api.onchange("month_end_days", "term_start")
    def _onchange_month_end_days(self):
        self._inverse_month_end_days()

    @api.depends(
        "term_days", "term_start", "current_term_days", "current_term_start", "control",
        "current_control",
    )  # fmt: skip
    @api.depends_context("lang")
    def _compute_term_text(self):
        words = self.env["res.partner"]._credit_term_words
        for application in self:
            application.term_text = words(
                application.term_days if application._gives_term() else 0, application.term_start
            )
            application.current_term_text = words(
                application.current_term_days, application.current_term_start
            )

    def _gives_term(self):
        """Whether the customer would pay later than at once."""
        self.ensure_one()
        return self.control in ("none", "limit")

    def _pays_by_month(self):
        """Whether the term asked for is "month-end plus N"."""
        self.ensure_one()
        return self.term_start == "month_end" and self._gives_term() and self.term_days > 0

    def _check_term_start(self):
        if (
            self.kind != "temporary"
            and self._pays_by_month()
            and terms.month_end_days(self.term_days) is None
        ):
            raise UserError(
                self.env._(
                    "A term from the month's end is %(least)s days at least, not %(value)s:"
                    " the month and the days after it.",
                    least=terms.MONTH_DAYS,
                    value=self.term_days,
                )
            )
