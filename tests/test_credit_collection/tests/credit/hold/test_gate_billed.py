from unittest.mock import patch

from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import tagged

from .gate_case import GateCase


@tagged("post_install", "-at_install")
class TestGateBilled(GateCase):
    """An invoiced amount permits no more, and no more is billed than was checked."""

    def _own(self, record):
        return record.with_user(self.salesperson)

    # --------------------------------------------------- an invoiced order and its lines

    def test_value_moved_from_invoiced_lines_to_new_ones(self):
        order = self._confirmed(900)
        self._pay(self._bill_order(order))
        self.assertEqual(self._exposure(self.customer), 0)
        self._decide(self.customer, credit_control="frozen")
        swap = [
            Command.update(order.order_line.id, {"product_uom_qty": 0}),
            self._line(900),
        ]
        self.refused(lambda: self._own(order).write({"order_line": swap}))
        self.attempt(lambda: self._own(order.order_line).write({"product_uom_qty": 0}))
        self.refused(
            lambda: (
                self.env["sale.order.line"]
                .with_user(self.salesperson)
                .create(
                    {"order_id": order.id, "product_id": self.product_credit.id, "price_unit": 900}
                )
            )
        )
        self.assertEqual(self._exposure(self.customer), 0)

    def test_price_spread_over_invoiced_and_new_lines(self):
        """The order's total stays, the part not invoiced rises."""
        order = self._confirmed(900, order_line=[self._line(900), self._line(0)])
        self._pay(self._bill_order(order))
        self._own(order).write({"order_line": [self._line(0)]})
        self._decide(self.customer, credit_control="frozen")
        self.refused(lambda: self._own(order.order_line).write({"price_unit": 300}))
        self.assertEqual(self._exposure(self.customer), 0)

    def test_less_than_before_passes(self):
        """The part not invoiced may shrink and change among its lines, whatever the customer's state."""
        order = self._confirmed(900)
        self._decide(self.customer, credit_limit=100)
        line = order.order_line
        self._own(order).write(
            {"order_line": [Command.update(line.id, {"price_unit": 500}), self._line(400)]}
        )
        self.assertEqual(self._exposure(self.customer), 900)
        self.refused(lambda: self._own(order).write({"order_line": [self._line(0.01)]}))

    # ------------------------------------------------------------------ a release, used

    def test_release_covers_its_amount_once(self):
        order, _hold = self._released(50000)
        self._pay(self._bill_order(order))
        self.assertEqual(self._exposure(self.customer), 0)
        self.attempt(lambda: self._own(order.order_line).write({"product_uom_qty": 0}))
        self.refused(lambda: self._own(order).write({"order_line": [self._line(50000)]}))
        self.assertEqual(self._exposure(self.customer), 0)

    def test_release_covers_what_is_not_used_of_it(self):
        """Cut before it was invoiced, a released order may grow again up to the released amount."""
        order, _hold = self._released(50000)
        order.order_line.price_unit = 30000
        self._pay(self._bill_order(order))
        self._own(order).write({"order_line": [self._line(20000)]})
        self.assertEqual(self._exposure(self.customer), 20000)
        self.refused(lambda: self._own(order).write({"order_line": [self._line(0.01)]}))

    # ------------------------------------------------------------------ drafts of an order

    def _draft(self, order, user=None, **values):
        """Have Odoo draft the invoice, as a person of Sales may."""
        user = user or self.salesperson
        wizard = self.env["sale.advance.payment.inv"].with_user(user)
        wizard = wizard.with_context(active_ids=order.ids, active_model="sale.order").create(
            {"sale_order_ids": [Command.set(order.ids)], **values}
        )
        wizard.create_invoices()
        return order.invoice_ids

    def test_down_payment_larger_than_the_order(self):
        order = self._confirmed(900)
        large = {"advance_payment_method": "fixed", "fixed_amount": 1000000}
        message = self.refused(lambda: self._draft(order, **large))
        self.assertIn("999,000", message.replace("\xa0", " "))
        self.assertFalse(order.invoice_ids)
        self.assertEqual(self._exposure(self.customer), 900)
        self.assertTrue(self._draft(order, advance_payment_method="fixed", fixed_amount=800))
        self.assertEqual(self._exposure(self.customer), 900)
        self.refused(
            lambda: self._draft(order, advance_payment_method="fixed", fixed_amount=800),
        )
        self.assertEqual(self._exposure(self.customer), 900)

    def test_more_delivered_than_ordered(self):
        goods = self._service("Goods", invoice_policy="delivery")
        order = self._confirmed(900, order_line=[self._line(900, product=goods)])
        self._own(order.order_line).write({"qty_delivered": 100000})
        self.refused(lambda: self._draft(order))
        self.assertFalse(order.invoice_ids)
        # Within the limit it is billed.
        self._own(order.order_line).write({"qty_delivered": 1.1})
        self.assertEqual(self._draft(order).amount_total, 990)

    def test_invoicing_bills_what_has_left(self):
        """Goods are gone: the accountant's invoice is counted, not stopped."""
        goods = self._service("Goods", invoice_policy="delivery")
        order = self._confirmed(900, order_line=[self._line(900, product=goods)])
        order.order_line.qty_delivered = 10
        biller = self._user("biller", "account.group_account_invoice,sales_team.group_sale_manager")
        self.assertEqual(self._draft(order, biller).amount_total, 9000)
        self.assertEqual(self._exposure(self.customer), 9000)

    def test_plain_invoices_of_a_customer_over_the_limit(self):
        """Billing the ordered quantities is never stopped."""
        order = self._confirmed(900, order_line=[self._line(300, 3)])
        self._decide(self.customer, credit_control="frozen")
        self.assertEqual(self._draft(order).amount_total, 900)

    def test_observe_and_off_bill_all(self):
        for mode in ("observe", "off"):
            with self.subTest(mode=mode):
                self.company.sudo().credit_mode = mode
                order = self._confirmed(900)
                large = {"advance_payment_method": "fixed", "fixed_amount": 1000000}
                self.assertTrue(self._draft(order, **large))

    def test_cost_of_a_frozen_customer_is_put_on_its_order(self):
        """Odoo adds paid costs to the confirmed order when the vendor bill is posted."""
        order = self._confirmed(900)
        self._decide(self.customer, credit_control="frozen")
        travel = self._service("Travel", expense_policy="cost", invoice_policy="delivery")
        bill = self._invoice(
            self.customer,
            0,
            post=False,
            move_type="in_invoice",
            invoice_line_ids=[self._line(250, product=travel, invoice=True)],
        )
        item = bill.invoice_line_ids
        with patch.object(
            type(item), "_sale_determine_order", lambda lines: dict.fromkeys(lines.ids, order)
        ):
            item._sale_create_reinvoice_sale_line()
        self.assertEqual(self._exposure(self.customer), 1150)
        self.refused(lambda: self._own(order).write({"order_line": [self._line(1)]}))

    # ------------------------------------------------------------------ who owes

    def test_draft_put_on_another_customer(self):
        """For every user: the future debtor is checked."""
        frozen = self._customer("Frozen", control="frozen")
        poor, rich = self._customer("Poor", limit=500), self._customer("Rich", limit=5000)
        order = self._confirmed(900)
        draft = self._bill_order(order, post=False).with_user(self.accountant)
        for partner, word in ((frozen, "Frozen"), (poor, "500")):
            message = self.refused(lambda p=partner: draft.write({"partner_id": p.id}))
            self.assertIn(word, message)
            self.env.cr.execute("SELECT 1")
        self.env.invalidate_all()
        draft.write({"partner_id": rich.id})
        self.assertEqual(draft.partner_id, rich)
        self.assertEqual(self._exposure(rich), 900)
        self.assertEqual(self._exposure(self.customer), 900, "its order is not invoiced to it")

    def test_draft_typed_for_another_customer_with_lines_of_the_order(self):
        frozen = self._customer("Frozen", control="frozen")
        order = self._confirmed(900)
        values = {
            "move_type": "out_invoice",
            "invoice_line_ids": [
                Command.create(
                    {
                        "name": "Advice",
                        "price_unit": 900,
                        "quantity": 1,
                        "tax_ids": False,
                        "sale_line_ids": [Command.link(order.order_line.id)],
                    }
                )
            ],
        }
        moves = self.env["account.move"].with_user(self.accountant)
        self.refused(lambda: moves.create({**values, "partner_id": frozen.id}))
        moves.create({**values, "partner_id": self.customer.id})
        self.assertEqual(self._exposure(self.customer), 900)

    def test_invoices_without_orders_change_their_customer_freely(self):
        frozen = self._customer("Frozen", control="frozen")
        draft = self._invoice(self.customer, 900, post=False).with_user(self.accountant)
        draft.partner_id = frozen
        self.assertEqual(draft.partner_id, frozen)

    def test_buyer_and_payer(self):
        rich = self._customer("Rich", limit=50000)
        order = self._order(self.customer, 100, partner_invoice_id=rich.id)
        message = self.refused(order.action_confirm)
        self.assertIn("Rich", message)
        self.refused(
            lambda: self.customer.with_user(self.salesperson).write({"credit_payer_ids": rich.ids}),
            Exception,
        )
        self._decide(self.customer, credit_payer_ids=rich.ids)
        order.action_confirm()
        self.assertEqual(order.state, "sale")
        self.assertEqual(self._exposure(rich), 100)
        # Not the other way round.
        back = self._order(rich, 100, partner_invoice_id=self.customer.id)
        self.refused(back.action_confirm)

    def test_naming_the_payer_clears_the_hold(self):
        rich = self._customer("Rich", limit=50000)
        order, hold = self._held(100, partner_invoice_id=rich.id)
        self.assertEqual(hold.reason_ids.mapped("rule_type"), ["payer"])
        self._decide(self.customer, credit_payer_ids=rich.ids)
        self.assertEqual(hold.state, "cleared")
        order.action_confirm()

    def test_confirmed_order_moved_to_another_payer(self):
        rich = self._customer("Rich", limit=50000)
        order = self._confirmed(900)
        self.refused(lambda: self._own(order).write({"partner_invoice_id": rich.id}), UserError)
        self.assertEqual(order.partner_invoice_id, self.customer)

    # ------------------------------------------------------------------ later findings

    def test_draft_credit_note_gives_no_release_back(self):
        order, _hold = self._released(50000)
        self._pay(self._bill_order(order))
        self._own(order.order_line).write({"product_uom_qty": 0})
        self._draft(order, advance_payment_method="delivered", deduct_down_payments=True)
        moves = order.invoice_ids.mapped(lambda m: (m.move_type, m.state))
        self.assertIn(("out_refund", "draft"), moves)
        self.refused(lambda: self._own(order).write({"order_line": [self._line(50000)]}))
        self.assertEqual(self._exposure(self.customer), 0)

    def test_amounts_sent_along_are_no_worth(self):
        forged = {
            "currency_id": self.company.currency_id.id, "price_unit": 9000.0, "discount": 0.0,
            "quantity": 10.0, "rate": 1.0, "manual_tax_amounts": {"0": {}},
            "manual_total_excluded_currency": 1.0, "manual_total_excluded": 1.0,
        }  # fmt: skip
        line = self._line(9000, 10, extra_tax_data=forged)
        order = self._order(self.customer, 0, order_line=[line])
        self.assertEqual(order.amount_total, 90000)
        self.refused(self._own(order).action_confirm)
        order = self._confirmed(900)
        line = self._own(order.order_line)
        line.write({"extra_tax_data": {**forged, "price_unit": 900.0, "quantity": 1.0}})
        line.write({"discount": 1.0})
        line.write({"discount": 0.0})
        self.assertEqual(self._exposure(self.customer), 900)

    def test_return_order_billed_together_with_another(self):
        """A draft of nothing would take a whole order out of the ledger."""
        order, back = self._confirmed(900), self._order(self.customer, -900, confirm=True)
        both = order | back
        wizard = self.env["sale.advance.payment.inv"].with_user(self.salesperson)
        self.refused(
            wizard.create(
                {
                    "sale_order_ids": [Command.set(both.ids)],
                    "advance_payment_method": "delivered",
                    "consolidated_billing": True,
                }
            ).create_invoices
        )
        self.assertFalse(both.invoice_ids)
        self.assertEqual(self._exposure(self.customer), 900)

    def test_what_left_is_not_taken_back_by_its_method(self):
        order = self._confirmed(100)
        order.order_line.product_id.invoice_policy = "delivery"
        line = order.order_line.sudo()
        line.write({"is_expense": True})  # delivered by analytic items: not by hand
        line.write({"qty_delivered": 5})
        for values in (
            {"qty_delivered_method": "manual"},
            {"is_expense": False},
            {"qty_delivered": 0},
        ):
            self._own(order.order_line).write(values)
        self.assertEqual(self._exposure(self.customer), 500)
