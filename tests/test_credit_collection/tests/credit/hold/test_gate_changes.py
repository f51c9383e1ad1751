from odoo.fields import Command
from odoo.tests import tagged

from .gate_case import GateCase


@tagged("post_install", "-at_install")
class TestGateChanges(GateCase):
    """Changes after confirmation that bind more are checked again (complaint 17)."""

    def setUp(self):
        super().setUp()
        # At list price, so that Odoo keeps the price when the quantity changes.
        self.pallet = self._product(600.0)
        self.order = self._confirmed(600, order_line=[self._line(600, product=self.pallet)])
        self.line = self.order.order_line

    def refusedUnchanged(self, call):
        before = self._exposure(self.customer)
        message = self.refused(call)
        self.assertEqual(self._exposure(self.customer), before)
        self.assertEqual(self.order.amount_total, 600)
        return message

    def test_quantity_raised(self):
        line = self.line.with_user(self.salesperson)
        self.refusedUnchanged(lambda: line.write({"product_uom_qty": 2}))
        self.assertEqual(self.line.product_uom_qty, 1)
        line.write({"product_uom_qty": 1.5})
        self.assertEqual(self.order.amount_total, 900)

    def test_quantity_raised_through_the_order(self):
        command = Command.update(self.line.id, {"product_uom_qty": 2})
        self.refusedUnchanged(
            lambda: self.order.with_user(self.salesperson).write({"order_line": [command]})
        )

    def test_price_raised(self):
        self.refusedUnchanged(
            lambda: self.line.with_user(self.salesperson).write({"price_unit": 1600})
        )

    def test_line_added(self):
        self.refusedUnchanged(
            lambda: self.order.with_user(self.salesperson).write({"order_line": [self._line(500)]})
        )
        self.refusedUnchanged(
            lambda: (
                self.env["sale.order.line"]
                .with_user(self.salesperson)
                .create(
                    {
                        "order_id": self.order.id,
                        "product_id": self.product_credit.id,
                        "price_unit": 500,
                        "tax_ids": False,
                    }
                )
            )
        )
        self.assertEqual(len(self.order.order_line), 1)

    def test_line_moved_from_a_quotation(self):
        quotation = self._order(self.customer, 900)
        line = quotation.order_line
        self.attempt(lambda: line.with_user(self.salesperson).write({"order_id": self.order.id}))
        self.assertLessEqual(self.order.amount_total, 1000)
        self.assertLessEqual(self._exposure(self.customer), 1000)

    def test_section_turned_into_a_line(self):
        self.order.write(
            {"order_line": [Command.create({"display_type": "line_note", "name": "Note"})]}
        )
        note = self.order.order_line - self.line
        refused = self.attempt(
            lambda: note.with_user(self.salesperson).write(
                {
                    "display_type": False,
                    "product_id": self.product_credit.id,
                    "product_uom_qty": 1,
                    "price_unit": 900,
                }
            )
        )
        self.assertTrue(refused, "by Odoo itself; were it not, the gate would have to")
        self.assertLessEqual(self.order.amount_total, 1000)

    def test_discount_on_the_line_removed(self):
        self.line.write({"price_unit": 1200, "discount": 50})
        self.assertEqual(self.order.amount_total, 600)
        self.refusedUnchanged(lambda: self.line.with_user(self.salesperson).write({"discount": 0}))

    def _with_discount_line(self):
        order = self._order(
            self._customer("Discount", limit=1000),
            1500,
            order_line=[self._line(1500), self._line(-700)],
        )
        order.action_confirm()
        return order, order.order_line.filtered(lambda line: line.price_unit < 0)

    def test_discount_line_removed(self):
        order, discount = self._with_discount_line()
        self.refused(discount.with_user(self.salesperson).unlink)
        self.refused(
            lambda: order.with_user(self.salesperson).write(
                {"order_line": [Command.delete(discount.id)]}
            )
        )
        self.refused(lambda: discount.with_user(self.salesperson).write({"product_uom_qty": 0}))
        self.refused(lambda: discount.with_user(self.salesperson).write({"price_unit": 0}))
        self.assertEqual(order.amount_total, 800)

    def test_tax_added(self):
        tax = self.env["account.tax"].create({"name": "80 %", "amount": 80})
        self.refusedUnchanged(
            lambda: self.line.with_user(self.salesperson).write({"tax_ids": [tax.id]})
        )

    def test_product_swapped(self):
        dear = self._product(5000.0)
        self.attempt(lambda: self.line.with_user(self.salesperson).write({"product_id": dear.id}))
        self.assertLessEqual(self.order.amount_total, 1000)

    def test_unit_of_measure_swapped(self):
        dozen = self.env.ref("uom.product_uom_dozen")
        self.attempt(
            lambda: self.line.with_user(self.salesperson).write({"product_uom_id": dozen.id})
        )
        self.assertLessEqual(self.order.amount_total, 1000)

    def test_pricelist_of_another_currency(self):
        euro = self._rate("EUR", 0.5)
        pricelist = self.env["product.pricelist"].create({"name": "Euro", "currency_id": euro.id})
        refused = self.attempt(
            lambda: self.order.with_user(self.salesperson).write({"pricelist_id": pricelist.id})
        )
        self.assertTrue(refused, "by Odoo itself; were it not, the gate would have to")
        self.assertLessEqual(self._exposure(self.customer), 1000)

    def test_invoice_address_of_a_customer_without_room(self):
        poor = self._customer("Poor", limit=100)
        self.refusedUnchanged(
            lambda: self.order.with_user(self.salesperson).write({"partner_invoice_id": poor.id})
        )
        self.assertEqual(self.order.partner_invoice_id, self.customer)

    def test_customer_changed_to_a_frozen_one(self):
        frozen = self._customer("Frozen", control="frozen")
        for values in (
            {"partner_id": frozen.id},
            {"partner_id": frozen.id, "partner_invoice_id": self.customer.id},
            {"partner_invoice_id": frozen.id},
        ):
            with self.subTest(values=values):
                self.refusedUnchanged(
                    lambda v=values: self.order.with_user(self.salesperson).write(v)
                )
                self.assertEqual(self.order.partner_id, self.customer)

    def test_longer_payment_term(self):
        self.refusedUnchanged(
            lambda: self.order.with_user(self.salesperson).write(
                {"payment_term_id": self._term(60).id}
            )
        )
        self.assertNotEqual(self.order.payment_term_id.name, "Term (60,)")

    def test_term_line_days_raised_afterwards_counts_at_the_next_order(self):
        """A term itself is edited by accountants only, so no salesperson can stretch it."""
        term = self._term(0)
        lines = term.line_ids.with_user(self.salesperson)
        self.assertTrue(self.attempt(lambda: lines.write({"nb_days": 90})))

    def test_lower_and_equal_pass_also_over_the_limit(self):
        """A customer over the limit may always bind less: only increases are checked."""
        self._decide(self.customer, credit_limit=100)
        line = self.line.with_user(self.salesperson)
        line.write({"product_uom_qty": 0.5})
        self.assertEqual(self.order.amount_total, 300)
        line.write({"name": "Another text"})
        self.order.with_user(self.salesperson).write({"client_order_ref": "PO 7"})
        self.refused(lambda: line.write({"product_uom_qty": 0.6}))
        self.assertEqual(self.order.amount_total, 300)

    def test_raise_within_the_limit_passes(self):
        self.order.with_user(self.salesperson).write({"order_line": [self._line(400)]})
        self.assertEqual(self.order.amount_total, 1000)

    def test_raise_after_a_release_is_checked_again(self):
        order, _hold = self._released(1600)
        line = order.order_line.with_user(self.salesperson)
        self.refused(lambda: line.write({"price_unit": 1600.01}))
        self.assertEqual(order.amount_total, 1600)
        line.write({"price_unit": 1500})
        line.write({"price_unit": 1600})
        self.assertEqual(order.amount_total, 1600)

    def test_delivered_beyond_the_order(self):
        """Quantities delivered beyond the order will be invoiced: they show in the exposure."""
        self.line.product_id.invoice_policy = "delivery"
        self.line.with_user(self.salesperson).write({"qty_delivered": 3})
        self.assertEqual(self._exposure(self.customer), 1800)
        other = self._order(self.customer, 10)
        self.refused(other.action_confirm)
