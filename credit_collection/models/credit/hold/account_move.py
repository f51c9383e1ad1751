from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command


class AccountMove(models.Model):
    """Invoices of orders: nothing is billed beyond the checked amount or to another customer."""

    _inherit = "account.move"

    credit_banner = fields.Html(
        compute="_compute_credit_banner", sanitize=False, groups="base.group_user"
    )

    @api.model_create_multi
    def create(self, vals_list):
        lines = self._credit_line_values(vals_list)
        if not any("sale_line_ids" in line for line in lines):
            return super().create(vals_list)
        closed = self._credit_closed_amounts(lines)
        with self._undone_on_error():
            moves = super().create(vals_list)
            drafts = moves.filtered(lambda m: m.move_type == "out_invoice" and m.state == "draft")
            drafts._credit_check_debtor()
            drafts._credit_check_mixed()
            drafts.invoice_line_ids.sale_line_ids.order_id._credit_gate_billed(closed)
        return moves

    @api.model
    def _credit_closed_amounts(self, vals_list):
        """Return {order id: not invoiced, in company currency} of the closed orders of new lines.

        Nothing more was to be invoiced of these.
        """
        commands = [
            command
            for vals in vals_list
            for command in vals.get("sale_line_ids") or ()
            if isinstance(command, (list, tuple)) and len(command) > 1
        ]
        ids = [
            line_id
            for command in commands
            for line_id in (command[2] if command[0] == Command.SET else [command[1]])
        ]
        # sudo: approvals bind all who bill
        lines = self.env["sale.order.line"].sudo().browse(ids).exists()
        orders = lines.order_id.filtered(lambda o: o.credit_closure == "approved")
        # sudo: sums of the ledger, for the check of the order
        amounts = self.env["credit.exposure.line"].sudo()._get_order_amounts(orders)
        return {order_id: amount for order_id, (amount, _currency) in amounts.items()}

    @api.model
    def _credit_line_values(self, vals_list):
        """Return the values of the lines that come with new entries."""
        return [
            command[2]
            for vals in vals_list
            for name in ("invoice_line_ids", "line_ids")
            for command in vals.get(name) or ()
            if command[0] == Command.CREATE
        ]

    def write(self, vals):
        if vals.get("state") == "posted":
            posting = self._credit_posting()
            others = self.filtered(lambda move: move.id not in posting)
            others._credit_refuse(others._credit_post_gate())
        drafts = self.browse()
        if "partner_id" in vals:
            drafts = self.filtered(lambda m: m.move_type == "out_invoice" and m.state == "draft")
        if not drafts:
            return super().write(vals)
        before = {move: move.commercial_partner_id for move in drafts}
        with self._undone_on_error():
            result = super().write(vals)
            drafts.filtered(lambda m: m.commercial_partner_id != before[m])._credit_check_debtor()
        return result

    def _credit_check_mixed(self):
        """Refuse that a return of one order lowers another before accounting posts it.

        :raise UserError: in Enforce mode, for users who do not work in Invoicing
        """
        if not self.env["sale.order"]._credit_binds_billing():
            return
        # sudo: orders and settings bind all who write the draft
        for move in self.sudo().filtered(lambda m: m.company_id.credit_mode == "enforce"):
            lines = move.invoice_line_ids.filtered("sale_line_ids")
            lines = lines.grouped(lambda line: line.sale_line_ids.order_id)
            # Of one order alone, Odoo makes a credit note of it.
            for order, items in lines.items() if len(lines) > 1 else ():
                if move.currency_id.compare_amounts(sum(items.mapped("price_total")), 0) < 0:
                    raise UserError(
                        self.env._("Invoice %s separately: it is a refund.", order.display_name)
                    )

    def _credit_check_debtor(self):
        """Check the new debtor of an order when a draft names another customer.

        :raise UserError: in Enforce mode, where an order of that customer would be held
        """
        for move in self.filtered(lambda m: m.company_id.credit_mode == "enforce"):
            # sudo: limits and orders bind all who write the draft
            orders = move.sudo().invoice_line_ids.sale_line_ids.order_id
            debtor = move.partner_id.commercial_partner_id
            if all(order._credit_customer() == debtor for order in orders):
                continue
            # sudo: the row that makes others wait has no owner
            self.env["credit.lock"].sudo()._acquire(
                {(debtor.id, move.company_id._credit_root().id)}
            )
            self.env.flush_all()
            # sudo: limits and orders bind all who write the draft
            order = move.sudo()._credit_as_order()
            amount = move.amount_total_signed
            # The draft is part of the exposure already.
            verdict = order._credit_check({order.id: amount})[order.id]
            if verdict.holding:
                raise UserError(
                    self.env._(
                        "This invoice of order %(order)s is over the credit of %(customer)s:\n%(reasons)s",
                        order=", ".join(orders.mapped("name")),
                        customer=debtor.display_name,
                        reasons="\n".join(f"- {r['description']}" for r in verdict.holding),
                    )
                )

    def _credit_as_order(self):
        """Return an unsaved order of the customer and term of this draft; its amount comes beside."""
        self.ensure_one()
        return self.env["sale.order"].new(
            {
                "company_id": self.company_id.id,
                "partner_id": self.partner_id.id,
                "partner_invoice_id": self.partner_id.id,
                "partner_shipping_id": self.partner_id.id,
                "currency_id": self.currency_id.id,
                "payment_term_id": self.invoice_payment_term_id.id,
                "state": "draft",
            }
        )

    def _compute_partner_credit_warning(self):
        """Hide Odoo's own banner where ours shows."""
        result = super()._compute_partner_credit_warning()
        for move in self:
            if move.company_id.credit_mode != "off":
                move.partner_credit_warning = ""
        return result

    @api.depends_context("lang")
    @api.depends(
        "state", "move_type", "company_id", "partner_id", "amount_total_signed", "credit_hold_ids.state"
    )  # fmt: skip
    def _compute_credit_banner(self):
        """Compute live figures of the customer beside a draft invoice, as on quotations."""
        self.credit_banner = False
        shown = self.filtered(
            lambda m: (
                m.state == "draft"
                and m.move_type == "out_invoice"
                and m.company_id.credit_mode != "off"
                and m.partner_id
            )
        )
        for company, moves in shown.grouped(lambda m: m.company_id._credit_root()).items():
            # sudo: figures of the customer, for all who read the invoice
            customers = moves.commercial_partner_id.with_company(company).sudo()
            figures = customers._get_credit_figures_and_status(company)
            for move in moves:
                # sudo: as above
                customer = move.commercial_partner_id.with_company(company).sudo()
                values = move._prepare_credit_banner(customer, figures.get(customer._origin.id, {}))
                if values:
                    move.credit_banner = self.env["ir.qweb"]._render(
                        "credit_collection.sale_order_credit_banner", values
                    )

    def _prepare_credit_banner(self, customer, row):
        """Return values of the banner, None where there is nothing to show.

        :param customer: as superuser, in the company of the debt
        :param row: see `res.partner._get_credit_figures_and_status`
        """
        self.ensure_one()
        company, control = self.company_id, customer.credit_control or "none"
        status = row.get("credit_status")
        if control == "none" and status in ("unlimited", None):
            return None
        names = ("credit_exposure", "credit_effective_limit", "credit_overdue")
        exposure, limit, overdue = (float(row.get(name) or 0.0) for name in names)
        # What is saved of this draft is part of the exposure already.
        exposure -= max(0.0, self._origin.amount_total_signed)
        amount = max(0.0, self.amount_total_signed)
        bar = customer._credit_banner_bar(company, limit, exposure, amount)
        over = (
            control == "limit" and company.currency_id.compare_amounts(exposure + amount, limit) > 0
        )
        # sudo: the state of the hold, for all who may read the invoice
        hold = self.sudo().credit_hold_ids.filtered(
            lambda h: h.state in ("held", "requested", "released", "rejected") and not h.consumed_at
        )[:1]
        bad = status in ("blocked", "held_overdue", "held_limit", "overdue") or over
        # sudo: the company's currency only
        fmt = company.sudo().currency_id.format
        return {
            "level": "danger"
            if hold.state in ("held", "requested", "rejected")
            else "warning"
            if bad or bar["near"] and control == "limit"
            else "info",
            "hold": hold,
            "control": control,
            "control_label": dict(
                customer._fields["credit_control"]._description_selection(self.env)
            )[control],
            "grade": customer.credit_grade_id.code,
            "figures": [
                *customer._credit_banner_figures(company, control, limit, exposure),
                *customer._credit_banner_overdue(
                    company, overdue, row.get("credit_days_overdue") or 0
                ),
                (self.env._("This Invoice"), fmt(amount), over),
            ],
            **bar,
        }

    @api.model
    def _credit_posting(self):
        """Return ids of the entries that `_post` has checked and is posting."""
        return self.env.cr.cache.setdefault("credit_posting", set())

    def _post(self, soft=True):
        checked = self
        if soft:
            # Odoo posts these on their day.
            today = fields.Date.context_today(self)
            checked = self.filtered(lambda move: move.date <= today)
        held = checked._credit_post_gate()
        free = self - self.browse(move.id for move in held)
        free._credit_read_ahead()
        own = set(free.ids) - self._credit_posting()
        self._credit_posting().update(own)
        try:
            posted = super(AccountMove, free)._post(soft)
        finally:
            self._credit_posting().difference_update(own)
        self._credit_place_on_hold(held)
        # An invoice only turns an order or a draft into a receivable: nothing is cured by it.
        posted.filtered(lambda m: m.move_type in ("entry", "out_refund"))._credit_recheck_holds()
        return posted

    def _credit_read_ahead(self):
        """Read at once what Odoo reads of each entry apart while it posts: a third of its queries."""
        # Others may not post: Odoo says so.
        if not self.env.su and not self.env.user._has_role("accountant"):
            return
        self.mapped("invoice_line_ids")
        for name in ("account_id", "tax_ids", "matched_debit_ids", "matched_credit_ids"):
            self.line_ids.mapped(name)
        # sudo: Odoo counts the invoices of a customer whoever posts
        entries = self.sudo()
        (entries.partner_id | entries.commercial_partner_id).mapped("customer_rank")

    def _credit_recheck_holds(self):
        partners = self.line_ids.filtered(
            lambda line: line.account_type == "asset_receivable"
        ).partner_id
        # sudo: users who book a payment may not see the holds it cures
        self.env["credit.hold"].sudo()._recheck_partners(partners.commercial_partner_id)


class AccountMoveLine(models.Model):
    _inherit = "account.move.line"

    def _sale_create_reinvoice_sale_line(self):
        orders = self.env["sale.order"].union(*filter(None, self._sale_determine_order().values()))
        with orders._credit_counted():
            return super()._sale_create_reinvoice_sale_line()


class AccountPartialReconcile(models.Model):
    _inherit = "account.partial.reconcile"

    @api.model_create_multi
    def create(self, vals_list):
        partials = super().create(vals_list)
        partials.credit_move_id.move_id._credit_recheck_holds()
        return partials
