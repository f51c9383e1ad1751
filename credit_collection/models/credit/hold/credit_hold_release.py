from urllib.parse import urlencode

from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import format_date
from odoo.tools.urls import urljoin

from odoo.addons.payment import utils as payment_utils

from .credit_hold import OPEN_STATES


class CreditHold(models.Model):
    """The release half of a hold: application, tiers, decision, use (P4-09, P4-10)."""

    _inherit = "credit.hold"

    _state_to = ["released"]

    can_apply = fields.Boolean(compute="_compute_can_apply")
    payment_url = fields.Char(
        "Payment Link",
        compute="_compute_payment_url",
        help="Page on which the customer pays the amount that clears the hold.",
    )

    @api.depends_context("uid")
    @api.depends("state", "user_id", "partner_id.user_id")
    def _compute_can_apply(self):
        for hold in self:
            hold.can_apply = hold._may_apply()

    def _may_apply(self):
        """Return whether the user may apply: salesperson, sales managers, controllers."""
        self.ensure_one()
        user = self.env.user
        # sudo: the customer's salesperson, seen or not
        return (
            self.env.su
            or user in (self.user_id, self.requested_by_id, self.partner_id.sudo().user_id)
            or user._has_role("controller", "sales_head")
        )

    def _check_can_apply(self):
        self.ensure_one()
        self.check_access("read")
        if not self._may_apply():
            raise AccessError(
                self.env._(
                    "Only the salesperson of %s or a credit controller can do this.",
                    self.display_name,
                )
            )

    # ------------------------------------------------------------------ application

    def action_request_release(self):
        """Apply for release: checks the application, freezes it and starts the approval tiers.

        :raise UserError: no reason given, reason C without explanation, reason B without
            explanation or evidence, or no tier defined (nobody could approve)
        """
        return self.action_request()

    def _check_can_request(self):
        # Salespeople apply as well, who cannot write on the hold.
        self._check_can_apply()
        if self.state != "held":
            raise UserError(self.env._("%s is not waiting for an application.", self.display_name))
        self._check_application()

    def _get_input_checks(self):
        return [self._check_application] if self.state == "held" else []

    def _prepare_request_values(self):
        company = self.company_id
        days = company._credit_threshold("credit_release_days", self.partner_id)
        # sudo: the document and its figures count, whoever asks
        document = self._get_document().sudo()
        order, verdict = document._credit_verdicts()[document.id]
        total = max(verdict.facts.order_total if verdict.facts else 0.0, self.order_amount)
        # Kept for everybody in the company, so in its language, as the reasons of the hold are.
        lang = company.sudo().partner_id.lang or self.env.lang  # sudo: its language only
        return {
            **super()._prepare_request_values(),
            # By today's amount and thresholds; the release covers the order as it was, too.
            "is_large": self.is_large or bool(order) and order._credit_is_large(total),
            "release_gap": self.with_context(lang=lang)._get_release_gap(),
            "date_expiry": company._credit_today() + relativedelta(days=days),
        }

    def _get_no_tier_message(self):
        return self.env._(
            "No approver is defined for this release. Ask an administrator to set up an approval "
            "tier for holds (Settings ‣ Credit & Collection)."
        )

    def _check_application(self):
        self.ensure_one()
        if not self.release_reason:
            raise UserError(self.env._("Choose the reason for the release: A, B or C."))
        if self.release_reason == "other" and not (self.release_note or "").strip():
            raise UserError(self.env._("Reason C requires an explanation. Enter one."))
        if self.release_reason == "plan" and not self._has_plan():
            raise UserError(
                self.env._("Reason B requires a repayment plan. Describe it or attach it.")
            )

    def _has_plan(self):
        """Return whether the application shows a repayment plan. Collection adds its agreements."""
        self.ensure_one()
        return bool((self.release_note or "").strip() or self.attachment_ids)

    def _get_release_gap(self):
        """Return what the books lack for reason A, in words (P4-10); "" where it is true.

        Payments registered count as paid, as everywhere in what is overdue.
        """
        self.ensure_one()
        if self.release_reason != "paid":
            return ""
        if "overdue" not in self.reason_ids.mapped("rule_type"):
            return self.env._("Reason A does not fit: no overdue item holds this order.")
        # sudo: the books count, whoever asks
        document = self._get_document().sudo()
        reasons = document._credit_verdicts()[document.id][1].reasons
        due = max((r["breach"].actual for r in reasons if r["rule_type"] == "overdue"), default=0.0)
        if self.currency_id.is_zero(due):
            return ""
        return self.env._(
            "Reason A: %s of the overdue part is neither paid nor in payment.",
            self.currency_id.format(due),
        )

    def _get_approval_facts(self):
        """Return also what is missing now: it may have been paid since the request."""
        facts = super()._get_approval_facts()
        gap = self._get_release_gap()
        label = self._fields["release_gap"]._description_string(self.env)
        return [*facts, (label, gap)] if gap else facts

    def _may_withdraw(self):
        # Whoever may ask for the release of an order may also take the request back.
        return self._may_apply()

    # ------------------------------------------------------------------ decision

    def _get_authors(self):
        # The order's salesperson: a hold itself is written by nobody.
        return self.user_id

    def _after_approved(self):
        """Confirm the released order in the same step where the company says so.

        Goods are shipped by people: nothing else goes on by itself.
        """
        # sudo: approvers decide by their tier, not by rights on orders
        for hold in self.sudo():
            hold.activity_unlink(["credit_collection.mail_activity_credit_hold"])
            confirms = hold.checkpoint == "order" and hold.company_id.credit_release_confirm
            hold._notify_salesperson(
                hold._get_message("confirmed")
                if confirms and hold._confirm_order()
                else hold._get_message("released", date=format_date(self.env, hold.date_expiry))
            )

    def _confirm_order(self):
        """Confirm the released order; an obstacle other than credit is left to the salesperson."""
        self.ensure_one()
        try:
            with self._undone_on_error():
                self.order_id.action_confirm()
        except UserError as error:
            self.message_post(
                body=self.env._("The order could not be confirmed: %s", error.args[0])
            )
            return False
        return True

    def _after_rejected(self):
        # sudo: approvers decide by their tier, not by rights on orders
        for hold in self.sudo():
            hold.activity_unlink(["credit_collection.mail_activity_credit_hold"])
            comment = hold.review_ids.filtered(lambda r: r.status == "rejected").mapped("comment")
            hold._notify_salesperson(
                hold._get_message("rejected", comment=comment[0] if comment and comment[0] else "–")
            )

    # ------------------------------------------------------------------ use

    def _covers(self, order, verdict, billed=None):
        """Return whether this release covers `order`: that order, up to its amount, once.

        It covers the rules that the approvers saw broken, not one broken since, and of the
        frozen or blacklisted parties those they saw, as they were. Before
        confirmation it must be valid and unused; afterwards it goes on covering the order
        that used it, up to the amount, until that order is cancelled.

        :param billed: see `sale.order._credit_check`
        """
        self.ensure_one()
        # sudo: a release binds all who confirm its order
        hold, order = self.sudo(), order.sudo()
        if hold.state != "released" or hold.order_id != order or hold.consumed_at:
            return False
        if hold.partner_id != order._credit_customer():
            return False
        if not hold.confirmed_at and hold.date_expiry < hold.company_id._credit_today():
            return False
        if not hold._covers_amount(order, verdict.facts.order_total):
            return False
        if hold.confirmed_at and not hold._covers_life(order):
            return False
        blocked = order.with_company(hold.company_id)._credit_blocked_keys()
        if hold.blocked_parties and not set(blocked) <= set(hold.blocked_parties.split()):
            return False
        if verdict.facts.order_term > hold.order_term:
            return False
        return hold._covers_reasons(verdict, lambda: order._credit_check(billed)[order.id])

    def _covers_reasons(self, verdict, recheck):
        """Return whether the approvers saw every rule that is broken and a payment term no less risky.

        Rules that a rate alone broke since need not be seen.

        :param recheck: function that returns the verdict anew
        """
        self.ensure_one()
        seen = set(self.reason_ids.mapped("rule_type"))
        broken = {reason["rule_type"] for reason in verdict.holding}
        if "term_rank" in broken and verdict.facts.order_rank > self.order_rank:
            return False
        unseen = broken - seen
        if not unseen or not self.rates:
            return not unseen
        with self._at_its_rates():
            return unseen.isdisjoint(reason["rule_type"] for reason in recheck().holding)

    def _at_its_rates(self):
        """Return a context in which amounts go by the rates of the day the hold began."""
        self.ensure_one()
        rates = {int(id_): rate for id_, rate in (self.rates or {}).items()}
        return self.env["res.currency"]._credit_at_rates(self.company_id, rates)

    def _covers_invoice(self, order, verdict):
        """Return whether this release covers its invoice, see `_covers`.

        :param order: stands for the invoice, see `account.move._credit_as_order`
        :param verdict: of that order; its total is the amount that no checked order covers
        """
        self.ensure_one()
        # sudo: a release binds all who post
        hold = self.sudo()
        return (
            hold.state == "released"
            and not hold.confirmed_at
            and hold.partner_id == order._credit_customer()
            and hold.date_expiry >= hold.company_id._credit_today()
            and hold.currency_id.compare_amounts(verdict.facts.order_total, hold.order_amount) <= 0
            and verdict.facts.order_term <= hold.order_term
            and hold._covers_reasons(
                verdict, lambda: hold._get_document()._credit_verdicts()[hold.move_id.id][1]
            )
        )

    def _covers_life(self, order):
        """Return whether all invoices ever and the rest of the order are no more than released.

        Goods that were invoiced and paid are used up: others in their place need a release.
        """
        self.ensure_one()
        company_currency, currency = order.company_id.currency_id, order.currency_id
        rate = order._credit_rate()
        worth = order._credit_billed()
        worth += self.env["credit.exposure.line"]._get_order_amounts(order).get(order.id, (0, 0))[1]
        if currency == self.order_currency_id != company_currency:
            return currency.compare_amounts(worth, self.order_amount_currency) <= 0
        return company_currency.compare_amounts(worth / rate, self.order_amount) <= 0

    def _covers_amount(self, order, total):
        """Return whether the order is worth no more than released.

        In a foreign currency it must be so in that currency: its rate alone takes no release back.

        :param total: of the order, in company currency at today's rate
        """
        self.ensure_one()
        if order.currency_id == self.order_currency_id != self.currency_id:
            asked = order._credit_order_total_currency()
            return order.currency_id.compare_amounts(asked, self.order_amount_currency) <= 0
        return self.currency_id.compare_amounts(total, self.order_amount) <= 0

    def _use(self):
        """Mark releases as used by the confirmation of their order."""
        # sudo: the order uses its release, whoever confirms
        self.sudo().filtered(lambda h: not h.confirmed_at)._system_write(
            {"confirmed_at": fields.Datetime.now()}
        )

    # ---- Paid, and thereby cleared: the amount to collect as a payment link (P4-10, A).

    @api.depends("state", "order_id.amount_total")
    def _compute_payment_url(self):
        for hold in self:
            amount = hold._get_payment_amount() if hold.id else 0.0
            path = hold._get_payment_path(amount) if amount else ""
            hold.payment_url = path and urljoin(hold.get_base_url(), path)

    def _get_payment_amount(self):
        """Return the amount in company currency that clears this hold when paid now.

        0.0 where none does, or no payment provider takes it. As the books are now, not as they were
        when the order was put on hold.
        """
        self.ensure_one()
        # sudo: the customer on the page of the quotation has no rights on holds
        hold = self.sudo()
        if hold.state not in OPEN_STATES or hold.company_id.credit_pay_release == "off":
            return 0.0
        document = hold._get_document()
        verdict = document and document._credit_verdicts()[document.id][1]
        # What is due for the order itself is paid with the order.
        if (
            not verdict
            or not verdict.holding
            or any(reason["rule_type"] == "prepayment" for reason in verdict.holding)
        ):
            return 0.0
        amount = hold.currency_id.round(verdict.cure[0] or 0.0)
        # A page that offers no way to pay helps nobody.
        return amount if amount and hold._get_payment_providers(amount) else 0.0

    def _get_payer(self):
        return self.order_id.partner_invoice_id or self.partner_id

    def _get_payment_providers(self, amount):
        return self.env["payment.provider"]._get_compatible_providers(
            self.company_id.id, self._get_payer().id, amount, currency_id=self.currency_id.id
        )

    def _get_payment_path(self, amount):
        """Return the address of the payment page, with amount and payer fixed by its token."""
        self.ensure_one()
        # sudo: as `_get_payment_amount`
        hold = self.sudo()
        payer, currency = hold._get_payer(), hold.currency_id
        query = {
            "reference": hold.name,
            "amount": amount,
            "currency_id": currency.id,
            "partner_id": payer.id,
            "company_id": hold.company_id.id,
            "access_token": payment_utils.generate_access_token(
                payer.id, amount, currency.id, env=self.env
            ),
        }
        return f"/payment/pay?{urlencode(query)}"

    def _confirm_paid(self):
        """Confirm the orders of cleared holds where a payment does that: nothing to sign is left."""
        for hold in self:
            order = hold.order_id
            if (
                hold.state == "cleared"
                and hold.checkpoint == "order"
                and hold.company_id.credit_pay_release == "confirm"
                and order.state in ("draft", "sent")
                and not order._has_to_be_signed()
            ):
                hold._confirm_order()
