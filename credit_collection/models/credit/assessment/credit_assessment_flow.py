from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command

from ....engine import scoring
from .credit_assessment import OPEN_STATES

ACTIVITY = "credit_collection.mail_activity_credit_assessment"


class CreditAssessment(models.Model):
    """The flow of an assessment: open, start, close, cancel, apply."""

    _inherit = "credit.assessment"

    # ------------------------------------------------------------------ start

    def action_start(self):
        """Freeze the ledger figures and hand a sheet to every reviewer."""
        self._check_can_manage()
        for assessment in self:
            if assessment.state != "draft":
                raise UserError(self.env._("%s was started already.", assessment.display_name))
            assessment._check_reviewers()
        self._check_signatories()
        self._do_start()
        return True

    def _get_input_checks(self):
        return [self._check_reviewers, self._check_signatories] if self.state == "draft" else []

    def _check_reviewers(self):
        card = self.scorecard_id
        if card:
            card._check_usable()
        elif not self.reviewer_ids:
            raise UserError(self.env._("%s: name the reviewers first.", self.display_name))
        if len(self.reviewer_ids) < card.reviewers_min:
            raise UserError(
                self.env._(
                    "Scorecard “%(card)s” requires at least %(number)s reviewers. Add them first.",
                    card=card.name,
                    number=card.reviewers_min,
                )
            )

    def _do_start(self):
        # sudo: the right was checked above; sheets and activities of reviewers
        for assessment in self.sudo():
            assessment._system_write(
                {
                    "state": "scoring",
                    "started_at": fields.Datetime.now(),
                    **assessment._prepare_policy_values(),
                    **assessment._prepare_book_values(),
                }
            )
            self.env["credit.document"]._get_checklist(
                assessment.partner_id, assessment.company_id, assessment.kind, create=True
            )
            assessment._sync_sheets()
        self._open_signoffs()
        self._subscribe_watchers()
        # sudo: activities of other users
        self.sudo().activity_unlink(self._draft_activities)

    def _prepare_policy_values(self):
        """Return the version of the policy in force."""
        return {"policy_id": self.partner_id._credit_policy(self.company_id).id}

    def _sync_sheets(self):
        """Create sheets for reviewers who were added, delete those of reviewers taken off.

        :raise UserError: a reviewer who has handed in was taken off
        """
        # sudo: sheets of others come and go with their reviewers
        for assessment in self.sudo():
            sheets = assessment._get_sheets()
            gone = sheets.filtered(lambda s, a=assessment: s.user_id not in a.reviewer_ids)
            if any(sheet.state == "submitted" for sheet in gone):
                raise UserError(
                    self.env._("A reviewer who has submitted scores cannot be removed.")
                )
            if assessment.reviewer_ids and len(assessment.reviewer_ids) < (
                assessment.scorecard_id.reviewers_min
            ):
                raise UserError(
                    self.env._(
                        "At least %s reviewers must score.", assessment.scorecard_id.reviewers_min
                    )
                )
            users = assessment.reviewer_ids - (sheets - gone).user_id
            gone.activity_unlink([ACTIVITY])
            gone._system_unlink()
            for user in users:
                assessment._create_sheet(user)

    def _create_sheet(self, user):
        # Only the reviewer follows a sheet: followers get its messages by mail.
        sheets = self.env["credit.assessment.sheet"].with_context(mail_create_nosubscribe=True)
        sheet = sheets._system_create(
            {
                "assessment_id": self.id,
                "user_id": user.id,
                "role": self.group_id._get_role(user)
                or ("account" if user == self.partner_id.user_id else "other"),
                "score_ids": [
                    Command.create({"line_id": line.id, "option_id": line.ledger_option_id.id})
                    for line in self.line_ids
                ],
            }
        )
        sheet.with_env(self.env).activity_schedule(
            ACTIVITY,
            date_deadline=self.deadline,
            user_id=user.id,
            summary=self.with_context(lang=user.lang).env._("Score %s", self.partner_id.name),
        )
        return sheet

    def _notify_handed_in(self, reviewer):
        """Note the name in the chatter, no scores; the head gets an activity when all have handed in."""
        self.ensure_one()
        self.message_post(body=self.env._("%s has submitted.", reviewer.name))
        if all(sheet.state == "submitted" for sheet in self._get_sheets()):
            for user in self._get_leaders():
                self.activity_schedule(
                    ACTIVITY,
                    user_id=user.id,
                    summary=self.with_context(lang=user.lang).env._(
                        "All reviewers have submitted: close %s", self.name
                    ),
                )

    @api.model
    def _cron_remind(self):
        """Daily: a message to reviewers whose scores are overdue, once per deadline."""
        sheets = self.env["credit.assessment.sheet"]
        for [company] in sheets._read_group([("state", "=", "open")], ["company_id"]):
            sheets |= sheets.search(
                [
                    ("state", "=", "open"),
                    ("assessment_id.state", "=", "scoring"),
                    ("company_id", "=", company.id),
                    ("deadline", "<", company._credit_today()),
                    ("reminded_for", "=", False),
                ]
            )
        self.env["ir.cron"]._commit_progress(remaining=len(sheets))
        for sheet in sheets:
            sheet._remind()
            if not self.env["ir.cron"]._commit_progress(1):
                break

    # ------------------------------------------------------------------ close

    def action_close(self):
        """Close the assessment: the average of the reviewers counts, the grade follows (P5-03, P5-04)."""
        self._check_can_manage()
        for assessment in self:
            reasons = assessment._get_cannot_close_reasons()
            if reasons:
                raise UserError("\n".join(reasons))
        self._do_close()
        return True

    def _get_cannot_close_reasons(self):
        """Return the obstacles to closing, a sentence each."""
        self.ensure_one()
        if self.state != "scoring":
            return [self.env._("%s is not being scored.", self.display_name)]
        reasons = []
        sheets = self._get_sheets()
        waiting = sheets.filtered(lambda s: s.state != "submitted").user_id
        if waiting or not sheets:
            reasons.append(
                self.env._("Scores are still missing from: %s.", ", ".join(waiting.mapped("name")))
            )
        # sudo: documents count, whoever closes
        documents = self.env["credit.document"].sudo()
        if self.kind == "new":  # P4-02: a new customer hands in documents first
            documents = self._get_documents().filtered(
                lambda d: d.is_required and d.state in ("missing", "expired")
            )
        reasons += [
            self.env._("%s Attach it or note the date it is promised for.", sentence)
            for sentence in documents._get_sentences()
        ]
        return reasons

    def _do_close(self):
        # sudo: scores of others are averaged, not shown
        for assessment in self.sudo():
            result = assessment._prepare_result()
            for line in assessment.line_ids:
                scores = assessment.score_ids.filtered(lambda s, of=line: s.line_id == of)
                line._system_write(
                    {"average_points": scoring.average(scores.mapped("points")) or 0.0}
                )
            assessment._system_write(
                {
                    "state": "done",
                    "done_at": fields.Datetime.now(),
                    "done_by_id": self.env.user.id,
                    **assessment._prepare_frozen_texts(),
                    **result,
                }
            )
            assessment._get_documents()._accept()
            assessment.activity_unlink([ACTIVITY])
            assessment.message_post(
                body=assessment._get_result_text()
                if assessment.line_ids
                else self.env._("Closed with the opinions of the reviewers, without points."),
                # Watchers follow, and are notified of the result.
                subtype_xmlid="mail.mt_comment",
            )
        # sudo: activities of others
        self.sudo().signoff_ids._ask()

    def _prepare_result(self):
        self.ensure_one()
        customer = self.company_id._credit_in(self.partner_id)
        if not self.line_ids:
            # A form without points says nothing of the grade (P5-08).
            return {"grade_before_id": customer.credit_grade_id.id}
        score = scoring.average(self._get_sheets().mapped("total"))
        return {
            "score": round(score, 2),
            "grade_id": self._grade_for_score(score).id,
            "grade_before_id": customer.credit_grade_id.id,
        }

    def _grade_for_score(self, score):
        """Return the grade by the ranges of the policy in force at the start; without one by P5-04.

        Late items of two years bound it where the policy says so (P4-33).
        """
        return self.policy_id._grade_for_score(round(score, 2), self.ledger_breach_count)

    def _get_result_text(self):
        """Return score and grade in words, and why the grade is lower than the score says."""
        text = self.env._(
            "Score %(score)s, grade %(grade)s.",
            score=f"{self.score:.2f}",
            grade=self.grade_id.display_name or "–",
        )
        if self.grade_id == self.policy_id._grade_for_score(round(self.score, 2)):
            return text
        bound = self.env._(
            "Late items in two years: %s, which allow no better grade.", self.ledger_breach_count
        )
        return f"{text} {bound}"

    # ------------------------------------------------------------------ cancel, apply

    def action_cancel(self):
        """Withdraw assessments that are not closed."""
        self._check_can_manage()
        for assessment in self:
            if assessment.state not in OPEN_STATES:
                raise UserError(self.env._("%s has ended already.", assessment.display_name))
        # sudo: sheets and activities of the reviewers
        sudo = self.sudo()
        sudo._system_write({"state": "cancelled"})
        self._get_sheets().activity_unlink([ACTIVITY])
        sudo.activity_unlink([ACTIVITY, *self._draft_activities])
        return True

    def action_open_my_sheet(self):
        """Open the sheet of the user."""
        self.ensure_one()
        sheet = self.my_sheet_id
        if not sheet:
            raise UserError(self.env._("You are not a reviewer of %s.", self.display_name))
        return sheet.get_formview_action()

    def action_apply(self):
        """Open an application for the terms that the assessment suggests; people approve it.

        Not before all departments have agreed (P5-02).
        """
        self.ensure_one()
        self.check_access("read")
        self._check_signed()
        if self.state != "done":
            raise UserError(self.env._("Only a closed assessment can be applied."))
        self.env["credit.application"].check_access("create")
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Credit Application"),
            "res_model": "credit.application",
            "view_mode": "form",
            "context": {
                "default_kind": "new" if self.kind == "new" else "change",
                "default_partner_id": self.partner_id.id,
                "default_company_id": self.company_id.id,
                "default_assessment_id": self.id,
                "default_grade_id": self.grade_id.id,
                "default_score": self.score,
            },
        }

    # ---- Assessments that a job or another document opens, with the people who do them.

    @api.model
    def _open_assessments(self, partners, company, kind, reviewers=None, **values):
        """Return assessments for a job or a document: the open ones of their kind, or new drafts.

        :param reviewers: users; by default the assessment group, without one those of the last
            assessment of each customer
        :return: one assessment per customer, as superuser
        """
        # sudo: a job or another document opens them; callers check the right
        sudo, partners = self.sudo(), partners.commercial_partner_id
        domain = [("partner_id", "in", partners.ids), ("company_id", "=", company.id)]
        opened = sudo.search([*domain, ("kind", "=", kind), ("state", "in", OPEN_STATES)])
        missing = partners - opened.partner_id
        group = self._prepare_group_values(company) if reviewers is None else {}
        last = {}
        if reviewers is None and missing and not group:
            for assessment in sudo.search([*domain, ("state", "=", "done")]):
                last.setdefault(assessment.partner_id, assessment.reviewer_ids)
        head = company.credit_controller_id or company._credit_controllers()[:1] or self.env.user

        def get_people(partner):
            if group:
                return group
            people = last.get(partner, self.env["res.users"]) if reviewers is None else reviewers
            valid = people.filtered(lambda u: u.active and company._credit_has_user(u))
            return {
                "group_id": False,
                "user_id": head.id,
                "reviewer_ids": [Command.set(valid.ids)],
            }

        created = sudo.with_company(company).create(
            [
                {
                    "partner_id": partner.id,
                    "company_id": company.id,
                    "kind": kind,
                    **get_people(partner),
                    **values,
                }
                for partner in missing
            ]
        )
        first = {assessment.partner_id: assessment for assessment in reversed(opened)}
        return sudo.union(*first.values(), created)
