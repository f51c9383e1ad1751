from dateutil.relativedelta import relativedelta

from odoo import api, fields, models

MONTHS = 24


class CreditBehaviourMonth(models.TransientModel):
    """Payment behaviour of a customer in one month, for Odoo's own graph.

    Created when it is opened, from the one source (`credit.payment.behaviour`).
    Amounts are in company currency. Read by the user who opened it.
    """

    _name = "credit.behaviour.month"
    _description = "Payment Behavior by Month"
    _order = "date"
    _rec_name = "partner_id"

    partner_id = fields.Many2one("res.partner", "Customer", required=True, ondelete="cascade")
    company_id = fields.Many2one("res.company", required=True, ondelete="cascade")
    currency_id = fields.Many2one(related="company_id.currency_id")
    date = fields.Date("Month", required=True)
    billed = fields.Monetary(help="Tax included, credit notes deducted.")
    paid_amount = fields.Monetary("Paid")
    overdue_amount = fields.Monetary(
        "Overdue at Month End",
        aggregator="max",
        help="Unapplied credits pay the oldest item first.",
    )
    days_late = fields.Float(
        aggregator="avg", help="Weighted by amount, including unpaid items past due."
    )

    @api.model
    def _create_rows(self, customer):
        """Create the last two years of a customer in the current company, one row a month."""
        company = self.env.company
        names = ("billed", "paid_amount", "overdue_amount", "days_late")
        series = self.env["credit.payment.behaviour"]._get_series(customer, company, months=MONTHS)
        # sudo: nobody may write these rows; the caller may read the customer
        return self.sudo().create(
            [
                {
                    "partner_id": customer.id,
                    "company_id": company.id,
                    "date": month["date_from"],
                    **{name: month[name] or 0.0 for name in names},
                }
                for month in series
            ]
        )

    def action_open_sales(self):
        """Open the invoices and credit notes of the month."""
        self.ensure_one()
        self.check_access("read")
        first, last = self._window()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Invoices of %s", self.partner_id.display_name),
            "res_model": "account.move",
            "view_mode": "list,form",
            "domain": [
                ("move_type", "in", ("out_invoice", "out_refund", "out_receipt")),
                ("state", "=", "posted"),
                ("company_id", "=", self.company_id.id),
                ("commercial_partner_id", "=", self.partner_id.commercial_partner_id.id),
                ("invoice_date", ">=", first),
                ("invoice_date", "<=", last),
            ],
            "context": {"create": False},
        }

    def action_open_payments(self):
        """Open the items paid in the month, and those past due and unpaid at its end."""
        self.ensure_one()
        self.check_access("read")
        return self.env["credit.payment.behaviour"]._get_open_action(
            "payment_speed", self.partner_id, self.company_id, *self._window()
        )

    def _window(self):
        last = self.date + relativedelta(months=1, days=-1)
        return self.date, min(last, self.company_id._credit_today())
