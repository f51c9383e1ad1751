from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .gate_case import GateCase


@tagged("post_install", "-at_install")
class TestNothingMoreToInvoice(GateCase):
    """The part of an order never to be invoiced uses no credit, once credit control says so (P4-09)."""

    def _credited(self, amount=600):
        """An order that was invoiced and credited in full, the goods not returned."""
        order = self._confirmed(amount)
        invoice = self._bill_order(order)
        refund = invoice._reverse_moves([{"invoice_date": self._today()}], cancel=True)
        self.assertEqual(refund.state, "posted")
        return order

    def _ask(self, order, user=None, reason="The goods stay with the customer"):
        wizards = self.env["credit.order.closure"].with_user(user or self.salesperson)
        action = order.with_user(user or self.salesperson).action_credit_closure()
        wizards.with_context(**action["context"]).create({"reason": reason}).action_request()
        self.env.flush_all()
        self.env.invalidate_all()

    def _closed(self, amount=600):
        order = self._credited(amount)
        self._ask(order)
        order.with_user(self.controller).action_credit_closure_approve()
        self.env.flush_all()
        self.env.invalidate_all()
        self.assertRecordValues(order, [{"credit_closure": "approved", "credit_open": False}])
        return order

    def test_credited_in_full_without_return(self):
        order = self._credited()
        self.assertEqual(self._exposure(self.customer), 600)
        self._ask(order)
        self.assertRecordValues(
            order,
            [{"credit_closure": "requested", "credit_closure_amount": 600,
              "credit_closure_user_id": self.salesperson.id}],
        )  # fmt: skip
        self.assertEqual(self._exposure(self.customer), 600)
        self.assertIn(self.controller, order.activity_ids.user_id)
        order.with_user(self.controller).action_credit_closure_approve()
        self.assertEqual(self._exposure(self.customer), 0)
        self.assertFalse(order.activity_ids)
        self.assertIn("stay with the customer", "".join(order.message_ids.mapped("body")))
        self._confirmed(1000)

    def test_room_is_free_for_what_was_held(self):
        order = self._credited()
        other, hold = self._held(600)
        self._ask(order)
        order.with_user(self.controller).action_credit_closure_approve()
        self.assertEqual((other.credit_state, hold.state), ("clear", "cleared"))

    def test_applicant_never_approves(self):
        order = self._credited()
        self._ask(order)
        for user in (self.salesperson, self.sales_manager, self.accountant, self.auditor):
            with self.subTest(user=user.name):
                self.assertFalse(order.with_user(user).credit_can_approve_closure)
                self.refused(order.with_user(user).action_credit_closure_approve, AccessError)
        self.assertTrue(order.with_user(self.controller).credit_can_approve_closure)
        order.sudo().credit_closure_user_id = self.controller
        self.refused(order.with_user(self.controller).action_credit_closure_approve, AccessError)
        order.sudo().write({"credit_closure_user_id": self.salesperson.id,
                            "user_id": self.controller.id})  # fmt: skip
        self.refused(order.with_user(self.controller).action_credit_closure_approve, AccessError)
        self.assertEqual(order.credit_closure, "requested")

    def test_request_needs_the_right_to_change_the_order(self):
        order = self._credited()
        for user in (self.salesperson2, self.controller, self.auditor):
            with self.subTest(user=user.name):
                self.refused(lambda u=user: self._ask(order, u), AccessError)
                wizard = (
                    self.env["credit.order.closure"]
                    .sudo()
                    .create({"order_id": order.id, "reason": "x"})
                )
                self.refused(wizard.with_user(user).action_request, AccessError)

    def test_only_what_waits_for_its_invoice(self):
        quotation = self._order(self.customer, 100)
        self.refused(lambda: self._ask(quotation))
        done = self._confirmed(100)
        self._bill_order(done)
        self.refused(lambda: self._ask(done))
        drafted = self._confirmed(100)
        self._bill_order(drafted, post=False)
        self.assertIn("draft", self.refused(lambda: self._ask(drafted)))
        order = self._confirmed(100)
        self.refused(lambda: self._ask(order, reason=" "))
        self._ask(order)
        self.refused(lambda: self._ask(order))
        self.refused(quotation.with_user(self.controller).action_credit_closure_approve)

    def test_clients_cannot_write_it(self):
        order = self._confirmed()
        forged = {
            "credit_closure": "approved", "credit_open": False, "credit_closure_amount": 600,
            "credit_closure_reason": "x", "credit_closure_user_id": self.salesperson2.id,
        }  # fmt: skip
        order.with_user(self.salesperson).write(forged)
        made = self._order(self.customer, 1, **forged)
        by_context = (
            self.env["sale.order"]
            .with_user(self.salesperson)
            .with_context(**{f"default_{name}": value for name, value in forged.items()})
            .create({"partner_id": self.customer.id})
        )
        copied = self._closed(100).copy()
        for found in (order, made, by_context, copied):
            self.env.flush_all()
            self.env.invalidate_all()
            self.assertRecordValues(
                found,
                [{"credit_closure": False, "credit_closure_amount": 0,
                  "credit_closure_reason": False, "credit_closure_user_id": False}],
            )  # fmt: skip
        self.assertEqual(self._exposure(self.customer), 600)

    def test_more_to_invoice_counts_all_again(self):
        order = self._closed(600)
        line = order.order_line
        line.with_user(self.salesperson).price_unit = 500
        self.assertEqual(self._exposure(self.customer), 0)
        line.with_user(self.salesperson).price_unit = 700
        self.assertEqual(self._exposure(self.customer), 700)
        self.assertFalse(order.credit_closure)

    def test_raised_beyond_the_limit_is_refused(self):
        order = self._closed(600)
        self._confirmed(600)
        raised = order.order_line.with_user(self.salesperson)
        self.refused(lambda: raised.write({"price_unit": 601}))
        self.assertEqual(order.credit_closure, "approved")
        self.assertEqual(self._exposure(self.customer), 600)

    def test_an_invoice_drafted_from_it_counts_again(self):
        order = self._closed(600)
        self._bill_order(order, post=False)
        self.assertFalse(order.credit_closure)
        self.assertEqual(self._exposure(self.customer), 600)

    def test_a_salesperson_does_not_bill_it_beyond_the_limit(self):
        order = self._closed(600)
        self._confirmed(600)
        self.refused(order.with_user(self.salesperson)._create_invoices)
        self.assertEqual(order.credit_closure, "approved")
        self._bill_order(order, post=False)  # who works in Invoicing bills what has left
        self.assertEqual(self._exposure(self.customer), 1200)

    def test_taken_back(self):
        order = self._credited()
        self._ask(order)
        self.refused(order.with_user(self.accountant).action_credit_closure_end, AccessError)
        order.with_user(self.salesperson).action_credit_closure_end()
        self.assertRecordValues(order, [{"credit_closure": False, "credit_open": True}])
        self._ask(order)
        order.with_user(self.controller).action_credit_closure_approve()
        order.with_user(self.controller).action_credit_closure_end()
        self.assertEqual(self._exposure(self.customer), 600)
        self.refused(order.with_user(self.controller).action_credit_closure_end)

    def test_cancelled_and_confirmed_again_it_counts(self):
        order = self._confirmed(600)
        self._ask(order)
        order.with_user(self.controller).action_credit_closure_approve()
        self.assertEqual(self._exposure(self.customer), 0)
        order.with_user(self.salesperson)._action_cancel()
        order.with_user(self.salesperson).action_draft()
        order.with_user(self.salesperson).action_confirm()
        self.assertEqual(self._exposure(self.customer), 600)

    def test_the_rest_of_what_was_invoiced_in_part(self):
        """Of 10 pieces 4 are invoiced and 6 are never: a credit note of the 4 counts again."""
        order = self._confirmed(600, qty=10)
        invoice = self._bill_order(order, post=False)
        invoice.invoice_line_ids.quantity = 4
        invoice.action_post()
        self._ask(order)
        self.assertEqual(order.credit_closure_amount, 360)
        order.with_user(self.controller).action_credit_closure_approve()
        self.assertEqual(self._exposure(self.customer), 240)
        invoice._reverse_moves([{"invoice_date": self._today()}], cancel=True)
        self.assertEqual(self._exposure(self.customer), 600)

    def test_screens(self):
        for user, names in (
            (self.salesperson, ["action_credit_closure"]),
            (self.controller, ["action_credit_closure_approve", "action_credit_closure_end"]),
        ):
            arch = self.env["sale.order"].with_user(user).get_view(view_type="form")["arch"]
            for name in names:
                self.assertIn(f'name="{name}"', arch)
        order = self._closed(600)
        found = self.env["sale.order"].with_user(self.controller)
        self.assertEqual(found.search([("credit_closure", "=", "approved")]), order)

    def test_in_a_company_without_control_it_lapses_as_well(self):
        self.company.sudo().credit_mode = "off"
        order = self._closed(600)
        order.order_line.with_user(self.salesperson).price_unit = 700
        self.env.flush_all()
        self.assertRecordValues(order, [{"credit_closure": False, "credit_open": True}])
        with self.assertRaises(UserError):
            order.with_user(self.controller).action_credit_closure_approve()
