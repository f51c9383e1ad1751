"""Shared pieces of the demo modules: records known by a name, and Odoo's flows in one call each."""

from dateutil.relativedelta import relativedelta

from odoo.fields import Command

MODULE = "credit_demo"  # of the external ids: what has one exists and is left alone


class Book:
    """Writes the demo records of one company once.

    Keys are the names of external ids: `once(key, make)` makes a record the first time
    only. Users are named by login, payment terms by days.
    """

    def __init__(self, env):
        self.env = env(context=dict(env.context, no_reset_password=True, tracking_disable=False))
        self.company = self.env.ref("base.main_company")

    # ------------------------------------------------------------------ names

    def get(self, key):
        return self.env.ref(f"{MODULE}.{key}", raise_if_not_found=False)

    def once(self, key, make):
        """The record named `key`; made by `make()` when there is none yet."""
        record = self.get(key)
        if not record:
            record = make()
            self.name(key, record)
        return record

    def name(self, key, record):
        self.env["ir.model.data"].create(
            {
                "module": MODULE,
                "name": key,
                "model": record._name,
                "res_id": record.id,
                "noupdate": True,
            }
        )

    def user(self, login):
        return self.get(f"user_{login}")

    def as_user(self, record, login):
        """`record` in the rights of a demo user."""
        return record.with_user(self.user(login)).with_context(
            allowed_company_ids=self.company.ids, lang=self.user(login).lang
        )

    def read_inboxes(self):
        """Mark all messages so far as read: the inboxes show holds and releases only."""
        for user in self.env["res.users"].search([("share", "=", False)]):
            self.env["mail.message"].with_user(user).mark_all_as_read()
        return self.company

    @property
    def today(self):
        return self.company._credit_today()

    def day(self, days):
        return self.today + relativedelta(days=days)

    # ------------------------------------------------------------------ invoices and payments

    def invoice(self, customer, amount, due, term=30, post=True, currency=None, kind="out_invoice"):
        """An invoice that falls due `due` days from today (negative: late by so much)."""
        move = self.as_user(self.env["account.move"], "accountant").create(
            {
                "move_type": kind,
                "partner_id": customer.id,
                "invoice_user_id": customer.user_id.id,
                "invoice_date": self.day(due - (term if isinstance(term, int) else 0)),
                "invoice_payment_term_id": self.get(f"term_{term}").id,
                "currency_id": (currency or self.company.currency_id).id,
                "invoice_line_ids": [
                    Command.create(
                        {
                            "product_id": self.get("product_motor").id,
                            "quantity": 10,
                            "price_unit": amount / 10,
                        }
                    )
                ],
            }
        )
        if post:
            move.action_post()
        return move

    def pay(self, move, amount=None, days_ago=0):
        """Register a payment of an invoice, all of it or a part."""
        wizard = (
            self.as_user(self.env["account.payment.register"], "accountant")
            .with_context(active_model="account.move", active_ids=move.ids)
            .create({"payment_date": self.day(-days_ago)})
        )
        if amount:
            wizard.amount = amount
        return wizard._create_payments()

    def receive(self, customer, amount, days_ago=0):
        """Money received that no invoice claims."""
        payment = self.as_user(self.env["account.payment"], "accountant").create(
            {
                "payment_type": "inbound",
                "partner_type": "customer",
                "partner_id": customer.id,
                "amount": amount,
                "currency_id": self.company.currency_id.id,
                "date": self.day(-days_ago),
                "memo": "预付款 Advance",
            }
        )
        payment.action_post()
        return payment

    # ------------------------------------------------------------------ orders

    def order(self, customer, amount, term=None, product="controller"):
        """A quotation of the customer's salesperson, in one line."""
        product = self.get(f"product_{product}")
        values = {
            "partner_id": customer.id,
            "user_id": customer.user_id.id,
            "validity_date": self.day(30),
            "order_line": [
                Command.create(
                    {"product_id": product.id, "product_uom_qty": amount / product.list_price}
                )
            ],
        }
        if term is not None:
            values["payment_term_id"] = self.get(f"term_{term}").id
        return self.as_user(self.env["sale.order"], customer.user_id.login).create(values)

    def confirm(self, order):
        """Press the Confirm button; an order that breaks a rule is placed on hold.

        :return: the hold, if there is one
        """
        order.action_credit_confirm()
        # sudo: the user who confirms may not read the hold
        return order.sudo().credit_hold_id

    def apply(self, hold, reason, note):
        """The salesperson applies for the release of a hold."""
        hold = self.as_user(hold, hold.user_id.login)
        hold.write({"release_reason": reason, "release_note": note})
        hold.action_request_release()

    def approve(self, hold, *logins):
        for login in logins:
            self.as_user(hold, login).validate_tier()

    def reject(self, hold, login, comment):
        action = self.as_user(hold, login).action_reject()
        wizard = self.as_user(self.env["comment.wizard"], login).with_context(**action["context"])
        wizard.create({"comment": comment}).add_comment()
