from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import format_date

ACTIVITY = "credit_collection.mail_activity_credit_approval"


class CreditApprovalMixin(models.AbstractModel):
    """Documents that are decided on through approval tiers; neither requesters nor authors approve.

    A model inherits this alone (it brings `credit.input.mixin`, `mail.thread`,
    `mail.activity.mixin` and `tier.validation`) and has a selection `state` with
    `requested`, the state of `_state_to`, and `rejected`. It is an approval model for
    `tier.definition` and its reviews are guarded in `tier.review` without further ado.

    action_request      checks, freezes the document and starts the tiers
    action_approve      the button Approve, for the reviewer whose turn it is: shows what is
                        decided and who is next, and takes a comment
    validate_tier       the same without the dialog
    action_reject       the button Reject: asks for the reason
    action_withdraw     takes the request back: the document is a draft again
    _do_approve         after the last approval: state, then the hook `_after_approved`
    _do_reject          after the first rejection: state, then the hook `_after_rejected`

    To write: `_check_can_request`, `_get_input_checks`, `_prepare_request_values`, `_after_approved`,
    `_after_rejected`, `_get_open_fields`, `_author_fields` (lines inherit `credit.approval.line.mixin`);
    `_get_create_fields` where people create it;
    `_approval_fields` and `_approval_amount`, which approvers are told;
    `_get_request_changes` where the books may move on while it waits: approvers are told what
    changed and why, and nobody approves other figures than were asked for.
    State and approvals move through these methods only, whatever a client writes or
    sends as context. `_do_*` and the hooks get one record or many, with the rights of
    the user who decided: `sudo()` where the decision reaches further than their rights.
    """

    _name = "credit.approval.mixin"
    _description = "Document with Approval Tiers"
    _inherit = ["credit.input.mixin", "mail.thread", "mail.activity.mixin", "tier.validation"]

    _state_field = "state"
    _state_from = ["requested"]
    _state_to = ["approved"]
    # The state of a request that was taken back; None where that cannot be done.
    _draft_state = None
    _cancel_state = "cancelled"
    # The form places the buttons of the tiers itself.
    _tier_validation_manual_config = True

    # Fields that approvers are told, in their order; the one with the amount for the title.
    _approval_fields = ()
    _approval_amount = None

    # Fields whose writers are authors of what is decided, beside who created the document.
    _author_fields = frozenset()

    requested_by_id = fields.Many2one(
        "res.users", string="Requested by", readonly=True, copy=False, tracking=True
    )
    was_requested = fields.Boolean(
        readonly=True, copy=False, help="Kept when a request is withdrawn: approvers have seen it."
    )
    requested_at = fields.Datetime("Requested on", readonly=True, copy=False)
    reviewer_ids = fields.Many2many(string="Approvers")
    decided_at = fields.Datetime("Decided on", readonly=True, copy=False)
    author_ids = fields.Many2many("res.users", string="Written by", readonly=True, copy=False)
    request_changes = fields.Text("Changed Since the Request", compute="_compute_request_changes")

    def _system(self):
        # The guard of this add-on is stricter than the one of the tiers, which would not
        # let the flow itself end a document that is under review.
        return super()._system().with_context(skip_validation_check=True)

    def _allow_to_remove_reviews(self, values):
        """Approvals given stay on the document, however it ends."""
        return False

    def _tier_validation_check_state_on_write(self, vals):
        # Only the flow below moves the state, and it has looked at every review itself.
        if self._is_system():
            return None
        return super()._tier_validation_check_state_on_write(vals)

    # ------------------------------------------------------------------ request

    def action_request(self):
        """Check the document, freeze it and start the approval tiers.

        :raise UserError: requested already, something is missing, or nobody could approve
        """
        for record in self:
            record.check_access("read")
            if record[self._state_field] in self._state_from:
                raise UserError(
                    self.env._("Approval of %s has already been requested.", record.display_name)
                )
            record._check_can_request()
            record._do_request()
        return True

    def _check_can_request(self):
        """Raise unless the user may ask and the document is complete. Extend for a model."""
        self.ensure_one()
        self.check_access("write")

    def _prepare_request_values(self):
        """Return values written when approval is asked for. Extend for a model."""
        self.ensure_one()
        return {
            "state": self._state_from[0],
            "requested_by_id": self.env.user.id,
            "requested_at": fields.Datetime.now(),
            "was_requested": True,
        }

    def _do_request(self):
        for record in self:
            # Asking may take read access only; the checks came before.
            record._system_write(record._prepare_request_values())
            reviews = record._system().request_validation()
            # Reviews point to their document by number: the ORM does not see them come.
            record.invalidate_recordset(["review_ids", "need_validation"])
            if not reviews:
                raise UserError(record._get_no_tier_message())
            vacant = reviews.filtered(lambda r: not r.reviewer_ids)
            if vacant:
                raise UserError(
                    self.env._(
                        "Tier %s has no approver other than the requester. Assign its role to "
                        "another user.",
                        ", ".join(vacant.mapped("name")),
                    )
                )
        # sudo: activities of other users
        self.sudo().activity_unlink(self._draft_activities)

    def _get_no_tier_message(self):
        return self.env._(
            "No approver is defined. Ask an administrator to set up an approval tier for "
            "“%(model)s” (Settings ‣ Credit & Collection).",
            model=self.env["ir.model"]._get(self._name).name,
        )

    def request_validation(self):
        """Request by `action_request`, the only way in, also for the tier mixin's public method."""
        if self._is_system():
            return super().request_validation()
        return self.action_request()

    def restart_validation(self):
        """Keep decisions: a new application needs a new document."""
        raise UserError(
            self.env._(
                "The approvals of “%(model)s” cannot be restarted.",
                model=self.env["ir.model"]._get(self._name).name,
            )
        )

    # ------------------------------------------------------------------ changes since the request

    @api.depends("state")
    def _compute_request_changes(self):
        # sudo: what changed is told to whoever may read the document
        for record in self.sudo():
            waits = record.state in self._state_from
            record.request_changes = "\n".join(record._get_request_changes()) if waits else False

    def _get_request_changes(self):
        """Return what is no longer as it was requested, with old and new value and the documents
        behind it, in words. Extend for a model; called as superuser, for requests that wait."""
        self.ensure_one()
        return []

    def _get_change_text(self, name, value):
        """Return "Field: as requested → as it is now" in words."""
        return self.env._(
            "%(field)s: %(old)s → %(new)s",
            field=self._fields[name]._description_string(self.env),
            old=self._get_approval_text(name) or "0",
            new=self._get_approval_text(name, value) or "0",
        )

    def _check_unchanged(self):
        """Raise where the books no longer show what was requested."""
        # sudo: the books count, whatever the approver may read of them
        changes = self.sudo()._get_request_changes()
        if changes:
            raise UserError(
                self.env._(
                    "%(document)s has changed since it was requested:\n%(changes)s\nReject it, or"
                    " have the request withdrawn: a new one starts from today's figures.",
                    document=self.display_name,
                    changes="\n".join(changes),
                )
            )

    # ------------------------------------------------------------------ what approvers are told

    def _get_approval_title(self):
        """Return document, customer and amount in a line."""
        self.ensure_one()
        parts = [self.display_name]
        partner = self["partner_id"] if "partner_id" in self._fields else None
        if partner and partner.name not in self.display_name:
            parts.append(partner.display_name)
        if self._approval_amount:
            parts.append(self._get_approval_text(self._approval_amount))
        return ", ".join(part for part in parts if part)

    def _get_approval_facts(self):
        """Return [(label, text)] of what is decided, the empty ones left out. Extend for a model."""
        self.ensure_one()
        facts = [
            (self._fields[name]._description_string(self.env), self._get_approval_text(name))
            for name in self._approval_fields
        ]
        label = self._fields["request_changes"]._description_string(self.env)
        facts.append((label, self.request_changes))
        return [(label, text) for label, text in facts if text]

    def _get_large_text(self):
        """Return why this decision is confirmed once more, in words; "" where its amount is not large."""
        self.ensure_one()
        if not self._approval_amount:
            return ""
        # sudo: the threshold binds users who may not read settings
        document = self.sudo()
        company = document.company_id
        amount, currency = document[self._approval_amount], company.currency_id
        own = document[self._fields[self._approval_amount].get_currency_field(document)]
        if own != currency:
            amount = own._convert(amount, currency, company, company._credit_today())
        partner = document["partner_id"] if "partner_id" in self._fields else None
        limit = company._credit_threshold("credit_large_limit", partner)
        if not limit or currency.compare_amounts(abs(amount), limit) < 0:
            return ""
        return self.env._(
            "%(amount)s is a large amount, %(limit)s or more.",
            amount=currency.format(amount),
            limit=currency.format(limit),
        )

    def _get_approval_text(self, name, value=None):
        """Return the value of a field in words, or another value of it; "" for nothing."""
        field = self._fields[name]
        value = self[name] if value is None else value
        if not value:
            return ""
        if field.type == "monetary":
            return self[field.get_currency_field(self)].format(value)
        if field.type == "selection":
            return dict(field._description_selection(self.env))[value]
        if field.type == "date":
            return format_date(self.env, value)
        return value.display_name if field.relational else str(value)

    def _get_approval_html(self):
        """Return the facts as a table, for messages and the dialog of the decision."""
        row = Markup("<tr><td class='pe-3 text-muted'>%s</td><td>%s</td></tr>")
        rows = [row % fact for fact in self._get_approval_facts()]
        return Markup("<table>%s</table>") % Markup().join(rows)

    def _notify_review_available(self, tier_reviews):
        """Tell the reviewers whose turn it is: a message and an activity that say what is decided."""
        # sudo: people are told whoever asked
        for record in self.sudo():
            users = tier_reviews.filtered(
                lambda r, id_=record.id: r.definition_id.notify_on_pending and r.res_id == id_
            ).reviewer_ids
            for lang, people in users.grouped("lang").items():
                told = record.with_context(lang=lang, mail_activity_quick_update=True)
                title = told.env._("To approve: %s", told._get_approval_title())
                facts = told._get_approval_html()
                link = told._get_html_link(title=told.display_name)
                told.message_notify(
                    partner_ids=people.partner_id.ids,
                    subject=title,
                    body=Markup("<p>%s</p>%s<p>%s</p>")
                    % (
                        told.env._(
                            "%s requests your approval:", told.requested_by_id.display_name or ""
                        ),
                        facts,
                        link,
                    ),
                    subtype_xmlid=self._get_requested_notification_subtype(),
                )
                for user in people:
                    told.activity_schedule(ACTIVITY, user_id=user.id, summary=title, note=facts)

    def _forget_reviewers(self):
        """Take back what asked reviewers for a decision: activities, and messages not read yet."""
        # sudo: activities and notifications of other users
        records = self.sudo()
        records.activity_unlink([ACTIVITY])
        records.env["mail.notification"].search(
            [
                ("is_read", "=", False),
                ("mail_message_id.model", "=", self._name),
                ("mail_message_id.res_id", "in", self.ids),
                (
                    "mail_message_id.subtype_id",
                    "=",
                    self.env.ref(self._get_requested_notification_subtype()).id,
                ),
            ]
        ).write({"is_read": True})

    # ------------------------------------------------------------------ decision

    def _get_excluded_deciders(self):
        """Return users who cannot decide on this document: requester and authors. Extend for a model."""
        self.ensure_one()
        # sudo: the authors are read whoever decides
        return self.requested_by_id | self.sudo()._get_authors()

    def _get_authors(self):
        """Return users who wrote what is decided: a colleague may have requested it. Extend for a model."""
        return self.create_uid | self.author_ids

    def write(self, vals):
        result = super().write(vals)
        if not self._is_system() and not self._author_fields.isdisjoint(vals):
            self._keep_author()
        return result

    def _keep_author(self):
        """Keep the user as an author: it stays theirs, too, when somebody writes over it."""
        # sudo: the authors are the system's
        new = self.sudo().filtered(lambda record: self.env.user not in record.author_ids)
        new._system_write({"author_ids": [fields.Command.link(self.env.uid)]})

    def _check_can_decide(self):
        self.ensure_one()
        if self.state not in self._state_from:
            raise UserError(self.env._("%s is not waiting for a decision.", self.display_name))
        if self.env.user in self._get_excluded_deciders():
            raise AccessError(
                self.env._(
                    "You cannot approve your own request. %s must be approved by someone else.",
                    self.display_name,
                )
            )

    def _reviews_in_turn(self, tiers):
        """Return the reviews among `tiers` whose turn it is and that the user may decide.

        :raise AccessError: there is none
        """
        sequences = self._get_sequences_to_approve(self.env.user)
        reviews = (tiers or self.review_ids).filtered(
            lambda r: (
                r in self.review_ids
                and r.sequence in sequences
                # asked anew: the stored list could be changed from the side of the user
                and self.env.user in r._get_reviewers()
            )
        )
        if not reviews:
            raise AccessError(self.env._("It is not your turn to approve %s.", self.display_name))
        return reviews

    def _validate_tier(self, tiers=False):
        self._check_can_decide()
        record = self._system()
        reviews = self._reviews_in_turn(tiers).with_env(record.env)
        self._check_unchanged()
        result = super(CreditApprovalMixin, record)._validate_tier(reviews)
        record._forget_reviewers()
        if record._is_approved():
            self._do_approve()
        return result

    def _rejected_tier(self, tiers=False):
        self._check_can_decide()
        record = self._system()
        reviews = self._reviews_in_turn(tiers).with_env(record.env)
        result = super(CreditApprovalMixin, record)._rejected_tier(reviews)
        record._forget_reviewers()
        if any(review.status == "rejected" for review in record.review_ids):
            self._do_reject()
        return result

    def action_approve(self):
        """Approve with a comment or without: shows what is decided and who is next."""
        return self._open_decision("validate", self.env._("Approve"))

    def action_reject(self):
        """Reject with a reason: shows what is decided and asks for it."""
        return self._open_decision("reject", self.env._("Reject"))

    def _open_decision(self, kind, name):
        self.ensure_one()
        self._check_can_decide()
        view = self.env.ref("credit_collection.comment_wizard_view_form")
        return {
            **self._add_comment(kind, self._reviews_in_turn(False)),
            "name": name,
            "views": [(view.id, "form")],
            "view_id": view.id,
        }

    def _get_next_reviewers_text(self, reviews=()):
        """Return who decides after these reviews, in words; "" where nobody does."""
        decided = set(reviews._origin.ids) if reviews else set()
        # sudo: the next approver is no secret to people who read the document
        later = self.sudo().review_ids.filtered(
            lambda r: r.status in ("waiting", "pending") and r.id not in decided
        )
        texts = []
        for review in later.sorted("sequence"):
            names = ", ".join(review._get_reviewers().mapped("name")[:3])
            texts.append(f"{review.name} ({names})" if names else review.name)
        return ", ".join(texts)

    # ------------------------------------------------------------------ withdrawal

    def action_withdraw(self):
        """Take the request back: the document can be changed and asked for again.

        What was approved until then counts no more; the chatter keeps it.
        """
        for record in self:
            record._check_can_withdraw_request()
        for record in self:
            record._do_withdraw()
        return True

    def _check_can_withdraw_request(self):
        """Raise unless there is a request and the user may take it back."""
        self.ensure_one()
        self.check_access("read")
        if self.state not in self._state_from or not self._draft_state:
            raise UserError(self.env._("%s is not waiting for a decision.", self.display_name))
        if not self._may_withdraw():
            raise AccessError(
                self.env._("Only %s can withdraw this request.", self.requested_by_id.display_name)
            )

    def _check_can_end(self):
        """Raise unless the user may end this request for good: a draft, or one they may take back."""
        self.ensure_one()
        if self.state not in ("draft", *self._state_from):
            raise UserError(self.env._("%s has already been decided.", self.display_name))
        if self.state in self._state_from and not self._may_withdraw():
            raise AccessError(
                self.env._("Only %s can withdraw this request.", self.requested_by_id.display_name)
            )

    def _may_withdraw(self):
        """Return whether the user may take the request back: its requester. Extend for a model."""
        return self.env.user == self.requested_by_id

    def _do_withdraw(self):
        self.ensure_one()
        self._forget_reviewers()
        # sudo: reviews belong to the reviewers
        reviews = self.sudo().review_ids
        given = reviews.filtered("done_by")
        text = self.env._("Request withdrawn by %s.", self.env.user.name)
        if given:
            text = self.env._(
                "Request withdrawn by %(user)s. Approvals that no longer count: %(approvals)s.",
                user=self.env.user.name,
                approvals=", ".join(f"{r.name} ({r.done_by.name})" for r in given),
            )
        reviews._credit_unlink()
        self.invalidate_recordset(["review_ids", "need_validation"])
        self._system_write(
            {"state": self._draft_state, "requested_by_id": False, "requested_at": False}
        )
        # sudo: the note belongs to the request, not to rights on the document
        self.sudo().message_post(body=text)

    def _is_approved(self):
        """Return whether every tier approved, none of them by the requester. No tier is no approval."""
        self.ensure_one()
        # sudo: approvers may not be allowed to read every review
        reviews = self.sudo().review_ids
        return bool(reviews) and all(
            review.status == "approved"
            and review.done_by
            and review.done_by not in self._get_excluded_deciders()
            for review in reviews
        )

    def _do_approve(self):
        # Reviewers decide by their tier, not by write access.
        self._system_write({"state": self._state_to[0], "decided_at": fields.Datetime.now()})
        self._after_approved()

    def _do_reject(self):
        # Reviewers decide by their tier, not by write access.
        self._system_write({"state": "rejected", "decided_at": fields.Datetime.now()})
        self._after_rejected()

    def _after_approved(self):
        """Apply the effects of an approval. Extend for a model."""

    def _after_rejected(self):
        """Apply the effects of a rejection. Extend for a model."""

    def _cancel_reviews(self):
        """End the approvals that are still open, where a document ends without a decision."""
        self._forget_reviewers()
        # sudo: reviews belong to the reviewers, not to the user who ends the document
        self.sudo().review_ids.filtered(lambda r: r.status in ("waiting", "pending"))._credit_write(
            {"status": "cancel"}
        )
