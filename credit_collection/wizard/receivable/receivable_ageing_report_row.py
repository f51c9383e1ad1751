from odoo import api, fields, models


class Unchecked(fields.Many2one):
    """A Many2one without a foreign key, in rows of a day's use that SQL writes and nobody edits.

    Checking the keys of the rows of all customers takes longer than computing the rows.
    """

    def update_db_foreign_key(self, model, column):
        """Leave the column without a key."""


def _bucket(number):
    return fields.Monetary(f"Bucket {number}", currency_field="company_currency_id")


class ReceivableAgeingReportRow(models.TransientModel):
    """A customer in one currency in the ageing of a day; written by its report only.

    The sums of its items, which are fetched when somebody opens the row.
    """

    _name = "receivable.ageing.report.row"
    _description = "Customer in the Aging"
    _transient_max_hours = 24.0
    _order = "amount desc, id"
    _rec_name = "partner_id"

    report_id = Unchecked("receivable.ageing.report", required=True, index=True)
    company_id = Unchecked("res.company")
    company_currency_id = fields.Many2one(
        related="company_id.currency_id", string="Company Currency"
    )
    partner_id = Unchecked("res.partner", "Customer")
    user_id = Unchecked("res.users", "Salesperson")
    service_manager_id = Unchecked("res.users")
    term_days = fields.Integer(
        "Term (Days)",
        aggregator=None,
        help="Term that the customer was granted, on the day of the report.",
    )
    currency_id = Unchecked("res.currency")
    days = fields.Integer(
        "Oldest (Days)",
        aggregator="max",
        help="Days of the oldest item past the date that the aging counts from.",
    )
    column_1 = _bucket(1)
    column_2 = _bucket(2)
    column_3 = _bucket(3)
    column_4 = _bucket(4)
    column_5 = _bucket(5)
    column_6 = _bucket(6)
    column_7 = _bucket(7)
    column_8 = _bucket(8)
    column_9 = _bucket(9)
    column_10 = _bucket(10)
    amount_receivable = fields.Monetary("Receivables", currency_field="company_currency_id")
    amount_note = fields.Monetary("Notes", currency_field="company_currency_id")
    amount = fields.Monetary(
        "Total",
        currency_field="company_currency_id",
        help="Signed: payments and credit notes not yet applied are negative.",
    )
    amount_currency = fields.Monetary("Total (Document Currency)", aggregator=None)
    late = fields.Monetary("Past Due", currency_field="company_currency_id")
    over_180 = fields.Monetary("Over 180 Days", currency_field="company_currency_id")
    credits = fields.Monetary("Unapplied Credits", currency_field="company_currency_id")

    @api.model
    def fields_get(self, allfields=None, attributes=None):
        """Name the buckets as the company's aging does."""
        return self.env["receivable.ageing.column"]._name_fields(
            super().fields_get(allfields, attributes)
        )

    def action_open_items(self):
        """Open the items behind the row, as they stood on the day of the report."""
        self.ensure_one()
        self.check_access("read")
        return self.report_id._open_items_of(self.partner_id, self.currency_id)
