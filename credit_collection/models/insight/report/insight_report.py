from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_date

from .insight_report_section import SECTIONS

ACTIVITY = "credit_collection.mail_activity_insight_report"


class InsightReport(models.Model):
    """Monthly report of receivables to management and departments (P1-15).

    draft      figures of a closed month, frozen; people write a comment per section
    requested  comments are closed, the approval tiers are at work
    approved   kept as PDF in each language, and mailed on the day of the settings
    rejected, cancelled: a new one can be drafted

    | action                  | who                                         | restriction        |
    | draft, request, cancel  | finance managers                            | closed months only |
    | comment                 | finance, collection and general managers    | while a draft      |
    | approve, reject         | reviewers of the tier whose turn it is      | not the requester  |
    | read                    | who reads closed months                     |                    |

    Amounts are in company currency. A later version of the month changes no report: it is said
    on it, and a new one can be drafted once this one is cancelled.
    """

    _name = "insight.report"
    _description = "Monthly Report"
    _inherit = ["credit.approval.mixin", "credit.attachment.mixin"]
    _order = "date desc, id desc"
    _frozen_when = {"attachment_ids": [("state", "=", "approved")]}
    _approval_fields = ("company_id", "date", "receivable", "overdue", "collected")
    _draft_state = "draft"
    _draft_activities = (ACTIVITY,)

    name = fields.Char("Number", readonly=True, default="/", copy=False)
    state = fields.Selection(
        [
            ("draft", "Draft"),
            ("requested", "Approval Requested"),
            ("approved", "Approved"),
            ("rejected", "Rejected"),
            ("cancelled", "Cancelled"),
        ],
        string="Status",
        readonly=True,
        required=True,
        default="draft",
        tracking=True,
        index=True,
        copy=False,
    )
    company_id = fields.Many2one("res.company", required=True, readonly=True, index=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    month_id = fields.Many2one(
        "insight.month", "Closed Month", required=True, readonly=True, ondelete="restrict"
    )
    is_outdated = fields.Boolean(
        "Month Closed Again", compute="_compute_is_outdated", help="There is a later version of it."
    )
    date = fields.Date("Month", required=True, readonly=True, help="Its last day.")
    receivable = fields.Monetary("Receivables", readonly=True)
    overdue = fields.Monetary(readonly=True)
    collected = fields.Monetary(readonly=True)
    section_ids = fields.One2many("insight.report.section", "report_id", "Sections")
    suggestion_ids = fields.One2many(
        "insight.report.suggestion", "report_id", "Suggestions", readonly=True
    )
    attachment_ids = fields.Many2many("ir.attachment", string="Kept Files", readonly=True)
    sent_at = fields.Datetime("Sent on", readonly=True, copy=False)
    sent_to = fields.Char("Sent to", readonly=True, copy=False)

    _once = models.UniqueIndex(
        "(company_id, date) WHERE state NOT IN ('rejected', 'cancelled')",
        "There is a report of this month already.",
    )

    @api.depends("name", "date")
    def _compute_display_name(self):
        for report in self:
            month = f"{report.date:%Y-%m}" if report.date else ""
            report.display_name = f"{report.name} {month}".strip()

    @api.depends("month_id.is_current")
    def _compute_is_outdated(self):
        for report in self:
            report.is_outdated = not report.month_id.is_current

    def _get_open_fields(self):
        # Comments are written in the form of the report; the sections guard themselves.
        return {"section_ids"} if self.state == "draft" else set()

    # ------------------------------------------------------------------ draft

    @api.model
    def action_draft(self):
        """Draft the report of the last closed month of the user's company and open it.

        :raise UserError: no month is closed, or it has a report
        """
        self._require_drafter()
        company = self.env.company._credit_root()
        month = self.env["insight.month"].search(
            [("company_id", "=", company.id), ("is_current", "=", True)],
            order="date desc",
            limit=1,
        )
        if not month:
            raise UserError(
                self.env._("No month of %s is closed yet: see Closed Months.", company.name)
            )
        report = self._find(company, month.date) or self._draft(month)
        return self._open_records("insight_report_action", report)

    def _require_drafter(self):
        self.env.user._require_role(self.env._("Monthly report"), "finance_manager")

    @api.model
    def _find(self, company, date):
        """Return the report of a month that counts; none where it was rejected or cancelled."""
        return self.search(
            [
                ("company_id", "=", company.id),
                ("date", "=", date),
                ("state", "not in", ("rejected", "cancelled")),
            ]
        )

    @api.model
    def _draft(self, month):
        """Create the report of a closed month with its figures; the right was checked before.

        Books that moved since the month was closed make its next version first.

        :param month: the current version
        """
        # sudo: a report is of the whole company, whoever drafts it
        month = month.sudo()
        company = month.company_id
        balance = self.env["receivable.ageing"]._get_balance(company, month.date)
        if company.currency_id.compare_amounts(balance, month.balance):
            month = month._close(company, month.date, "books") or month
        report = self._system_create(
            {
                "name": self._next_number(company),
                "company_id": company.id,
                "month_id": month.id,
                "date": month.date,
                "receivable": month.receivable,
                "overdue": month.overdue,
                "collected": month.collected,
            }
        )
        # sudo: see above
        whole = report.sudo().with_company(company)
        suggestions = whole._get_suggestions()
        self.env["insight.report.suggestion"]._system_create(
            [{**values, "report_id": report.id} for values in suggestions]
        )
        tables = whole._get_tables()
        self.env["insight.report.section"]._system_create(
            [
                {"report_id": report.id, "sequence": number, "kind": kind, "table": tables[kind]}
                for number, (kind, _title) in enumerate(SECTIONS)
            ]
        )
        return report

    # ------------------------------------------------------------------ approval

    def _check_can_request(self):
        result = super()._check_can_request()
        self._require_drafter()
        if self.state != "draft":
            raise UserError(
                self.env._("%s is no longer a draft and cannot be changed.", self.display_name)
            )
        return result

    def _get_request_changes(self):
        if self.month_id.is_current:
            return []
        return [
            self.env._(
                "%s was closed again: cancel this report and draft it anew.",
                format_date(self.env, self.date, date_format="yyyy-MM"),
            )
        ]

    def _after_approved(self):
        result = super()._after_approved()
        for report in self:
            report._keep_files()
        return result

    def action_cancel(self):
        """Cancel reports that are not approved; the month can have a new one."""
        self.check_access("write")
        self._require_drafter()
        for report in self:
            report._check_can_end()
            report._cancel_reviews()
            report._system_write({"state": "cancelled"})
        return True

    # ------------------------------------------------------------------ screens

    def action_open_rows(self):
        """Open the customers of the closed month."""
        self.ensure_one()
        self.check_access("read")
        return self.month_id.action_open_rows()

    def action_print(self):
        """Print the report in the language of the user."""
        self.check_access("read")
        return self.env.ref("credit_collection.action_report_insight_report").report_action(self)
