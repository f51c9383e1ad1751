from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from .collection_confirmation_line import WORK_DAYS

STATES = [("sent", "To Answer"), ("answered", "Answered"), ("routed", "Assigned")]

# Roles of Finance, which verifies amounts; with the collection manager they route the answers.
FINANCE = ("controller", "finance_manager", "chief_accountant")

ROUTERS = (*FINANCE, "collection_manager")

ROUTE = "mail_activity_sheet_route"

LATE = "mail_activity_sheet_late"

ANSWER = "mail_activity_sheet_answer"


class CollectionConfirmation(models.Model):
    """Overdue confirmation sheet (逾期账款确认表) of one salesperson and month (P3-03 to P3-05).

    sent      the salesperson confirms figures, reason and expected payment of each line
    answered  Finance assigns each line
    routed    the work is given out; the link of the mail is dead

    | action      | who                                               | restriction           |
    | answer      | the salesperson, the collection manager           | while sent            |
    | by the link | its holder; it ends with sheet or person          | while sent            |
    | send back   | Finance, controllers, the collection manager      | while answered        |
    | route       | Finance, controllers, the collection manager      | while answered        |
    | verify      | Finance, controllers                              | routed to be verified |

    The lines are frozen as the ledger was on `date`. Created and followed up in
    collection_confirmation_create.py, answered and routed here.
    """

    _name = "collection.confirmation"
    _description = "Overdue Confirmation Sheet"
    _inherit = [
        "credit.input.mixin",
        "credit.link.mixin",
        "mail.thread",
        "mail.activity.mixin",
    ]
    _link_scope = "collection-sheet"
    _link_path = "/collection/sheet"
    _order = "date desc, id desc"
    _check_company_auto = True
    _mail_post_access = "read"

    name = fields.Char("Number", readonly=True, copy=False, default="/")
    state = fields.Selection(
        STATES,
        string="Status",
        required=True,
        readonly=True,
        default="sent",
        tracking=True,
        index=True,
    )
    company_id = fields.Many2one("res.company", required=True, readonly=True, index=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    user_id = fields.Many2one(
        "res.users",
        "Salesperson",
        required=True,
        readonly=True,
        index=True,
        tracking=True,
        help="Responsible for the answer: the salesperson, or their successor.",
    )
    origin_user_id = fields.Many2one(
        "res.users", "Made for", required=True, readonly=True, help="The salesperson of the month."
    )
    period = fields.Date("Month", required=True, readonly=True, index=True)
    date = fields.Date(required=True, readonly=True, help="Day of the figures.")
    date_deadline = fields.Date("Answer by", readonly=True)
    date_remind = fields.Date("Remind on", readonly=True)
    reminded_on = fields.Date("Reminded on", readonly=True)
    answered_at = fields.Datetime("Answered on", readonly=True, tracking=True)
    answered_by_id = fields.Many2one(
        "res.users", string="Answered by", readonly=True, help="Empty: by the link in the email."
    )
    answered_by_link = fields.Boolean("Answered by Link", readonly=True)
    is_late = fields.Boolean("Late Answer", readonly=True, tracking=True)
    date_route_deadline = fields.Date("Assign by", readonly=True)
    routed_at = fields.Datetime("Assigned on", readonly=True, tracking=True)
    routed_by_id = fields.Many2one("res.users", string="Assigned by", readonly=True)
    is_route_late = fields.Boolean("Assigned Late", readonly=True, tracking=True)
    line_ids = fields.One2many("collection.confirmation.line", "confirmation_id", "Items")
    line_count = fields.Integer("Items in All", readonly=True)
    amount = fields.Monetary("Overdue", readonly=True, help="Of all items, in company currency.")
    done_count = fields.Integer("Items Done", compute="_compute_done_count")
    note = fields.Text("Remarks", help="Remarks of the salesperson.")
    # For the statistic: averages of them are rates.
    answer_rate = fields.Float(
        "Answered (%)", compute="_compute_rates", store=True, aggregator="avg"
    )
    on_time_rate = fields.Float(
        "Answered in Time (%)", compute="_compute_rates", store=True, aggregator="avg"
    )
    can_answer = fields.Boolean(compute="_compute_can")
    can_route = fields.Boolean("Can Assign", compute="_compute_can")
    can_verify = fields.Boolean("Amounts to Verify", compute="_compute_can")
    is_mine = fields.Boolean(compute="_compute_can")

    _once_a_month = models.UniqueIndex(
        "(company_id, origin_user_id, period)",
        "This salesperson has a confirmation sheet of this month already.",
    )

    @api.depends("name", "user_id", "period")
    def _compute_display_name(self):
        for sheet in self:
            sheet.display_name = (
                f"{sheet.name} ({sheet.user_id.name}, {sheet.period:%Y-%m})"
                if sheet.period
                else sheet.name
            )

    @api.depends("state", "is_late")
    def _compute_rates(self):
        for sheet in self:
            answered = sheet.state != "sent"
            sheet.answer_rate = 100.0 if answered else 0.0
            sheet.on_time_rate = 100.0 if answered and not sheet.is_late else 0.0

    @api.depends("line_ids.is_complete")
    def _compute_done_count(self):
        for sheet in self:
            sheet.done_count = len(sheet.line_ids.filtered("is_complete"))

    @api.depends_context("uid")
    @api.depends("state", "user_id")
    def _compute_can(self):
        for sheet in self:
            sheet.is_mine = sheet.user_id == self.env.user
            sheet.can_answer = sheet.state == "sent" and sheet._may_answer()
            sheet.can_route = sheet.state == "answered" and sheet._may_route()
            sheet.can_verify = any(sheet.line_ids.mapped("can_verify"))

    # ------------------------------------------------------------------ rights

    def _may_answer(self):
        user = self.env.user
        return self.user_id == user or user._has_role("collection_manager")

    def _may_route(self, roles=ROUTERS):
        user = self.env.user
        # sudo: the company's settings are not the user's to read
        return user == self.sudo().company_id.collection_finance_user_id or user._has_role(*roles)

    def _may_verify(self):
        return self._may_route(FINANCE)

    def _get_open_fields(self):
        self.ensure_one()
        if self.state == "sent" and self._may_answer():
            return {"line_ids", "note"}
        if self.state == "answered" and self._may_route():
            return {"line_ids"}
        return {"line_ids"} if self.can_verify else set()

    # ------------------------------------------------------------------ link without log-in

    def _get_link_facts(self):
        return (*super()._get_link_facts(), self.user_id.id, self.period)

    def _get_link(self):
        """Return the address of the page without log-in: for system mails and the salesperson only.

        Other users who render the mail's template get the address of the form.
        """
        self.ensure_one()
        if not self.env.su and self.user_id != self.env.user:
            return f"{self.get_base_url()}/odoo/{self._name}/{self.id}"
        return self._get_page_url()

    # ------------------------------------------------------------------ buttons

    def action_print(self):
        """Print the sheet with the answers."""
        self.check_access("read")
        return self.env.ref(
            "credit_collection.action_report_collection_confirmation"
        ).report_action(self)

    def action_open_page(self):
        """Open the page on which all lines are answered at once; the user's own sheets only.

        :raise AccessError: the sheet is somebody else's, whose key this would show
        """
        self.ensure_one()
        self.check_access("read")
        if self.user_id != self.env.user:
            raise AccessError(
                self.env._(
                    "%(sheet)s is answered by %(user)s.", sheet=self.name, user=self.user_id.name
                )
            )
        return {"type": "ir.actions.act_url", "url": self._get_link(), "target": "new"}

    def action_open_items(self):
        """Open the lines of these sheets, to group and to export them."""
        self.check_access("read")
        return self._open_records(
            "collection_confirmation_line_action",
            domain=[("confirmation_id", "in", self.ids)],
            context={},
        )

    # ---- Answering a sheet, and giving out the work that follows from it (P3-04, P3-05, P3-12).

    # ------------------------------------------------------------------ answer

    def _check_can_answer(self):
        self.check_access("read")
        for sheet in self:
            if sheet.state != "sent":
                raise UserError(self.env._("%s was answered already.", sheet.name))
            if not sheet._may_answer():
                raise AccessError(
                    self.env._(
                        "%(sheet)s is answered by %(user)s.",
                        sheet=sheet.name,
                        user=sheet.user_id.name,
                    )
                )

    def action_fill(self):
        """Open the dialog that enters one answer for all items that lack one."""
        return self.line_ids.filtered(lambda line: not line.is_complete).action_fill()

    def action_confirm_right(self):
        """Confirm every figure without an entry, and every known reason."""
        self._check_can_answer()
        self._do_confirm_right()
        return True

    def _do_confirm_right(self):
        # sudo: by link nobody is logged in; the right was checked before
        lines = self.sudo().line_ids
        lines.filtered(lambda line: not line.figures)._system_write({"figures": "right"})
        lines.filtered(
            lambda line: line.is_known and line.reason_id and not line.is_confirmed
        )._system_write({"is_confirmed": True})

    def action_submit(self):
        """Hand in the answers; they are kept on the invoices.

        :raise UserError: a line lacks an entry, with its document and the missing fields
        """
        self._check_can_answer()
        for sheet in self:
            sheet._check_complete()
            sheet._do_submit()
        return True

    def _check_complete(self):
        self.ensure_one()
        lacking = self.line_ids.filtered(lambda line: not line.is_complete)
        if lacking:
            # sudo: the sheet shows customers that its reader may not open
            shown = "\n".join(
                f"{line.document} ({line.partner_id.sudo().name}): {line.missing}"
                for line in lacking[:10]
            )
            raise UserError(
                self.env._(
                    "%(count)s of %(total)s items are not complete:\n%(lines)s",
                    count=len(lacking),
                    total=len(self.line_ids),
                    lines=shown,
                )
            )

    def _do_submit(self, by_link=False):
        # sudo: by link nobody is logged in; the right was checked before
        for sheet in self.sudo():
            company = sheet.company_id
            today = company._credit_today()
            sheet.line_ids._write_answer()
            sheet._system_write(
                {
                    "state": "answered",
                    "answered_at": fields.Datetime.now(),
                    "answered_by_id": False if by_link else self.env.user.id,
                    "answered_by_link": by_link,
                    "is_late": today > sheet.date_deadline,
                    "date_route_deadline": company._collection_add_workdays(
                        today, company.collection_sheet_route_days
                    ),
                }
            )
            self.env["collection.task"]._unassign(sheet, ANSWER, LATE)
            self.env["collection.task"]._assign(
                sheet,
                company._collection_finance(),
                ROUTE,
                lambda s: s.env._("Assign the items of %s", s.user_id.name),
                sheet.date_route_deadline,
            )

    def action_send_back(self):
        """Ask the salesperson to answer again; the days to answer start anew."""
        self._check_can_route()
        # sudo: the right was checked above; the sheet is the system's
        for sheet in self.sudo():
            company = sheet.company_id
            today, days = company._credit_today(), company.collection_sheet_answer_days
            sheet._system_write(
                {
                    "state": "sent",
                    "answered_at": False,
                    "answered_by_id": False,
                    "answered_by_link": False,
                    "date_route_deadline": False,
                    "is_route_late": False,
                    "is_late": False,
                    "date_deadline": company._collection_add_workdays(today, days),
                    "date_remind": company._collection_add_workdays(today, days - 1),
                    "reminded_on": False,
                }
            )
            self.env["collection.task"]._unassign(sheet, ROUTE, LATE)
            sheet._send_sheet("mail_template_confirmation_sheet")
        return True

    # ------------------------------------------------------------------ routing

    def _check_can_route(self):
        self.check_access("read")
        for sheet in self:
            if not sheet._may_route():
                raise AccessError(self.env._("Only Finance can assign the answers."))
            if sheet.state != "answered":
                raise UserError(
                    self.env._("%s cannot be assigned: it has not been answered.", sheet.name)
                    if sheet.state == "sent"
                    else self.env._("%s has already been assigned.", sheet.name)
                )

    def action_route(self):
        """Give each line to the people who deal with it, and close the sheet (P3-05).

        :raise UserError: a line has nobody to deal with it, or measures without a measure
        """
        self._check_can_route()
        for sheet in self:
            sheet._check_routes()
            sheet._do_route()
        return True

    def _get_input_checks(self):
        checks = {"sent": self._check_complete, "answered": self._check_routes}
        return [checks[self.state]] if self.state in checks else []

    def _check_routes(self):
        lines = self.line_ids.filtered(lambda line: not line.is_settled)
        open_lines = lines.filtered(lambda line: not line.route)
        if open_lines:
            raise UserError(
                self.env._("Choose who handles: %s.", ", ".join(open_lines.mapped("document")))
            )
        lines._check_measures()

    def _do_route(self):
        # sudo: the right was checked before; the sheet is the system's
        for sheet in self.sudo():
            company = sheet.company_id
            today = company._credit_today()
            sheet.line_ids.filtered(lambda line: not line.is_settled)._give_out(
                company._collection_add_workdays(today, WORK_DAYS)
            )
            sheet._system_write(
                {
                    "state": "routed",
                    "routed_at": fields.Datetime.now(),
                    "routed_by_id": self.env.user.id,
                    "is_route_late": today > sheet.date_route_deadline,
                }
            )
            self.env["collection.task"]._unassign(sheet, ROUTE, LATE)
