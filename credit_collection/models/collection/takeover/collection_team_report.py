from collections import Counter

from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

REPORT = "credit_collection.report_collection_team_report"

# Cases that a report lists one by one, the largest; the rest is one row.
LISTED = 200


class CollectionTeamReport(models.Model):
    """Monthly report of a team to the leadership group: plan, progress and results of each case (P3-16).

    Written by the head of the team, read by the leadership group, too, and by those who see all.
    Companies without a leadership group have none. Amounts are in company currency: received in
    the month, overdue on the day it was prepared.
    """

    _name = "collection.team.report"
    _description = "Monthly Clearance Report"
    _inherit = ["credit.monthly.mixin"]

    _owner_field = "team_id"
    _activity = "credit_collection.mail_activity_team_report"
    _mail = "credit_collection.credit_service_summary_mail"

    user_id = fields.Many2one(string="Team Head")
    team_id = fields.Many2one(
        "collection.team", required=True, readonly=True, index=True, ondelete="restrict"
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    case_count = fields.Integer("Cases", readonly=True, help="Open during the month.")
    closed_count = fields.Integer("Closed Cases", readonly=True)
    amount_overdue = fields.Monetary(
        "Overdue", readonly=True, help="On the day on which the report was prepared."
    )
    amount_collected = fields.Monetary("Collected", readonly=True, help="In the month.")
    analysis = fields.Text(help="What was achieved, what stands in the way, and the plan.")

    _once = models.UniqueIndex(
        "(team_id, company_id, month)", "This team already has a report for this month."
    )

    @api.depends("month", "team_id")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for report in self:
            month = report._format_month(report.month)
            # sudo: the name of the team alone
            report.display_name = f"{report.sudo().team_id.name}, {month}"

    @api.model
    def _get_title(self):
        return self.env._("Clearance reports")

    def _get_leaders(self):
        return self.company_id._collection_leaders()

    def action_print(self):
        """Print the report."""
        self.check_access("read")
        return self.env.ref("credit_collection.action_report_collection_team_report").report_action(
            self
        )

    def _get_files(self):
        content, _kind = self.env["ir.actions.report"]._render_qweb_pdf(REPORT, self.ids)
        return [(f"{self.display_name}.pdf", content)]

    # ------------------------------------------------------------------ prepared

    @api.model
    def _get_owners(self):
        return (
            super()
            ._get_owners()
            .filtered(lambda team: team.head_id.active and team.company_id._collection_leaders())
        )

    @api.model
    def _prepare(self, owner, month):
        """Create the report of a team for a month, unless there is one or it had no case."""
        # sudo: cases of every collector of the team
        sudo = self.sudo().with_context(lang=owner.head_id.lang)
        if sudo.search_count([("team_id", "=", owner.id), ("month", "=", month)], limit=1):
            return
        rows = sudo._get_rows(owner, month)
        if not rows:
            return
        sudo._ask(
            {
                "month": month,
                "user_id": owner.head_id.id,
                "team_id": owner.id,
                "company_id": owner.company_id.id,
                "case_count": len(rows),
                "closed_count": sum(row["case"].state == "closed" for row in rows),
                "amount_overdue": sum(row["overdue"] for row in rows),
                "amount_collected": sum(row["collected"] for row in rows),
                "table_html": sudo._get_table(rows, owner.company_id),
            },
            lambda report: report.env._("Send the report of %s", report.display_name),
        )

    @api.model
    def _get_rows(self, team, month):
        """Return a dict for each case of a team that was open in a month, the largest first."""
        company, end = team.company_id, month + relativedelta(months=1, days=-1)
        teams = [team.id, False] if team == company._collection_team() else [team.id]
        cases = (
            self.env["collection.case"]
            .with_context(active_test=False)
            .search(
                Domain("company_id", "=", company.id)
                & Domain("team_id", "in", teams)
                & Domain("date_open", "<=", end)
                & (Domain("state", "=", "open") | Domain("date_close", ">=", month))
            )
        )
        if not cases:
            return []
        query = cases._as_query(ordered=False)
        collected = dict(
            self.env.execute_query(
                query.select(
                    SQL.identifier(cases._table, "id"),
                    cases._collected_sql(cases._table, month, end),
                )
            )
        )
        contacts = self._count(
            "collection.contact", cases, month, end, ("is_automatic", "=", False)
        )
        letters = self._count(
            "collection.letter", cases, month, end, ("state", "in", ("sent", "printed"))
        )
        rows = [
            {
                "case": case,
                "opened": case.amount_opened,
                "collected": float(collected.get(case.id) or 0.0),
                "overdue": case.amount_overdue if case.state == "open" else 0.0,
                "contacts": contacts[case],
                "letters": letters[case],
                "plan": case._get_plan_text() if case.state == "open" else "",
            }
            for case in cases
        ]
        return sorted(rows, key=lambda row: (-row["overdue"], -row["collected"], row["case"].id))

    @api.model
    def _count(self, model, cases, since, until, condition):
        return Counter(
            dict(
                self.env[model]._read_group(
                    [
                        ("case_id", "in", cases.ids),
                        ("date", ">=", since),
                        ("date", "<", until + relativedelta(days=1)),
                        condition,
                    ],
                    ["case_id"],
                    ["__count"],
                )
            )
        )

    @api.model
    def _get_table(self, rows, company):
        """Return plan, progress and results of cases as a table (HTML)."""
        rest = rows[LISTED:]
        return self.env["ir.qweb"]._render(
            "credit_collection.collection_team_report_table",
            {
                "rows": rows[:LISTED],
                "rest": len(rest),
                "rest_sums": {
                    name: sum(row[name] for row in rest)
                    for name in ("opened", "collected", "overdue", "contacts", "letters")
                },
                "currency": company.currency_id,
            },
        )
