from odoo import api, fields, models

MONTHS = 24


class CreditBehaviourMonth(models.TransientModel):
    """Payment behaviour of a customer in one month, for Odoo's own graph.

    Made when it is opened, from the one place that knows (`credit.payment.behaviour`).
    Amounts are in company currency. Read by the user who opened it.
    """

    _name = "credit.behaviour.month"
    _description = "Payment Behaviour by Month"
    _order = "date"
    _rec_name = "partner_id"

    partner_id = fields.Many2one("res.partner", "Customer", required=True, ondelete="cascade")
    company_id = fields.Many2one("res.company", required=True, ondelete="cascade")
    currency_id = fields.Many2one(related="company_id.currency_id")
    date = fields.Date("Month", required=True)
    sales = fields.Monetary("Billed", help="Without tax, credit notes taken off.")
    paid_amount = fields.Monetary("Paid")
    overdue_amount = fields.Monetary("Overdue", help="At the end of the month.", aggregator="max")
    days_late = fields.Float(
        aggregator="avg", help="Weighted by amount, what is past due and unpaid included."
    )

    @api.model
    def _create_rows(self, customer):
        """The last two years of a customer in the current company, one row a month."""
        company = self.env.company
        names = ("sales", "paid_amount", "overdue_amount", "days_late")
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
