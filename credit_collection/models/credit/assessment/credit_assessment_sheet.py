import math

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tools import format_date

from ....engine import scoring
from .credit_scorecard import SOURCES, STATED_SOURCES

# The figure of the trade record that answers a criterion.
FIGURES = {
    "payment_speed": "days_late",
    "cooperation_years": "cooperation_years",
    "disputes": "dispute_count",
    "orders": "order_count",
    "breaches": "breach_count",
    **STATED_SOURCES,
}


class CreditAssessmentSheet(models.Model):
    """The score sheet of one reviewer. Nobody else sees it until the assessment is done.

    open       being filled in by its reviewer
    submitted  handed in; they may take it back until the assessment is closed

    A record rule without a group keeps sheets and scores of others out of every read,
    search, group and export, whatever roles the reader has (credit_assessment_rules.xml).
    """

    _name = "credit.assessment.sheet"
    _description = "Score Sheet"
    _inherit = ["credit.input.mixin", "mail.thread", "mail.activity.mixin"]
    _order = "assessment_id desc, id"

    assessment_id = fields.Many2one(
        "credit.assessment", required=True, readonly=True, ondelete="cascade", index=True
    )
    user_id = fields.Many2one("res.users", "Reviewer", required=True, readonly=True, index=True)
    company_id = fields.Many2one(related="assessment_id.company_id", store=True, index=True)
    partner_id = fields.Many2one(related="assessment_id.partner_id", store=True, string="Customer")
    kind = fields.Selection(related="assessment_id.kind", store=True)
    deadline = fields.Date(related="assessment_id.deadline", store=True)
    assessment_state = fields.Selection(related="assessment_id.state", string="Assessment Status")
    contradictions = fields.Text(related="assessment_id.contradictions")
    documents_text = fields.Text(related="assessment_id.documents_text")
    role = fields.Selection(
        [
            ("account", "Account Manager"),
            ("service", "Service Manager"),
            ("finance", "Finance"),
            ("other", "Other"),
        ],
        default="other",
        help="Capacity in which the reviewer gives an opinion.",
    )
    state = fields.Selection(
        [("open", "To Score"), ("submitted", "Submitted")],
        string="Status",
        default="open",
        required=True,
        readonly=True,
    )
    score_ids = fields.One2many("credit.assessment.score", "sheet_id")
    opinion = fields.Text()
    total = fields.Float(
        compute="_compute_total", store=True, aggregator="avg", help="Of 100 points."
    )
    submitted_at = fields.Datetime("Submitted on", readonly=True)
    reminded_for = fields.Date(
        readonly=True, help="Deadline after which the reviewer was reminded."
    )
    is_mine = fields.Boolean(compute="_compute_is_mine")

    _one_per_reviewer = models.UniqueIndex(
        "(assessment_id, user_id)", "This reviewer has a sheet of this assessment already."
    )

    @api.depends("score_ids.points", "score_ids.max_points")
    def _compute_total(self):
        for sheet in self:
            sheet.total = scoring.total(
                sheet.score_ids.mapped("points"), sheet.score_ids.mapped("max_points")
            )

    @api.depends_context("uid")
    @api.depends("user_id")
    def _compute_is_mine(self):
        for sheet in self:
            sheet.is_mine = sheet.user_id == self.env.user

    @api.depends("assessment_id", "user_id")
    def _compute_display_name(self):
        for sheet in self:
            sheet.display_name = f"{sheet.assessment_id.name} – {sheet.user_id.name}"

    def _is_open(self):
        # sudo: whether scoring is on, whatever the reviewer may read
        return self.state == "open" and self.sudo().assessment_id.state == "scoring"

    def _get_open_fields(self):
        if self.user_id == self.env.user and self._is_open():
            return {"role", "opinion", "score_ids"}
        return set()

    # ------------------------------------------------------------------ handing in

    def _check_is_mine(self):
        self.check_access("read")
        for sheet in self:
            if sheet.user_id != self.env.user:
                raise AccessError(
                    self.env._(
                        "Only the reviewer, %s, can change this score sheet.", sheet.user_id.name
                    )
                )
            # sudo: whether scoring is on, whatever the reviewer may read
            if sheet.sudo().assessment_id.state != "scoring":
                raise UserError(self.env._("%s is not being scored.", sheet.assessment_id.name))

    def action_submit(self):
        """Hand in: every criterion is scored, and scores that overrule the ledger have a reason.

        Without a card the opinion is what is handed in.

        :raise UserError: something is missing
        """
        self._check_is_mine()
        for sheet in self.filtered(lambda s: s.state == "open"):
            sheet._check_scores()
            sheet._do_submit()
        return True

    def _get_input_checks(self):
        # sudo: the state of the assessment, which reviewers may not read
        scoring = self.state == "open" and self.sudo().assessment_id.state == "scoring"
        return [self._check_scores] if scoring else []

    def _check_scores(self):
        if not self.score_ids and not (self.opinion or "").strip():
            raise UserError(self.env._("Enter your opinion: this form has no points."))
        blank = self.score_ids.filtered(lambda s: not s.option_id)
        if blank:
            raise UserError(
                self.env._(
                    "Choose an option for: %s.", ", ".join(blank.mapped("criterion_id.name"))
                )
            )
        silent = self.score_ids.filtered(lambda s: s.is_overruled and not s._has_reason())
        if silent:
            raise UserError(
                self.env._(
                    "Enter a reason for overriding the ledger data: %s.",
                    ", ".join(silent.mapped("criterion_id.name")),
                )
            )

    def _do_submit(self):
        self._system_write({"state": "submitted", "submitted_at": fields.Datetime.now()})
        # sudo: the head of the group is notified whatever the reviewer may see of the assessment
        sudo = self.sudo()
        sudo.activity_feedback(["credit_collection.mail_activity_credit_assessment"])
        for assessment in sudo.assessment_id:
            assessment._notify_handed_in(sudo.user_id)

    def _remind(self):
        for sheet in self:
            sheet._system_write({"reminded_for": sheet.deadline})
            sheet._notify_users(
                sheet.user_id,
                self.env._(
                    "Your scores of %(customer)s were due on %(date)s.",
                    customer=sheet.partner_id.name,
                    date=format_date(self.env, sheet.deadline),
                ),
            )

    def action_take_back(self):
        """Change a sheet that was handed in, as long as the assessment is not closed."""
        self._check_is_mine()
        self._system_write({"state": "open", "submitted_at": False})
        return True


class CreditAssessmentScore(models.Model):
    """The choice of one reviewer for one criterion; points are kept as they were at the choice."""

    _name = "credit.assessment.score"
    _description = "Score"
    _inherit = ["credit.protected.mixin"]
    _order = "sheet_id, sequence, id"

    sheet_id = fields.Many2one(
        "credit.assessment.sheet",
        string="Score Sheet",
        required=True,
        readonly=True,
        ondelete="cascade",
        index=True,
    )
    line_id = fields.Many2one(
        "credit.assessment.line", required=True, readonly=True, ondelete="cascade", index=True
    )
    assessment_id = fields.Many2one(related="sheet_id.assessment_id", store=True, index=True)
    user_id = fields.Many2one(related="sheet_id.user_id", store=True, index=True)
    company_id = fields.Many2one(related="sheet_id.company_id", store=True)
    criterion_id = fields.Many2one(related="line_id.criterion_id", store=True)
    sequence = fields.Integer(related="line_id.sequence", store=True)
    max_points = fields.Float(related="line_id.max_points", store=True, aggregator=None)
    ledger_text = fields.Char(related="line_id.ledger_text")
    ledger_option_id = fields.Many2one(related="line_id.ledger_option_id")
    option_id = fields.Many2one(
        "credit.scorecard.option",
        "Choice",
        ondelete="restrict",
        domain="[('criterion_id', '=', criterion_id)]",
    )
    points = fields.Float(compute="_compute_points", store=True, aggregator="avg")
    reason = fields.Char(
        "Reason or Remark", help="Required when the choice differs from the ledger."
    )
    is_overruled = fields.Boolean("Overrides Ledger", compute="_compute_is_overruled", store=True)

    _one_per_criterion = models.UniqueIndex(
        "(sheet_id, line_id)", "Each reviewer can score a criterion only once."
    )

    # Not on option_id.points: a card edited later changes no score.
    @api.depends("option_id")
    def _compute_points(self):
        for score in self:
            # sudo: the card's points; reviewers may not read cards
            score.points = score.sudo().option_id.points

    @api.depends("option_id", "line_id.ledger_option_id")
    def _compute_is_overruled(self):
        for score in self:
            book = score.line_id.ledger_option_id
            score.is_overruled = bool(book and score.option_id and score.option_id != book)

    @api.constrains("option_id")
    def _check_option(self):
        for score in self.filtered("option_id"):
            if score.option_id.criterion_id != score.criterion_id:
                raise ValidationError(
                    self.env._(
                        "“%(option)s” is no option of %(criterion)s.",
                        option=score.option_id.name,
                        criterion=score.criterion_id.name,
                    )
                )

    def _has_reason(self):
        return bool((self.reason or "").strip())

    @api.depends("criterion_id", "user_id")
    def _compute_display_name(self):
        for score in self:
            score.display_name = score.criterion_id.name

    def _get_open_fields(self):
        sheet = self.sheet_id
        if sheet.user_id == self.env.user and sheet._is_open():
            return {"option_id", "reason"}
        return set()

    def action_open_documents(self):
        """Open the documents behind the ledger figure."""
        self.ensure_one()
        return self.line_id.action_open_documents()


class CreditAssessmentLine(models.Model):
    """One criterion of an assessment, with its ledger figure, frozen at the start."""

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
    max_points = fields.Float("Maximum Points", readonly=True, aggregator=None)
    source = fields.Selection(SOURCES, readonly=True, required=True, default="manual")
    is_in_ledger = fields.Boolean("Available from Ledger", readonly=True)
    ledger_value = fields.Float("Ledger Figure", readonly=True, aggregator=None)
    ledger_text = fields.Char("Ledger Data", compute="_compute_ledger_text")
    ledger_option_id = fields.Many2one(
        "credit.scorecard.option", "Proposed", readonly=True, ondelete="restrict"
    )
    average_points = fields.Float(
        "Average",
        readonly=True,
        help="Of the reviewers; known when the assessment is closed.",
        aggregator="avg",
    )

    @api.depends("source", "is_in_ledger", "ledger_value", "assessment_id.state")
    @api.depends_context("lang")
    def _compute_ledger_text(self):
        for line in self:
            # sudo: the figures' day; reviewers may not read the assessment
            assessment = line.assessment_id.sudo()
            if line.source == "manual":
                line.ledger_text = False
            elif not line.is_in_ledger:
                line.ledger_text = self.env._("No ledger data")
            elif line.source == "payment_speed":
                words = {
                    "days": f"{abs(line.ledger_value):.1f}",
                    "paid": assessment.currency_id.format(assessment.ledger_paid_amount),
                    "overdue": assessment.currency_id.format(assessment.ledger_overdue_amount),
                }
                line.ledger_text = self._get_speed_text(line.ledger_value, words)
            elif line.source == "cooperation_years":
                line.ledger_text = self.env._(
                    "%(years)s years since the first invoice of %(date)s",
                    # Cut off, so that 0.99 does not read as a full year.
                    years=f"{math.floor(line.ledger_value * 10) / 10:.1f}",
                    date=format_date(self.env, assessment.ledger_first_invoice),
                )
            elif line.source == "orders":
                line.ledger_text = self.env._(
                    "%(number)s orders, %(amount)s",
                    number=int(line.ledger_value),
                    amount=assessment.currency_id.format(assessment.ledger_order_amount),
                )
            elif line.source == "breaches":
                line.ledger_text = self.env._("%s late items in two years", int(line.ledger_value))
            else:
                line.ledger_text = self.env._("%s disputes", int(line.ledger_value))

    @api.model
    def _get_speed_text(self, days_late, words):
        """Return the speed of payment as a sentence.

        :param words: days (without sign), paid and overdue, as texts
        """
        if days_late < 0:
            return self.env._(
                "%(days)s days before the due date on average; %(paid)s paid, %(overdue)s overdue",
                **words,
            )
        return self.env._(
            "%(days)s days late on average; %(paid)s paid, %(overdue)s overdue", **words
        )

    @api.depends("criterion_id")
    def _compute_display_name(self):
        for line in self:
            line.display_name = line.criterion_id.name

    @api.model
    def _prepare_line_values(self, criterion, figures):
        """Return the values of the line of one criterion.

        :param figures: trade record, see `credit.payment.behaviour._get_figures`
        """
        value = figures.get(FIGURES.get(criterion.source))
        # A customer without orders has no disputes, and is never late, for that reason alone.
        known = value is not None and (
            criterion.source not in ("disputes", "breaches") or figures["first_invoice"] is not None
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
            "is_in_ledger": known,
            "ledger_value": value or 0.0,
            "ledger_option_id": option.id if option else False,
        }

    def action_open_documents(self):
        """Open the documents behind the figure, with the user's own rights."""
        self.ensure_one()
        self.check_access("read")
        return self.assessment_id._get_ledger_action(self.source)
