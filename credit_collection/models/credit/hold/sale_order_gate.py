from contextlib import contextmanager

from odoo import SUPERUSER_ID, api, fields, models
from odoo.exceptions import UserError

from ...base.closed_fields import without_defaults

CONFIRMED = ("sale", "done")

# States of credit of an order that is not confirmed for want of credit.
NOT_APPROVED = ("held", "rejected")

# Written on an order, these may change how much of whose credit it uses, and for how long.
BINDING_FIELDS = {
    "state", "order_line", "partner_id", "partner_invoice_id", "partner_shipping_id",
    "payment_term_id", "pricelist_id", "currency_id", "currency_rate", "company_id",
    "date_order", "fiscal_position_id", "commitment_date",
}  # fmt: skip

# Computed by Odoo and by us. They would make an order look smaller than it is: values
# from a client are ignored.
COMPUTED_FIELDS = {
    "amount_total", "amount_untaxed", "amount_tax", "currency_rate", "invoice_status",
    "credit_limit_pending", "credit_open", "credit_state", "credit_hold_id", "credit_hold_ids",
    "credit_closure", "credit_closure_reason", "credit_closure_amount", "credit_closure_user_id",
    "credit_stop_reason", "credit_stop_until", "credit_stop_user_id",
}  # fmt: skip


class CreditHoldError(UserError):
    """The gate's refusal: a UserError with the verdicts, for the entry points that place on hold."""

    def __init__(self, message, verdicts):
        super().__init__(message)
        self.verdicts = verdicts


class SaleOrder(models.Model):
    """The gate (P4-09): nothing makes an order binding, or more than it was, past this file.

    It stands under `write` and `create`, below `action_confirm`, because that is where
    RPC, imports, buttons, portal and payment all end, and because orders confirmed in one
    call must be counted together. No context key opens it.
    """

    _inherit = "sale.order"

    @api.model_create_multi
    def create(self, vals_list):
        vals_list = [self._credit_without_computed(vals) for vals in vals_list]
        default = self.default_get(["state"]).get("state")
        if not any(vals.get("state", default) in CONFIRMED for vals in vals_list):
            return super().create(vals_list)
        with self._undone_on_error():
            orders = super().create(vals_list)
            orders._credit_gate_raised({})
        return orders

    def _add_missing_default_values(self, values):
        result = super()._add_missing_default_values(values)
        return without_defaults(self, result, values, COMPUTED_FIELDS)

    def write(self, vals):
        vals = self._credit_without_computed(vals)
        if vals.keys().isdisjoint(BINDING_FIELDS):
            return super().write(vals)
        unbound = self.browse()
        if vals.get("state", "sale") not in CONFIRMED:
            unbound = self.filtered(lambda order: order.state in CONFIRMED)
        companies = self.company_id | self.company_id.browse(vals.get("company_id") or ())
        with self._credit_guard(vals.get("state") in CONFIRMED, companies):
            result = super().write(vals)
        if not {"commitment_date", "company_id"}.isdisjoint(vals):
            # Those that do not count any more: others use their room at once.
            # sudo: binding orders count, seen or not
            self.sudo().filtered(
                lambda order: order.state in CONFIRMED and order._credit_counts_from()
            )._credit_set_pending(True)
        unbound._credit_spend_releases()
        if unbound:
            # A return of this order may cure an order on hold.
            # sudo: customers of the orders, seen or not
            self.env["credit.hold"]._recheck_partners(
                self.env["res.partner"].union(*(o._credit_customer() for o in unbound.sudo()))
            )
        if vals.get("state") == "cancel":
            self._credit_end_holds("cancelled", self.env._("The order was cancelled."))
        if "state" not in vals:
            self._credit_recheck_holds()
        return result

    @contextmanager
    def _credit_guard(self, confirming=False, companies=None):
        """Guard a change of these orders: check afterwards, undo the change when it is refused.

        The check reads the ledger as it is after the change, with every order of the same
        call in it. The savepoint undoes a refused change even where a caller swallows the
        error.

        :param confirming: the change makes orders binding; else only binding ones are checked
        :param companies: companies of the orders before and after the change, where it may change
        """
        # sudo: the mode of the company binds users who may not read it
        modes = set((companies or self.company_id).sudo().mapped("credit_mode"))
        # Lines written through their order are part of its change, and checked with it.
        guarded = self._credit_guarded()
        # sudo: binding orders count, seen or not
        if (
            not modes - {"off"}
            or guarded.issuperset(self.ids)
            or not (confirming or any(order.state in CONFIRMED for order in self.sudo()))
        ):
            yield
            return
        # sudo: read once for the checks that follow, as superuser
        self.sudo()._credit_fetch_parties()
        before = self._credit_commitments()
        own = set(self.ids) - guarded
        guarded |= own
        try:
            with self._undone_on_error():
                yield
                self._credit_gate_raised(before)
        finally:
            guarded -= own

    @api.model
    def _credit_guarded(self):
        """Return ids of the orders whose change is checked, or counted only, as a whole further out."""
        return self.env.cr.cache.setdefault("credit_guarded_orders", set())

    @contextmanager
    def _credit_counted(self):
        """Count facts that Odoo itself adds to these orders, and stop nothing.

        A cost paid for a customer is to be invoiced, whatever its credit.
        """
        guarded = self._credit_guarded()
        own = set(self.ids) - guarded
        guarded |= own
        try:
            yield
        finally:
            guarded -= own

    @api.model
    def _credit_without_computed(self, vals):
        if self.env.su or COMPUTED_FIELDS.isdisjoint(vals):
            return vals
        return {name: value for name, value in vals.items() if name not in COMPUTED_FIELDS}

    def _credit_commitments(self):
        """Return {order id: (customer, parties, entity, days of term, amount, rank of term, worth)}.

        Of binding ones; the worth is of those beyond the horizon, which the ledger does not count.

        The amount, in company currency, is the part of the order that the ledger counts: not on any
        invoice of its customer. Invoiced amounts are no permission for more; nor are
        closed ones.
        """
        # sudo: binding orders count, seen or not
        orders = self.sudo().filtered(lambda order: order.state in CONFIRMED)
        # sudo: sums of the ledger, for the check of the order
        amounts = self.env["credit.exposure.line"].sudo()._get_order_amounts(orders)
        return {
            order.id: (
                order._credit_customer(),
                order.partner_id | order.partner_shipping_id,
                order.company_id._credit_root(),
                order._credit_term_days(),
                0.0 if order.credit_closure == "approved" else amounts.get(order.id, (0.0, 0.0))[0],
                order._credit_term_rank(),
                order._credit_order_total() if order._credit_counts_from() else None,
            )
            for order in orders
        }

    def _credit_gate_raised(self, before):
        """Check the orders that became binding, or that bind more than `before`.

        :param before: result of `_credit_commitments` before the change
        """
        bound = self.filtered(lambda order: order.id in before)
        raised = self.browse()
        for order_id, now in bound._credit_commitments().items():
            then = before[order_id]
            if (
                now[:3] != then[:3]
                or now[3] > then[3]
                or now[5] > then[5]
                or now[2].currency_id.compare_amounts(now[4], then[4]) > 0
                or None not in (now[6], then[6])
                and now[2].currency_id.compare_amounts(now[6], then[6]) > 0
            ):
                raised |= self.browse(order_id)
        # sudo: binding orders count, seen or not
        fresh = (self - bound).filtered(lambda order: order.sudo().state in CONFIRMED)
        (fresh | raised)._credit_gate(raised)

    @api.model
    def _credit_binds_billing(self):
        """Return whether the check of the order binds the user when drafts of orders are created.

        Users of Invoicing, and Odoo itself, bill delivered goods: that is counted, not
        stopped. Customers are not stopped either: Odoo bills their online payments.
        """
        user = self.env.user
        return (
            self.env.uid != SUPERUSER_ID
            and user._is_internal()
            and not user._has_role("accountant")
        )

    def _credit_gate_billed(self, closed):
        """Check orders of which new drafts bill more than ordered.

        :param closed: {order id: amount} of which nothing more was to be invoiced: amounts
            drafted of it now count anew
        :raise CreditHoldError: see `_credit_gate`
        """
        if not self._credit_binds_billing():
            return
        # sudo: invoices bind users who may not read them
        orders = self.sudo().filtered(lambda o: o.company_id.credit_mode == "enforce")
        reopened = orders.filtered(lambda o: o.id in closed)
        # sudo: sums of the ledger, for the check of the order
        left = self.env["credit.exposure.line"].sudo()._get_order_amounts(reopened)
        billed = {
            order_id: closed[order_id] - left.get(order_id, (0.0, 0.0))[0]
            for order_id in reopened.ids
        } | orders._credit_overbilled()
        over = self.browse(billed)
        over._credit_gate(raised=over, billed=billed)

    def _credit_gate(self, raised, billed=None):
        """Raise unless these orders, as they stand now, keep every holding rule or are released.

        :param raised: those that were binding before and now bind more
        :param billed: {order id: amount in company currency} invoiced beyond the order

        :raise CreditHoldError: in Enforce mode, naming every reason and its cure
        """
        # sudo: settings, limits and releases bind the user whatever they may read
        orders = self.filtered(lambda o: o.sudo().company_id.credit_mode != "off")
        if not orders:
            return
        # sudo: the row that makes others wait has no owner
        self.env["credit.lock"].sudo()._acquire(
            {
                (order._credit_customer().id, order.company_id._credit_root().id)
                for order in orders.sudo()
                if order.company_id.credit_mode == "enforce"
            }
        )
        # At once and in full: the fields the ledger reads alone would make two updates of it.
        self.env.flush_all()
        verdicts = orders._credit_check(billed)
        refused = orders.browse()
        for order in orders:
            verdict = verdicts[order.id]
            # sudo: the mode binds users who may not read settings
            if verdict.holding and order.sudo().company_id.credit_mode == "enforce":
                # sudo: a release counts, whether the user sees it or not
                release = order.sudo().credit_hold_ids.filtered(
                    lambda h, o=order, v=verdict: h._covers(o, v, billed)
                )[-1:]
                if not release:
                    refused |= order
                    continue
            order._credit_passed(verdict)
        if refused:
            raise CreditHoldError(
                refused._credit_refusal_message(verdicts, raised),
                {order.id: verdicts[order.id] for order in refused},
            )

    def _credit_passed(self, verdict):
        """Record the warnings of an order that went through, and the holds of Observe mode."""
        self.ensure_one()
        holds = self.env["credit.hold"]
        # sudo: the mode binds users who may not read settings
        order_sudo = self.sudo()
        if verdict.holding and order_sudo.company_id.credit_mode == "observe":
            holds._place_on_hold(self, verdict, observed=True)
        warnings = [r["description"] for r in verdict.reasons if r["action"] == "warn"]
        if warnings:
            order_sudo.message_post(
                body=self.env._("Confirmed with credit warnings: %s", " ".join(warnings))
            )
        order_sudo._credit_set_pending(bool(order_sudo._credit_counts_from()))
        if order_sudo.credit_state in NOT_APPROVED:
            order_sudo._credit_end_holds("cleared", self.env._("All hold reasons are resolved."))
        elif order_sudo.credit_state == "released":
            order_sudo.credit_hold_id._use()

    def _credit_refusal_message(self, verdicts, raised):
        """Return the message to the user: per order the reasons and their cures."""
        parts = []
        for order in self:
            verdict = verdicts[order.id]
            reasons = "\n".join(f"- {reason['description']}" for reason in verdict.holding)
            # sudo: the customer's name only
            parts.append(
                self.env._(
                    "Order %(order)s breaches the credit terms of %(customer)s:\n%(reasons)s\n"
                    "%(cure)s",
                    order=order.name,
                    customer=order.sudo()._credit_customer().display_name,
                    reasons=reasons,
                    cure=order._credit_cure_text(verdict),
                )
            )
        parts.append(
            self.env._(
                "The increase exceeds the customer's credit. Create a separate quotation for it "
                "and request a release."
            )
            if self <= raised
            else self.env._(
                "This order needs a credit release. Confirm it with the Confirm button to put it "
                "on hold, then request a release."
            )
        )
        return "\n\n".join(parts)

    def _credit_spend_releases(self):
        """Use up the releases of orders that are binding no more."""
        # sudo: the release ends, whoever takes the order back
        used = self.sudo().credit_hold_ids.filtered(lambda h: h.confirmed_at and not h.consumed_at)
        used._system_write({"consumed_at": fields.Datetime.now()})

    def _credit_end_holds(self, state, note):
        """End the open holds and unused releases of these orders, and mark rejections as consumed."""
        # sudo: the holds follow the order whoever confirms or cancels it
        holds = self.sudo().credit_hold_ids
        holds.filtered(
            lambda h: (
                h.state in ("held", "requested") or (h.state == "released" and not h.confirmed_at)
            )
        )._do_close(state, note)
        holds.filtered(lambda h: h.state == "rejected" and not h.consumed_at)._system_write(
            {"consumed_at": fields.Datetime.now()}
        )

    def _credit_recheck_holds(self):
        """Recheck the holds: a smaller order, another term or customer may have cured them."""
        # sudo: a hold is cured whoever changes the order
        held = self.sudo().filtered(lambda order: order.credit_state in NOT_APPROVED)
        holds = held.credit_hold_ids.filtered(lambda h: h.state in ("held", "requested"))
        if holds:
            holds._do_recheck()
