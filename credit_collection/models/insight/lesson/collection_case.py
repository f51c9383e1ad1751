from odoo import api, fields, models
from odoo.exceptions import UserError


class CollectionCase(models.Model):
    _inherit = "collection.case"

    similar_count = fields.Integer("Similar Cases", compute="_compute_similar_count")

    @api.depends_context("uid")
    def _compute_similar_count(self):
        lessons = self.env["insight.lesson"]
        may = lessons.has_access("read")
        for case in self:
            # One form asks for one case; lists do not show it.
            case.similar_count = len(lessons._get_similar(case._origin)) if may else 0

    def _get_reasons(self):
        """Return the reasons for overdue of the case: of its open invoices, and as customers said."""
        self.ensure_one()
        moves = self.env["account.move"].search(
            [
                ("commercial_partner_id", "=", self.partner_id.id),
                ("company_id", "in", self.company_id._credit_entity_ids()),
                ("collection_reason_id", "!=", False),
                ("state", "=", "posted"),
                ("payment_state", "in", ("not_paid", "partial", "in_payment")),
            ]
        )
        return moves.collection_reason_id | self.contact_ids.reason_id

    def action_open_similar(self):
        """Open what closed cases like this one taught."""
        self.ensure_one()
        self.check_access("read")
        return self._open_records(
            "insight_lesson_action", self.env["insight.lesson"]._get_similar(self)
        )

    def _check_closed(self):
        for case in self:
            if case.state != "closed":
                raise UserError(
                    self.env._(
                        "%s is still open: its lesson is written once it is closed.", case.name
                    )
                )

    def action_lesson(self):
        """Open the lesson of a closed case, or a new one with the course of the case.

        :raise UserError: the case is open
        """
        self.ensure_one()
        self.check_access("read")
        self._check_closed()
        lessons = self.env["insight.lesson"]
        lesson = lessons.search([("case_id", "=", self.id)])
        action = self._open_records("insight_lesson_action", lesson)
        if lesson:
            return action
        return {
            **action,
            "view_mode": "form",
            "views": [(False, "form")],
            "context": {
                "default_case_id": self.id,
                "default_name": self.partner_id.name,
                "default_course": lessons._get_course(self),
                "default_solution": self.result_note or "",
                "default_reason_id": self._get_reasons()[:1].id,
            },
        }
