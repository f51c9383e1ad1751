from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from .insight_meeting import LEADERS

INPUTS = {"meeting_id", "partner_id", "kind", "name", "user_id", "deadline", "result"}

FOLLOWED = {"user_id", "deadline", "result"}


class InsightMeetingDecision(models.Model):
    """What a meeting decided about a customer or in general, followed until it is done.

    open     its button opens what carries it out: application, freeze, task
    done     with its result
    dropped  with the reason as its result

    | action      | who                                                 | restriction             |
    | write       | controllers, collection, finance, general managers  | text: before the minutes|
    | result, end | these, and the person responsible                   | while open              |
    """

    _name = "insight.meeting.decision"
    _description = "Decision of a Meeting"
    _inherit = ["credit.protected.mixin", "mail.thread", "mail.activity.mixin"]
    _order = "deadline, id"

    meeting_id = fields.Many2one("insight.meeting", required=True, ondelete="cascade", index=True)
    company_id = fields.Many2one(related="meeting_id.company_id", store=True, index=True)
    partner_id = fields.Many2one("res.partner", "Customer", index=True, ondelete="restrict")
    kind = fields.Selection(
        [
            ("application", "Change of Terms"),
            ("freeze", "Freeze"),
            ("task", "Assigned Task"),
            ("other", "Noted Only"),
        ],
        "Type",
        required=True,
        default="task",
    )
    name = fields.Char("Decision", required=True)
    user_id = fields.Many2one(
        "res.users", "Responsible", default=lambda self: self.env.user, tracking=True
    )
    deadline = fields.Date(
        default=lambda self: self.env.company._credit_today() + timedelta(days=14), tracking=True
    )
    state = fields.Selection(
        [("open", "Open"), ("done", "Done"), ("dropped", "Dropped")],
        string="Status",
        required=True,
        readonly=True,
        default="open",
        tracking=True,
        index=True,
    )
    result = fields.Text()
    done_at = fields.Datetime("Done on", readonly=True)
    application_id = fields.Many2one("credit.application", readonly=True, ondelete="set null")
    outcome = fields.Char("Carried Out", compute="_compute_outcome")
    can_follow = fields.Boolean(compute="_compute_can_follow")
    can_edit = fields.Boolean(compute="_compute_can_follow")

    @api.depends("kind", "application_id.state", "partner_id", "activity_ids")
    @api.depends_context("lang")
    def _compute_outcome(self):
        for decision in self:
            # sudo: how far it got is told to whoever reads the decision
            done = decision.sudo().with_company(decision.company_id)
            if done.kind == "application" and done.application_id:
                field = done.application_id._fields["state"]
                states = dict(field._description_selection(self.env))
                decision.outcome = (
                    f"{done.application_id.name}: {states[done.application_id.state]}"
                )
            elif done.kind == "freeze" and done.partner_id:
                frozen = done.partner_id.commercial_partner_id.credit_control == "frozen"
                decision.outcome = self.env._("Frozen") if frozen else self.env._("Not frozen yet")
            elif done.kind == "task":
                decision.outcome = self.env._("Task is open") if done.activity_ids else False
            else:
                decision.outcome = False

    @api.depends_context("uid")
    @api.depends("state", "user_id", "meeting_id.state")
    def _compute_can_follow(self):
        leader = self.env.user._has_role(*LEADERS)
        for decision in self:
            decision.can_follow = decision.state == "open" and (
                leader or decision.user_id == self.env.user
            )
            decision.can_edit = leader and decision.meeting_id.state != "held"

    # ------------------------------------------------------------------ what people may write

    def _get_open_fields(self):
        if self.state != "open":
            return set()
        if not self.env.user._has_role(*LEADERS):
            return {"result"} if self.user_id == self.env.user else set()
        # The meeting of a decision stays; so does its text once the minutes are kept.
        return FOLLOWED if self.meeting_id.state == "held" else INPUTS - {"meeting_id"}

    @api.model
    def _get_create_fields(self):
        return INPUTS

    def _may_delete(self):
        return self.meeting_id.state == "draft" and self.env.user._has_role(*LEADERS)

    @api.model_create_multi
    def create(self, vals_list):
        decisions = super().create(vals_list)
        for decision in decisions:
            if decision.meeting_id.state != "draft":
                raise UserError(
                    self.env._(
                        "%s has taken place: its minutes are kept. Enter the decision at the next meeting.",
                        decision.meeting_id.display_name,
                    )
                )
        return decisions

    @api.constrains("kind", "partner_id")
    def _check_partner(self):
        for decision in self:
            if decision.kind in ("application", "freeze") and not decision.partner_id:
                raise UserError(self.env._("“%s”: choose the customer.", decision.name))

    # ------------------------------------------------------------------ carry out, follow

    def _check_may_follow(self):
        for decision in self:
            if decision.state != "open":
                raise UserError(self.env._("“%s” has ended already.", decision.name))
            if not decision.can_follow:
                raise AccessError(
                    self.env._(
                        "Only %s and those who lead the meeting can follow up on this decision.",
                        decision.user_id.name or "–",
                    )
                )

    def action_open(self):
        """Open what carries the decision out: a draft application, the dialog of a freeze, a task.

        With the rights of the user, who needs those of the application or freeze.
        """
        self.ensure_one()
        self.check_access("read")
        if self.application_id:
            return self._open_records("credit_application_action", self.application_id)
        self._check_may_follow()
        reason = f"{self.meeting_id.name}: {self.name}"
        if self.kind == "application":
            application = self.env["credit.application"].create(
                {
                    "partner_id": self.partner_id.commercial_partner_id.id,
                    "company_id": self.company_id.id,
                    "reason": reason,
                }
            )
            self._system_write({"application_id": application.id})
            return self._open_records("credit_application_action", application)
        if self.kind == "freeze":
            return self._open_records(
                "credit_terms_change_action",
                context={
                    "default_partner_ids": self.partner_id.commercial_partner_id.ids,
                    "default_change": "freeze",
                    "default_reason": reason,
                },
            )
        self._schedule()
        return True

    def _schedule(self):
        """Give open decisions to those responsible, as a task with its deadline; once each."""
        # sudo: activities of other users
        for decision in self.sudo():
            if (
                decision.state == "open"
                and decision.kind != "other"
                and decision.user_id
                and not decision.activity_ids
            ):
                decision.activity_schedule(
                    "mail.mail_activity_data_todo",
                    date_deadline=decision.deadline,
                    user_id=decision.user_id.id,
                    summary=decision.name,
                )

    def action_done(self):
        """End decisions that were carried out, with their result.

        :raise UserError: the result is missing, or it ended already
        """
        return self._end("done")

    def action_drop(self):
        """End decisions that are given up; the result says why."""
        return self._end("dropped")

    def _end(self, state):
        self.check_access("read")
        self._check_may_follow()
        for decision in self:
            if not (decision.result or "").strip():
                raise UserError(self.env._("“%s”: enter the result first.", decision.name))
        self._system_write({"state": state, "done_at": fields.Datetime.now()})
        # sudo: the tasks may be of other users
        self.sudo().activity_ids.action_feedback()
        return True
