import math

from odoo import api, fields, models
from odoo.tools import format_date

from ...engine import scoring
from .credit_scorecard import SOURCES

# Which figure of the trade record answers a criterion.
FIGURES = {
    "payment_speed": "days_late",
    "cooperation_years": "cooperation_years",
    "disputes": "dispute_count",
    "orders": "order_count",
}


class CreditAssessmentLine(models.Model):
    """One criterion of an assessment, with what the books say about it, frozen at the start."""

    _name = "credit.assessment.line"
    _description = "Assessment Criterion"
    _inherit = ["credit.protected.mixin"]
    _order = "assessment_id, sequence, id"

    assessment_id = fields.Many2one(
        "credit.assessment", required=True, readonly=True, ondelete="cascade", index=True
    )
    company_id = fields.Many2one(related="assessment_id.company_id", store=True)
    criterion_id = fields.Many2one(
        "credit.scorecard.criterion", required=True, readonly=True, ondelete="restrict"
    )
    sequence = fields.Integer(readonly=True)
    max_points = fields.Float("Most Points", readonly=True, aggregator=None)
    source = fields.Selection(SOURCES, readonly=True, required=True, default="manual")
    has_book = fields.Boolean("Known from the Books", readonly=True)
    book_value = fields.Float("Figure of the Books", readonly=True, aggregator=None)
    book_text = fields.Char("What the Books Say", compute="_compute_book_text")
    book_option_id = fields.Many2one(
        "credit.scorecard.option", "Proposed", readonly=True, ondelete="restrict"
    )
    average_points = fields.Float(
        "Average", readonly=True, help="Of the reviewers; known when the assessment is closed."
    )

    @api.depends("source", "has_book", "book_value", "assessment_id.state")
    @api.depends_context("lang")
    def _compute_book_text(self):
        for line in self:
            assessment = line.assessment_id.sudo()
            if line.source == "manual":
                line.book_text = False
            elif not line.has_book:
                line.book_text = self.env._("Nothing in the books")
            elif line.source == "payment_speed":
                line.book_text = self.env._(
                    "%(days)s days late on average; %(paid)s paid, %(overdue)s overdue",
                    days=f"{line.book_value:.1f}",
                    paid=assessment.currency_id.format(assessment.book_paid_amount),
                    overdue=assessment.currency_id.format(assessment.book_overdue_amount),
                )
            elif line.source == "cooperation_years":
                line.book_text = self.env._(
                    "%(years)s years since the first invoice of %(date)s",
                    # Cut off, so that 0.99 does not read as a full year.
                    years=f"{math.floor(line.book_value * 10) / 10:.1f}",
                    date=format_date(self.env, assessment.book_first_invoice),
                )
            elif line.source == "orders":
                line.book_text = self.env._(
                    "%(number)s orders, %(amount)s",
                    number=int(line.book_value),
                    amount=assessment.currency_id.format(assessment.book_order_amount),
                )
            else:
                line.book_text = self.env._("%s disputes", int(line.book_value))

    @api.depends("criterion_id")
    def _compute_display_name(self):
        for line in self:
            line.display_name = line.criterion_id.name

    @api.model
    def _prepare_line_values(self, criterion, figures):
        """Values of the line of one criterion.

        :param figures: trade record, see `credit.payment.behaviour._get_figures`
        """
        value = figures.get(FIGURES.get(criterion.source))
        # A customer who never bought has no disputes because he never bought.
        known = value is not None and (
            criterion.source != "disputes" or figures["first_invoice"] is not None
        )
        option = scoring.pick_option(
            value if known else None,
            [(option.value_from, option) for option in criterion.option_ids],
        )
        return {
            "criterion_id": criterion.id,
            "sequence": criterion.sequence,
            "max_points": criterion.max_points,
            "source": criterion.source,
            "has_book": known,
            "book_value": value or 0.0,
            "book_option_id": option.id if option else False,
        }

    def action_open_documents(self):
        """Open the documents behind the figure, with the user's own rights."""
        self.ensure_one()
        self.check_access("read")
        return self.assessment_id._get_book_action(self.source)
