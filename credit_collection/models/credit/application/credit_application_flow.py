from dateutil.relativedelta import relativedelta

from odoo import api, models
from odoo.exceptions import AccessError, UserError, ValidationError

from ..terms.res_partner import MAX_TERM_DAYS

# From the most to the least credit.
STRICTNESS = ("none", "limit", "cash", "frozen", "blacklist")


class CreditApplication(models.Model):
    """The checks before an application is requested, and the effects of its approval."""

    _inherit = "credit.application"

    # ------------------------------------------------------------------ request

    def _check_can_request(self):
        result = super()._check_can_request()
        if self.state != "draft":
            raise UserError(
                self.env._("Approval of %s has already been requested.", self.display_name)
            )
        self._recompute_figures()
        self._check_all(*self._get_input_checks())
        return result

    def _get_input_checks(self):
        if self.state != "draft":
            return []
        return [
            self._check_amounts,
            getattr(self, f"_check_kind_{self.kind}"),
            self._check_red_line,
            self._check_documents,
            self._check_waiting,
            self._check_signature,
            self._check_score,
        ]

    def _check_red_line(self):
        red_line = self._get_red_line_text()
        if red_line:
            raise UserError(red_line)

    def _check_documents(self):
        missing = self._get_missing_documents()
        if missing:
            raise UserError(
                self.env._(
                    "Documents are missing: %s. Attach them or enter the dates they are promised "
                    "for.",
                    ", ".join(missing),
                )
            )

    def _check_waiting(self):
        # sudo: applications of colleagues wait as well
        waiting = self.sudo().search_count(
            [
                ("partner_id", "=", self.partner_id.id),
                ("company_id", "=", self.company_id.id),
                ("state", "=", "requested"),
            ],
            limit=1,
        )
        if waiting:
            raise UserError(
                self.env._("Another application of this customer waits for its decision.")
            )

    def _check_amounts(self):
        faults = []
        if not self.control:
            faults.append(self.env._("Choose how orders of the customer are checked."))
        for name in (
            "limit", "monthly_sales_expected", "assets", "annual_sales", "registered_capital",
            "full_limit", "score", "percent",
        ):  # fmt: skip
            if self[name] < 0:
                faults.append(
                    self.env._(
                        "%(field)s cannot be negative: %(value)s.",
                        field=self._fields[name]._description_string(self.env),
                        value=self[name],
                    )
                )
        if not 0 <= self.term_days <= MAX_TERM_DAYS:
            faults.append(
                self.env._(
                    "Requested Term must be between 0 and %(max)s days, not %(value)s.",
                    max=MAX_TERM_DAYS,
                    value=self.term_days,
                )
            )
        if self.score > 100:
            faults.append(self.env._("A score cannot exceed 100; it is %s.", self.score))
        if faults:
            raise UserError("\n".join(faults))
        self._check_term_start()

    def _check_kind_new(self):
        if self.current_control == "limit" and self.current_limit > 0:
            raise UserError(
                self.env._(
                    "%s already has a limit. Create a change of terms instead.",
                    self.partner_id.display_name,
                )
            )

    def _check_kind_change(self):
        """Check the kind of change: it may raise and lower any term; the tiers decide."""

    def _check_kind_temporary(self):
        today = self.company_id._credit_today()
        if not (self.date_from and self.date_to) or self.date_to < max(self.date_from, today):
            raise UserError(
                self.env._(
                    "A temporary limit needs a start date and an end date that is not in the past."
                )
            )
        if self.date_to > self.date_from + relativedelta(years=1):
            raise UserError(
                self.env._(
                    "A temporary limit cannot exceed one year. Create a change of terms instead."
                )
            )
        if self.current_control != "limit" or self.control != "limit":
            raise UserError(
                self.env._(
                    "%s has no credit limit, so no temporary limit can be granted.",
                    self.partner_id.display_name,
                )
            )
        if self.currency_id.compare_amounts(self.limit, self.current_limit) <= 0:
            raise UserError(
                self.env._(
                    "The temporary limit must be above the limit of %s.",
                    self.currency_id.format(self.current_limit),
                )
            )

    def _check_kind_downgrade(self):
        strictness = STRICTNESS.index
        now, then = self.current_control, self.control
        raised = strictness(then) < strictness(now) or (
            then == now == "limit"
            and (
                self.currency_id.compare_amounts(self.limit, self.current_limit) > 0
                or self.term_days > self.current_term_days
            )
        )
        if raised:
            raise UserError(
                self.env._(
                    "A downgrade cannot increase anything. Create a change of terms instead."
                )
            )

    # ------------------------------------------------------------------ decision

    def _prepare_decision(self):
        """Return the decision fields of the customer that an approval writes."""
        self.ensure_one()
        if self.kind == "temporary":
            return {
                "credit_limit_temporary": self.limit,
                "credit_limit_temporary_from": self.date_from,
                "credit_limit_temporary_to": self.date_to,
            }
        values = {
            "credit_control": self.control,
            **self._prepare_limit(),
            "credit_term_days": self.term_days if self.control in ("none", "limit") else 0,
            "credit_review_date": self.review_date,
        }
        start = self._get_term_start()
        if start != "invoice" or self.current_term_start:
            values["credit_term_start"] = start
        if self.grade_id:
            values["credit_grade_id"] = self.grade_id.id
        if self._ends_temporary():
            values.update(
                credit_limit_temporary=0.0,
                credit_limit_temporary_from=False,
                credit_limit_temporary_to=False,
            )
        return values

    def _prepare_limit(self):
        """Return the values of the limit: in the currency of the customer's, and a default stays one."""
        if self.control != "limit":
            return {"credit_limit": 0.0, "credit_limit_default": False}
        if self.limit_currency_id:
            return {
                "credit_limit_currency_id": self.limit_currency_id.id,
                "credit_limit_amount": self.limit_amount,
            }
        if self._keeps_limit() and self._customer().credit_limit_default:
            return {}
        return {"credit_limit": self.limit, "credit_limit_default": False}

    def _get_decision_source(self):
        """Return the source of the entry in the customer's history. Extend for other origins."""
        return "assessment" if self.assessment_id else "application"

    def _after_approved(self):
        result = super()._after_approved()
        # sudo: approvers decide by their tier, not by rights on customers
        for application in self.sudo():
            application._get_checklist()._accept()
            application._customer()._credit_decide(
                application._prepare_decision(),
                application._get_decision_source(),
                application,
                application.name,
            )
            application._notify_applicant(
                self.env._("%s was approved: the customer's terms are changed.", application.name)
            )
        return result

    def _after_rejected(self):
        result = super()._after_rejected()
        # sudo: people are notified whoever rejects
        for application in self.sudo():
            application._notify_applicant(
                self.env._("%s was rejected. The customer's terms are unchanged.", application.name)
            )
        return result

    def _notify_applicant(self, body):
        # sudo: people are notified whoever decides
        for application in self.sudo():
            people = application.requested_by_id | application.user_id
            application._notify_users(people, body)

    def action_cancel(self):
        """Withdraw applications that are not decided."""
        self.check_access("write")
        self._check_can_withdraw()
        for application in self:
            if application.state not in ("draft", "requested"):
                raise UserError(
                    self.env._("%s has already been decided.", application.display_name)
                )
            application._cancel_reviews()
            application._system_write({"state": "cancelled"})
        # sudo: activities of other users
        self.sudo().activity_unlink(self._draft_activities)
        return True

    def action_print(self):
        """Print the application for the customer's signature."""
        self.check_access("read")
        return self.env.ref("credit_collection.action_report_credit_application").report_action(
            self
        )

    # ---- Limits of an application: it cannot use another's assessment, stop a downgrade of one's
    # own customer, undo decisions made since the request, lose the signed document.

    # ------------------------------------------------------------------ the assessment behind it

    @api.constrains("assessment_id", "partner_id", "company_id")
    def _check_assessment(self):
        for application in self.filtered("assessment_id"):
            # sudo: the assessment is checked alike for every applicant
            assessment = application.assessment_id.sudo()
            if (
                assessment.state != "done"
                or assessment.partner_id != application.partner_id
                or assessment.company_id != application.company_id
            ):
                raise ValidationError(
                    self.env._(
                        "%(assessment)s is no closed assessment of %(customer)s.",
                        assessment=assessment.name,
                        customer=application.partner_id.display_name,
                    )
                )

    def _check_score(self):
        """Require the score that the assessment gave, for a limit by score (P4-20)."""
        # sudo: the score counts, whether the applicant reads the assessment or not
        assessment = self.assessment_id.sudo()
        if assessment and self.formula == "score" and round(self.score - assessment.score, 2) > 0:
            raise UserError(
                self.env._(
                    "%(assessment)s gave a score of %(score)s, not %(value)s.",
                    assessment=assessment.name,
                    score=f"{assessment.score:g}",
                    value=f"{self.score:g}",
                )
            )

    # ------------------------------------------------------------------ downgrades

    def _is_against_user(self):
        """Return whether others propose to lower the terms of the user's own customer (P4-07).

        No salesperson stops that.
        """
        self.ensure_one()
        return bool(
            self.kind == "downgrade"
            and self.create_uid
            and self.create_uid != self.env.user
            and not self.env["res.partner"]._credit_may_decide()
        )

    def _may_withdraw(self):
        return super()._may_withdraw() and not self._is_against_user()

    def _check_can_withdraw(self):
        for application in self:
            if application._is_against_user():
                raise AccessError(
                    self.env._(
                        "%s reduces your customer's terms. Only credit control can withdraw it.",
                        application.display_name,
                    )
                )

    # ------------------------------------------------------------------ approval

    def _get_request_changes(self):
        """Return changes of the terms since the request: a freeze or a worse grade stays."""
        customer = self._customer()
        values = {
            "current_control": customer.credit_control or "none",
            "current_term_days": customer.credit_term_days,
            "current_grade_id": customer.credit_grade_id,
        }
        if self.limit_currency_id:
            # A rate that moved changes no terms.
            values["limit_currency_id"] = customer.credit_limit_currency_id
            values["current_limit_amount"] = customer.credit_limit_amount
        else:
            limit = customer._credit_get_limit(self.company_id._credit_root())[0]
            if self.currency_id.compare_amounts(self.current_limit, limit):
                values["current_limit"] = limit
        return [
            self._get_change_text(name, value)
            for name, value in values.items()
            if self[name] != value
        ]

    # ------------------------------------------------------------------ its files

    def _get_own_files(self):
        # A file uploaded before the first save has no owner: the approvers read it, too.
        return super()._get_own_files() | self.signed_attachment_ids

    def _frozen_files(self, attachments):
        """Return an application that keeps one of these files as its signature, image or document (P4-06)."""
        # sudo: evidence is kept whether the user sees it or not
        signed = attachments.sudo().filtered(
            lambda file: file.res_model == self._name and file.res_field == "signature"
        )
        return self.browse(signed[:1].res_id) if signed else super()._frozen_files(attachments)

    def _keep_signed_files(self, before):
        """Refuse that an approved application loses a file.

        :param before: {id: documents that were there}
        """
        self._own_attachments()
        for application in self:
            lost = before[application.id] - application.signed_attachment_ids
            if lost and application.state == "approved":
                raise AccessError(
                    self.env._("%s keeps the terms the customer signed.", application.display_name)
                )
