import logging

from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import plaintext2html

from .insight_report import ACTIVITY

_logger = logging.getLogger(__name__)

REPORT = "credit_collection.report_insight_report"


class InsightReport(models.Model):
    """Files of an approved report, and its mail to management and departments."""

    _inherit = "insight.report"

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
