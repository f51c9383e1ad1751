from odoo import fields, models
from odoo.exceptions import AccessError, UserError


class CreditApprovalMixin(models.AbstractModel):
    """Documents that are decided on through approval tiers; requesters never approve.

    A model inherits this alone (it brings `credit.protected.mixin`, `mail.thread`,
    `mail.activity.mixin` and `tier.validation`) and has a selection `state` with
    `requested`, the state of `_state_to`, and `rejected`. It is an approval model for
    `tier.definition` and its reviews are guarded in `tier.review` without further ado.

    action_request      checks, freezes the document and starts the tiers
    validate_tier       the button Approve: the reviewer whose turn it is
    action_reject       the button Reject: asks them for a comment
    _do_approve         after the last approval: state, then the hook `_after_approved`
    _do_reject          after the first rejection: state, then the hook `_after_rejected`

    To write: `_check_can_request`, `_prepare_request_values`, `_after_approved`,
    `_after_rejected`, `_get_open_fields`; `_get_create_fields` where people create it.
    State and approvals move through these methods only, whatever a client writes or
    sends as context. `_do_*` and the hooks get one record or many, with the rights of
    the user who decided: `sudo()` where the decision reaches further than their rights.
    """

    _name = "credit.approval.mixin"
    _description = "Document Decided by Approval Tiers"
    _inherit = ["credit.protected.mixin", "mail.thread", "mail.activity.mixin", "tier.validation"]

    _state_field = "state"
    _state_from = ["requested"]
    _state_to = ["approved"]
    _cancel_state = "cancelled"
    # The form places the buttons of the tiers itself.
    _tier_validation_manual_config = True

    requested_by_id = fields.Many2one("res.users", readonly=True, copy=False, tracking=True)
    requested_at = fields.Datetime(readonly=True, copy=False)
    decided_at = fields.Datetime(readonly=True, copy=False)

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

        :raise UserError: something is missing, or nobody could approve
        """
        for record in self:
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
                        "Nobody can decide at the tier %s: give its role to somebody other than the"
                        " applicant.",
                        ", ".join(vacant.mapped("name")),
                    )
                )
        # sudo: activities of other users
        self.sudo().activity_unlink(self._draft_activities)

    def _get_no_tier_message(self):
        return self.env._(
            "Nobody can approve this: ask an administrator to define an approval tier for"
            " “%(model)s” (Settings, Credit & Collection).",
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

    # ------------------------------------------------------------------ decision

    def _get_excluded_deciders(self):
        """Return users who cannot decide on this document: the requester. Extend for a model."""
        self.ensure_one()
        return self.requested_by_id

    def _check_can_decide(self):
        self.ensure_one()
        if self.state not in self._state_from:
            raise UserError(self.env._("%s is not waiting for a decision.", self.display_name))
        if self.env.user in self._get_excluded_deciders():
            raise AccessError(
                self.env._("Who asks never approves: %s needs another person.", self.display_name)
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
            raise AccessError(self.env._("It is not your turn to decide on %s.", self.display_name))
        return reviews

    def _validate_tier(self, tiers=False):
        self._check_can_decide()
        record = self._system()
        reviews = self._reviews_in_turn(tiers).with_env(record.env)
        result = super(CreditApprovalMixin, record)._validate_tier(reviews)
        if record._is_approved():
            self._do_approve()
        return result

    def _rejected_tier(self, tiers=False):
        self._check_can_decide()
        record = self._system()
        reviews = self._reviews_in_turn(tiers).with_env(record.env)
        result = super(CreditApprovalMixin, record)._rejected_tier(reviews)
        if any(review.status == "rejected" for review in record.review_ids):
            self._do_reject()
        return result

    def action_reject(self):
        """Reject with a reason: opens the comment of the tier, which rejects."""
        self.ensure_one()
        self._check_can_decide()
        return {
            **self._add_comment("reject", self._reviews_in_turn(False)),
            "name": self.env._("Reason of the Rejection"),
        }

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
        # sudo: reviews belong to the reviewers, not to the user who ends the document
        self.sudo().review_ids.filtered(lambda r: r.status in ("waiting", "pending"))._credit_write(
            {"status": "cancel"}
        )
