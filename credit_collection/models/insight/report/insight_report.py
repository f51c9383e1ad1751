import logging

from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_date, plaintext2html

from .insight_report_section import SECTIONS

_logger = logging.getLogger(__name__)

REPORT = "credit_collection.report_insight_report"

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
    _inherit = ["credit.numbered.mixin", "credit.approval.mixin", "credit.attachment.mixin"]
    _order = "date desc, id desc"
    _frozen_when = {"attachment_ids": [("state", "=", "approved")]}
    _approval_fields = ("company_id", "date", "receivable", "overdue", "collected")
    _draft_state = "draft"
    _draft_activities = (ACTIVITY,)

    state = fields.Selection(
        [
            ("draft", "Draft"),
            ("requested", "Approval Requested"),
            ("approved", "Approved"),
            ("rejected", "Rejected"),
            ("cancelled", "Cancelled"),
        ]
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

    # ------------------------------------------------------------------ mail

    def _keep_files(self):
        """Keep the approved report as PDF in each installed language; nobody changes them."""
        self.ensure_one()
        # sudo: the files are of the whole report, whoever approved last
        report = self.sudo()
        render = report.env["ir.actions.report"]
        files = report.env["ir.attachment"]
        for code, _name in report.env["res.lang"].get_installed():
            content, kind = render.with_context(lang=code, paper_lang=code)._render_qweb_pdf(
                REPORT, report.ids
            )
            files |= files.create(
                {
                    "name": f"{report.display_name} {code}.{kind}".replace("/", "-"),
                    "raw": content,
                    "description": code,
                    "res_model": report._name,
                    "res_id": report.id,
                }
            )
        report._system_write({"attachment_ids": [fields.Command.set(files.ids)]})

    def _get_recipients(self):
        """Return the contacts who get the report: those of the settings, else the managers."""
        self.ensure_one()
        # sudo: settings and roles are found whoever sends
        company = self.company_id.sudo()
        return (
            company.insight_report_partner_ids
            or (
                company._collection_role_users("general_manager")
                | company._collection_role_users("finance_manager")
                | company._collection_role_users("collection_manager")
            ).partner_id
        )

    def action_send(self):
        """Mail approved reports to management and departments, each recipient in their language.

        :raise UserError: not approved, sent already, or there is no recipient
        """
        self.check_access("write")
        self._require_drafter()
        for report in self:
            if report.state != "approved":
                raise UserError(self.env._("%s is not approved yet.", report.display_name))
            if report.sent_at:
                raise UserError(self.env._("%s has already been sent.", report.display_name))
            report._send()
        return True

    def _send(self):
        self.ensure_one()
        recipients = self._get_recipients()
        if not recipients:
            raise UserError(
                self.env._("Name who gets the monthly report: Settings ‣ Credit & Collection.")
            )
        # sudo: the mail is the company's
        report = self.sudo()
        for lang, people in recipients.grouped(lambda p: p.lang or report.env.lang).items():
            told = report.with_context(lang=lang)
            files = report.attachment_ids.filtered(lambda f, code=lang: f.description == code)
            file = (files or report.attachment_ids)[:1]
            totals = told.section_ids.filtered(lambda section: section.kind == "totals")
            comments = told.section_ids.filtered("comment")
            told.message_notify(
                partner_ids=people.ids,
                subject=told.env._(
                    "Receivables of %(company)s: monthly report %(report)s",
                    company=told.company_id.name,
                    report=told.display_name,
                ),
                body=Markup("%s%s")
                % (
                    totals.table_html or "",
                    Markup().join(plaintext2html(section.comment) for section in comments),
                ),
                # A copy of its own: the kept file stays with the report.
                attachments=[(file.name, file.raw)] if file else [],
            )
        report._system_write(
            {
                "sent_at": fields.Datetime.now(),
                "sent_to": ", ".join(recipients.mapped("name")),
            }
        )

    # ------------------------------------------------------------------ each month

    @api.model
    def _cron_daily(self):
        """Daily: draft the report of the last closed month, and mail approved ones on their day."""
        # sudo: a job of all companies
        companies = self.env["res.company"].sudo().search([("parent_id", "=", False)])
        cron = self.env["ir.cron"]
        for company in companies.filtered(lambda company: company.credit_mode != "off"):
            try:
                with self.env.cr.savepoint():
                    # sudo: see above
                    self.sudo().with_company(company)._run_month(company)
            except Exception:
                _logger.exception("Monthly report of company %s failed", company.id)
            if not cron._commit_progress(1):
                break

    @api.model
    def _run_month(self, company):
        month = self.env["insight.month"].search(
            [
                ("company_id", "=", company.id),
                ("date", "=", company._insight_last_ended()),
                ("is_current", "=", True),
            ]
        )
        if not month or not company.insight_report_day:
            return
        report = self._find(company, month.date)
        if not report:
            report = self._draft(month)
            for user in company._collection_role_users("finance_manager")[:1]:
                report.activity_schedule(ACTIVITY, user_id=user.id)
        elif (
            report.state == "approved"
            and not report.sent_at
            and company._credit_today().day >= company.insight_report_day
        ):
            report._send()
