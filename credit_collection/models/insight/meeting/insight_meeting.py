from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

INPUTS = {
    "company_id", "month_id", "date", "chair_id", "invited_ids", "present_ids", "note", "line_ids",
    "decision_ids", "kind",
}  # fmt: skip

LEADERS = ("controller", "collection_manager", "finance_manager", "general_manager")


class InsightMeeting(models.Model):
    """A credit control meeting after the closing of a month: what it saw and decided (P4-12, P4-30).

    draft  customers are listed from the closed month; attendance and decisions are entered
    held   the minutes are kept as PDF; decisions are followed until they are done

    | action        | who                                                          | restriction    |
    | write, close  | controllers, collection, finance and general managers        | while a draft  |
    | read          | these, auditors; others the meetings that they are invited to|                |

    Amounts are in company currency, of the closed month.
    """

    _name = "insight.meeting"
    _description = "Credit Control Meeting"
    _inherit = [
        "credit.company.mixin",
        "credit.attachment.mixin",
        "credit.numbered.mixin",
        "mail.activity.mixin",
    ]
    _order = "date desc, id desc"
    _frozen_when = {"attachment_ids": [("state", "=", "held")]}
    _check_company_auto = True

    state = fields.Selection([("draft", "Prepared"), ("held", "Concluded")], index=False)
    kind = fields.Selection(
        [("meeting", "Credit Control Meeting"), ("review", "Case Review or Seminar")],
        "Type",
        required=True,
        default="meeting",
    )
    company_id = fields.Many2one(
        "res.company", required=True, index=True, default=lambda self: self.env.company.root_id
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    month_id = fields.Many2one(
        "insight.month",
        "Closed Month",
        check_company=True,
        ondelete="restrict",
        default=lambda self: self._get_last_month(),
    )
    date = fields.Date(required=True, default=lambda self: self.env.company._credit_today())
    chair_id = fields.Many2one("res.users", "Chaired by", default=lambda self: self.env.user)
    invited_ids = fields.Many2many("res.users", "insight_meeting_invited_rel")
    present_ids = fields.Many2many("res.users", "insight_meeting_present_rel", string="Attended")
    absent_ids = fields.Many2many("res.users", compute="_compute_absent_ids")
    note = fields.Text("Minutes of the Meeting")
    line_ids = fields.One2many("insight.meeting.line", "meeting_id", "Customers")
    decision_ids = fields.One2many(
        "insight.meeting.decision", "meeting_id", "Decisions of the Meeting"
    )
    former_decision_ids = fields.Many2many(
        "insight.meeting.decision", string="Open from Earlier Meetings",
        compute="_compute_former_decision_ids",
    )  # fmt: skip
    attachment_ids = fields.Many2many("ir.attachment", string="Kept Minutes", readonly=True)
    can_edit = fields.Boolean(compute="_compute_can_edit")

    @api.model
    def _get_last_month(self):
        return self.env["insight.month"].search(
            [("company_id", "=", self.env.company.root_id.id), ("is_current", "=", True)],
            order="date desc",
            limit=1,
        )

    @api.depends("name", "date")
    def _compute_display_name(self):
        for meeting in self:
            number = "" if meeting.name == "/" else meeting.name
            meeting.display_name = f"{number} {meeting.date or ''}".strip()

    @api.depends("invited_ids", "present_ids")
    def _compute_absent_ids(self):
        for meeting in self:
            meeting.absent_ids = meeting.invited_ids - meeting.present_ids

    @api.depends("company_id", "date")
    def _compute_former_decision_ids(self):
        for meeting in self:
            meeting.former_decision_ids = self.env["insight.meeting.decision"].search(
                [
                    ("company_id", "=", meeting.company_id.id),
                    ("state", "=", "open"),
                    ("meeting_id", "!=", meeting._origin.id),
                    ("meeting_id.date", "<=", meeting.date),
                ]
            )

    @api.depends_context("uid")
    @api.depends("state")
    def _compute_can_edit(self):
        may = self.has_access("write") and self.env.user._has_role(*LEADERS)
        for meeting in self:
            meeting.can_edit = may and meeting.state == "draft"

    # ------------------------------------------------------------------ what people may write

    def _get_open_fields(self):
        # Decisions go on after the meeting, and guard themselves.
        return INPUTS if self.state == "draft" else {"decision_ids"}

    @api.model
    def _get_create_fields(self):
        return INPUTS

    def _may_delete(self):
        return self.state == "draft" and not self.decision_ids

    def _check_leader(self):
        self.check_access("write")
        self.env.user._require_role(self.env._("Credit control meeting"), *LEADERS)
        for meeting in self:
            if meeting.state != "draft":
                raise UserError(self.env._("%s has already taken place.", meeting.display_name))

    # ------------------------------------------------------------------ customers

    def action_load(self):
        """List each customer's sales, payments and overdue amount of the closed month.

        Notes of customers that are listed already are kept.

        :raise UserError: no closed month is chosen, or the meeting was held
        """
        self._check_leader()
        for meeting in self:
            if not meeting.month_id:
                raise UserError(
                    self.env._("Choose the closed month of %s first.", meeting.display_name)
                )
            meeting._load_lines()
        return True

    def _load_lines(self):
        self.ensure_one()
        lines = self.env["insight.meeting.line"]
        noted = {line.partner_id.id: line.note for line in self.line_ids if line.note}
        self.line_ids._system_unlink()
        month = self.month_id
        # sudo: the list is of all customers, whoever prepares it
        moves = self.env["account.move"].sudo()
        sales = moves._search(
            self.env["insight.kpi"]._get_sales_domain(self.company_id, month.date)
        )
        # sudo: see above
        before = self.env["insight.month"].sudo().search(
            [
                ("company_id", "=", self.company_id.id),
                ("is_current", "=", True),
                ("date", "<", month.date),
            ],
            order="date desc",
            limit=1,
        )  # fmt: skip
        self.env.flush_all()
        self.env.execute_query(
            SQL(
                """
                INSERT INTO insight_meeting_line (
                    meeting_id, company_id, partner_id, user_id, sales, collected, receivable, overdue,
                    overdue_before, credit_limit, rating, create_uid, create_date, write_uid, write_date)
                SELECT %(meeting)s, %(company)s, partner.id, partner.user_id, fact.sales,
                       fact.collected, fact.receivable, fact.overdue, fact.overdue_before,
                       fact.credit_limit,
                       CASE WHEN fact.overdue > 0 AND (fact.overdue_before > 0 OR fact.collected <= 0)
                            THEN 'bad'
                            WHEN fact.overdue <= 0 AND fact.overdue_before <= 0 AND fact.collected > 0
                            THEN 'good' END,
                       %(uid)s, %(now)s, %(uid)s, %(now)s
                  FROM (SELECT partner_id, SUM(sales) AS sales, SUM(collected) AS collected,
                               SUM(receivable) AS receivable, SUM(overdue) AS overdue,
                               SUM(overdue_before) AS overdue_before,
                               SUM(credit_limit) AS credit_limit
                          FROM (SELECT partner_id, 0 AS sales, collected, receivable, overdue,
                                       0 AS overdue_before, credit_limit
                                  FROM insight_snapshot WHERE month_id = %(month)s
                                UNION ALL
                                SELECT partner_id, 0, 0, 0, 0, overdue, 0
                                  FROM insight_snapshot WHERE month_id = %(before)s
                                UNION ALL
                                SELECT commercial_partner_id, amount_untaxed_signed, 0, 0, 0, 0, 0
                                  FROM account_move WHERE id IN %(sales)s) source
                         GROUP BY partner_id) fact
                  JOIN res_partner partner ON partner.id = fact.partner_id
                 WHERE fact.sales <> 0 OR fact.collected <> 0 OR fact.receivable <> 0
                       OR fact.overdue <> 0
                RETURNING NULL
                """,
                meeting=self.id,
                company=self.company_id.id,
                month=month.id,
                before=before.id or 0,
                sales=sales.subselect(),
                uid=self.env.uid,
                now=self.env.cr.now(),
            )
        )
        lines.invalidate_model()
        self.invalidate_recordset(["line_ids"])
        for line in self.line_ids.filtered(lambda line: line.partner_id.id in noted):
            line.note = noted[line.partner_id.id]

    # ------------------------------------------------------------------ minutes

    def action_close(self):
        """Close the meeting: keep its minutes as PDF and tell those responsible for decisions.

        :raise UserError: nobody was present, or the meeting was held
        """
        self._check_leader()
        for meeting in self:
            if not meeting.present_ids:
                raise UserError(self.env._("%s: enter who was present.", meeting.display_name))
        for meeting in self:
            meeting._system_write({"state": "held"})
            meeting.decision_ids._schedule()
            meeting._keep_minutes()
        return True

    def _keep_minutes(self):
        self.ensure_one()
        # sudo: the minutes are whole, whoever closes the meeting
        meeting = self.sudo()
        content, kind = meeting.env["ir.actions.report"]._render_qweb_pdf(
            "credit_collection.report_insight_meeting", meeting.ids
        )
        file = meeting.env["ir.attachment"].create(
            {
                "name": f"{meeting.display_name}.{kind}".replace("/", "-"),
                "raw": content,
                "res_model": meeting._name,
                "res_id": meeting.id,
            }
        )
        meeting._system_write({"attachment_ids": [fields.Command.link(file.id)]})

    def action_print(self):
        """Print the minutes."""
        self.check_access("read")
        return self.env.ref("credit_collection.action_report_insight_meeting").report_action(self)

    def action_open_lines(self):
        """Open the customers of the meeting in a list."""
        self.ensure_one()
        self.check_access("read")
        return self._open_records(
            "insight_meeting_line_action", domain=[("meeting_id", "=", self.id)]
        )
