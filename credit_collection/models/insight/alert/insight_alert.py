from datetime import timedelta

from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from .insight_alert_rule import METRICS


class InsightAlert(models.Model):
    """An indicator of a month that broke a rule: who talks with whom until when, and the result.

    open  raised when the month was closed; its owner has an activity
    done  the talk took place, its result is written down

    | action       | who       | restriction  |
    | write, close | its owner | while open   |

    The same rule raises one alert per month and unit, however often months are computed.
    """

    _name = "insight.alert"
    _description = "KPI Alert"
    _inherit = ["credit.protected.mixin", "mail.thread", "mail.activity.mixin"]
    _order = "date desc, id desc"

    name = fields.Char(compute="_compute_name")
    state = fields.Selection(
        [("open", "Open"), ("done", "Done")],
        string="Status",
        required=True,
        readonly=True,
        default="open",
        tracking=True,
    )
    rule_id = fields.Many2one(
        "insight.alert.rule", required=True, readonly=True, ondelete="restrict"
    )
    company_id = fields.Many2one("res.company", required=True, readonly=True, index=True)
    kpi_id = fields.Many2one("insight.kpi", "KPIs", readonly=True, ondelete="set null")
    date = fields.Date("Month", required=True, readonly=True, help="Its last day.")
    metric = fields.Selection(METRICS, "KPI", readonly=True)
    scope = fields.Selection(related="rule_id.scope", store=True)
    user_id = fields.Many2one(
        "res.users", "Salesperson or Collector", readonly=True, ondelete="restrict"
    )
    team_id = fields.Many2one("crm.team", "Sales Team", readonly=True, ondelete="restrict")
    value = fields.Float("KPI Value", readonly=True, aggregator=None)
    value_before = fields.Float("A Month Before", readonly=True, aggregator=None)
    mark = fields.Float("Alert Threshold", readonly=True, aggregator=None)
    owner_id = fields.Many2one("res.users", "Who Talks", readonly=True, tracking=True)
    talk_with_id = fields.Many2one("res.users", "With Whom")
    deadline = fields.Date(readonly=True)
    result = fields.Text("Result of the Talk", tracking=True)
    done_at = fields.Datetime("Done on", readonly=True)
    is_mine = fields.Boolean(compute="_compute_is_mine")

    _once = models.UniqueIndex(
        "(rule_id, company_id, date, COALESCE(user_id, 0), COALESCE(team_id, 0))",
        "This alert was raised already.",
    )

    @api.depends("rule_id", "user_id", "team_id", "company_id", "date")
    @api.depends_context("lang")
    def _compute_name(self):
        for alert in self:
            unit = alert.team_id or alert.user_id or alert.company_id
            # sudo: the rule's name only
            alert.name = f"{alert.date:%Y-%m} {unit.name}: {alert.sudo().rule_id.name}"

    @api.depends_context("uid")
    @api.depends("owner_id", "state")
    def _compute_is_mine(self):
        for alert in self:
            alert.is_mine = alert.state == "open" and alert.owner_id == self.env.user

    def _get_open_fields(self):
        self.ensure_one()
        return {"talk_with_id", "result"} if self.is_mine else set()

    @api.model
    def _raise(self, company, date):
        """Raise the alerts of a month of a company: each rule and unit once."""
        company = company._credit_root()
        # sudo: alerts are the system's, and rest on figures of the whole company
        alerts, kpis = self.sudo(), self.env["insight.kpi"].sudo()
        months = [date, date + relativedelta(months=-1, day=31)]
        rows = kpis.search([("company_id", "=", company.id), ("date", "in", months)])
        before = {(row.scope, row._get_unit().id): row for row in rows if row.date == months[1]}
        raised = {
            (alert.rule_id.id, alert.user_id.id, alert.team_id.id)
            for alert in alerts.search([("company_id", "=", company.id), ("date", "=", date)])
        }
        vals_list = []
        for rule in self.env["insight.alert.rule"]._get_rules(company):
            for row in rows.filtered(lambda r, rule=rule: r.date == date and r.scope == rule.scope):
                former = before.get((row.scope, row._get_unit().id))
                known = former[rule.metric] if former else None
                if (rule.id, row.user_id.id, row.team_id.id) in raised or not rule._is_broken(
                    row[rule.metric], known
                ):
                    continue
                vals_list.append(
                    {
                        "rule_id": rule.id,
                        "company_id": company.id,
                        "kpi_id": row.id,
                        "date": date,
                        "metric": rule.metric,
                        "user_id": row.user_id.id,
                        "team_id": row.team_id.id,
                        "value": row[rule.metric],
                        "value_before": known or 0.0,
                        "mark": rule.mark,
                        "owner_id": rule._get_owner(company).id,
                        "talk_with_id": (row.team_id.user_id or row.user_id).id,
                        "deadline": company._credit_today() + timedelta(days=rule.days),
                    }
                )
        new = alerts._system_create(vals_list)
        for alert in new:
            if alert.owner_id:
                owned = alert.with_context(lang=alert.owner_id.lang)
                owned.activity_schedule(
                    "mail.mail_activity_data_todo",
                    date_deadline=alert.deadline,
                    user_id=alert.owner_id.id,
                    summary=owned.name,
                )
        return new.with_env(self.env)

    def action_done(self):
        """Close alerts whose talk took place.

        :raise AccessError: it is somebody else's
        :raise UserError: the result is not written down, or it is closed
        """
        for alert in self:
            alert.check_access("read")
            if alert.state != "open":
                raise UserError(self.env._("%s is closed already.", alert.name))
            if alert.owner_id != self.env.user:
                raise AccessError(self.env._("Only %s can close this alert.", alert.owner_id.name))
            if not (alert.result or "").strip():
                raise UserError(self.env._("Write down the result of the talk first."))
            alert._system_write({"state": "done", "done_at": fields.Datetime.now()})
            # sudo: activities of this alert
            alert.sudo().activity_unlink(["mail.mail_activity_data_todo"])
        return True

    def action_open_figures(self):
        """Open the KPIs behind this alert, in the version that is current now."""
        self.ensure_one()
        self.check_access("read")
        return self._open_records(
            "insight_kpi_action",
            domain=[
                ("company_id", "=", self.company_id.id),
                ("date", "=", self.date),
                ("scope", "=", self.scope),
                ("user_id", "=", self.user_id.id),
                ("team_id", "=", self.team_id.id),
            ],
            context={},
        )
