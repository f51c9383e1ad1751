from collections import defaultdict
from dataclasses import dataclass, replace

from odoo import api, models

from ....engine import credit_check, limit_formula, terms
from ..terms.res_partner import BLOCKED_CONTROLS

PARTY_FIELDS = (
    "commercial_partner_id", "credit_control", "credit_term_days",
    "credit_term_start", "credit_grade_id", "credit_segment", "credit_policy_id",
    "credit_risk_level",
)  # fmt: skip


@dataclass(frozen=True)
class CreditVerdict:
    """Result of checking one order: the facts, and the values of each broken rule."""

    facts: credit_check.CreditFacts
    reasons: tuple

    @property
    def holding(self):
        """Reasons whose rule holds the order."""
        return [reason for reason in self.reasons if reason["action"] == "hold"]

    @property
    def cure(self):
        """(collect, cut) in company currency that cures every holding reason; None = cannot.

        An order that is cut to nothing is no cure. What nobody owes yet is not collected but
        paid in advance: see `in_advance`.
        """
        collect, cut = credit_check.cure(reason["breach"] for reason in self.holding)
        return collect, None if cut is None or cut >= self.facts.order_total else cut

    @property
    def in_advance(self):
        """Whether the amount to collect is one that the customer does not owe yet."""
        collect = self.cure[0]
        prepays = any(reason["rule_type"] == "prepayment" for reason in self.holding)
        return collect is not None and (prepays or round(collect - self.facts.owed, 6) > 0)


class SaleOrder(models.Model):
    """Reading side of the credit check: gathers the facts of an order and applies the rules."""

    _inherit = "sale.order"

    def _credit_customer(self):
        """Return the customer whose credit the order uses: of its invoice address."""
        self.ensure_one()
        partner = self.partner_invoice_id or self.partner_id
        return partner.commercial_partner_id

    def _credit_check(
        self,
        billed=None,
        checkpoint="order",
        excess=None,
        leaving=None,
        ahead=None,
        kinds=None,
    ):
        """Return {order id: CreditVerdict} of these orders, whether confirmed or not.

        :param billed: {order id: amount in company currency} that drafts bill beyond the amount
            ordered: part of the exposure already, and checked as part of the order
        :param checkpoint: a key of `CHECKPOINTS`, whose rules are applied
        :param excess: {order id: amount in company currency} of goods to leave beyond the order
        :param leaving: the same of goods of the order that are about to leave
        :param ahead: the same of goods about to leave that are no part of the exposure yet
        :param kinds: rule types to apply; all when None

        Goods that leave with one call are counted together: the later order meets what the earlier
        one sends. An order that is confirmed already is part of the exposure and is taken out of
        it, so that a verdict reads the same before and after confirmation. Company of
        the check is the root of the order's: a branch has no books of its own.
        """
        verdicts = {}
        # sudo: a salesperson is bound by figures of documents that stay closed to them
        orders_sudo = self.sudo()
        own_amounts = orders_sudo._credit_order_amounts()
        for company, orders in orders_sudo.grouped(lambda o: o.company_id.root_id).items():
            # sudo: for users of a branch alone
            rule_model = self.env["credit.rule"].sudo().with_company(company)
            rules = rule_model._get_rules(company.id, checkpoint)
            orders = orders.with_company(company)
            customers = orders._credit_fetch_customers()
            overdue_days = {rule.days for rule in rules if rule.rule_type == "overdue"}
            graces = {c._credit_policy(company)._grace_days(c.credit_grade_id) for c in customers}
            beyond = tuple({days + grace for days in overdue_days for grace in graces})
            figures = customers._get_credit_figures(company, beyond)
            for order in orders:
                own, extra = own_amounts.get(order.id, 0.0), (billed or {}).get(order.id, 0.0)
                going = (ahead or {}).get(order.id, 0.0)
                facts = order._credit_facts(figures, own, beyond, extra, going)
                if sublimits := order._credit_sublimits(figures, own, leaving):
                    facts = replace(facts, sublimits=sublimits)
                if excess:
                    facts = replace(facts, excess=excess.get(order.id, 0.0))
                applying = rule_model._select_for_customer(rules, order._credit_customer())
                if kinds is not None:
                    applying = [rule for rule in applying if rule.rule_type in kinds]
                reasons = tuple(rule_model._check_rules(applying, facts, order))
                if reasons:
                    facts = replace(facts, approved_limit=order._credit_approved_limit())
                verdicts[order.id] = CreditVerdict(facts, reasons)
                order._credit_add_leaving(
                    figures, going + facts.excess, (leaving or {}).get(order.id, 0.0)
                )
        return verdicts

    def _credit_approved_limit(self):
        """Return the customer's approved limit in company currency, as a hold keeps it."""
        self.ensure_one()
        customer = self._credit_customer()
        if (customer.credit_control or "none") == "none":
            return 0.0
        return customer._credit_get_limit(self.company_id._credit_root())[0]

    def _credit_add_leaving(self, figures, added, delivered):
        """Add the goods of this order, about to leave, to the figures for the orders after it.

        :param figures: {customer id: row}, see `res.partner._get_credit_figures`
        :param added: worth that is no part of the exposure yet, in company currency
        :param delivered: worth of all that leaves
        """
        self.ensure_one()
        customer = self._credit_customer()
        row = figures.get(customer.id)
        if not row:
            return
        if "kind_delivered" in row:
            row["kind_delivered"] = float(row["kind_delivered"]) + delivered
        if not added:
            return
        row["credit_exposure"] = float(row["credit_exposure"]) + added
        if row["shared_limit"] is None:
            return
        groups, company = self.env["credit.group"], self.company_id._credit_root()
        members = groups._members_by_group()[company.id, customer._credit_group(company).id]
        for member in figures.keys() & set(members):
            figures[member]["shared_use"] = float(figures[member]["shared_use"] or 0.0) + added

    # ---- Orders beyond the horizon: their limit is checked when they count (`_credit_counts_from`).

    def _credit_set_pending(self, pending):
        """Note whether the limit of these orders is still to be checked."""
        # sudo: a fact about the order, whoever changes it
        changed = self.sudo().filtered(lambda order: order.credit_limit_pending != pending)
        if changed:
            changed.write({"credit_limit_pending": pending})

    @api.model
    def _credit_note_pending(self, company):
        """Note the confirmed orders that do not count now, also since a date or the setting changed."""
        if company.id not in company._credit_horizon_days():
            return
        # sudo: the job reads every order
        orders = self.sudo().search(
            [
                ("company_id", "in", company._credit_entity_ids()),
                ("credit_open", "=", True),
                ("credit_limit_pending", "=", False),
                ("credit_counts_from", "!=", False),
            ]
        )
        orders._credit_set_pending(True)

    @api.model
    def _credit_check_entered(self, customers, company):
        """Check the limit of confirmed orders that count since they came inside the horizon.

        Those within it are done with; the others stay to be checked when goods leave.

        :return: {customer id: [(order, CreditVerdict)]} of those that break it
        """
        # sudo: the job reads every order
        orders = self.sudo().search(
            [
                ("partner_invoice_id.commercial_partner_id", "in", customers.ids),
                ("company_id", "in", company._credit_entity_ids()),
                ("credit_limit_pending", "=", True),
                ("credit_counts_from", "=", False),
            ],
            order="commitment_date, id",
        )
        counted = orders.filtered("credit_open")
        verdicts = counted._credit_check(kinds=self.env["credit.rule"]._get_limit_rules())
        broken = counted.filtered(lambda order: verdicts[order.id].holding)
        (orders - broken)._credit_set_pending(False)
        found = {}
        for order in broken:
            found.setdefault(order._credit_customer().id, []).append((order, verdicts[order.id]))
        return found

    def _credit_check_pending(self, leaving):
        """Return {order id: CreditVerdict} of the limit that was not checked at confirmation.

        :param leaving: {order id: worth of the goods that leave} in company currency; of an order
            that does not count yet, they alone are checked
        """
        ahead = {o.id: leaving.get(o.id, 0.0) for o in self if o._credit_counts_from()}
        limits = self.env["credit.rule"]._get_limit_rules()
        return self._credit_check(ahead=ahead, kinds=limits)

    def _credit_is_pending(self):
        """Return whether the limit of a confirmed order is still to be checked."""
        self.ensure_one()
        return isinstance(self.id, int) and bool(
            self.credit_limit_pending or self._credit_counts_from()
        )

    def _credit_verdicts(self):
        """Return {id: (order, CreditVerdict)} for their holds. So does each model that is held."""
        verdicts = self._credit_check()
        return {order.id: (order, verdicts[order.id]) for order in self}

    def _prepare_credit_hold(self):
        """Return the values of a hold that name its document. So does each model that is held."""
        self.ensure_one()
        return {"order_id": self.id, "order_name": self.name, "user_id": self.user_id.id}

    def _credit_fetch_parties(self):
        """Fetch the parties' fields that the check reads in one query, in two for child companies."""
        for company, orders in self.grouped(lambda o: o.company_id._credit_root()).items():
            parties = orders._credit_parties().with_company(company)
            parties = parties.filtered("id")
            parties.fetch(PARTY_FIELDS)
            (parties.commercial_partner_id - parties).fetch(PARTY_FIELDS)

    def _credit_fetch_customers(self):
        """Return the customers of these orders."""
        self._credit_fetch_parties()
        return self.env["res.partner"].union(*(order._credit_customer() for order in self))

    def _credit_order_amounts(self):
        """Return {order id: its addition to the exposure} in company currency.

        For an order without invoices and over-deliveries this is the sum of its lines,
        which also serves one being typed; otherwise the view's own SQL answers. Beyond the
        horizon it is 0, but for what is delivered.
        """
        amounts = {}
        plain = self.browse()
        for order in self:
            lines = order.order_line.filtered(lambda line: not line.display_type)
            if isinstance(order.id, int) and any(
                line.is_downpayment
                or line.qty_invoiced
                or line.qty_delivered > max(line.product_uom_qty, 0)
                for line in lines
            ):
                plain |= order
                continue
            if order._credit_counts_from():
                if isinstance(order.id, int) and any(line.qty_delivered for line in lines):
                    plain |= order
                else:
                    amounts[order.id] = 0.0
                continue
            amounts[order.id] = max(0.0, order._credit_order_total())
        # sudo: sums of the ledger, for the check of the order
        ledger = self.env["credit.exposure.line"].sudo()._get_order_amounts(plain)
        amounts.update({order_id: ledger.get(order_id, (0.0, 0.0))[0] for order_id in plain.ids})
        return amounts

    def _credit_order_total(self):
        """Return the worth of the order, tax included, in company currency at today's rate."""
        self.ensure_one()
        rate, currency = self._credit_rate(), self.company_id.currency_id
        return sum(
            currency.round(line.price_total / rate) for line in self._credit_counting_lines()
        )

    def _credit_order_total_currency(self):
        """Return the worth of the order, tax included, in its own currency."""
        return sum(self._credit_counting_lines().mapped("price_total"))

    def _credit_billed(self):
        """Return the billed amount of the order, credit notes taken off, in its currency."""
        self.ensure_one()
        customer, company = self._credit_customer(), self.company_id
        billed = defaultdict(float)
        for item in self.order_line.invoice_lines:
            move = item.move_id
            if move.state != "cancel" and move.partner_id.commercial_partner_id == customer:
                billed[move] += item.currency_id._convert(
                    item.price_total * -move.direction_sign,
                    self.currency_id,
                    company,
                    move.invoice_date or company._credit_today(),
                )
        # A draft bills; it gives nothing back before accounting has posted it.
        return sum(
            max(0.0, amount) if move.state == "draft" else amount for move, amount in billed.items()
        )

    def _credit_overbilled(self):
        """Return {order id: amount invoiced beyond the order} in company currency, where there is any.

        A down payment larger than the order, or more delivered than was ordered. Less than a
        smallest coin per line is rounding.
        """
        amounts = {}
        for order in self:
            excess = order._credit_billed() - max(0.0, order._credit_order_total_currency())
            if excess > order.currency_id.rounding * (len(order.order_line) + 1):
                amounts[order.id] = order.company_id.currency_id.round(
                    excess / order._credit_rate()
                )
        return amounts

    def _credit_counting_lines(self):
        """Return all lines but goods to come back: those lower nothing until they are credited."""
        self.ensure_one()
        return self.order_line.filtered(
            lambda line: (
                not line.display_type and not (line.product_uom_qty < 0 and line.price_total < 0)
            )
        )

    def _credit_rate(self):
        """Return units of the order's currency for one of the company's, today.

        Not the rate of the order: its date can be written, its invoice is still to come.
        """
        self.ensure_one()
        rates = self.env["res.currency"]._credit_rates_now(self.company_id)
        return next((rate for id_, rate, _digits in rates if id_ == self.currency_id.id), 1.0)

    def _credit_facts(self, figures, order_amount, beyond, billed=0.0, leaving=0.0):
        """Return facts of one order, in the rights and company of the check."""
        self.ensure_one()
        customer = self._credit_customer()
        row = figures.get(customer.id or customer._origin.id, {})
        control = customer.credit_control or "none"
        exposure = float(row.get("credit_exposure", 0.0))
        shared_limit, shared_use = row.get("shared_limit"), float(row.get("shared_use") or 0.0)
        counted = billed
        if self.state == "sale" and self.credit_closure != "approved" and isinstance(self.id, int):
            counted += order_amount
        exposure, shared_use = exposure - counted, shared_use - counted
        order_amount += billed + leaving
        limit = float(row.get("credit_effective_limit", 0.0))
        over = (control == "limit" and exposure + order_amount > limit) or (
            shared_limit is not None and shared_use + order_amount > shared_limit
        )
        if over:
            # Asked for only where it can matter: it costs a query.
            online = self._credit_online_unbooked()
            exposure, shared_use = exposure - online, shared_use - online
        policy, grade = customer._credit_policy(self.company_id), customer.credit_grade_id
        by_risk = policy._risk_prepayment(customer.credit_risk_level)
        by_grade = policy._is_part_prepaid(grade)
        part_prepaid = by_grade or by_risk > 0
        order_total, order_term = self._credit_order_total() + billed, self._credit_term_days()
        lacks_security = control == "limit" and customer._credit_lacks_security(self.company_id)
        prepays = control == "cash" or part_prepaid or lacks_security
        # A grade without prepayment names the share of its cash customers alone.
        bound = control == "cash" or by_grade or lacks_security
        share_ahead = max(policy._prepayment_percent(grade) if bound else 0.0, by_risk)
        too_long = control == "limit" and order_term > customer.credit_term_days
        share, order_rank = 0.0, self._credit_term_rank()
        if prepays or over or too_long:  # as above: it costs a query
            share = self.env["credit.security"]._get_letter_share(self)
        return credit_check.CreditFacts(
            control=control,
            effective_limit=limit,
            approved_term=customer.credit_term_days,
            approved_month_end=customer._credit_pays_by_month(),
            exposure=exposure,
            receivable=float(row.get("receivable", 0.0)),
            overdue=float(row.get("credit_overdue", 0.0)),
            days_overdue=row.get("credit_days_overdue", 0),
            overdue_beyond={
                days: float(row.get(f"overdue_{days}" if days else "credit_overdue", 0.0))
                for days in beyond
            },
            order_amount=order_amount,
            order_total=order_total,
            order_term=order_term,
            order_rank=order_rank,
            approved_rank=customer.credit_payment_term_id._credit_rank(
                customer.credit_payment_term_id.id
            )
            if order_rank
            else 0,
            prepaid=self._credit_prepaid(exposure) if prepays else 0.0,
            letter_cover=order_total * share,
            prepayment_share=share_ahead,
            part_prepaid=part_prepaid,
            lacks_security=lacks_security,
            by_letter=policy._settlement_mode(grade) == "letter_of_credit",
            grace_days=policy._grace_days(grade),
            blocked_parties=self._credit_blocked_parties(),
            unnamed_payer=self._credit_unnamed_payer(),
            shared_limit=None if shared_limit is None else float(shared_limit),
            shared_use=shared_use,
        )

    def _credit_sublimits(self, figures, order_amount, leaving=None):
        """Return `CreditFacts.sublimits`. What of this order is in the exposure already is taken out.

        :param leaving: None where the order is checked; see `_credit_check`
        """
        self.ensure_one()
        sublimits = self._credit_own_sublimits()
        if not sublimits:
            return ()
        customer = self._credit_customer()
        row, parts = figures.get(customer.id or customer._origin.id, {}), {"order": order_amount}
        counted = {}
        if self.state == "sale" and self.credit_closure != "approved" and isinstance(self.id, int):
            # sudo: sums of the ledger, for the check of the order
            counted = parts = self.env["credit.exposure.line"].sudo()._get_order_kinds(self)
        if leaving is not None:
            gone = min(leaving.get(self.id, 0.0), parts.get("order", 0.0))
            parts = {
                "order": parts.get("order", 0.0) - gone,
                "delivered": parts.get("delivered", 0.0) + gone,
            }
        return tuple(
            (
                kind,
                amount,
                float(row.get(f"kind_{kind}") or 0.0) - counted.get(kind, 0.0),
                parts.get(kind, 0.0),
            )
            for kind, amount in sublimits
            # At a delivery only what it adds to.
            if leaving is None or kind == "delivered"
        )

    def _credit_own_sublimits(self):
        """Return ((kind, amount in company currency), …) of the customer in the company of the order."""
        self.ensure_one()
        customer = self._credit_customer()
        # sudo: sub-limits bind users who may not read them
        own = self.env["credit.sublimit"].sudo()._by_company()
        return own.get(self.company_id.root_id.id, {}).get(customer.id or customer._origin.id, ())

    def _credit_term_days(self):
        """Return the longest credit that the payment term of the order grants, see engine.terms."""
        self.ensure_one()
        # sudo: approvals bind all who write the order
        return self.payment_term_id._credit_days(
            self.payment_term_id._origin.id or 0,
            self._credit_customer()
            .sudo()
            .with_company(self.company_id._credit_root())
            ._credit_pays_by_month(),
        )

    def _credit_term_rank(self):
        """Return the risk rank of the payment term of the order; 0 without one, or not ranked."""
        self.ensure_one()
        return self.payment_term_id._credit_rank(self.payment_term_id._origin.id)

    def _credit_is_large(self, total):
        """Return whether a release needs the next level too (P4-04); `total` in company currency."""
        self.ensure_one()
        company, customer = self.company_id._credit_root(), self._credit_customer()
        return limit_formula.is_large(
            company.currency_id.round(total),
            terms.written_term_days(self.payment_term_id._credit_term_lines()),
            company._credit_threshold("credit_large_limit", customer),
            company._credit_threshold("credit_large_term_days", customer),
        )

    def _credit_parties(self):
        """Return the parties to the orders: nobody ships to a customer who is blocked."""
        return self.partner_id | self.partner_invoice_id | self.partner_shipping_id

    def _credit_blocked_parties(self):
        """Return ((name, control), ...) of the parties that are frozen or blacklisted."""
        self.ensure_one()
        return tuple(
            (partner.display_name, partner.credit_control)
            for partner in self._credit_blocked_partners()
        )

    def _credit_unnamed_payer(self):
        """Return the name of a payer other than the buyer, unless credit control named the pair."""
        self.ensure_one()
        buyer, payer = self.partner_id.commercial_partner_id, self._credit_customer()
        if not buyer or buyer == payer or payer in buyer.credit_payer_ids.commercial_partner_id:
            return ""
        # Members of a shared limit were put together by credit control as well.
        shares = buyer._credit_group(self.company_id)
        is_shared = shares and shares == payer._credit_group(self.company_id)
        return "" if is_shared else payer.display_name

    def _credit_blocked_keys(self):
        """Return the same as ["id:control", ...], as a hold keeps them."""
        return [
            f"{partner.id}:{partner.credit_control}" for partner in self._credit_blocked_partners()
        ]

    def _credit_blocked_partners(self):
        self.ensure_one()
        partners = self._credit_parties()
        partners |= partners.commercial_partner_id
        return partners.filtered(lambda partner: partner.credit_control in BLOCKED_CONTROLS)

    # ---- Payments for an order before it goes out (P1-05, P4-03).

    def _credit_prepaid(self, exposure):
        """Return the amount paid for this order so far, in company currency.

        Down payments as far as they are paid, and a credit balance of the customer that is
        not another quotation's; or the online payments for the order, if that is more (its
        payment may already be part of either).
        """
        self.ensure_one()
        invoices = self.order_line.filtered("is_downpayment").invoice_lines.move_id.filtered(
            lambda move: move.state == "posted"
        )
        paid_down = -sum(
            move.direction_sign * (abs(move.amount_total_signed) - abs(move.amount_residual_signed))
            for move in invoices
        )
        online = sum(self._credit_online(tx) for tx in self.transaction_ids) if self.id else 0.0
        balance = max(0.0, -exposure)
        if self.company_id.currency_id.compare_amounts(balance, 0) > 0:
            balance = max(0.0, balance - self._credit_online_of_others())
        return max(paid_down + balance, online)

    def _credit_paid_ahead(self, facts):
        """Return whether the whole order is paid in advance, where that lets it pass."""
        self.ensure_one()
        # sudo: the setting binds users who may not read settings
        company = self.company_id._credit_root()
        if not company.credit_prepaid_passes or facts.order_total <= 0:
            return False
        paid = max(facts.prepaid, self._credit_prepaid(facts.exposure))
        return company.currency_id.compare_amounts(paid, facts.order_total) >= 0

    def _credit_online(self, transaction):
        """Return the amount of online payments for this order, in company currency.

        Refunds taken off; of a payment for several orders the order's share. Money in the
        books that was applied to anything but the order's own invoices is gone.
        """
        self.ensure_one()
        if transaction.state not in ("authorized", "done"):
            return 0.0
        refunds = transaction.child_transaction_ids.filtered(
            lambda tx: tx.operation == "refund" and tx.state in ("pending", "authorized", "done")
        )
        amount = max(0.0, transaction.amount + sum(refunds.mapped("amount"))) / self._credit_rate()
        if move := transaction.payment_id.move_id:
            items = move.line_ids.filtered(
                lambda line: (
                    line.account_type == "asset_receivable" and line.parent_state == "posted"
                )
            )
            own = items.matched_debit_ids.filtered(
                lambda partial: partial.debit_move_id.move_id in self.invoice_ids
            )
            kept = sum(own.mapped("amount")) - sum(items.mapped("amount_residual"))
            amount = min(amount, max(0.0, kept))
        orders = transaction.sale_order_ids
        if len(orders) > 1:
            worth = sum(orders.mapped("amount_total"))
            amount *= self.amount_total / worth if worth else 0.0
        return amount

    def _credit_online_of_others(self):
        """Return the part of the customer's credit balance paid online for their other quotations."""
        self.ensure_one()
        others = self.search(
            [
                ("id", "not in", self._origin.ids),
                ("company_id", "in", self.company_id._credit_entity_ids()),
                ("partner_invoice_id.commercial_partner_id", "=", self._credit_customer().id),
                ("state", "in", ("draft", "sent")),
                ("transaction_ids.state", "=", "done"),
            ]
        )
        return sum(
            order._credit_online(tx)
            for order in others
            for tx in order.transaction_ids.filtered("payment_id")
        )

    def _credit_online_unbooked(self):
        """Return the amount paid online for this order and not booked yet, in company currency.

        Odoo confirms an order before it books the payment that came with it.
        """
        self.ensure_one()
        transactions = self.transaction_ids.filtered(
            lambda tx: tx.state in ("authorized", "done") and not tx.payment_id
        )
        return sum(self._credit_online(tx) for tx in transactions)
