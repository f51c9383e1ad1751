from odoo.fields import Command
from odoo.tests import tagged

from .gate_case import GateCase

# Where a guarded field needs a record or a value of some kind.
VALUES = {
    "boolean": True, "integer": 7, "float": 7.0, "monetary": 7.0, "char": "forged",
    "text": "forged", "html": "<p>forged</p>", "date": "2020-02-02",
    "datetime": "2020-02-02 02:02:02", "json": {"forged": 1},
}  # fmt: skip


@tagged("post_install", "-at_install")
class TestGateDefaults(GateCase):
    """Defaults are values: of a client's context, or kept by a user, they open nothing."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.seller = cls._user(
            "seller", "sales_team.group_sale_salesman_all_leads,base.group_partner_manager"
        )
        cls.company.sudo().credit_default_control = "limit"

    def _kept(self, user, model, name, value):
        """A default that users keep for themselves, as the web client's dialog writes it."""
        self.env["ir.default"].with_user(user).set(model, name, value, user_id=True)

    # ------------------------------------------------------------------ lines of orders

    def test_line_of_a_confirmed_order(self):
        order = self._confirmed(1)
        self._decide(self.customer, credit_control="frozen")
        values = {"product_id": self.product_credit.id, "price_unit": 1000000, "tax_ids": False}
        lines = self.env["sale.order.line"].with_user(self.salesperson)
        self.refused(lambda: lines.with_context(default_order_id=order.id).create(values))
        self._kept(self.salesperson, "sale.order.line", "order_id", order.id)
        self.refused(lambda: lines.create(values))
        self.assertEqual(self._exposure(self.customer), 1)

    def test_line_settled_by_an_invoice(self):
        invoice = self._invoice(self.customer, 1)
        item = invoice.invoice_line_ids
        for kept in (False, True):
            context = {"default_invoice_lines": [(4, item.id)], "default_qty_invoiced": 1}
            if kept:
                self._kept(self.salesperson, "sale.order.line", "invoice_lines", [(4, item.id)])
                self._kept(self.salesperson, "sale.order.line", "qty_invoiced", 1)
                context = {}
            orders = self.env["sale.order"].with_user(self.salesperson).with_context(**context)
            order = orders.create(
                {"partner_id": self.customer.id, "order_line": [self._line(500000)]}
            )
            self.assertFalse(order.order_line.invoice_lines)
            self.refused(order.action_confirm)
            self.assertOpen(order)

    def test_order_born_confirmed(self):
        values = {"partner_id": self.customer.id, "order_line": [self._line(500000)]}
        orders = self.env["sale.order"].with_user(self.salesperson)
        self.refused(lambda: orders.with_context(default_state="sale").create(values))
        self.attempt(lambda: self._kept(self.salesperson, "sale.order", "state", "sale"))
        self.attempt(lambda: orders.create(values))
        self.assertEqual(self._exposure(self.customer), 1 - 1)

    def test_orders_computed_fields(self):
        context = {
            "default_invoice_status": "invoiced", "default_amount_total": 1,
            "default_credit_open": False, "default_credit_state": "released",
        }  # fmt: skip
        orders = self.env["sale.order"].with_user(self.salesperson).with_context(**context)
        order = orders.create({"partner_id": self.customer.id, "order_line": [self._line(900)]})
        order.action_confirm()
        self.assertEqual(self._exposure(self.customer), 900)
        self.assertEqual(order.with_env(self.env).credit_state, "clear")

    # ------------------------------------------------------------------ customers

    def test_customer_by_default(self):
        partners = self.env["res.partner"].with_user(self.seller)
        other = self._customer("Other")
        guarded = {
            "credit_limit": 1e6, "credit_control": "none", "credit_term_days": 90,
            "credit_grade_id": self._grade("A").id, "credit_payer_ids": [(4, other.id)],
        }  # fmt: skip
        for name, value in guarded.items():
            with self.subTest(name=name):
                context = {f"default_{name}": value}
                self.attempt(lambda n=name, v=value: self._kept(self.seller, "res.partner", n, v))
                made = partners.create({"name": "Kept"})
                made |= partners.with_context(**context).create({"name": "Context"})
                self.refused(
                    lambda c=context, n=name, v=value: partners.with_context(**c).create(
                        {"name": "Both", n: v}
                    ),
                    Exception,
                )
                for partner in made.sudo():
                    self.assertEqual(partner.credit_control, "limit")
                    self.assertFalse(partner.credit_limit)
                    self.assertFalse(partner.credit_term_days)
                    self.assertFalse(partner.credit_grade_id)
                    self.assertFalse(partner.credit_payer_ids)

    # ------------------------------------------------------------------ approvals

    def test_approval_by_default(self):
        _order, hold = self._held()
        values = {"res_id": hold.id, "status": "approved", "done_by": self.salesperson.id}
        reviews = self.env["tier.review"].with_user(self.salesperson)
        definition = (
            self.env["tier.definition"].sudo().search([("model", "=", "credit.hold")], limit=1)
        )
        values["definition_id"] = definition.id
        self.refused(
            lambda: reviews.with_context(default_model="credit.hold").create(values), Exception
        )
        self._kept(self.salesperson, "tier.review", "model", "credit.hold")
        self.refused(lambda: reviews.create(values), Exception)
        self.assertFalse(hold.sudo().review_ids)

    # ------------------------------------------------------------------ all guarded models

    def test_every_guarded_field_of_every_guarded_model(self):
        """Context and kept defaults reach no field that its users may not fill in themselves."""
        registry = self.env.registry
        names = [
            name
            for name in registry.descendants(["credit.protected.mixin"], "_inherit")
            if not registry[name]._abstract
        ]
        self.assertGreater(len(names), 20)
        walked = 0
        for name in names:
            model = self.env[name].with_user(self.administrator)
            opened = model._get_create_fields() or set()
            for field in model._fields.values():
                value = self._forged(field)
                if value is None or field.name in opened:
                    continue
                own = model._add_missing_default_values({}).get(field.name)
                self._kept(self.administrator, name, field.name, value)
                for context in ({f"default_{field.name}": value}, {}):
                    got = model.with_context(**context)._add_missing_default_values({})
                    self.assertEqual(got.get(field.name), own, f"{name}.{field.name} {context}")
                walked += 1
        self.assertGreater(walked, 300)

    def _forged(self, field):
        if not field.store or field.company_dependent or field.name in (
            "id", "create_uid", "create_date", "write_uid", "write_date", "parent_path",
        ):  # fmt: skip
            return None
        if field.name.startswith(("message_", "activity_", "website_message_", "rating_")):
            return None
        if field.type == "selection":
            keys = [key for key, _label in field._description_selection(self.env)]
            return keys[-1] if keys else None
        if field.type == "many2one":
            record = self.env[field.comodel_name].sudo().search([], limit=1)
            return record.id or None
        return VALUES.get(field.type)

    def test_nested_lines_of_a_new_order(self):
        """Lines that come as a default of the order are lines of the order."""
        context = {"default_order_line": [Command.create({"name": "x", "price_unit": 500000})]}
        orders = self.env["sale.order"].with_user(self.salesperson).with_context(**context)
        order = orders.create({"partner_id": self.customer.id})
        self.attempt(order.action_confirm)
        if order.order_line:
            self.assertEqual(order.state, "draft")
