from odoo import fields, models
from odoo.exceptions import AccessError, UserError


class SaleOrder(models.Model):
    """Credit control holds an order itself, and approves that nothing more of one is invoiced (P4-09).

    Nothing more to invoice: sales say so, credit control approves.

    requested  asked for with a reason; the order counts as before
    approved   the part not invoiced counts in no exposure

    It lapses by itself (`_compute_credit_open`) when more than was seen is to be invoiced, an
    invoice is drafted from the order, or the order is cancelled.

    | action         | who                                    | restriction                          |
    | request        | users who may change the order         | confirmed, something not invoiced    |
    | approve        | credit controllers                     | neither requester nor salesperson    |
    | take back      | credit controllers, the requester      | rejects, withdraws, or counts again  |
    """

    _name = "sale.order"
    _inherit = ["sale.order", "credit.stop.mixin"]

    credit_closure = fields.Selection(
        [("requested", "Requested"), ("approved", "Approved")],
        "Nothing More to Invoice",
        compute="_compute_credit_open",
        store=True,
        copy=False,
        tracking=True,
        index="btree_not_null",
        groups="base.group_user",
    )
    credit_closure_reason = fields.Text(
        "Why Nothing More Is Invoiced",
        readonly=True,
        copy=False,
        groups="base.group_user",
        prefetch="credit",
    )
    credit_closure_amount = fields.Monetary(
        "Not to Be Invoiced",
        readonly=True,
        copy=False,
        groups="base.group_user",
        help=(
            "Tax included, at the time of the request. If the order exceeds it, it is checked "
            "again."
        ),
        prefetch="credit",
    )
    credit_closure_user_id = fields.Many2one(
        "res.users",
        "Requested by",
        readonly=True,
        copy=False,
        groups="base.group_user",
        prefetch="credit",
    )
    credit_can_approve_closure = fields.Boolean(
        compute="_compute_credit_can_approve_closure", groups="base.group_user"
    )

    def _compute_credit_can_approve_closure(self):
        for order in self:
            order.credit_can_approve_closure = (
                order.credit_closure == "requested" and not order._credit_get_closure_obstacle()
            )

    def _credit_get_closure_obstacle(self):
        """Return why the user may not approve, as an error; False where nothing stands against it."""
        if not self.env.user._has_role("controller"):
            return AccessError(
                self.env._("Credit controllers approve that nothing more is invoiced.")
            )
        # sudo: the requester, whoever decides
        if self.env.user in self.sudo().credit_closure_user_id | self.sudo().user_id:
            return AccessError(
                self.env._(
                    "You cannot approve your own request. %s must be approved by someone else.",
                    self.display_name,
                )
            )
        return False

    def _credit_rest(self):
        """Return the part of the order not on posted invoices, tax included, in its currency."""
        self.ensure_one()
        return self.currency_id.round(sum(line._credit_rest() for line in self.order_line))

    def _credit_has_draft(self):
        return any(
            line.parent_state == "draft" and line.move_id.move_type == "out_invoice"
            for line in self.order_line.invoice_lines
        )

    def _credit_closure_holds(self):
        """Return whether no more is to be invoiced than requested, and no invoice is on its way."""
        compare = self.currency_id.compare_amounts
        return (
            not self._credit_has_draft()
            and compare(self._credit_rest(), self.credit_closure_amount) <= 0
        )

    # ------------------------------------------------------------------ buttons

    def action_credit_closure(self):
        """Ask for the reason why nothing more will be invoiced: opens the wizard."""
        self.ensure_one()
        self.check_access("write")
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Nothing More to Invoice"),
            "res_model": "credit.order.closure",
            "view_mode": "form",
            "target": "new",
            "context": {"default_order_id": self.id},
        }

    def _credit_request_closure(self, reason):
        """Ask credit control to stop counting the order.

        :raise UserError: not confirmed, all invoiced, a draft invoice is there, or no reason
        """
        self.ensure_one()
        self.check_access("write")
        # sudo: documents that decide the open amount, and the fields that the system writes
        order = self.sudo()
        if not order.credit_open or order.credit_closure:
            raise UserError(
                self.env._("Nothing of %s waits for its invoice.", order.display_name)
                if not order.credit_closure
                else self.env._("Payment of %s has already been requested.", order.display_name)
            )
        if not (reason or "").strip():
            raise UserError(self.env._("Say why nothing more of %s is invoiced.", order.name))
        if order._credit_has_draft():
            raise UserError(
                self.env._("%s has draft invoices: post or delete them first.", order.display_name)
            )
        order.write(
            {
                "credit_closure": "requested",
                "credit_closure_reason": reason,
                "credit_closure_amount": order._credit_rest(),
                "credit_closure_user_id": self.env.user.id,
            }
        )
        order.message_post(
            body=self.env._(
                "Nothing more to invoice, %(amount)s: %(reason)s",
                amount=order.currency_id.format(order.credit_closure_amount),
                reason=reason,
            )
        )
        company = order.company_id._credit_root()
        for user in company.credit_controller_id or company._credit_controllers():
            order.activity_schedule(
                "credit_collection.mail_activity_credit_closure",
                user_id=user.id,
                summary=self.env._("%s: approve that nothing more is invoiced", order.name),
            )

    def action_credit_closure_approve(self):
        """Approve that nothing more is invoiced: the orders count in no exposure from now on.

        :raise AccessError: no credit controller, or the requester
        :raise UserError: nothing was asked for, or it lapsed
        """
        self.check_access("read")
        for order in self:
            if order.credit_closure != "requested":
                raise UserError(self.env._("%s is not waiting for a decision.", order.display_name))
            if obstacle := order._credit_get_closure_obstacle():
                raise obstacle
            # sudo: the controller decides, and changes nothing else of the order
            order.sudo().write({"credit_closure": "approved", "credit_open": False})
        self._credit_closure_decided()
        return True

    def action_credit_closure_end(self):
        """Take back the request or approval: the orders count again.

        :raise AccessError: neither a credit controller nor the requester
        """
        self.check_access("read")
        for order in self:
            if not order.credit_closure:
                raise UserError(self.env._("%s counts already.", order.display_name))
            # sudo: the requester counts, seen or not
            if self.env.user != order.sudo().credit_closure_user_id and not (
                self.env.user._has_role("controller")
            ):
                raise AccessError(
                    self.env._(
                        "Only credit controllers and the requester can withdraw it for %s.",
                        order.display_name,
                    )
                )
            # sudo: as above
            order.sudo().write({"credit_closure": False, "credit_open": True})
        self._credit_closure_decided()
        return True

    def _credit_closure_decided(self):
        # sudo: activities and holds of others end by it
        orders = self.sudo()
        orders.activity_unlink(["credit_collection.mail_activity_credit_closure"])
        self.env["credit.hold"]._recheck_partners(
            self.env["res.partner"].union(*(order._credit_customer() for order in orders))
        )

    # ---- On hold by credit control

    def _credit_get_stoppable(self):
        """Return the orders that credit control holds when it selects these records."""
        return self

    def _credit_may_stop(self):
        return self.state != "cancel"

    def _credit_get_responsible(self):
        return self.user_id

    def _credit_get_customers(self):
        return self.env["res.partner"].union(*(order._credit_customer() for order in self))

    def _credit_place_stop(self):
        """Put those quotations on hold that a rule holds now; return them."""
        enforced = self.filtered(lambda o: o.company_id.credit_mode == "enforce")
        quotations = enforced.filtered(lambda o: o.state in ("draft", "sent"))
        verdicts = quotations._credit_check()
        held = quotations.filtered(lambda o: o.id in verdicts and verdicts[o.id].holding)
        for order in held:
            self.env["credit.hold"]._place_on_hold(order, verdicts[order.id])
        return held
