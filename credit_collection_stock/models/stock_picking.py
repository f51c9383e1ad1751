from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from odoo.addons.credit_collection.models.base.closed_fields import without_defaults
from odoo.addons.credit_collection.models.credit.hold.credit_hold import OPEN_STATES
from odoo.addons.credit_collection.models.credit.hold.sale_order_check import CreditVerdict

from .stock_move import CreditDeliveryError

STOP_FIELDS = {"credit_stop_reason", "credit_stop_until", "credit_stop_user_id"}


class StockPicking(models.Model):
    """Deliveries on credit hold. The gate is under their moves, see stock_move.py."""

    _name = "stock.picking"
    _inherit = ["stock.picking", "credit.stop.mixin"]

    credit_hold_ids = fields.One2many(
        "credit.hold",
        "picking_id",
        "Credit Holds",
        copy=False,
        readonly=True,
        groups="base.group_user",
    )
    credit_state = fields.Selection(
        [
            ("clear", "Clear"),
            ("held", "On Hold"),
            ("rejected", "Rejected"),
            ("released", "Released"),
        ],
        "Credit",
        compute="_compute_credit_state",
        search="_search_credit_state",
    )
    credit_notice = fields.Char(compute="_compute_credit_state")
    credit_can_open_hold = fields.Boolean(compute="_compute_credit_can_open_hold")

    @api.depends("state", "credit_hold_ids.state", "credit_hold_ids.consumed_at")
    @api.depends_context("lang")
    def _compute_credit_state(self):
        """Compute the state of credit and its sentence, for all who see the transfer."""
        for picking in self:
            # sudo: the state and the name of who sells, for the warehouse
            hold = picking.sudo()._credit_current_hold()
            picking.credit_state = (
                "clear" if not hold else "held" if hold.state in OPEN_STATES else hold.state
            )
            picking.credit_notice = hold._get_notice() if hold else False

    def _credit_current_hold(self):
        self.ensure_one()
        if self.state in ("done", "cancel"):
            return self.credit_hold_ids.browse()
        return self.credit_hold_ids.filtered(
            lambda h: h.state in (*OPEN_STATES, "released", "rejected") and not h.consumed_at
        ).sorted("id")[-1:]

    @api.model
    def _search_credit_state(self, operator, value):
        if operator != "in":
            return NotImplemented
        self.env["credit.hold"].flush_model(["picking_id", "state", "consumed_at"])
        state = SQL("CASE WHEN hold.state IN %s THEN 'held' ELSE hold.state END", OPEN_STATES)
        found = SQL(
            """(SELECT last.picking_id FROM (
                    SELECT DISTINCT ON (hold.picking_id) hold.picking_id, %(state)s AS state
                      FROM credit_hold hold
                     WHERE hold.picking_id IS NOT NULL AND hold.consumed_at IS NULL
                       AND hold.state IN ('held', 'requested', 'released', 'rejected')
                     ORDER BY hold.picking_id, hold.id DESC) last
                 WHERE last.state IN %(states)s)""",
            state=state,
            states=tuple(v or "" for v in value) or ("",),
        )
        waiting = fields.Domain("state", "not in", ("done", "cancel"))
        domain = waiting & fields.Domain("id", "in", found)
        if "clear" in value:
            others = self._search_credit_state("in", ["held", "released", "rejected"])
            domain |= ~others
        return domain

    @api.depends("credit_hold_ids")
    @api.depends_context("uid")
    def _compute_credit_can_open_hold(self):
        may_read = self.env["credit.hold"].has_access("read")
        for picking in self:
            # sudo: that there is one
            picking.credit_can_open_hold = may_read and bool(picking.sudo().credit_hold_ids)

    def action_open_credit_holds(self):
        """Open the holds of this delivery that the user may read."""
        self.ensure_one()
        self.check_access("read")
        return self._open_records("credit_hold_action", self.credit_hold_ids)

    # ------------------------------------------------------------------ validation

    def button_validate(self):
        """Validate as Odoo does; deliveries that credit control stops wait with a hold, the others go.

        Nothing of the attempt stays but the hold. Other errors propagate.
        """
        # sudo: the mode binds users who may not read settings
        if set(self.company_id.sudo().mapped("credit_mode")) <= {"off"} or not any(
            move._credit_is_delivery() for move in self.move_ids
        ):
            return super().button_validate()
        try:
            with self._undone_on_error():
                return super().button_validate()
        except CreditDeliveryError as refusal:
            verdicts = refusal.verdicts
            stopped = self.filtered(lambda picking: picking.id in verdicts)
            if not stopped:
                raise
        # The others first: what they send may be why these must wait.
        others = self - stopped
        result = others.button_validate() if others else True
        for picking in stopped:
            order, verdict = verdicts[picking.id]
            self.env["credit.hold"]._place_on_hold(order, verdict, document=picking)
        return stopped._credit_notify_stopped(result)

    def _credit_notify_stopped(self, result):
        """Return the notification that names these deliveries, followed by what validation gave."""
        action = self.env["credit.hold"]._notification(self._credit_refusal_message())
        if isinstance(result, dict):
            action["params"]["next"] = result
        return action

    def _credit_refusal_message(self):
        """Return the one sentence for the warehouse; it says no figures of the customer."""
        # sudo: the numbers of the transfers
        names = ", ".join(self.sudo().mapped("name"))
        if not names:
            return self.env._("These goods are on credit hold: their customer's supply is stopped.")
        return self.env._(
            "%s must not leave: on credit hold. Credit control and the salesperson are notified.",
            names,
        )

    # ------------------------------------------------------------------ holds

    def _credit_open_moves(self):
        """Return the moves that would leave now: the picked ones, else all that are open."""
        moves = self.move_ids.filtered(
            lambda m: m.state not in ("done", "cancel") and m._credit_is_delivery()
        )
        picked = moves.filtered(lambda m: m.picked and m.quantity)
        others = moves.filtered(lambda m: m.picking_id not in picked.picking_id)
        return picked | others

    def _credit_orders(self):
        """Return the orders whose goods these are, or an unsaved one of the customer."""
        moves = self.move_ids.filtered(lambda m: m.state != "cancel")
        orders = moves.sale_line_id.order_id or self.sale_id
        return orders or self._credit_as_order(self._credit_party(), self.company_id)

    def _credit_party(self):
        """Return who receives the goods; of goods that go to nobody in particular, the company itself."""
        return self.partner_id or self.move_ids.partner_id[:1] or self.company_id.partner_id

    def _credit_as_order(self, partner, company):
        """Return an unsaved order of a partner that receives goods without one."""
        return self.env["sale.order"].new(
            {
                "company_id": company.id,
                "partner_id": partner.id,
                "partner_invoice_id": partner.id,
                "partner_shipping_id": partner.id,
                "currency_id": company.currency_id.id,
                "payment_term_id": False,
                "credit_stop_reason": self.credit_stop_reason,
                "credit_stop_until": self.credit_stop_until,
                "state": "draft",
            }
        )

    def _credit_verdicts(self):
        """Return {id: (order, CreditVerdict)} of what would leave now."""
        found = self._credit_open_moves()._credit_check()
        passed = CreditVerdict(None, ())
        return {p.id: found.get(p) or (p._credit_orders()[:1], passed) for p in self}

    def _prepare_credit_hold(self):
        self.ensure_one()
        order = self._credit_orders()[:1]
        moves = self.move_ids.filtered(lambda m: m.state not in ("done", "cancel"))
        worth = moves._credit_worth(whole=True)
        return {
            "checkpoint": "delivery",
            "order_id": False,
            "picking_id": self.id,
            "order_name": self.name,
            "user_id": (order.user_id or order._credit_customer().user_id).id,
            "order_amount": worth,
            "order_amount_currency": worth * order._credit_rate(),
            "blocked_parties": " ".join(self._credit_blocked_keys()),
        }

    def _credit_blocked_keys(self):
        """Return the blocked parties of its orders and of the transfer, as a hold keeps them."""
        self.ensure_one()
        company = self.company_id._credit_root()
        orders = self._credit_orders().with_company(company)
        unsaved = self._credit_as_order(self._credit_party(), self.company_id).with_company(company)
        return sorted({key for o in [*orders, unsaved] for key in o._credit_blocked_keys()})

    def _credit_get_release(self, order, verdict, moves):
        """Return the release that covers these moves: of the transfer, or of one it is a backorder of."""
        # sudo: a release counts, whether the user sees it or not
        picking = self.sudo()
        holds = picking.credit_hold_ids
        while picking.backorder_id:
            picking = picking.backorder_id
            holds |= picking.credit_hold_ids
        holds = holds.filtered(lambda hold: hold.state == "released")
        if not holds:
            return holds
        # sudo: as above
        blocked = self.sudo()._credit_blocked_keys()

        def covers(hold):
            with hold._at_its_rates():
                worth = moves._credit_worth()
            return hold._covers_delivery(order, verdict, worth, blocked)

        return holds.filtered(covers).sorted("id")[-1:]

    def _credit_passed(self, order, verdict, release, moves):
        """Record what was seen of a delivery that goes on, and end or use its holds."""
        if not self:
            return
        holds = self.env["credit.hold"]
        if verdict and verdict.holding and not release:
            holds._place_on_hold(order, verdict, observed=True, document=self)
        warnings = (
            [r["description"] for r in verdict.reasons if r["action"] == "warn"] if verdict else []
        )
        if warnings:
            # sudo: a note on the transfer; figures of the customer are for those who sell
            order_sudo = order.sudo()
            if order_sudo.id:
                order_sudo.message_post(
                    body=self.env._(
                        "%(delivery)s delivered with credit warnings: %(warnings)s",
                        delivery=self.name,
                        warnings=" ".join(warnings),
                    )
                )
        if release:
            with release._at_its_rates():
                worth = moves._credit_worth()
            release._use_for_delivery(worth)
        self._credit_end_holds("cleared", self.env._("All hold reasons are resolved."))

    def _credit_end_holds(self, state, note):
        """End the open holds of these transfers; when they are cancelled, unused releases as well."""
        states = OPEN_STATES if state == "cleared" else (*OPEN_STATES, "released")
        # sudo: the holds follow the delivery, whoever moves it
        holds = self.sudo().credit_hold_ids.filtered(
            lambda h: h.state in states and not h.confirmed_at
        )
        if holds:
            holds._do_close(state, note)

    # ------------------------------------------------------------------ on hold by credit control

    @api.model_create_multi
    def create(self, vals_list):
        return super().create([self._credit_without_stop(vals) for vals in vals_list])

    def write(self, vals):
        return super().write(self._credit_without_stop(vals))

    def _add_missing_default_values(self, values):
        result = super()._add_missing_default_values(values)
        return without_defaults(self, result, values, STOP_FIELDS)

    def _credit_without_stop(self, vals):
        # Credit control alone holds a transfer, and takes it back: by `_credit_stop`.
        if self.env.su or STOP_FIELDS.isdisjoint(vals):
            return vals
        return {name: value for name, value in vals.items() if name not in STOP_FIELDS}

    def _credit_get_stoppable(self):
        """Return the orders of these transfers; those without one are held themselves."""
        # sudo: of transfers that the user may read; the orders are under their own rules
        return self.sudo().sale_id.sudo(False)

    def _credit_may_stop(self):
        return self.state not in ("done", "cancel")

    def _credit_stop(self, reason, until):
        """Hold deliveries; nothing would stop what goes to no customer.

        :raise UserError: a receipt, or a step inside the warehouse that the policy does not stop
        """
        for picking in self:
            if picking.move_ids and not any(m._credit_is_delivery() for m in picking.move_ids):
                raise UserError(
                    self.env._("%s is no delivery to a customer.", picking.display_name)
                )
        return super()._credit_stop(reason, until)

    def _credit_get_responsible(self):
        return self.user_id | self._credit_orders()[:1]._credit_customer().user_id

    def _credit_get_customers(self):
        orders = [order for picking in self for order in picking._credit_orders()]
        return self.env["res.partner"].union(*(order._credit_customer() for order in orders))

    def _credit_place_stop(self):
        enforced = self.filtered(lambda p: p.company_id.credit_mode == "enforce")
        held = self.browse()
        for picking_id, (order, verdict) in enforced._credit_verdicts().items():
            if verdict.holding:
                picking = self.browse(picking_id)
                self.env["credit.hold"]._place_on_hold(order, verdict, document=picking)
                held |= picking
        return held
