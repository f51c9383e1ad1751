from babel.dates import format_skeleton
from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools.misc import babel_locale_parse, get_lang

ACTIVITY = "credit_collection.mail_activity_credit_service_summary"

# Day of the month from which on head and deputy are told who has not sent the summary.
REPORT_DAY = 5


def month_name(env, day):
    """Return month and year as the user's language writes them: October 2026, 2026年10月."""
    return format_skeleton("yMMMM", day, locale=babel_locale_parse(get_lang(env).code))


class CreditServiceSummary(models.Model):
    """What a service manager says of their customers for a month: 每月汇总分析 (P5-11).

    draft  prepared on the first days of the next month: the customers with their figures
    sent   with the manager's analysis, to head and deputy of the assessment committee

    | action        | who                                          |
    | write, send   | the service manager, while a draft           |
    | read          | the same, head and deputy, those who see all |

    Figures are those of the day it was prepared, in company currency.
    """

    _name = "credit.service.summary"
    _description = "Monthly Customer Summary"
    _inherit = ["credit.protected.mixin", "mail.thread", "mail.activity.mixin"]
    _order = "month desc, user_id"

    month = fields.Date(required=True, readonly=True, help="First day of the month.")
    user_id = fields.Many2one(
        "res.users", "Service Manager", required=True, readonly=True, index=True
    )
    group_id = fields.Many2one(
        "credit.assessment.group", "Assessment Committee", required=True, readonly=True, index=True
    )
    company_id = fields.Many2one("res.company", required=True, readonly=True, index=True)
    state = fields.Selection(
        [("draft", "To Send"), ("sent", "Sent")], string="Status", required=True, readonly=True,
        default="draft", tracking=True,
    )  # fmt: skip
    customer_count = fields.Integer("Customers", readonly=True)
    table_html = fields.Html("Figures", readonly=True, sanitize=False)
    analysis = fields.Text(help="What the month shows, and what you suggest.")
    sent_at = fields.Datetime("Sent on", readonly=True)
    is_mine = fields.Boolean(compute="_compute_is_mine")

    _once = models.UniqueIndex(
        "(user_id, company_id, month)", "This service manager already has a summary for this month."
    )

    @api.depends_context("uid")
    @api.depends("user_id", "state")
    def _compute_is_mine(self):
        for summary in self:
            summary.is_mine = summary.user_id == self.env.user and summary.state == "draft"

    @api.depends("month", "user_id")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for summary in self:
            summary.display_name = f"{summary.user_id.name}, {month_name(self.env, summary.month)}"

    def _get_open_fields(self):
        mine = self.user_id == self.env.user and self.state == "draft"
        return {"analysis"} if mine else set()

    # ------------------------------------------------------------------ send

    def action_send(self):
        """Send the summary with its analysis to head and deputy, by mail or inbox as they prefer.

        :raise UserError: there is no analysis, or it was sent
        """
        for summary in self:
            summary.check_access("read")
            if summary.user_id != self.env.user:
                raise AccessError(
                    self.env._("Only %s can send this summary.", summary.user_id.name)
                )
            if summary.state != "draft":
                raise UserError(self.env._("%s has already been sent.", summary.display_name))
            if not (summary.analysis or "").strip():
                raise UserError(self.env._("Enter your analysis of the month first."))
            # sudo: head and deputy are told, whoever may read the committee
            sudo = summary.sudo()
            sudo._system_write({"state": "sent", "sent_at": fields.Datetime.now()})
            sudo.activity_unlink([ACTIVITY])
            sudo._notify_users(sudo._get_leaders(), sudo._get_mail())
        return True

    def _get_leaders(self):
        return (self.group_id.user_id | self.group_id.deputy_id).filtered("active")

    def _get_mail(self):
        return self.env["ir.qweb"]._render(
            "credit_collection.credit_service_summary_mail", {"summary": self}
        )

    # ------------------------------------------------------------------ each month

    @api.model
    def _cron_daily(self):
        """Daily: prepare the summaries of the last month, and say once who has not sent one."""
        # sudo: the job goes over all committees
        groups = self.env["credit.assessment.group"].sudo().search([])  # pylint: disable=no-search-all
        for group in groups:
            today = group.company_id._credit_today()
            month = today.replace(day=1) - relativedelta(months=1)
            self._prepare(group, month)
            if today.day >= REPORT_DAY:
                self._report(group, month)
            self.env["ir.cron"]._commit_progress(1)

    @api.model
    def _prepare(self, group, month):
        """Create the summaries of a committee's service managers for a month, those missing."""
        # sudo: customers and figures, for the people who follow them
        sudo = self.sudo()
        known = sudo.search(
            [("month", "=", month), ("company_id", "=", group.company_id.id)]
        ).user_id
        for user in group.service_manager_ids.filtered("active") - known:
            customers = sudo.env["res.partner"].search(
                [
                    ("credit_service_manager_id", "=", user.id),
                    ("parent_id", "=", False),
                    ("company_id", "in", [False, *group.company_id._credit_entity_ids()]),
                ],
                order="name",
            )
            if not customers:
                continue
            summary = sudo.with_context(lang=user.lang)._system_create(
                {
                    "month": month,
                    "user_id": user.id,
                    "group_id": group.id,
                    "company_id": group.company_id.id,
                    "customer_count": len(customers),
                    "table_html": sudo.with_context(lang=user.lang)._get_table(
                        customers, group.company_id, month
                    ),
                }
            )
            summary.activity_schedule(
                ACTIVITY,
                user_id=user.id,
                summary=summary.env._("Send the summary of %s", summary.display_name),
            )

    @api.model
    def _get_table(self, customers, company, month):
        """Return the figures of customers for a month as a table (HTML)."""
        customers = customers.with_company(company)
        figures = customers._get_credit_figures(company)
        end = month + relativedelta(months=1, days=-1)
        behaviour = self.env["credit.payment.behaviour"]
        periods = behaviour._get_periods(customers, company, [(month, end)])
        warnings = dict(
            self.env["credit.warning"]._read_group(
                [
                    ("partner_id", "in", customers.ids),
                    ("company_id", "=", company.id),
                    ("state", "=", "open"),
                ],
                ["partner_id"],
                ["__count"],
            )
        )
        return self.env["ir.qweb"]._render(
            "credit_collection.credit_service_summary_table",
            {
                "rows": [
                    {
                        "customer": customer,
                        "figures": figures.get(customer.id, {}),
                        "month": periods[customer.id][0],
                        "warnings": warnings.get(customer, 0),
                    }
                    for customer in customers
                ],
                "currency": company.currency_id,
            },
        )

    @api.model
    def _report(self, group, month):
        """Tell head and deputy once a month who has sent a summary and who has not."""
        # sudo: the job is the system's
        summaries = self.sudo().search([("group_id", "=", group.id), ("month", "=", month)])
        if not summaries or group.summary_reported == month:
            return
        group.summary_reported = month
        sent = summaries.filtered(lambda summary: summary.state == "sent")
        for lang, users in summaries[0]._get_leaders().grouped("lang").items():
            told = group.with_context(lang=lang)
            told.message_notify(
                partner_ids=users.partner_id.ids,
                subject=told.env._(
                    "Customer summaries of %s",
                    month_name(told.env, month),
                ),
                body=told.env._(
                    "Sent: %(sent)s. Not sent: %(missing)s.",
                    sent=", ".join(sent.user_id.mapped("name")) or "–",
                    missing=", ".join((summaries - sent).user_id.mapped("name")) or "–",
                ),
            )
