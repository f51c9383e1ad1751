from odoo import api, fields, models
from odoo.fields import Domain

from ...credit.terms.res_partner import SEGMENTS


class InsightSnapshot(models.Model):
    """A customer at the end of a closed month, in one currency: one row each, never edited.

    Amounts are in company currency, but for `receivable_currency`. Receivables add up to the posted
    balance of the receivable accounts; the buckets to receivables and notes; overdue is net of
    credits, as in the ledger. Salesperson, segment and grade are those of the day of closing.
    """

    _name = "insight.snapshot"
    _description = "Customer of a Closed Month"
    _inherit = ["credit.protected.mixin"]
    _order = "date desc, receivable desc, id"
    _rec_name = "partner_id"

    month_id = fields.Many2one(
        "insight.month", "Closed Month", required=True, readonly=True, ondelete="cascade"
    )
    company_id = fields.Many2one("res.company", required=True, readonly=True)
    company_currency_id = fields.Many2one(
        related="company_id.currency_id", string="Company Currency"
    )
    date = fields.Date("Month", required=True, readonly=True, help="Its last day.")
    is_current = fields.Boolean(
        related="month_id.is_current", string="Current Version", search="_search_is_current"
    )
    partner_id = fields.Many2one("res.partner", "Customer", readonly=True, ondelete="restrict")
    user_id = fields.Many2one("res.users", "Salesperson", readonly=True, ondelete="restrict")
    segment = fields.Selection(SEGMENTS, "Customer Segment", readonly=True)
    grade_id = fields.Many2one("credit.grade", readonly=True, ondelete="restrict")
    currency_id = fields.Many2one("res.currency", readonly=True, ondelete="restrict")
    receivable = fields.Monetary("Receivables", readonly=True, currency_field="company_currency_id")
    receivable_currency = fields.Monetary(
        "Receivables (Document Currency)", readonly=True, aggregator=None
    )
    note = fields.Monetary("Notes", readonly=True, currency_field="company_currency_id")
    overdue = fields.Monetary(
        readonly=True,
        currency_field="company_currency_id",
        help="As in the receivables ledger: net of credits, without notes.",
    )
    orders = fields.Monetary(
        "Open Orders",
        readonly=True,
        currency_field="company_currency_id",
        help="Confirmed and not invoiced on the day the month was closed.",
    )
    credit_limit = fields.Monetary(
        "Effective Limit",
        readonly=True,
        currency_field="company_currency_id",
        help="On the day the month was closed; in the row of the company currency.",
    )
    provision = fields.Monetary(
        "Allowance",
        readonly=True,
        currency_field="company_currency_id",
        help="Share in the last provision posted for a day up to the end of the month.",
    )
    written_off = fields.Monetary(
        readonly=True, currency_field="company_currency_id", help="In the month."
    )
    collected = fields.Monetary(
        readonly=True, currency_field="company_currency_id", help="In the month, applied or not."
    )
    change = fields.Monetary(
        "Change Since Former Version", readonly=True, currency_field="company_currency_id"
    )
    column_1 = fields.Monetary("Bucket 1", readonly=True, currency_field="company_currency_id")
    column_2 = fields.Monetary("Bucket 2", readonly=True, currency_field="company_currency_id")
    column_3 = fields.Monetary("Bucket 3", readonly=True, currency_field="company_currency_id")
    column_4 = fields.Monetary("Bucket 4", readonly=True, currency_field="company_currency_id")
    column_5 = fields.Monetary("Bucket 5", readonly=True, currency_field="company_currency_id")
    column_6 = fields.Monetary("Bucket 6", readonly=True, currency_field="company_currency_id")
    column_7 = fields.Monetary("Bucket 7", readonly=True, currency_field="company_currency_id")
    column_8 = fields.Monetary("Bucket 8", readonly=True, currency_field="company_currency_id")
    column_9 = fields.Monetary("Bucket 9", readonly=True, currency_field="company_currency_id")
    column_10 = fields.Monetary("Bucket 10", readonly=True, currency_field="company_currency_id")

    # One customer through the months, and one version from end to end.
    _customer = models.Index("(partner_id, date)")
    _month = models.Index("(month_id, partner_id)")

    def _search_is_current(self, operator, value):
        return Domain("month_id.is_current", operator, value)

    @api.model
    def fields_get(self, allfields=None, attributes=None):
        """Name the buckets as the company's aging does now; a closed month says how it was then."""
        return self.env["receivable.ageing.column"]._name_fields(
            super().fields_get(allfields, attributes)
        )

    # ------------------------------------------------------------------ documents

    def action_open_items(self):
        """Open the open items behind a row, as the books say today; a version may differ from them."""
        self.ensure_one()
        self.check_access("read")
        report = self.env["receivable.ageing.report"].create(
            {"company_id": self.company_id.id, "date": self.date}
        )
        action = report.action_open_items()
        return {
            **action,
            "domain": [
                *action["domain"],
                ("partner_id", "=", self.partner_id.id),
                ("currency_id", "=", self.currency_id.id),
            ],
        }

    def action_open_collected(self):
        """Open the receipts of the month of this customer."""
        return self._open_month_items(self.env._("Collected"), "_get_collected_domain")

    def action_open_written_off(self):
        """Open the items of this customer that were written off in the month."""
        return self._open_month_items(self.env._("Written Off"), "_get_written_off_domain")

    def _open_month_items(self, name, method):
        self.ensure_one()
        self.check_access("read")
        domain = getattr(self.env["insight.kpi"], method)(
            self.company_id, self.date.replace(day=1), self.date
        )
        customer = Domain("partner_id.commercial_partner_id", "=", self.partner_id.id)
        return {
            "type": "ir.actions.act_window",
            "name": f"{name}: {self.partner_id.display_name or ''}",
            "res_model": "account.move.line",
            "view_mode": "list,form",
            "domain": list(
                domain
                & (customer if self.partner_id else Domain("partner_id", "=", False))
                & Domain("currency_id", "=", self.currency_id.id)
            ),
            "context": {"create": False},
        }
