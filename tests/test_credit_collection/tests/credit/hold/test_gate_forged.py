from contextlib import contextmanager

from odoo.tests import tagged

from .gate_case import GateCase


@tagged("post_install", "-at_install")
class TestGateForged(GateCase):
    """Figures that Odoo or this add-on computes, typed in by RPC, open nothing."""

    def test_computed_fields_of_a_confirmed_order(self):
        """Whether refused or ignored: the order goes on counting and the next does not fit."""
        order = self._confirmed(600)
        line = order.order_line
        cheap = {
            "price_total": 1, "price_subtotal": 1, "price_tax": -599, "price_reduce_taxinc": 1,
            "price_reduce_taxexcl": 1, "technical_price_unit": 1, "qty_invoiced": 1,
            "qty_to_invoice": 0, "invoice_status": "invoiced", "untaxed_amount_invoiced": 600,
            "untaxed_amount_to_invoice": 0, "amount_invoiced": 600, "amount_to_invoice": 0,
            "qty_invoiced_posted": 1, "is_downpayment": True, "display_type": "line_note",
            "is_expense": True, "state": "draft", "currency_id": self._enable_currency("EUR").id,
            "company_id": False, "order_partner_id": self.salesperson.partner_id.id,
            "extra_tax_data": {"x": 1}, "order_id": False,
        }  # fmt: skip
        worked = [
            f"line.{name}"
            for name, value in cheap.items()
            if name in line._fields and self._forge(line, {name: value})
        ]
        cheap = {
            "amount_total": 1, "amount_untaxed": 1, "amount_tax": -599, "amount_paid": 600,
            "amount_to_invoice": 0, "amount_invoiced": 600, "currency_rate": 1000.0,
            "invoice_status": "invoiced", "locked": True, "prepayment_percent": 0.01,
            "credit_state": "released", "credit_hold_id": False, "invoice_ids": [(6, 0, [])],
            "commercial_partner_id": self.salesperson.partner_id.id, "invoice_count": 5,
            "currency_id": self._enable_currency("EUR").id, "amount_undiscounted": 1,
            "date_order": "2010-01-01 00:00:00", "commitment_date": "2010-01-01 00:00:00",
            "transaction_ids": [(6, 0, [])], "authorized_transaction_ids": [(6, 0, [])],
        }  # fmt: skip
        worked += [
            name
            for name, value in cheap.items()
            if name in order._fields and self._forge(order, {name: value})
        ]
        self.assertFalse(worked)

    @contextmanager
    def undone(self):
        """Undo the block afterwards: each forgery stands alone."""
        savepoint = self.env.cr.savepoint()
        yield
        self.env.flush_all()
        savepoint.rollback()
        savepoint.close()
        self.env.invalidate_all()

    def _forge(self, record, values):
        """Write values as the salesperson; return whether that made room for a second order."""
        with self.undone():
            self.attempt(lambda: record.with_user(self.salesperson).write(values))
            exposure = self._exposure(self.customer)
            second = self._order(self.customer, 600)
            self.attempt(second.action_confirm)
            return exposure < 600 or second.state == "sale"

    def test_computed_fields_of_a_quotation(self):
        """Typed into the quotation, then confirmed: the lines count, not the typed total."""
        order = self._order(self.customer, 1600)
        worked = []
        for record, values in (
            (order, {"amount_total": 1}),
            (order, {"currency_rate": 1000.0}),
            (order, {"amount_total": 1, "amount_untaxed": 1, "amount_tax": 0}),
            (order, {"invoice_status": "invoiced"}),
            (order, {"credit_state": "released"}),
            (order, {"credit_state": "clear", "credit_hold_id": False}),
            (order, {"amount_paid": 1600}),
            (order.order_line, {"price_total": 1, "price_subtotal": 1, "price_tax": 0}),
            (order.order_line, {"qty_invoiced": 1}),
            (order.order_line, {"is_downpayment": True}),
            (order.order_line, {"invoice_status": "invoiced"}),
            (order.order_line, {"qty_delivered": -5}),
            (order.order_line, {"tax_ids": [(0, 0, {"name": "-100", "amount": -100})]}),
            (order, {"date_order": "2010-01-01 00:00:00"}),
            (order, {"amount_invoiced": 1600}),
            (order, {"order_line": [(0, 0, {"name": "x", "display_type": "line_section"})]}),
        ):
            with self.undone():
                self.attempt(lambda r=record, v=values: r.with_user(self.salesperson).write(v))
                self.attempt(order.with_user(self.salesperson).action_confirm)
                if order.state != "draft":
                    worked.append(values)
        self.assertFalse(worked)

    def test_computed_fields_at_creation(self):
        values = {
            "partner_id": self.customer.id,
            "amount_total": 1,
            "amount_untaxed": 1,
            "currency_rate": 1000.0,
            "invoice_status": "invoiced",
            "credit_state": "released",
            "order_line": [self._line(1600, price_total=1, price_subtotal=1, qty_invoiced=1)],
        }
        orders = self.env["sale.order"].with_user(self.salesperson)
        created = []
        self.attempt(lambda: created.append(orders.create(values)))
        for order in created:
            self.attempt(order.action_confirm)
            self.assertNotEqual(order.state, "sale")

    def test_credit_state_and_hold_of_another_order(self):
        _released, hold = self._released(1600)
        order = self._order(self.customer, 1600)
        for values in (
            {"credit_hold_id": hold.id, "credit_state": "released"},
            {"credit_hold_ids": [(4, hold.id)]},
            {"credit_hold_ids": [(0, 0, {"state": "released", "order_amount": 9999})]},
        ):
            with self.subTest(values=values):
                self.attempt(lambda v=values: order.with_user(self.salesperson).write(v))
                self.attempt(order.with_user(self.salesperson).action_confirm)
                self.assertOpen(order)
                self.assertNotEqual(hold.order_id, order)

    def test_tax_of_minus_hundred_percent(self):
        """The order's own total binds; the line is not counted without its tax."""
        tax = self.env["account.tax"].create({"name": "10 %", "amount": 10})
        order = self._order(self.customer, 950, order_line=[self._line(950, tax_ids=[tax.id])])
        self.refused(order.action_confirm)
        self.assertOpen(order)


@tagged("post_install", "-at_install")
class TestGateCustomers(GateCase):
    """No other name for the same customer gets credit refused to them."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # A salesperson who may enter customers, as in most companies.
        cls.seller = cls._user(
            "seller", "sales_team.group_sale_salesman_all_leads,base.group_partner_manager"
        )

    def test_duplicate_by_copy(self):
        rich = self._customer("Rich", limit=50000, grade="A", user_id=self.seller.id)
        twin = rich.with_user(self.seller).copy()
        self.assertEqual(twin.sudo().credit_limit, 0)
        self.assertFalse(twin.sudo().credit_grade_id)

    def test_credit_of_a_new_customer_is_not_for_sales_to_give(self):
        for values in (
            {"credit_limit": 9999.0},
            {"credit_control": "none"},
            {"credit_term_days": 90},
            {"credit_grade_id": self._grade("A").id},
        ):
            with self.subTest(values=values):
                self.refused(
                    lambda v=values: (
                        self.env["res.partner"].with_user(self.seller).create({"name": "New", **v})
                    )
                )

    def test_default_of_the_company_decides_for_a_new_customer(self):
        """A duplicate without a decision gets the terms of strangers."""
        self.company.sudo().credit_default_control = "limit"
        stranger = (
            self.env["res.partner"]
            .with_user(self.seller)
            .create({"name": self.customer.name, "is_company": True})
        )
        order = self._order(stranger, 10)
        self.refused(order.action_confirm)
        self.assertOpen(order)

    def test_default_is_not_for_sales_to_set(self):
        """Neither by `ir.default` nor by the context does a new customer get credit."""
        Partner = self.env["res.partner"].with_user(self.seller)
        defaults = self.env["ir.default"].with_user(self.seller)
        limited = {"credit_control": "limit", "credit_limit": 999999.0}
        for scope in ({}, {"user_id": True}, {"user_id": True, "company_id": True}):
            for name, value in limited.items():
                self.attempt(
                    lambda n=name, v=value, s=scope: defaults.set("res.partner", n, v, **s)
                )
        made = []
        self.attempt(lambda: made.append(Partner.create({"name": "By default"})))
        context = {f"default_{name}": value for name, value in limited.items()}
        self.attempt(
            lambda: made.append(Partner.with_context(**context).create({"name": "By context"}))
        )
        for partner in made:
            with self.subTest(partner=partner.name):
                self.assertEqual(partner.sudo().credit_limit, 0)
                self.assertNotEqual(partner.sudo().credit_control, "limit")

    def test_child_company_is_a_customer_of_its_own(self):
        rich = self._customer("Rich", limit=50000)
        child = (
            self.env["res.partner"]
            .with_user(self.seller)
            .create({"name": "Child", "is_company": True, "parent_id": rich.id})
        )
        self.assertEqual(child.commercial_partner_id, child)
        self.assertEqual(child.sudo().credit_limit, 0)

    def test_frozen_customer_as_contact_of_a_good_one(self):
        frozen = self._customer("Frozen", control="frozen")
        rich = self._customer("Rich", limit=50000)
        for values in (
            {"parent_id": rich.id},
            {"parent_id": rich.id, "is_company": False},
            {"is_company": False},
            {"commercial_partner_id": rich.id},
        ):
            with self.subTest(values=values):
                self.attempt(lambda v=values: frozen.with_user(self.seller).write(v))
                order = self._order(frozen, 10)
                self.refused(order.action_confirm)
                self.assertOpen(order)
        self.attempt(lambda: rich.with_user(self.seller).write({"child_ids": [(4, frozen.id)]}))
        order = self._order(frozen, 10)
        self.refused(order.action_confirm)
        self.assertOpen(order)

    def test_contact_without_a_decision_joins_a_customer(self):
        """Everyday work of sales goes on: a person turns out to work for a customer."""
        Partner = self.env["res.partner"].with_user(self.seller)
        person = Partner.create({"name": "Jane", "email": "jane@example.com"})
        person.write({"parent_id": self.customer.id})
        self.assertEqual(person.commercial_partner_id, self.customer)
        person.write({"parent_id": False})
        self.assertEqual(person.commercial_partner_id, person)

    def test_debtor_as_contact_of_a_new_company(self):
        """A limit is not left behind by hanging its customer under an empty shell."""
        self._confirmed(900)
        made = []
        self.attempt(
            lambda: made.append(
                self.env["res.partner"]
                .with_user(self.seller)
                .create({"name": "Shell", "is_company": True})
            )
        )
        for shell in made:
            self.attempt(
                lambda s=shell: self.customer.with_user(self.seller).write(
                    {"parent_id": s.id, "is_company": False}
                )
            )
        order = self._order(self.customer, 200)
        self.refused(order.action_confirm)
        self.assertOpen(order)

    def test_invoice_address_of_a_good_customer_for_a_frozen_one(self):
        frozen = self._customer("Frozen", control="blacklist")
        rich = self._customer("Rich", limit=50000)
        order = self._order(frozen, 10, partner_invoice_id=rich.id)
        self.refused(order.action_confirm)
        self.assertOpen(order)

    def test_merge_of_customers_is_not_a_way_to_unfreeze(self):
        frozen = self._customer("Frozen", control="frozen")
        rich = self._customer("Rich", limit=50000)
        order = self._order(frozen, 10)
        wizard = self.env["base.partner.merge.automatic.wizard"].with_user(self.seller)
        self.attempt(
            lambda: wizard.create(
                {"partner_ids": [(6, 0, (frozen | rich).ids)], "dst_partner_id": rich.id}
            ).action_merge()
        )
        self.refused(order.action_confirm)
        self.assertOpen(order)

    def test_archived_customer_keeps_the_debt(self):
        self._confirmed(900)
        self.attempt(lambda: self.customer.with_user(self.seller).action_archive())
        order = self._order(self.customer, 200)
        self.refused(order.action_confirm)
        self.assertOpen(order)

    def test_an_invoice_of_something_else(self):
        """A line settled by the invoice of another order would leave the ledger: left aside."""
        other = self._customer("Unlimited")
        invoice = self._invoice(other, 600)
        own = self._invoice(self.customer, 100)
        order = self._confirmed(600)
        line = order.order_line.with_user(self.salesperson)
        for item in (invoice.invoice_line_ids, own.invoice_line_ids):
            link = {"invoice_lines": [(4, item.id)]}
            line.write(link)
            order.with_user(self.salesperson).write({"order_line": [(1, line.id, link)]})
            added = {"product_id": line.product_id.id, "price_unit": 10, **link}
            order.with_user(self.salesperson).write({"order_line": [(0, 0, added)]})
            self.assertFalse(order.order_line.invoice_lines)
        self.assertEqual(self._exposure(self.customer), 720)

    def test_invoicing_users_say_which_order_an_invoice_is_of(self):
        order = self._confirmed(600)
        invoice = self._invoice(self.customer, 600)
        line = order.order_line.with_user(self.accountant)
        line.write({"invoice_lines": [(4, invoice.invoice_line_ids.id)]})
        self.assertEqual(self._exposure(self.customer), 600)
