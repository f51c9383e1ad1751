from odoo.tests import HttpCase, tagged

from .writeoff_case import WriteoffCase


@tagged("post_install", "-at_install")
class TestWriteoffTour(WriteoffCase, HttpCase):
    """From a hopeless case to a written-off invoice and a later recovery, in the browser."""

    def test_hopeless_case_to_recovery(self):
        invoice = self._invoice(self.customer, 1000, days_overdue=400)
        case = self.env["collection.case"].sudo()._system().create(
            {
                "name": "CASE/1",
                "partner_id": self.customer.id,
                "company_id": self.company.id,
                "user_id": self.collector.id,
            }
        )  # fmt: skip
        self.assertEqual(case.amount_overdue, 1000)
        self.start_tour(
            "/odoo/action-account.action_move_out_invoice_type",
            "receivable_writeoff_apply",
            login=self.salesperson.login,
        )
        writeoff = self.env["receivable.writeoff"].search([("partner_id", "=", self.customer.id)])
        self.assertRecordValues(writeoff, [{"state": "requested", "amount_total": 1000}])
        decide = "/odoo/action-credit_collection.receivable_writeoff_action_decide"
        self.start_tour(decide, "receivable_writeoff_review", login=self.finance_manager.login)
        self.start_tour(decide, "receivable_writeoff_decide", login=self.general_manager.login)
        self.env.invalidate_all()
        self.assertRecordValues(writeoff, [{"state": "approved", "case_id": case.id}])
        self.assertEqual(invoice.amount_residual, 0)
        self.assertRecordValues(case, [{"state": "closed", "result": "written_off"}])
        # Two years later some money comes in after all.
        payment = self._paid_item(400)
        self.start_tour(
            "/odoo/written-off-claims", "receivable_writeoff_recover", login=self.accountant.login
        )
        self.env.invalidate_all()
        self.assertRecordValues(
            writeoff.line_ids, [{"amount_recovered": 400, "amount_remaining": 600}]
        )
        self.assertTrue(payment.reconciled)
