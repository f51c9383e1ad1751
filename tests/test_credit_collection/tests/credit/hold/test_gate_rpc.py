from datetime import timedelta

from odoo import fields
from odoo.tests import tagged

from .gate_case import GateHttpCase


@tagged("post_install", "-at_install")
class TestGateRpc(GateHttpCase):
    """Programs that log in as a user, over every remote interface of Odoo (P4-09)."""

    def setUp(self):
        super().setUp()
        self.order = self._order(self.customer, 1600)

    def assertRefused(self, error, text="1,000"):
        name, message = error
        self.assertIn("CreditHoldError", name)
        self.assertIn(text, message)
        self.assertOpen(self.order)

    def test_json_rpc_action_confirm(self):
        self._login(self.salesperson)
        with self.quiet():
            _result, error = self._rpc("sale.order", "action_confirm", [[self.order.id]])
        self.assertRefused(error)
        self.assertFalse(self._hold(self.order), "a program gets an error, not a parked order")

    def test_json_rpc_write_state(self):
        self._login(self.salesperson)
        with self.quiet():
            _result, error = self._rpc("sale.order", "write", [[self.order.id], {"state": "sale"}])
        self.assertRefused(error)

    def test_json_rpc_web_save(self):
        self._login(self.salesperson)
        with self.quiet():
            _result, error = self._rpc(
                "sale.order",
                "web_save",
                [[self.order.id], {"state": "sale"}],
                {"specification": {"state": {}}},
            )
        self.assertRefused(error)

    def test_json_rpc_create_confirmed(self):
        self._login(self.salesperson)
        before = self.env["sale.order"].search_count([("partner_id", "=", self.customer.id)])
        values = {
            "partner_id": self.customer.id,
            "state": "sale",
            "order_line": [(0, 0, {"product_id": self.product_credit.id, "price_unit": 1600.0})],
        }
        with self.quiet():
            _result, error = self._rpc("sale.order", "create", [[values]])
        self.assertRefused(error)
        self.assertEqual(
            self.env["sale.order"].search_count([("partner_id", "=", self.customer.id)]), before
        )

    def test_json_rpc_bypass_keys_in_context(self):
        self._login(self.salesperson)
        context = {
            "skip_validation_check": True,
            "bypass_risk": True,
            "bypass_credit": True,
            "credit_collection_system": True,
            "credit_system": True,
            "credit_skip": True,
            "force": True,
            "no_check": True,
            "install_mode": True,
            "module": "credit_collection",
            "tracking_disable": True,
            "validate_analytic": True,
            "active_test": False,
            "su": True,
            "uid": 1,
        }
        for method in ("action_confirm", "_action_confirm", "action_quotation_send"):
            with self.subTest(method=method), self.quiet():
                self._rpc("sale.order", method, [[self.order.id]], {"context": context})
                self.assertNotEqual(self.order.state, "sale")
        with self.quiet():
            _result, error = self._rpc(
                "sale.order", "write", [[self.order.id], {"state": "sale"}], {"context": context}
            )
        self.assertIn("CreditHoldError", error[0])

    def test_jsonrpc_object_service(self):
        login = self.salesperson.login
        with self.quiet():
            answer = self.url_open(
                "/jsonrpc",
                json={
                    "id": 1,
                    "jsonrpc": "2.0",
                    "method": "call",
                    "params": {
                        "service": "object",
                        "method": "execute_kw",
                        "args": [
                            self.env.cr.dbname, self.salesperson.id, login,
                            "sale.order", "action_confirm", [[self.order.id]],
                        ],
                    },
                },
            ).json()  # fmt: skip
        self.assertRefused((answer["error"]["data"]["name"], answer["error"]["data"]["message"]))

    def test_json_2_with_an_api_key(self):
        key = (
            self.env["res.users.apikeys"]
            .with_user(self.salesperson)
            .sudo()
            ._generate("rpc", "Test", fields.Datetime.now() + timedelta(days=1))
        )
        with self.quiet():
            response = self.url_open(
                "/json/2/sale.order/action_confirm",
                json={"ids": self.order.ids},
                headers={"Authorization": f"Bearer {key}"},
            )
        self.assertEqual(response.status_code, 422)
        self.assertRefused((response.json()["name"], response.json()["message"]))

    def test_what_fits_passes(self):
        """The same calls work for an order within the limit: it is the gate that refused."""
        order = self._order(self.customer, 600)
        self._login(self.salesperson)
        result, error = self._rpc("sale.order", "action_confirm", [[order.id]])
        self.assertFalse(error)
        self.assertTrue(result)
        self.assertEqual(order.state, "sale")
