from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError


class CreditHold(models.Model):
    """The release half of a hold: application, tiers, decision, use (P4-09, P4-10)."""

    _inherit = "credit.hold"

    _state_field = "state"
    _state_from = ["requested"]
    _state_to = ["released"]
    _cancel_state = "cancelled"
    # The form of the hold places the buttons of the tiers itself.
    _tier_validation_manual_config = True

    def _system(self):
        # The guard of this add-on is stricter than the one of the tiers, which would not
        # let the flow itself end a hold that is under review.
        return super()._system().with_context(skip_validation_check=True)

    def _allow_to_remove_reviews(self, values):
        """Approvals given stay on the hold, however it ends."""
        return False

    can_apply = fields.Boolean(compute="_compute_can_apply")

    @api.depends_context("uid")
    @api.depends("state", "user_id", "partner_id.user_id")
    def _compute_can_apply(self):
        for hold in self:
            hold.can_apply = hold._may_apply()

    def _may_apply(self):
        """The salesperson of the order or customer, sales managers, and controllers."""
        self.ensure_one()
        user = self.env.user
        return (
            self.env.su
            or user in (self.user_id, self.requested_by_id, self.partner_id.sudo().user_id)
            or user.has_group("credit_collection.group_credit_controller")
            or user.has_group("sales_team.group_sale_salesman_all_leads")
        )

    def _check_can_apply(self):
        self.ensure_one()
        self.check_access("read")
        if not self._may_apply():
            raise AccessError(
                self.env._(
                    "%s is the business of its salesperson or of credit control.", self.display_name
                )
            )

    # ------------------------------------------------------------------ application

    def action_request_release(self):
        """Apply for release: checks the application, freezes it and starts the approval tiers.

        :raise UserError: no reason given, reason C without explanation, reason B without
            explanation or evidence, or no tier defined (nobody could approve)
        """
        for hold in self:
            hold._check_can_apply()
            hold._check_application()
            company = hold.company_id
            today = company._credit_today()
            hold.sudo()._system().write(
                {
                    "state": "requested",
                    "requested_by_id": self.env.user.id,
                    "requested_at": fields.Datetime.now(),
                    "date_expiry": hold.date_expiry
                    or today + relativedelta(days=company.credit_release_days),
                }
            )
            # sudo: the reviewers are found and told whatever the applicant may see; `requested_by` is he
            reviews = hold._system().request_validation()
            if not reviews:
                raise UserError(
                    self.env._(
                        "Nobody can approve this release: ask an administrator to define an approval tier"
                        " for holds (Settings, Credit & Collection)."
                    )
                )
            vacant = reviews.filtered(lambda r: not r.reviewer_ids)
            if vacant:
                raise UserError(
                    self.env._(
                        "Nobody can decide at the tier %s: give its role to somebody other than the"
                        " applicant.",
                        ", ".join(vacant.mapped("name")),
                    )
                )
            hold.sudo().activity_unlink(["credit_collection.mail_activity_credit_hold"])
        return True

    def _check_application(self):
        self.ensure_one()
        if self.state != "held":
            raise UserError(self.env._("%s is not waiting for an application.", self.display_name))
        if not self.release_reason:
            raise UserError(self.env._("Choose the reason for the release: A, B or C."))
        if self.release_reason == "other" and not (self.release_note or "").strip():
            raise UserError(self.env._("Reason C needs an explanation."))
        if self.release_reason == "plan" and not (
            (self.release_note or "").strip() or self.attachment_ids
        ):
            raise UserError(self.env._("Reason B needs the repayment plan: describe or attach it."))

    def request_validation(self):
        """The tier mixin's public request: the application is the only way in."""
        if self._is_system():
            return super().request_validation()
        return self.action_request_release()

    def restart_validation(self):
        """A decision on a hold is kept: a new application needs a new hold."""
        raise UserError(self.env._("The approvals of a hold cannot be restarted."))

    # ------------------------------------------------------------------ decision

    def _check_can_decide(self):
        self.ensure_one()
        if self.state != "requested":
            raise UserError(self.env._("%s is not waiting for a decision.", self.display_name))
        if self.env.user == self.requested_by_id:
            raise AccessError(self.env._("Who applies for a release cannot decide on it."))

    def _reviews_in_turn(self, tiers):
        """The reviews among `tiers` whose turn it is and that the user may decide.

        :raise AccessError: there is none
        """
        sequences = self._get_sequences_to_approve(self.env.user)
        reviews = (tiers or self.review_ids).filtered(
            lambda r: (
                r in self.review_ids and r.sequence in sequences and self.env.user in r.reviewer_ids
            )
        )
        if not reviews:
            raise AccessError(self.env._("It is not your turn to decide on %s.", self.display_name))
        return reviews

    def _validate_tier(self, tiers=False):
        self._check_can_decide()
        hold = self._system()
        reviews = self._reviews_in_turn(tiers).with_env(hold.env)
        result = super(CreditHold, hold)._validate_tier(reviews)
        if hold._is_approved():
            self._do_release()
        return result

    def _rejected_tier(self, tiers=False):
        self._check_can_decide()
        hold = self._system()
        reviews = self._reviews_in_turn(tiers).with_env(hold.env)
        result = super(CreditHold, hold)._rejected_tier(reviews)
        if any(review.status == "rejected" for review in hold.review_ids):
            self._do_reject()
        return result

    def action_reject(self):
        """Reject with a reason: opens the comment of the tier, which rejects."""
        self.ensure_one()
        self._check_can_decide()
        return self._add_comment("reject", self._reviews_in_turn(False))

    def _is_approved(self):
        """Every tier approved, none of them by the applicant. No tier is no approval."""
        self.ensure_one()
        reviews = self.sudo().review_ids
        return bool(reviews) and all(
            review.status == "approved"
            and review.done_by
            and review.done_by != self.requested_by_id
            for review in reviews
        )

    def _do_release(self):
        """Release, and confirm the order in the same step where the company says so."""
        for hold in self.sudo():
            hold._system().write({"state": "released", "decided_at": fields.Datetime.now()})
            hold.sudo().activity_unlink(["credit_collection.mail_activity_credit_hold"])
            confirmed = hold.company_id.credit_release_confirm and hold._confirm_order()
            hold._notify_salesperson(
                self.env._("Order %s was released and confirmed.", hold.order_name)
                if confirmed
                else self.env._(
                    "Order %(order)s was released: confirm it until %(date)s.",
                    order=hold.order_name,
                    date=hold.date_expiry,
                )
            )

    def _confirm_order(self):
        """Confirm the released order; an obstacle other than credit is left to the salesperson."""
        self.ensure_one()
        try:
            with self.env.cr.savepoint():
                self.order_id.action_confirm()
        except UserError as error:
            self.message_post(
                body=self.env._("The order could not be confirmed: %s", error.args[0])
            )
            return False
        return True

    def _do_reject(self):
        for hold in self.sudo():
            hold._system().write({"state": "rejected", "decided_at": fields.Datetime.now()})
            hold.sudo().activity_unlink(["credit_collection.mail_activity_credit_hold"])
            hold._notify_salesperson(
                self.env._("The release of order %s was rejected.", hold.order_name)
            )

    # ------------------------------------------------------------------ use

    def _covers(self, order, verdict):
        """Whether this release lets `order` be binding: that order, up to its amount, once.

        It covers the rules that the approvers saw broken, not one broken since. Before
        confirmation it must be valid and unused; afterwards it goes on covering the order
        that used it, up to the amount, until that order is cancelled.
        """
        self.ensure_one()
        hold = self.sudo()
        if hold.state != "released" or hold.order_id != order or hold.spent_at:
            return False
        if hold.partner_id != order.sudo()._credit_customer():
            return False
        if not hold.used_at and hold.date_expiry < hold.company_id._credit_today():
            return False
        if hold.currency_id.compare_amounts(verdict.facts.order_total, hold.order_amount) > 0:
            return False
        if verdict.facts.order_term > hold.order_term:
            return False
        seen = set(hold.reason_ids.mapped("rule_type"))
        return all(reason["rule_type"] in seen for reason in verdict.holding)

    def _use(self):
        """Mark releases as used by the confirmation of their order."""
        self.sudo().filtered(lambda h: not h.used_at)._system().write(
            {"used_at": fields.Datetime.now()}
        )
