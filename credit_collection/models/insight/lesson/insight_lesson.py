from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL, format_date

from ...collection.case.collection_case import RESULTS
from ...credit.terms.res_partner import SEGMENTS

INPUTS = {"case_id", "name", "course", "solution", "lesson", "reason_id"}

# Events of a case that its course starts with.
EVENTS = 60

# A similar case has at least so many points of `_get_similar`, and so many are proposed.
LEAST, PROPOSED = 2, 10


class InsightLesson(models.Model):
    """A closed case as an example: course, solution, result and lesson (复盘, P2-19, P5-16).

    What the case was like (reason, industry, segment, amount, days) is kept as it was when the
    lesson was written, so that open cases find it.

    | action | who                                              | restriction          |
    | write  | collectors their own, collection managers all    | closed cases         |
    | read   | who reads collection cases, those of the company | not the case itself  |
    """

    _name = "insight.lesson"
    _description = "Lesson of a Case"
    _inherit = ["credit.protected.mixin", "mail.thread"]
    _order = "date desc, id desc"

    case_id = fields.Many2one(
        "collection.case",
        required=True,
        ondelete="restrict",
        domain=[("state", "=", "closed")],
    )
    company_id = fields.Many2one(related="case_id.company_id", store=True, index=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    partner_id = fields.Many2one(related="case_id.partner_id", store=True, index=True)
    user_id = fields.Many2one("res.users", "Written by", readonly=True)
    date = fields.Date("Closed on", readonly=True)
    result = fields.Selection(RESULTS, readonly=True)
    reason_id = fields.Many2one("collection.reason", "Reason for Overdue", ondelete="restrict")
    industry_id = fields.Many2one("res.partner.industry", readonly=True)
    segment = fields.Selection(SEGMENTS, "Customer Segment", readonly=True)
    amount = fields.Monetary("Overdue when Opened", readonly=True)
    days = fields.Integer("Days Open", readonly=True, aggregator="avg")
    name = fields.Char("Title", required=True, tracking=True)
    course = fields.Text(
        index="trigram", help="What happened, in order; starts from the timeline of the case."
    )
    solution = fields.Text(index="trigram", help="What brought the result.")
    lesson = fields.Text(
        index="trigram", help="What to do again, and what to do otherwise.", tracking=True
    )
    can_edit = fields.Boolean(compute="_compute_can_edit")

    _once = models.UniqueIndex("(case_id)", "This case has a lesson already.")

    @api.depends_context("uid")
    @api.depends("user_id")
    def _compute_can_edit(self):
        for lesson in self:
            lesson.can_edit = not lesson.id or lesson._may_edit()

    def _may_edit(self):
        return self.env.user._has_role("collection_manager") or self.user_id == self.env.user

    def _get_open_fields(self):
        return INPUTS - {"case_id"} if self._may_edit() else set()

    @api.model
    def _get_create_fields(self):
        return INPUTS

    def _may_delete(self):
        return self._may_edit()

    @api.model_create_multi
    def create(self, vals_list):
        # Also the case that a default chose, of the client's context or kept by the user.
        default = self.default_get(["case_id"]).get("case_id")
        cases = self.env["collection.case"].browse(
            {vals.get("case_id", default) for vals in vals_list} - {None, False}
        )
        # Who may not read a case does not write about it.
        cases.check_access("read")
        cases._check_closed()
        lessons = super().create(vals_list)
        for lesson in lessons:
            lesson._system_write(lesson._get_case_values())
        return lessons

    def _get_case_values(self):
        """Return what the case was like."""
        self.ensure_one()
        # sudo: facts of the case beside the lesson
        case = self.case_id.sudo()
        partner = case.partner_id.with_company(case.company_id)
        return {
            "user_id": self.env.uid,
            "date": case.date_close,
            "result": case.result,
            "industry_id": partner.industry_id.id,
            "segment": partner.credit_segment,
            "amount": case.amount_opened,
            "days": (case.date_close - case.date_open).days if case.date_open else 0,
        }

    @api.model
    def _get_course(self, case):
        """Return the events of a case as text, a line each, the oldest first."""
        timeline = self.env["collection.timeline"]
        kinds = dict(timeline._fields["kind"]._description_selection(self.env))
        domain = Domain("partner_id", "=", case.partner_id.id) & Domain(
            "company_id", "=", case.company_id.id
        )
        if case.date_open:
            domain &= Domain("date", ">=", case.date_open)
        if case.date_close:
            domain &= Domain("date", "<=", case.date_close)
        lines = []
        for event in timeline.search(domain, order="date, at, id", limit=EVENTS):
            parts = [format_date(self.env, event.date), kinds.get(event.kind, "")]
            if event.amount and event.currency_id:
                parts.append(event.currency_id.format(event.amount))
            if event.text:
                parts.append(event.text.splitlines()[0][:120])
            lines.append(" · ".join(part for part in parts if part))
        return "\n".join(lines)

    @api.model
    def _get_similar(self, case):
        """Return lessons of cases like this one, the most alike first.

        Points: 3 for the reason for overdue, 2 for the industry, 1 each for the segment and for an
        amount between half and double. The customer's own cases count 2 more.
        """
        # sudo: facts of the case; the lessons are read with the user's rights
        own = case.sudo()
        partner = own.partner_id.with_company(own.company_id)
        lessons = self.search([("company_id", "=", own.company_id.id)])
        if not lessons:
            return lessons
        self.flush_model()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT id FROM (
                    SELECT id, date,
                           CASE WHEN reason_id IN %(reasons)s THEN 3 ELSE 0 END
                           + CASE WHEN industry_id = %(industry)s THEN 2 ELSE 0 END
                           + CASE WHEN segment = %(segment)s THEN 1 ELSE 0 END
                           + CASE WHEN amount BETWEEN %(amount)s / 2.0 AND %(amount)s * 2.0
                                       AND amount > 0 THEN 1 ELSE 0 END
                           + CASE WHEN partner_id = %(partner)s THEN 2 ELSE 0 END AS points
                      FROM insight_lesson WHERE id IN %(lessons)s AND case_id <> %(case)s) found
                 WHERE points >= %(least)s ORDER BY points DESC, date DESC, id DESC LIMIT %(limit)s
                """,
                reasons=tuple(own._get_reasons().ids) or (0,),
                industry=partner.industry_id.id or 0,
                segment=partner.credit_segment or "",
                amount=own.amount_opened or 0.0,
                partner=partner.id,
                lessons=tuple(lessons.ids),
                case=own.id or 0,
                least=LEAST,
                limit=PROPOSED,
            )
        )
        return self.browse([row[0] for row in rows])

    @api.model
    def _search_words(self, text):
        """Return the domain of lessons with all words of a text, in any of their texts."""
        return Domain.AND(
            Domain.OR(
                Domain(name, "ilike", word) for name in ("name", "course", "solution", "lesson")
            )
            for word in text.split()
        )

    @api.model
    def _search_display_name(self, operator, value):
        if operator in ("ilike", "like") and isinstance(value, str):
            return self._search_words(value)
        return super()._search_display_name(operator, value)

    def action_open_case(self):
        """Open the case, for users who may read it."""
        self.ensure_one()
        self.case_id.check_access("read")
        return self.case_id.get_formview_action()
