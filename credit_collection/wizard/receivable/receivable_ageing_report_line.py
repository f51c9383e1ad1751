from odoo import fields, models
from odoo.exceptions import UserError


class ReceivableAgeingReportLine(models.TransientModel):
    """An open item as it stood on the day of its report; written by the report only."""

    _name = "receivable.ageing.report.line"
    _description = "Open Item as of a Date"
    _transient_max_hours = 24.0
    _order = "days desc, date_maturity, id"
    _rec_name = "move_id"

    report_id = fields.Many2one(
        "receivable.ageing.report", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one("res.company", ondelete="cascade")
    company_currency_id = fields.Many2one(
        related="company_id.currency_id", string="Company Currency"
    )
    as_of = fields.Date("As of")
    kind = fields.Selection(
        [("receivable", "Receivable"), ("note", "Note Receivable")], string="Type"
    )
    partner_id = fields.Many2one("res.partner", "Customer", ondelete="cascade")
    user_id = fields.Many2one("res.users", "Salesperson", ondelete="set null")
    service_manager_id = fields.Many2one("res.users", ondelete="set null")
    term_days = fields.Integer(
        "Term (Days)",
        aggregator=None,
        help="Term that the customer was granted, on the day of the report.",
    )
    move_id = fields.Many2one("account.move", "Journal Entry", ondelete="cascade")
    move_line_id = fields.Many2one("account.move.line", "Journal Item", ondelete="cascade")
    account_id = fields.Many2one("account.account", ondelete="cascade")
    date = fields.Date("Accounting Date")
    date_invoice = fields.Date("Invoice Date")
    date_maturity = fields.Date("Due Date", help="Due date of the installment.")
    days = fields.Integer(
        "Age (Days)", aggregator="max", help="Days past the date that the aging counts from."
    )
    column_id = fields.Many2one("receivable.ageing.column", string="Bucket", ondelete="cascade")
    currency_id = fields.Many2one("res.currency", ondelete="cascade")
    amount = fields.Monetary(
        "Open (Company Currency)",
        currency_field="company_currency_id",
        help="Signed: payments and credit notes not yet applied are negative.",
    )
    amount_receivable = fields.Monetary("Receivables", currency_field="company_currency_id")
    amount_note = fields.Monetary("Notes", currency_field="company_currency_id")
    amount_currency = fields.Monetary("Open (Document Currency)", aggregator=None)
    net = fields.Monetary(
        "After Credits",
        currency_field="company_currency_id",
        help="Remainder after unapplied credits pay the oldest items first.",
    )

    def action_open_document(self):
        """Open the note of the item, else its journal entry."""
        self.ensure_one()
        self.check_access("read")
        if self.kind == "note":
            note = self.move_id._get_receivable_notes()
            if len(note) == 1:
                return note.get_formview_action()
        if not self.move_id:
            raise UserError(self.env._("This item has no journal entry."))
        return self.move_id.get_formview_action()
