from odoo import fields
from odoo.fields import Command

from ...common import CreditCollectionCommon


class TestExposureOrder(CreditCollectionCommon):
    """Orders in the ledger: each counts with the part that no invoice carries yet, in all once."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.customer = cls._customer()
        # Invoiced by delivered quantity, which is typed in.
        cls.goods = cls._service("Goods", invoice_policy="delivery")

    def assert_kinds(self, receivable=0.0, order=0.0, draft=0.0, partner=None):
        """Sum of the lines by kind; the customer's figure is the sum of all.

        `order`: all that is not invoiced, delivered or not; test_exposure_delivered tells them apart.
        """
        partner = partner or self.customer
        found = {"receivable": 0.0, "order": 0.0, "draft": 0.0}
        for line in self._lines(partner):
            found["order" if line.kind == "delivered" else line.kind] += line.amount
        found = {kind: round(amount, 2) for kind, amount in found.items()}
        self.assertEqual(found, {"receivable": receivable, "order": order, "draft": draft})
        self.assertEqual(self._exposure(partner), receivable + order + draft)

    def _goods(self, price=100, qty=10, delivered=0, **values):
        order = self._order(
            self.customer, 0, order_line=[self._line(price, qty, product=self.goods, **values)]
        )
        order.action_confirm()
        order.order_line.qty_delivered = delivered
        return order

    # ------------------------------------------------------------------- states

    def test_quotations_do_not_count(self):
        order = self._order(self.customer, 1000)
        self.assert_kinds()
        order.action_quotation_sent()
        self.assert_kinds()

    def test_confirmed_cancelled_confirmed_again(self):
        order = self._order(self.customer, 1000, confirm=True)
        self.assert_kinds(order=1000)
        order._action_cancel()
        self.assert_kinds()
        order.action_draft()
        order.action_confirm()
        self.assert_kinds(order=1000)

    def test_locked_order_counts_on(self):
        order = self._goods(delivered=4)
        order.action_lock()
        self.assert_kinds(order=1000)
        self._bill_order(order)
        self.assert_kinds(receivable=400, order=600)

    def test_tax_counts_and_sections_do_not(self):
        tax = self.env["account.tax"].create({"name": "10 %", "amount": 10.0})
        self._order(
            self.customer,
            0,
            confirm=True,
            order_line=[
                Command.create({"display_type": "line_section", "name": "Section"}),
                self._line(1000, tax_ids=[Command.set(tax.ids)]),
                Command.create({"display_type": "line_note", "name": "Note"}),
            ],
        )
        self.assert_kinds(order=1100)
        self.assertEqual(len(self._lines(self.customer)), 1)

    def test_discounts_lower_it(self):
        lines = [self._line(1000, discount=10.0), self._line(-100)]
        self._order(self.customer, 0, confirm=True, order_line=lines)
        self.assert_kinds(order=800)

    def test_free_of_charge_counts_nothing(self):
        self._order(self.customer, 0, confirm=True, order_line=[self._line(500, discount=100.0)])
        self.assert_kinds()

    # --------------------------------------------------------- invoiced in part

    def test_invoice_takes_the_place_of_the_order(self):
        order = self._order(self.customer, 1000, confirm=True)
        invoice = self._bill_order(order, post=False)
        self.assert_kinds(draft=1000)
        invoice.action_post()
        self.assert_kinds(receivable=1000)
        self._pay(invoice, 1000)
        self.assert_kinds()

    def test_cancelled_or_deleted_invoice_gives_the_order_back(self):
        order = self._order(self.customer, 1000, confirm=True)
        invoice = self._bill_order(order, post=False)
        invoice.button_cancel()
        self.assert_kinds(order=1000)
        self._bill_order(order, post=False).unlink()
        self.assert_kinds(order=1000)

    def test_draft_invoice_of_a_part(self):
        order = self._order(self.customer, 1000, qty=10, confirm=True)
        invoice = self._bill_order(order, post=False)
        invoice.invoice_line_ids.quantity = 3
        self.assert_kinds(draft=300, order=700)
        invoice.action_post()
        self.assert_kinds(receivable=300, order=700)

    def test_draft_carries_what_it_bills_and_posted_what_it_names(self):
        """A lower price makes no room while it is a draft; posted, it is agreed by accounting."""
        order = self._order(self.customer, 1000, qty=10, confirm=True)
        invoice = self._bill_order(order, post=False)
        invoice.invoice_line_ids.write({"quantity": 5, "price_unit": 80})
        self.assert_kinds(draft=400, order=600)
        invoice.invoice_line_ids.price_unit = 0
        self.assert_kinds(order=1000)
        invoice.invoice_line_ids.price_unit = 200
        self.assert_kinds(draft=1000, order=500)
        invoice.invoice_line_ids.price_unit = 80
        invoice.action_post()
        self.assert_kinds(receivable=400, order=500)

    def test_draft_of_all_quantity_at_price_zero(self):
        order = self._order(self.customer, 1000, qty=10, confirm=True)
        invoice = self._bill_order(order, post=False)
        invoice.invoice_line_ids.price_unit = 0
        self.assertEqual(order.invoice_status, "invoiced", "so says Odoo")
        self.assert_kinds(order=1000)

    def test_invoice_of_another_customer_carries_nothing(self):
        other = self._customer("Other")
        order = self._order(self.customer, 1000, qty=10, confirm=True)
        invoice = self._bill_order(order, post=False)
        invoice.partner_id = other
        self.assert_kinds(order=1000)
        self.assert_kinds(draft=1000, partner=other)
        invoice.action_post()
        self.assert_kinds(order=1000)
        self.assert_kinds(receivable=1000, partner=other)

    def test_draft_in_another_currency_and_unit(self):
        euro = self._rate("EUR", 2.0)
        dozen = self.env.ref("uom.product_uom_dozen")
        order = self._order(self.customer, 2400, qty=24, confirm=True)
        invoice = self._bill_order(order, post=False)
        invoice.write(
            {
                "currency_id": euro.id,
                "invoice_line_ids": [
                    Command.update(
                        invoice.invoice_line_ids.id,
                        {"product_uom_id": dozen.id, "quantity": 1, "price_unit": 1200},
                    )
                ],
            }
        )
        # A dozen for 1200 EUR: 600 of 2400 billed.
        self.assert_kinds(draft=600, order=1800)
        invoice.action_post()
        self.assert_kinds(receivable=600, order=1200)

    def test_delivered_in_part_and_invoiced_in_part(self):
        order = self._goods(delivered=4)
        self.assert_kinds(order=1000)
        self._bill_order(order)
        self.assert_kinds(receivable=400, order=600)
        order.order_line.qty_delivered = 9
        self.assert_kinds(receivable=400, order=600)
        self._bill_order(order)
        self.assert_kinds(receivable=900, order=100)

    def test_delivered_more_than_ordered(self):
        order = self._goods(delivered=12)
        self.assert_kinds(order=1200)
        self._bill_order(order)
        self.assert_kinds(receivable=1200)

    def test_invoiced_more_than_ordered_has_no_negative_rest(self):
        order = self._order(self.customer, 1000, qty=10, confirm=True)
        invoice = self._bill_order(order, post=False)
        invoice.invoice_line_ids.quantity = 15
        self.assert_kinds(draft=1500)

    def test_full_credit_note_leaves_the_order_to_invoice(self):
        order = self._order(self.customer, 1000, confirm=True)
        self._bill_order(order)._reverse_moves(cancel=True)
        self.assert_kinds(order=1000)

    def test_free_credit_note_lowers_the_debt_only(self):
        order = self._order(self.customer, 1000, confirm=True)
        self._bill_order(order)
        self._invoice(self.customer, 200, move_type="out_refund")
        self.assert_kinds(receivable=800)

    # ------------------------------------------------------------ down payments

    def test_down_payment_never_counts_twice(self):
        order = self._order(self.customer, 1000, confirm=True)
        down = self._down_payment(order, 300, post=False)
        self.assert_kinds(draft=300, order=700)
        down.action_post()
        self.assert_kinds(receivable=300, order=700)
        self._pay(down)
        self.assert_kinds(order=700)
        final = self._bill_order(order, post=False, final=True)
        self.assert_kinds(draft=700)
        final.action_post()
        self.assert_kinds(receivable=700)
        self._pay(final)
        self.assert_kinds()

    def test_unpaid_down_payment_until_the_final_invoice(self):
        order = self._order(self.customer, 1000, confirm=True)
        self._down_payment(order, 300)
        self._bill_order(order, final=True)
        self.assert_kinds(receivable=1000)

    def test_cancelled_down_payment(self):
        order = self._order(self.customer, 1000, confirm=True)
        down = self._down_payment(order, 300)
        down.button_draft()
        down.button_cancel()
        self.assert_kinds(order=1000)

    def test_down_payment_given_back(self):
        order = self._order(self.customer, 1000, confirm=True)
        self._down_payment(order, 300)._reverse_moves(cancel=True)
        self.assert_kinds(order=1000)

    def test_two_down_payments(self):
        order = self._order(self.customer, 1000, confirm=True)
        self._pay(self._down_payment(order, 300))
        self._down_payment(order, 200)
        self.assert_kinds(receivable=200, order=500)

    def test_down_payments_beyond_the_order_never_make_it_negative(self):
        """Money asked for beforehand is no credit that the customer may buy on."""
        order = self._order(self.customer, 1000, confirm=True)
        self._down_payment(order, 600)
        self._down_payment(order, 600)
        self.assert_kinds(receivable=1200, order=0)

    def test_down_payment_and_part_invoice_without_deduction(self):
        order = self._goods(delivered=4)
        self._down_payment(order, 300)
        self._bill_order(order)
        self.assert_kinds(receivable=700, order=300)

    def test_down_payment_with_tax(self):
        tax = self.env["account.tax"].create({"name": "10 %", "amount": 10.0})
        lines = [self._line(1000, tax_ids=[Command.set(tax.ids)])]
        order = self._order(self.customer, 0, confirm=True, order_line=lines)
        down = self._down_payment(order, 550)
        self.assertEqual(down.amount_total, 550)
        self.assert_kinds(receivable=550, order=550)
        self._bill_order(order, final=True)
        self.assert_kinds(receivable=1100)

    # ------------------------------------------------------------------ parties

    def test_order_of_a_contact_counts_for_the_customer(self):
        contact = self.env["res.partner"].create({"name": "Contact", "parent_id": self.customer.id})
        self._order(contact, 1000, confirm=True)
        self.assert_kinds(order=1000)
        self.assertEqual(self._exposure(contact), 1000)

    def test_order_counts_for_the_payer(self):
        """For the commercial partner of the invoice address, not for the ordering contact."""
        payer = self._customer("Payer")
        desk = self.env["res.partner"].create(
            {"name": "Accounts", "parent_id": payer.id, "type": "invoice"}
        )
        self._decide(self.customer, credit_payer_ids=payer.ids)
        order = self._order(self.customer, 1000, confirm=True, partner_invoice_id=desk.id)
        self.assert_kinds()
        self.assert_kinds(order=1000, partner=payer)
        self._bill_order(order)
        self.assert_kinds(receivable=1000, partner=payer)

    # ----------------------------------------------------------------- currency

    def test_order_in_foreign_currency_is_converted_once(self):
        euro = self._rate("EUR", 2.0)
        order = self._order(self.customer, 1000, qty=10, currency=euro, confirm=True)
        line = self._lines(self.customer)
        self.assertEqual((line.amount, line.amount_currency, line.currency_id), (500, 1000, euro))
        # Amounts to invoice count at today's rate, an invoice at the rate of its day.
        self._rate("EUR", 4.0, date=fields.Date.to_string(self._today()))
        self.assert_kinds(order=250)
        invoice = self._bill_order(order, post=False)
        invoice.invoice_line_ids.quantity = 6
        self.assert_kinds(draft=150, order=100)
        invoice.action_post()
        self._pay(invoice, 400, currency=euro)
        self.assert_kinds(receivable=50, order=100)

    def test_down_payment_in_foreign_currency(self):
        euro = self._rate("EUR", 2.0)
        order = self._order(self.customer, 1000, currency=euro, confirm=True)
        down = self._down_payment(order, 300)
        self.assert_kinds(receivable=150, order=350)
        self._pay(down)
        self.assert_kinds(order=350)

    def test_goods_to_come_back_make_no_room(self):
        """Odoo leaves a negative quantity out of the invoice: 3000 would be owed, not 500."""
        customer = self._customer("Exchange", limit=1000)
        lines = [self._line(3000), self._line(2500, -1)]
        order = self._order(customer, 0, order_line=lines)
        self.assertEqual(order.amount_total, 500)
        self.assertIn("Returns Not Deducted", order.credit_banner)
        order.with_user(self.salesperson).action_credit_confirm()
        self.assertRecordValues(
            order.credit_hold_id, [{"state": "held", "over_limit": 2000, "order_amount": 3000}]
        )
        self._decide(customer, credit_limit=3000)
        order.with_user(self.salesperson).action_credit_confirm()
        self.assertEqual(order.state, "sale")
        self.assertEqual(self._exposure(customer), 3000)
        order._create_invoices().action_post()
        self.assertEqual(self._exposure(customer), 3000)
