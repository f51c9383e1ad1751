from contextlib import contextmanager

from odoo import api, models
from odoo.tools import float_compare

from odoo.addons.credit_collection.models.credit.hold.sale_order_check import CreditVerdict
from odoo.addons.credit_collection.models.credit.hold.sale_order_gate import CreditHoldError
from odoo.addons.credit_collection.models.credit.terms.res_partner import BLOCKED_CONTROLS


class CreditDeliveryError(CreditHoldError):
    """The gate's refusal of deliveries: `verdicts` are {id of the transfer: (order, verdict)}."""


class StockMove(models.Model):
    """The gate under deliveries: no goods leave for a customer past this file (P1-05, P4-13).

    It stands under `_action_done`, where buttons, batches, backorders and other add-ons end, and under
    the state and the quantity of moves, which users of Inventory may write. No context key opens it.
    Returns, receipts and steps inside the warehouse pass.
    """

    _inherit = "stock.move"

    def _action_done(self, cancel_backorder=False):
        going = self.filtered(
            lambda move: move.picked and move.product_uom.compare(move.quantity, 0) > 0
        )
        with going._credit_guard():
            done = super()._action_done(cancel_backorder=cancel_backorder)
        done._credit_move_due_dates()
        return done

    def _credit_move_due_dates(self):
        """Let posted invoices of these goods fall due after the delivery, where customers pay so (P4-24)."""
        # sudo: terms and invoices follow the goods, whoever moves them
        lines = self.sudo().filtered(lambda m: m.state == "done").sale_line_id
        for company, own in lines.grouped(lambda x: x.company_id._credit_root()).items():
            customers = own.order_id.partner_invoice_id.commercial_partner_id.with_company(company)
            after = customers.filtered(lambda c: c.credit_term_start == "delivery")
            if not after:
                continue
            own.invoice_lines.move_id.filtered(
                lambda m, a=after: (
                    m.move_type == "out_invoice"
                    and m.state == "posted"
                    and m.payment_state not in ("paid", "in_payment", "reversed")
                    and m.commercial_partner_id in a
                )
            )._credit_follow_delivery()

    @api.model_create_multi
    def create(self, vals_list):
        moves = super().create(vals_list)
        moves.filtered(lambda move: move.state == "done")._credit_gate()
        return moves

    def write(self, vals):
        if vals.get("state") == "done":
            with self._credit_guard():
                return super().write(vals)
        return super().write(vals)

    def _action_cancel(self):
        result = super()._action_cancel()
        cancelled = self.picking_id.filtered(lambda picking: picking.state == "cancel")
        cancelled._credit_end_holds("cancelled", self.env._("The delivery was cancelled."))
        return result

    @contextmanager
    def _credit_guard(self):
        """Check the goods of these moves, unless a caller further out has done so."""
        checked = self.env.cr.cache.setdefault("credit_checked_moves", set())
        moves = self.filtered(lambda move: move.id not in checked and move.state != "done")
        moves._credit_gate()
        own = set(moves.ids)
        checked |= own
        try:
            yield
        finally:
            checked -= own

    def _credit_is_delivery(self):
        """Return whether the goods go to a customer, or are on their way and the policy stops them there."""
        self.ensure_one()
        move = self.sudo()  # sudo: locations and settings, whoever moves the goods
        place = move.location_dest_id
        if move.location_final_id and move.company_id._credit_root().credit_stop_picking:
            place = move.location_final_id
        if place.usage == "transit":
            return bool(move.sale_line_id and not move.move_dest_ids)
        # Goods sold over the counter have left, and are paid.
        return place.usage == "customer" and (move.sale_line_id or not move._credit_is_counter())

    def _credit_is_counter(self):
        """Return whether a point of sale, an add-on that may be installed, made the transfer."""
        picking = self.picking_id
        session = picking["pos_session_id"] if "pos_session_id" in picking._fields else False
        return session and session.config_id.picking_type_id == picking.picking_type_id

    def _credit_gate(self):
        """Raise unless these moves, about to be done, keep every holding rule or are released.

        :raise CreditDeliveryError: in Enforce mode, naming the deliveries that wait
        """
        moves = self.filtered(
            # sudo: the mode binds users who may not read settings
            lambda m: m.company_id.sudo().credit_mode != "off" and m._credit_is_delivery()
        )
        if not moves:
            return
        verdicts = moves._credit_check()
        refused = {}
        for picking, leaving in moves.grouped("picking_id").items():
            order, verdict = verdicts.get(picking, (self.env["sale.order"], None))
            # sudo: as above
            enforced = leaving.company_id.sudo().credit_mode == "enforce"
            release = self.env["credit.hold"]
            if verdict and verdict.holding and enforced:
                release = picking._credit_get_release(order, verdict, leaving)
                if not release:
                    refused[picking.id] = (order, verdict)
                    continue
            picking._credit_passed(order, verdict, release, leaving)
        if refused:
            pickings = self.env["stock.picking"].browse(id_ for id_ in refused if id_)
            raise CreditDeliveryError(pickings._credit_refusal_message(), refused)

    def _credit_check(self):
        """Return {transfer: (order, CreditVerdict)} of these moves, as far as a rule is broken.

        Rules that need no figures come first: figures cost queries, and other deliveries of the same
        customer wait for them.
        """
        broken = {}
        # sudo: rules, orders and limits bind users who may not read them
        for company, own in self.sudo().grouped(lambda m: m.company_id._credit_root()).items():
            # sudo: as above, for users of a branch alone
            rule_model = self.env["credit.rule"].sudo().with_company(company)
            rules = rule_model._get_rules(company.id, "delivery")
            if not rules and company.id not in company._credit_horizon_days():
                continue
            pickings = own._credit_pickings_by_order(company)
            # sudo: as above
            orders = self.env["sale.order"].sudo().with_company(company).union(*pickings)
            orders._credit_fetch_parties()
            excess = own._credit_excess()
            checked = orders.browse()
            for order in orders:
                known = {
                    "control": order._credit_blocked_partners(),
                    "manual": order._credit_is_stopped(),
                    "overdelivery": excess.get(order.id),
                    "sublimit": any(
                        kind == "delivered" for kind, _amount in order._credit_own_sublimits()
                    ),
                }
                applying = rule_model._select_for_customer(rules, order._credit_customer())
                if any(known.get(rule.rule_type, True) for rule in applying):
                    checked |= order
            # Confirmed when they did not count yet: their limit is checked here, as at confirmation.
            pending = orders.filtered(lambda o: o._credit_is_pending())
            if not checked | pending:
                continue
            # sudo: the row that makes others wait has no owner
            self.env["credit.lock"].sudo()._acquire(
                {(order._credit_customer().id, company.id) for order in checked | pending}
            )
            self.env.flush_all()
            leaving = own._credit_leaving()
            verdicts = checked._credit_check(checkpoint="delivery", excess=excess, leaving=leaving)
            limits = pending._credit_check_pending(leaving)
            for order in checked | pending:
                for verdict in (verdicts.get(order.id), limits.get(order.id)):
                    for picking in pickings[order] if verdict and verdict.reasons else ():
                        broken[picking] = self._credit_worst(broken.get(picking), order, verdict)
        return broken

    @api.model
    def _credit_worst(self, former, order, verdict):
        """Return (order, verdict) of a transfer of several orders: all reasons, the figures of one held."""
        if former is None:
            return order, verdict
        if not former[1].holding:
            former, (order, verdict) = (order, verdict), former
        known = {reason["description"] for reason in former[1].reasons}
        added = tuple(r for r in verdict.reasons if r["description"] not in known)
        return former[0], CreditVerdict(former[1].facts, former[1].reasons + added)

    def _credit_pickings_by_order(self, company):
        """Return {order: [transfers]}; an unsaved order stands for a party that no order names."""
        found = {}
        for picking, moves in self.grouped("picking_id").items():
            orders = moves.sale_line_id.order_id or picking.sale_id
            parties = picking.partner_id | moves.partner_id
            named = orders._credit_parties().commercial_partner_id
            # Beside an order, a party matters where it is blocked.
            strangers = parties.with_company(company).filtered(
                lambda p, n=named, beside=bool(orders): (
                    p.commercial_partner_id not in n
                    and not (
                        beside and p.commercial_partner_id.credit_control not in BLOCKED_CONTROLS
                    )
                )
            )
            if picking and picking._credit_is_stopped():
                strangers |= parties[:1] or picking._credit_party()
            unsaved = [picking._credit_as_order(p, moves.company_id) for p in strangers]
            for order in [*orders, *unsaved]:
                found.setdefault(order, []).append(picking)
        return found

    def _credit_excess(self):
        """Return {order id: worth of goods beyond the order} in company currency, where there is any."""
        excess = {}
        digits = self.env["decimal.precision"].precision_get("Product Unit")
        for line, moves in self.grouped("sale_line_id").items():
            if not line:
                for move in moves.filtered(lambda m: m.picking_id.sale_id):
                    order = move.picking_id.sale_id
                    excess[order.id] = excess.get(order.id, 0.0) + move._credit_worth()
                continue
            # What is done is part of the delivered quantity already.
            leaving = moves.filtered(lambda m: m.state != "done")._credit_quantity(line)
            over = line.qty_delivered + leaving - max(line.product_uom_qty, 0.0)
            over = min(moves._credit_quantity(line), over)
            if float_compare(over, 0.0, digits) > 0:
                order = line.order_id
                worth = over * line._credit_price() / order._credit_rate()
                excess[order.id] = excess.get(order.id, 0.0) + worth
        return {
            order.id: order.company_id.currency_id.round(excess[order.id])
            for order in self.env["sale.order"].browse(excess)
        }

    def _credit_leaving(self):
        """Return {order id: worth of the goods of these moves} in company currency.

        What is done is part of the delivered quantity already. Where goods are not those of a line,
        such as parts of a kit, nobody knows which part of the order leaves: all of it counts.
        """
        going = self.filtered(lambda move: move.state != "done")
        return {
            order.id: moves._credit_worth()
            if all(move.product_id == move.sale_line_id.product_id for move in moves)
            else order._credit_order_total()
            for order, moves in going.grouped(lambda move: move.sale_line_id.order_id).items()
            if order
        }

    def _credit_quantity(self, line, whole=False):
        """Return the quantity of an order line that these moves take, in its unit.

        Parts of a kit count nothing here: Odoo counts whole kits.

        :param whole: what is still to be taken as well, not only the quantity that was picked
        """
        return sum(
            move.product_uom._compute_quantity(move._credit_going(whole), line.product_uom_id)
            for move in self
            if move.product_id == line.product_id
        )

    def _credit_going(self, whole=False):
        self.ensure_one()
        return max(self._get_picked_quantity(), self.product_uom_qty if whole else 0.0)

    def _credit_worth(self, whole=False):
        """Return the worth of these goods in company currency, tax included as far as an order says it.

        Goods that nobody ordered: by their sales price where they are invoiced as delivered, else 0.

        :param whole: see `_credit_quantity`
        """
        total = 0.0
        # sudo: prices of orders, whoever moves the goods
        for line, moves in self.sudo().grouped("sale_line_id").items():
            if line:
                rate = line.order_id._credit_rate()
                total += moves._credit_quantity(line, whole) * line._credit_price() / rate
                continue
            for move in moves:
                product = move.product_id
                if product.invoice_policy == "delivery":
                    quantity = move.product_uom._compute_quantity(
                        move._credit_going(whole), product.uom_id
                    )
                    total += quantity * product.lst_price
        return self.company_id[:1].currency_id.round(total) if self else 0.0


class StockMoveLine(models.Model):
    _inherit = "stock.move.line"

    # Odoo lets users change the quantity of a transfer that is done: more goods leave.

    @api.model_create_multi
    def create(self, vals_list):
        lines = super().create(vals_list)
        lines.filtered(lambda line: line.state == "done").move_id._credit_gate()
        return lines

    def write(self, vals):
        done = self.browse()
        if not {"quantity", "product_uom_id", "move_id"}.isdisjoint(vals):
            done = self.filtered(lambda line: line.state == "done")
        before = {line: (line.move_id, line.quantity_product_uom) for line in done}
        result = super().write(vals)
        for line, (move, quantity) in before.items():
            if line.move_id != move or line.quantity_product_uom > quantity:
                line.move_id._credit_gate()
        return result
