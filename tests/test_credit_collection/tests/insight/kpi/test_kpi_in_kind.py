from odoo.tests import tagged

from ...receivable.writeoff.writeoff_case import WriteoffCase


@tagged("post_install", "-at_install")
class TestKpiInKind(WriteoffCase):
    """Goods received instead of money are no bad debt in the figures (P1-18, P2-14)."""

    def _figure(self):
        today = self._today()
        figures = self.env["insight.kpi"]._compute_months(self.company, today, today)
        return figures.filtered(lambda figure: figure.scope == "company")

    def test_what_was_received_in_kind_is_no_bad_debt(self):
        invoice = self._invoice(self.customer, 100, days_overdue=40)
        writeoff = self._writeoff(
            invoice, reason_id=self.env.ref("credit_collection.writeoff_reason_kind").id
        )
        stock = self._account("STK001", "Stock", "asset_current")
        writeoff.write(
            {"settlement_value": 70, "settlement_account_id": stock.id,
             "settlement_note": "A machine"}
        )  # fmt: skip
        writeoff.action_request()
        self._approve(writeoff)
        figure = self._figure()
        self.assertEqual(figure.written_off, 30)
        action = figure.action_open_written_off()
        items = self.env["account.move.line"].search(action["domain"])
        self.assertEqual(sorted(items.mapped("balance")), [-100, 70])
        self._undo(writeoff)
        self.assertEqual(self._figure().written_off, 0)
