from contextlib import contextmanager

from odoo.exceptions import UserError
from odoo.tests import HttpCase
from odoo.tools import mute_logger

from ...common import CreditCollectionCommon

ROUTES = "odoo.http"


class GateCase(CreditCollectionCommon):
    """Questions that tests of the gate ask over and over."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # Room for 1000: one order of 600 fits, two do not.
        cls.customer = cls._customer("Narrow & Sons", limit=1000)

    @classmethod
    def _product(cls, price):
        """A product of this list price: without one Odoo resets the price with the quantity."""
        return cls.env["product.product"].create(
            {
                "name": f"Pallet of {price}",
                "type": "consu",
                "invoice_policy": "order",
                "list_price": price,
                "taxes_id": False,
            }
        )

    def _confirmed(self, amount=600, **values):
        order = self._order(self.customer, amount, confirm=True, **values)
        self.assertEqual(order.state, "sale")
        return order

    def _held(self, amount=1600, partner=None, **values):
        """An order that the friendly entry point placed on hold, and its hold."""
        order = self._order(partner or self.customer, amount, **values)
        order.with_user(order.user_id).action_credit_confirm()
        hold = order.credit_hold_id
        self.assertRecordValues(order, [{"state": "draft", "credit_state": "held"}])
        self.assertEqual(hold.state, "held")
        return order, hold

    def _request(self, hold, user=None, reason="other", note="Pays 500 each month until May."):
        hold = hold.with_user(user or self.salesperson)
        hold.write({"release_reason": reason, "release_note": note})
        hold.action_request_release()
        return hold.with_env(self.env)

    def _approve(self, hold, *users):
        for user in users or (self.sales_manager, self.finance_manager, self.general_manager):
            hold.with_user(user).validate_tier()
        self.env.invalidate_all()

    def _released(self, amount=1600, **values):
        order, hold = self._held(amount, **values)
        self._request(hold)
        self._approve(hold)
        self.assertRecordValues(order, [{"state": "sale", "credit_state": "released"}])
        return order, hold

    def refused(self, call, error=UserError):
        """Run `call`, which must raise; as a caller would that swallows the error.

        Without the savepoint of `assertRaises`: what is left behind is part of the test.
        """
        try:
            call()
            self.env.flush_all()
        except error as refusal:
            self.env.invalidate_all()
            return str(refusal)
        self.env.invalidate_all()
        return self.fail("Nothing was refused")

    def attempt(self, call):
        """Run `call` and let it fail or not: only the visible result counts."""
        with mute_logger("odoo.sql_db"):
            try:
                with self.env.cr.savepoint():
                    call()
                    self.env.flush_all()
            except Exception as error:  # whatever it was, it did not get through
                self.env.invalidate_all()
                return type(error).__name__
        self.env.invalidate_all()
        return None

    def assertNotified(self, user, *records, words=()):
        """The user got a message on one of the records, in the inbox or by mail."""
        messages = self.env["mail.message"].sudo()
        for record in records:
            messages |= messages.search(
                [
                    ("model", "=", record._name),
                    ("res_id", "in", record.ids),
                    "|",
                    ("notified_partner_ids", "in", user.partner_id.ids),
                    ("partner_ids", "in", user.partner_id.ids),
                ]
            )
        self.assertTrue(messages, f"{user.name} was not told")
        text = " ".join(str(message.body) for message in messages)
        for word in words:
            self.assertIn(word, text)

    def assertOpen(self, orders):
        """The orders bind nobody and are part of no exposure."""
        self.env.invalidate_all()
        self.assertEqual(set(orders.mapped("state")), {"draft"})
        self.assertFalse(
            self.env["credit.exposure.line"].sudo().search([("order_id", "in", orders.ids)])
        )


class GateHttpCase(GateCase, HttpCase):
    """The same over real HTTP, as a logged-in user."""

    def _login(self, user):
        self.authenticate(user.login, user.login)

    def _rpc(self, model, method, args, kwargs=None, route="call_kw"):
        """Answer of the web client's route, or the error it carries as (name, message)."""
        response = self.url_open(
            f"/web/dataset/{route}/{model}.{method}",
            json={
                "id": 1,
                "jsonrpc": "2.0",
                "method": "call",
                "params": {"model": model, "method": method, "args": args, "kwargs": kwargs or {}},
            },
        )
        answer = response.json()
        self.env.invalidate_all()
        if "error" in answer:
            data = answer["error"]["data"]
            return None, (data["name"], data["message"])
        return answer["result"], None

    @contextmanager
    def quiet(self):
        """Errors of the server are expected here."""
        with mute_logger(ROUTES, "odoo.addons.rpc.controllers", "werkzeug"):
            yield

    def _jsonrpc(self, path, **params):
        """Return the answer of any JSON route, as the logged-in user or the public."""
        response = self.url_open(
            path, json={"id": 1, "jsonrpc": "2.0", "method": "call", "params": params}
        )
        self.env.invalidate_all()
        return response.json()["result"]
