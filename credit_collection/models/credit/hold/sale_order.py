from urllib.parse import urljoin

from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_date, sql

from ....engine import credit_check
from .sale_order_gate import NOT_APPROVED, CreditHoldError


class SaleOrder(models.Model):
    """The credit information on an order. Gate and entry points are in the files beside this one."""

    _inherit = "sale.order"

    credit_hold_ids = fields.One2many(
        "credit.hold",
        "order_id",
        "Credit Holds",
        copy=False,
        readonly=True,
        groups="base.group_user",
    )
    credit_hold_count = fields.Integer(
        "Holds", compute="_compute_credit_hold_count", groups="base.group_user"
    )
    credit_hold_id = fields.Many2one(
        "credit.hold",
        compute="_compute_credit_state",
        store=True,
        groups="base.group_user",
        help="The hold that determines the credit status of this order.",
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
        store=True,
        index="btree_not_null",
        copy=False,
        groups="base.group_user",
    )
    credit_hold_state = fields.Selection(
        related="credit_hold_id.state",
        string="Hold Status",
        groups="base.group_user",
        tracking=False,  # the hold tracks it, and every write of an order would read it
    )
    credit_banner = fields.Html(
        compute="_compute_credit_banner", sanitize=False, groups="base.group_user"
    )

    credit_open = fields.Boolean(
        "Counts as Exposure",
        compute="_compute_credit_open",
        store=True,
        copy=False,
        groups="base.group_user",
        help="Confirmed, and not yet invoiced in full by posted invoices of its own customer.",
    )

    credit_limit_pending = fields.Boolean(
        "Limit to Be Checked",
        readonly=True,
        copy=False,
        groups="base.group_user",
        help="Confirmed when it did not count as exposure yet. The limit is checked when it does: at"
        " night, and when goods leave.",
    )

    _credit_pending_idx = models.Index("(partner_invoice_id) WHERE credit_limit_pending")

    # Serves the ledger of exposure: the confirmed and not yet invoiced part, by customer.
    _credit_open_idx = models.Index("(partner_invoice_id) WHERE credit_open")

    @api.depends("credit_hold_ids.state", "credit_hold_ids.consumed_at")
    def _compute_credit_state(self):
        # Not by the state of the order: confirming and cancelling end the holds themselves.
        states = ("held", "requested", "released", "rejected")
        for order in self:
            # sudo: the state is for everybody who sees the order
            holds = order.sudo().credit_hold_ids.filtered(
                lambda h: h.state in states and not h.consumed_at
            )
            hold = holds.sorted("id")[-1:]
            order.credit_hold_id = hold
            decided = hold.state in ("released", "rejected")
            order.credit_state = "clear" if not hold else hold.state if decided else "held"

    def _auto_init(self):
        # Orders there before: by SQL, not one by one. Rather open than not: the ledger computes
        # the part of an open order that counts, and each change of it computes this anew.
        if not sql.column_exists(self.env.cr, "sale_order", "credit_closure"):
            sql.create_column(self.env.cr, "sale_order", "credit_closure", "varchar")
        if not sql.column_exists(self.env.cr, "sale_order", "credit_open"):
            sql.create_column(self.env.cr, "sale_order", "credit_open", "boolean")
            self.env.cr.execute(
                """UPDATE sale_order SET credit_open = TRUE
                    WHERE state = 'sale' AND (
                          invoice_status <> 'invoiced'
                          OR EXISTS (SELECT FROM sale_order_line line
                                       JOIN sale_order_line_invoice_rel rel
                                         ON rel.order_line_id = line.id
                                       JOIN account_move_line item ON item.id = rel.invoice_line_id
                                       JOIN account_move move ON move.id = item.move_id
                                      WHERE line.order_id = sale_order.id
                                        AND (move.state = 'draft'
                                             OR move.partner_id <> sale_order.partner_invoice_id)))"""
            )
        return super()._auto_init()

    def _has_field_access(self, field, operation):
        # As for partners.
        if self.env.su or not field.groups:
            return True
        if field.groups == "base.group_user":
            return self.env.user._credit_in_group("base.group_user")
        return super()._has_field_access(field, operation)

    @api.depends(
        "state", "partner_invoice_id.commercial_partner_id", "order_line.display_type",
        "order_line.is_downpayment", "order_line.price_total", "order_line.product_uom_qty",
        "order_line.qty_delivered", "order_line.qty_invoiced",
        "order_line.invoice_lines.quantity", "order_line.invoice_lines.parent_state",
        "order_line.invoice_lines.move_id.partner_id.commercial_partner_id",
    )  # fmt: skip
    def _compute_credit_open(self):
        """Compute whether an invoice is to come; a closure lapses where it does not hold."""
        for order in self:
            is_open = order.state == "sale" and any(
                line._credit_is_open() for line in order.order_line
            )
            closure = order.credit_closure
            order.credit_closure = closure and is_open and order._credit_closure_holds() and closure
            order.credit_open = is_open and order.credit_closure != "approved"

    @api.depends("credit_hold_ids")
    def _compute_credit_hold_count(self):
        # sudo: a count only
        counts = dict(
            self.env["credit.hold"]
            .sudo()
            ._read_group([("order_id", "in", self.ids)], ["order_id"], ["__count"])
        )
        for order in self:
            order.credit_hold_count = counts.get(order._origin, 0)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_held(self):
        # sudo: the hold is kept for the auditor, whoever deletes the order
        held = self.sudo().filtered("credit_hold_ids")
        if held:
            raise UserError(
                self.env._(
                    "%s has a credit hold on its audit trail and cannot be deleted. Cancel it "
                    "instead.",
                    ", ".join(held.mapped("name")),
                )
            )

    def _compute_partner_credit_warning(self):
        """Hide Odoo's own banner where ours shows: two warnings with two truths confuse."""
        result = super()._compute_partner_credit_warning()
        for order in self:
            if order.company_id.credit_mode != "off":
                order.partner_credit_warning = ""
        return result

    # ------------------------------------------------------------------ banner

    @api.depends_context("lang")
    @api.depends(
        "state", "company_id", "partner_id", "partner_invoice_id", "payment_term_id", "currency_rate",
        "order_line.price_total", "credit_state", "credit_hold_id", "commitment_date",
    )  # fmt: skip
    def _compute_credit_banner(self):
        """Compute live figures of the customer and the effect of confirming, for all who see the order."""
        self.credit_banner = False
        shown = self.filtered(
            lambda o: (
                o.state in ("draft", "sent") and o.company_id.credit_mode != "off" and o.partner_id
            )
        )
        verdicts = shown._credit_check()
        for order in shown:
            values = order._prepare_credit_banner(verdicts[order.id])
            if values:
                order.credit_banner = self.env["ir.qweb"]._render(
                    "credit_collection.sale_order_credit_banner", values
                )

    def _prepare_credit_banner(self, verdict):
        """Return values of the banner, None where there is nothing to show."""
        self.ensure_one()
        facts = verdict.facts
        if facts.control == "none" and not verdict.reasons:
            return None
        # sudo: terms bind the salesperson who may not read them
        customer = self.sudo()._credit_customer().with_company(self.company_id._credit_root())
        bar = customer._credit_banner_bar(
            self.company_id, facts.effective_limit, facts.exposure, facts.order_amount
        )
        held = self.credit_state in NOT_APPROVED
        if verdict.holding or held:
            level = "danger"
        elif verdict.reasons or bar["near"] or facts.overdue:
            level = "warning"
        else:
            level = "info"
        # sudo: the state of the hold, for all who may read the order
        hold = self.sudo().credit_hold_id
        comment = hold.review_ids.filtered(lambda r: r.status == "rejected").mapped("comment")
        return {
            "level": level,
            "observe": self.company_id.credit_mode == "observe",
            "hold": hold,
            "waiting": ", ".join(
                hold.review_ids.filtered(lambda r: r.status == "pending").mapped("name")
            ),
            "comment": (comment or [False])[0],
            "control": facts.control,
            "control_label": dict(
                customer._fields["credit_control"]._description_selection(self.env)
            )[facts.control],
            "grade": customer.credit_grade_id.code,
            "figures": self._prepare_credit_banner_figures(facts),
            **bar,
            "reasons": verdict.reasons,
            "cure": self._credit_cure_text(verdict),
            "counts_from": format_date(self.env, self._credit_counts_from()),
        }

    def _prepare_credit_banner_figures(self, facts):
        """Return [(label, amount, whether it is bad)] as relevant for the customer's control."""
        partners, company = self.env["res.partner"], self.company_id
        # sudo: the company's currency only
        fmt = company.sudo().currency_id.format
        if facts.control == "cash":
            open_part = max(0.0, facts.order_total - facts.letter_cover)
            due = credit_check.required_prepayment(open_part, facts.prepayment_share)
            figures = [
                (self.env._("Due in Advance"), fmt(due), False),
                (self.env._("Paid"), fmt(facts.prepaid), False),
                (self.env._("Missing"), fmt(max(0.0, due - facts.prepaid)), due > facts.prepaid),
            ]
            if facts.letter_cover:
                cover = (self.env._("Letter of Credit"), fmt(facts.letter_cover), False)
                figures.insert(0, cover)
        else:
            figures = partners._credit_banner_figures(
                company, facts.control, facts.effective_limit, facts.exposure
            )
        overdue = partners._credit_banner_overdue(company, facts.overdue, facts.days_overdue)
        return [
            *figures,
            *overdue,
            (
                self.env._("This Order")
                if self._credit_counting_lines() >= self.order_line.filtered("product_id")
                else self.env._("This Order, Returns Not Deducted"),
                fmt(facts.order_total),
                False,
            ),
        ]

    def _credit_cure_text(self, verdict):
        """Return how to resolve every holding reason, in words; one by one where no sum does."""
        self.ensure_one()
        if not verdict.holding:
            return ""
        collect, cut = verdict.cure
        # sudo: the company's currency only
        fmt = self.company_id.sudo().currency_id.format
        if verdict.facts.by_letter and {r["rule_type"] for r in verdict.holding} == {"prepayment"}:
            return self.env._("To resolve: %s.", verdict.holding[0]["cure"])
        if collect is None:
            cures = list(dict.fromkeys(reason["cure"] for reason in verdict.holding))
            return self.env._("To resolve: %s.", "; ".join(cures))
        amounts = {"collect": fmt(collect), "cut": fmt(cut or 0)}
        if verdict.in_advance:
            if cut is None:
                return self.env._("To resolve: have %(collect)s paid in advance.", **amounts)
            return self.env._(
                "To resolve: reduce the order by %(cut)s or have %(collect)s paid in advance.",
                **amounts,
            )
        if cut is None:
            return self.env._("To resolve: collect %(collect)s.", **amounts)
        return self.env._(
            "To resolve: collect %(collect)s or reduce the order by %(cut)s.", **amounts
        )

    def _credit_get_payment(self):
        """Return sentence and address with which a payment clears the hold; None where none does."""
        self.ensure_one()
        # sudo: the customer has no rights on holds
        hold = self.sudo().credit_hold_id
        amount = hold._get_payment_amount() if hold else 0.0
        if not amount:
            return None
        return {
            "text": self.env._(
                "It can go ahead as soon as %s of your account is paid.",
                hold.currency_id.format(amount),
            ),
            "path": hold._get_payment_path(amount),
        }

    def _notify_by_email_prepare_rendering_context(self, message, *args, **kwargs):
        """Add the payment that clears the hold to the head of the quotation's mail."""
        context = super()._notify_by_email_prepare_rendering_context(message, *args, **kwargs)
        order = self.with_context(lang=context.get("lang") or self.env.lang)
        payment = self.state in ("draft", "sent") and order._credit_get_payment()
        if payment:
            link = Markup('%s <a href="%s">%s</a>') % (
                payment["text"],
                urljoin(self.get_base_url(), payment["path"]),
                order.env._("Pay Now"),
            )
            context["subtitles"] = [*(context.get("subtitles") or ()), link]
        return context

    def action_open_credit_holds(self):
        """Open the holds of this order."""
        self.ensure_one()
        self.check_access("read")
        return self._open_records("credit_hold_action", self.credit_hold_ids)

    def action_open_credit_hold(self):
        """Open the hold of this order, to apply for its release."""
        self.ensure_one()
        self.check_access("read")
        return self.credit_hold_id.get_formview_action()

    # ---- The friendly entry points: where a person or a customer confirms, a refusal becomes a hold.
    #
    # Entry points: the Confirm button of any view (controllers/dataset.py), the list action,
    # `_validate_order` (portal signature, web shop) and online payment
    # (payment_transaction.py).

    def action_credit_confirm(self):
        """Confirm these orders one by one and place those that break a rule on hold.

        Open to any user with the right to confirm; the gate decides.

        :return: a notification that names the orders on hold, or True
        """
        held = self.browse()
        for order in self:
            held |= order._credit_confirm_or_hold()
        if not held:
            return True
        return self.env["credit.hold"]._notification(
            self.env._("Put on credit hold, kept as quotation: %s.", ", ".join(held.mapped("name")))
            if len(self) == 1
            else self.env._(
                "Put on credit hold, kept as quotation: %s. Open an order to see the reasons "
                "and request a release.",
                ", ".join(held.mapped("name")),
            )
        )

    def _credit_confirm_or_hold(self):
        """Confirm one order, or place it on hold where the gate refuses.

        The refusal is caught outside the savepoint, so nothing of the attempt stays but
        the hold. Other errors propagate.

        :return: the order if it was placed on hold
        """
        self.ensure_one()
        try:
            with self._undone_on_error():
                self.action_confirm()
        except CreditHoldError as refusal:
            self.env["credit.hold"]._place_on_hold(self, refusal.verdicts[self.id])
            return self
        return self.browse()

    def _validate_order(self):
        # Portal signature and web shop: the customer's signature stays, the order waits.
        result = None
        for order in self:
            try:
                with self._undone_on_error():
                    result = super(SaleOrder, order)._validate_order()
            except CreditHoldError as refusal:
                self.env["credit.hold"]._place_on_hold(order, refusal.verdicts[order.id])
        return result
