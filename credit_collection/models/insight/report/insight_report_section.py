from markupsafe import Markup

from odoo import api, fields, models
from odoo.tools import format_amount, formatLang

from ....engine import charts

SECTIONS = [
    ("totals", "Totals and Rates"),
    ("customer", "By Customer"),
    ("industry", "By Industry"),
    ("salesperson", "By Salesperson"),
    ("segment", "By Customer Segment"),
    ("grade", "By Grade"),
    ("ageing", "Aging"),
    ("bridge", "Movement of the Aging"),
    ("reason", "Reasons for Overdue"),
    ("stage", "Effect of Collection by Stage"),
    ("channel", "Effect of Collection by Channel"),
    ("unit", "Charged to Sales Teams"),
    ("trend", "Risk Trend of 12 Months"),
    ("largest", "Largest Customers"),
    ("worst", "Most Overdue Customers"),
    ("suggestion", "Suggestions"),
]

# section: (kind of chart, column of the labels, columns of the values)
CHARTS = {
    "industry": ("bars", 0, (1, 2)),
    "ageing": ("bars", 0, (1, 2)),
    "reason": ("bars", 0, (1,)),
    "stage": ("bars", 0, (2,)),
    "trend": ("lines", 0, (1, 2)),
    "largest": ("bars", 0, (1, 2)),
}

CHART_LABELS = 12


class InsightReportSection(models.Model):
    """A table of a monthly report as it was drafted, with the comment that people write.

    `table` is {"columns": [{title, "k": kind}], "rows": [{"c": cells, "k": kind of its numbers}],
    "total": cells}. A title or a text cell is a name, {"t": a key of `_get_terms`} or
    {"n": {language: name}}, so that a frozen table is read in every language.
    Kinds: text, money (company currency), percent (0 to 100), number, count.
    """

    _name = "insight.report.section"
    _description = "Section of a Monthly Report"
    _inherit = ["credit.protected.mixin"]
    _order = "report_id, sequence, id"
    _rec_name = "kind"

    report_id = fields.Many2one(
        "insight.report", required=True, readonly=True, ondelete="cascade", index=True
    )
    state = fields.Selection(related="report_id.state")
    company_id = fields.Many2one(related="report_id.company_id", store=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    sequence = fields.Integer(readonly=True)
    kind = fields.Selection(SECTIONS, "Section", required=True, readonly=True)
    table = fields.Json(readonly=True)
    comment = fields.Text()
    table_html = fields.Html("Figures", compute="_compute_table_html", sanitize=False)
    chart_html = fields.Html("Chart", compute="_compute_table_html", sanitize=False)

    def _get_open_fields(self):
        return {"comment"} if self.report_id.state == "draft" else set()

    @api.depends("table")
    @api.depends_context("lang")
    def _compute_table_html(self):
        for section in self:
            section.table_html = self.env["ir.qweb"]._render(
                "credit_collection.insight_report_table", section._get_texts()
            )
            section.chart_html = Markup(section._draw())

    def _get_texts(self):
        """Return the table in words of the reader's language: {columns, rows, total}."""
        self.ensure_one()
        table, terms = self.table, self._get_terms()
        kinds = [column["k"] for column in table["columns"]]

        def row_texts(cells, kind=None):
            return [
                (self._format(cell, own if own == "text" else kind or own, terms), own != "text")
                for cell, own in zip(cells, kinds, strict=True)
            ]

        return {
            "columns": [
                (self._say(column, terms), column["k"] != "text") for column in table["columns"]
            ],
            "rows": [row_texts(row["c"], row.get("k")) for row in table["rows"]],
            "total": row_texts(table["total"]) if table.get("total") else None,
        }

    @api.model
    def _say(self, text, terms):
        """Return a title or a text cell in the reader's language."""
        if not isinstance(text, dict):
            return text or ""
        if "t" in text:
            return terms[text["t"]]
        names = text["n"]
        return names.get(self.env.lang) or names.get("en_US") or next(iter(names.values()), "")

    def _format(self, value, kind, terms):
        if value is None:
            return "–"
        if kind == "text":
            return self._say(value, terms)
        if kind == "money":
            return format_amount(self.env, value, self.currency_id)
        digits = {"percent": 1, "number": 1, "count": 0}[kind]
        text = formatLang(self.env, value, digits=digits)
        return f"{text}%" if kind == "percent" else text

    def _draw(self):
        """Return the chart of the section as SVG; "" where it has none."""
        if self.kind not in CHARTS:
            return ""
        kind, label, columns = CHARTS[self.kind]
        terms = self._get_terms()
        rows = self.table["rows"][:CHART_LABELS]
        return charts.draw(
            [self._say(row["c"][label], terms) for row in rows],
            [
                (
                    self._say(self.table["columns"][index], terms),
                    [row["c"][index] or 0.0 for row in rows],
                )
                for index in columns
            ],
            kind,
        )

    @api.model
    def _get_terms(self):
        """Return {key: words of titles and cells} in the reader's language."""
        channels = dict(
            self.env["insight.contact"]._fields["channel"]._description_selection(self.env)
        )
        segments = dict(
            self.env["insight.snapshot"]._fields["segment"]._description_selection(self.env)
        )
        rules = self.env["insight.report.suggestion"]._get_rules()
        return {
            "item": self.env._("Figure"),
            "now": self.env._("This Month"),
            "before": self.env._("Last Month"),
            "change": self.env._("Change on Last Month"),
            "year": self.env._("Last Year"),
            "target": self.env._("Target"),
            "customer": self.env._("Customer"),
            "industry": self.env._("Industry"),
            "salesperson": self.env._("Salesperson"),
            "segment": self.env._("Customer Segment"),
            "grade": self.env._("Grade"),
            "receivable": self.env._("Receivables"),
            "overdue": self.env._("Overdue"),
            "rate": self.env._("Overdue of Receivables (%)"),
            "overdue_before": self.env._("Overdue Last Month"),
            "overdue_year": self.env._("Overdue Last Year"),
            "collected": self.env._("Collected"),
            "written_off": self.env._("Written Off"),
            "provision": self.env._("Allowance"),
            "sales": self.env._("Monthly Sales"),
            "overdue_rate": self.env._("Overdue Rate (%)"),
            "recovery_rate": self.env._("Recovery Rate (%)"),
            "overdue_recovery_rate": self.env._("Overdue Recovery Rate (%)"),
            "bad_debt_rate": self.env._("Bad-Debt Rate (%)"),
            "dso": self.env._("DSO"),
            "bucket": self.env._("Days Overdue"),
            "share": self.env._("Share (%)"),
            "opening": self.env._("Opening Balance"),
            "new": self.env._("New Invoices"),
            "paid": self.env._("Paid"),
            "credited": self.env._("Credit Notes"),
            "written": self.env._("Written Off"),
            "other": self.env._("Notes and Other Entries"),
            "later": self.env._("Entered Later"),
            "moved": self.env._("Moved Between Buckets"),
            "closing": self.env._("Closing Balance"),
            "reason": self.env._("Reason"),
            "items": self.env._("Invoices"),
            "stage": self.env._("Stage"),
            "channel": self.env._("Channel"),
            "contacts": self.env._("Contacts"),
            "received": self.env._("Received within 7 Days"),
            "success": self.env._("Success (%)"),
            "month": self.env._("Month"),
            "limit": self.env._("Effective Limit"),
            "suggestion": self.env._("Suggestion"),
            "unit": self.env._("Sales Team"),
            "costs": self.env._("Costs of Collecting"),
            "overdue_cost": self.env._("Cost of Overdue Capital"),
            "bonus": self.env._("Rewards less Penalties"),
            "charged": self.env._("Charged"),
            "none": self.env._("None"),
            "rest": self.env._("Others"),
            "total": self.env._("Total"),
            **{f"channel.{key}": text for key, text in channels.items()},
            **{f"segment.{key}": text for key, text in segments.items()},
            **{f"rule.{key}": text for key, text in rules.items()},
        }  # fmt: skip
