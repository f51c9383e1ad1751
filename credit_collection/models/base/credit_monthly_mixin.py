from babel.dates import format_skeleton
from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools.misc import babel_locale_parse, get_lang

# Day of the month from which on the leaders are told who has not sent theirs.
REPORT_DAY = 5


class CreditMonthlyMixin(models.AbstractModel):
    """What somebody says of a month to those who lead them.

    draft  prepared on the first days of the next month, with figures of that day
    sent   with the author's words, to the leaders; kept

    | action        | who                                          |
    | write, send   | the author, while a draft                    |
    | read          | record rules                                 |

    A model names its owner (committee, team) in `_owner_field`, whose `summary_reported` is the
    month that the leaders were told of, its activity and the template of its mail.
    """

    _name = "credit.monthly.mixin"
    _description = "Monthly Report of a Person"
    _inherit = ["credit.protected.mixin", "mail.thread", "mail.activity.mixin"]
    _order = "month desc, user_id"

    _owner_field = None
    _activity = None
    _mail = None

    month = fields.Date(required=True, readonly=True, help="First day of the month.")
    user_id = fields.Many2one("res.users", required=True, readonly=True, index=True)
    company_id = fields.Many2one("res.company", required=True, readonly=True, index=True)
    state = fields.Selection(
        [("draft", "To Send"), ("sent", "Sent")], string="Status", required=True, readonly=True,
        default="draft", tracking=True,
    )  # fmt: skip
    table_html = fields.Html("Figures", readonly=True, sanitize=False)
    analysis = fields.Text(help="What the month shows, and what you suggest.")
    sent_at = fields.Datetime("Sent on", readonly=True)
    is_mine = fields.Boolean(compute="_compute_is_mine")

    @api.depends_context("uid")
    @api.depends("user_id", "state")
    def _compute_is_mine(self):
        for report in self:
            report.is_mine = report.user_id == self.env.user and report.state == "draft"

    def _format_month(self, month):
        """Return month and year as the user's language writes them: October 2026, 2026年10月."""
        locale = babel_locale_parse(get_lang(self.env).code)
        return format_skeleton("yMMMM", month, locale=locale)

    def _get_open_fields(self):
        mine = self.user_id == self.env.user and self.state == "draft"
        return {"analysis"} if mine else set()

    # ------------------------------------------------------------------ send

    def action_send(self):
        """Send the report with its analysis to the leaders, by mail or inbox as they prefer.

        :raise AccessError: it is somebody else's
        :raise UserError: there is no analysis, or it was sent
        """
        for report in self:
            report.check_access("read")
            if report.user_id != self.env.user:
                raise AccessError(self.env._("Only %s can send this report.", report.user_id.name))
            if report.state != "draft":
                raise UserError(self.env._("%s has already been sent.", report.display_name))
            if not (report.analysis or "").strip():
                raise UserError(self.env._("Enter your analysis of the month first."))
            # sudo: the leaders are told, whoever may read their group
            sudo = report.sudo()
            sudo._system_write({"state": "sent", "sent_at": fields.Datetime.now()})
            sudo.activity_unlink([self._activity])
            sudo.message_notify(
                partner_ids=sudo._get_leaders().partner_id.ids,
                subject=sudo.display_name,
                body=self.env["ir.qweb"]._render(self._mail, {"report": sudo}),
                attachments=sudo._get_files(),
            )
        return True

    def _get_leaders(self):
        """Return the users whom this report goes to. For the model to say."""
        raise NotImplementedError

    def _get_files(self):
        """Return [(name, content)] of files that go along. Extend for a model."""
        return []

    # ------------------------------------------------------------------ each month

    @api.model
    def _cron_daily(self):
        """Daily: prepare the reports of the last month, and say once who has not sent one."""
        for owner in self._get_owners():
            today = owner.company_id._credit_today()
            month = today.replace(day=1) - relativedelta(months=1)
            self._prepare(owner, month)
            if today.day >= REPORT_DAY:
                self._report(owner, month)
            self.env["ir.cron"]._commit_progress(1)

    @api.model
    def _get_owners(self):
        """Return the committees or teams that have reports, as superuser."""
        # sudo: the job goes over all of them
        owners = self.env[self._fields[self._owner_field].comodel_name].sudo()
        return owners.search([])  # pylint: disable=no-search-all

    @api.model
    def _prepare(self, owner, month):
        """Create the reports of an owner for a month, those missing. For the model to say."""
        raise NotImplementedError

    @api.model
    def _ask(self, values, summary):
        """Create a draft and ask its author for the analysis.

        :param summary: function of the report in the author's language, returns the text
        """
        report = self._system_create(values)
        report.activity_schedule(self._activity, user_id=report.user_id.id, summary=summary(report))
        return report

    @api.model
    def _report(self, owner, month):
        """Tell the leaders once a month who has sent a report and who has not; nothing where all have."""
        # sudo: the job is the system's
        reports = self.sudo()._get_reports(owner, month)
        sent = reports.filtered(lambda report: report.state == "sent")
        if reports == sent or owner.summary_reported == month:
            return
        owner.summary_reported = month
        for lang, users in self._get_owner_leaders(owner, reports).grouped("lang").items():
            thread = self.env["mail.thread"].with_context(lang=lang)
            thread.message_notify(
                model=owner._name,
                res_id=owner.id,
                partner_ids=users.partner_id.ids,
                subject=thread.env._(
                    "%(reports)s of %(month)s",
                    reports=thread.env[self._name]._get_title(),
                    month=self.with_context(lang=lang)._format_month(month),
                ),
                body=thread.env._(
                    "Sent: %(sent)s. Not sent: %(missing)s.",
                    sent=", ".join(sent.user_id.mapped("name")) or "–",
                    missing=", ".join((reports - sent).user_id.mapped("name")),
                ),
            )

    @api.model
    def _get_owner_leaders(self, owner, reports):
        """Return who is told which reports of an owner are missing."""
        return reports[0]._get_leaders()

    @api.model
    def _get_reports(self, owner, month):
        """Return what the leaders of an owner are told of, for a month. Extend for more."""
        return self.search([(self._owner_field, "=", owner.id), ("month", "=", month)])

    @api.model
    def _get_title(self):
        """Return what these reports are called, in the language of the environment."""
        raise NotImplementedError
