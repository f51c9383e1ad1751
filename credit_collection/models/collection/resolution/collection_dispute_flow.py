from odoo import api, models
from odoo.exceptions import AccessError, UserError

from .collection_dispute import ACTIVITY
from .collection_resolution_mixin import COLLECTING


class CollectionDispute(models.Model):
    """How a dispute is opened and routed; its end is in collection_dispute.py."""

    _inherit = "collection.dispute"

    # ------------------------------------------------------------------ who

    @api.model
    def _may_open(self, partner):
        """Return whether the user may open it: see the table of the class."""
        user = self.env.user
        # sudo: the customer's salesperson, seen or not
        return (
            self._may_collect()
            or user._has_role("accountant", "sales_manager")
            or partner.sudo().user_id == user
        )

    @api.model
    def _check_frees_no_orders(self, partner, company):
        """Refuse a dispute of those who sell where it may let their orders pass.

        :raise AccessError: the company leaves disputed amounts out, and the user is a salesperson
        """
        user = self.env.user
        # sudo: settings bind users who may not read them
        company = company._credit_root()
        leaves_out = company.credit_disputed_not_overdue or company.credit_disputed_not_exposed
        if (
            not leaves_out
            or user._is_superuser()
            or user._has_role(*COLLECTING, "accountant", "sales_manager")
        ):
            return
        raise AccessError(
            self.env._("Disputed amounts hold no orders here, so only collectors and accountants can open "
                       "disputes for %s.", partner.name)
        )  # fmt: skip

    def _may_decide(self):
        self.ensure_one()
        user = self.env.user
        return (
            self.env.su
            or self.user_id == user
            or user._has_role("collection_manager", "sales_manager")
        )

    def _may_withdraw(self):
        return self._may_decide() or self.opened_by_id == self.env.user

    def _check_may_decide(self):
        self.ensure_one()
        self.check_access("read")
        if not self._may_decide():
            raise AccessError(
                self.env._(
                    "%(dispute)s can be resolved only by %(user)s or a manager of collection or "
                    "sales.",
                    dispute=self.display_name,
                    user=self.user_id.name or self.env._("whom it is assigned to"),
                )
            )
        self._check_open()

    def _check_open(self):
        if self.state != "open":
            raise UserError(self.env._("%s is closed already.", self.display_name))

    # ------------------------------------------------------------------ opened

    @api.model
    def _open(self, vals):
        """Note that a customer contests an invoice, or a part of it.

        :param vals: dict with move_id, reason_id and optionally amount (invoice currency; all
            that is open and not contested yet without it), description, attachment_ids
            (commands), fault_unit, fault_user_id, contact_id
        :return: the dispute, assigned by the route of its root cause, with its activity
        :raise AccessError: see the table of the class
        :raise UserError: no open invoice, a reason that is no dispute, an amount that is not
            above zero or more than is open and not contested yet
        """
        move = self.env["account.move"].browse(vals["move_id"])
        move.check_access("read")
        # sudo: invoice data that the customer's salesperson may not read
        invoice = move.sudo()
        customer = invoice.commercial_partner_id
        if not self._may_open(customer):
            raise AccessError(
                self.env._("Only the salesperson, collectors and accountants can open disputes for %s.",
                           customer.name)
            )  # fmt: skip
        self._check_frees_no_orders(customer, invoice.company_id)
        if not self.env.user._has_role("accountant"):
            self._check_portfolio(customer, invoice.company_id)
        if not (invoice.is_sale_document() and invoice.state == "posted") or (
            invoice.move_type == "out_refund"
        ):
            raise UserError(self.env._("%s is no posted customer invoice.", invoice.display_name))
        reason = self.env["collection.reason"].browse(vals.get("reason_id"))
        if not reason or not reason.is_dispute:
            raise UserError(self.env._("Choose the root cause: a reason that is a dispute."))
        currency = invoice.currency_id
        room = self._get_room(invoice)
        amount = vals.get("amount")
        amount = room if amount is None or amount is False else amount
        amount = self._clean_amount(currency, amount)
        if currency.compare_amounts(room, 0) <= 0:
            raise UserError(self.env._("No amount of %s is due and undisputed.", invoice.name))
        if currency.compare_amounts(amount, 0) <= 0 or currency.compare_amounts(amount, room) > 0:
            raise UserError(
                self.env._(
                    "The disputed amount of %(invoice)s must be above zero and at most %(room)s, "
                    "not %(amount)s.",
                    invoice=invoice.name,
                    room=currency.format(room),
                    amount=currency.format(amount),
                )
            )
        company = invoice.company_id._credit_root()
        case = self._get_open_case(customer, company)
        today = company._credit_today()
        # sudo: written by the system, on behalf of its author
        dispute = self.sudo()._system_create(
            {
                "name": self._next_number(company),
                "move_id": move.id,
                "partner_id": customer.id,
                "company_id": company.id,
                "case_id": case.id,
                "amount": amount,
                "credited_start": self._get_credited(invoice)[invoice.id],
                "amount_company": currency._convert(
                    amount, company.currency_id, company, invoice.date
                ),
                "reason_id": reason.id,
                "opened_by_id": self.env.user.id,
                "date": today,
                **{
                    name: vals[name]
                    for name in (
                        "description", "attachment_ids", "fault_unit", "fault_user_id",
                        "contact_id",
                    )
                    if vals.get(name)
                },
            }
        )  # fmt: skip
        dispute._route_anew()
        if case:
            # sudo: authors of a dispute do not write cases
            case = case.sudo()
            case.message_post(
                body=self.env._(
                    "%(dispute)s: %(amount)s disputed, %(reason)s",
                    dispute=dispute.display_name,
                    amount=currency.format(amount),
                    reason=reason.name,
                )
            )
            case._refresh()
        return self.browse(dispute.id)

    @api.model
    def _get_room(self, invoice):
        """Return the open amount of an invoice not contested yet, in its currency."""
        # sudo: disputes of other users, too
        known = self.sudo().search([("move_id", "=", invoice.id), ("state", "=", "open")])
        return invoice.currency_id.round(invoice.amount_residual - sum(known.mapped("amount")))

    # ------------------------------------------------------------------ routed (P3-05)

    def _get_responsible(self):
        """Return the user for the root cause: accounting, head of sales, or the collector."""
        self.ensure_one()
        company = self.company_id
        nobody = self.env["res.users"]
        user = {
            "accounting": company.collection_accounting_user_id,
            "sales": company.collection_sales_head_id or self.partner_id.user_id,
        }.get(self.reason_id.route, nobody)
        return company._collection_usable(user) or self._get_collector() or self.opened_by_id

    def _pass_on(self, leaver):
        """Pass disputes of leavers to the next one responsible; deadlines stay (P3-02)."""
        # sudo: the administrator who archives a user may not read disputes
        for dispute in self.sudo():
            company = dispute.company_id
            people = dispute._get_responsible(), dispute._get_collector()
            usable = (company._collection_usable(user) - leaver for user in people)
            user = next(filter(None, usable), None) or (
                company._collection_head(dispute.case_id.team_id) - leaver
            )
            dispute._system_write({"user_id": user.id})
        self._assign_work()

    def _route_anew(self):
        """Assign open disputes by the route and the deadline of their root cause."""
        # sudo: route and deadline follow the reason, whoever gave it
        for dispute in self.sudo():
            reason = dispute.reason_id
            dispute._system_write(
                {
                    "route": reason.route,
                    "user_id": dispute._get_responsible().id,
                    "deadline": dispute.company_id._collection_add_workdays(
                        dispute.date, reason.deadline_days
                    ),
                }
            )
        self._assign_work()

    def _assign_work(self):
        """Move the activity to the assignee."""
        # sudo: activities of others follow, whoever moves the dispute
        disputes = self.sudo()
        disputes.activity_unlink([ACTIVITY])
        for dispute in disputes.filtered("user_id"):
            dispute.activity_schedule(
                ACTIVITY,
                date_deadline=dispute.deadline,
                summary=self.env._(
                    "%(reason)s: %(amount)s of %(invoice)s",
                    reason=dispute.reason_id.name,
                    amount=dispute.currency_id.format(dispute.amount),
                    invoice=dispute.move_id.name,
                ),
                user_id=dispute.user_id.id,
            )
