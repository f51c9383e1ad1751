from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.tools import hmac

STATES = [("sent", "To Answer"), ("answered", "Answered"), ("routed", "Routed")]
# Who may answer in place of the salesperson, and who routes.
MANAGERS = ("credit_collection.group_collection_manager",)
ROUTERS = (
    "credit_collection.group_credit_controller",
    "credit_collection.group_credit_finance_manager",
    "credit_collection.group_collection_manager",
    "account.group_account_manager",
)


class CollectionConfirmation(models.Model):
    """Overdue confirmation sheet (逾期账款确认表) of one salesperson and month (P3-03 to P3-05).

    sent      the salesperson confirms figures, reason and expected payment of each line
    answered  Finance says who deals with each line
    routed    the work is given out; the link of the mail is dead

    | action      | who                                               | restriction           |
    | answer      | the salesperson, the collection manager           | while sent            |
    | by the link | whoever holds it; it ends with sheet or person    | while sent            |
    | send back   | Finance, controllers, the collection manager      | while answered        |
    | route       | Finance, controllers, the collection manager      | while answered        |

    The lines are frozen as the books were on `date`. Made and watched over in
    collection_confirmation_make.py, answered and routed in collection_confirmation_flow.py.
    """

    _name = "collection.confirmation"
    _description = "Overdue Confirmation Sheet"
    _inherit = ["credit.protected.mixin", "mail.thread", "mail.activity.mixin"]
    _order = "date desc, id desc"
    _check_company_auto = True
    _mail_post_access = "read"

    name = fields.Char("Number", readonly=True, copy=False, default="/")
    state = fields.Selection(
        STATES, required=True, readonly=True, default="sent", tracking=True, index=True
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
        help="Who answers: the salesperson, or who follows him when he has left.",
    )
    origin_user_id = fields.Many2one(
        "res.users", "Made for", required=True, readonly=True, help="The salesperson of the month."
    )
    period = fields.Date("Month", required=True, readonly=True, index=True)
    date = fields.Date(required=True, readonly=True, help="Day of the figures.")
    date_deadline = fields.Date("Answer until", readonly=True)
    date_remind = fields.Date("Remind on", readonly=True)
    reminded_on = fields.Date("Reminded on", readonly=True)
    answered_at = fields.Datetime("Answered on", readonly=True, tracking=True)
    answered_by_id = fields.Many2one(
        "res.users", readonly=True, help="Empty: by the link of the mail."
    )
    answered_by_link = fields.Boolean("Answered by Link", readonly=True)
    is_late = fields.Boolean("Late Answer", readonly=True, tracking=True)
    date_route_deadline = fields.Date("Route until", readonly=True)
    routed_at = fields.Datetime("Routed on", readonly=True, tracking=True)
    routed_by_id = fields.Many2one("res.users", readonly=True)
    is_route_late = fields.Boolean("Routed Late", readonly=True, tracking=True)
    line_ids = fields.One2many("collection.confirmation.line", "confirmation_id", "Items")
    line_count = fields.Integer("Items in All", readonly=True)
    amount = fields.Monetary("Overdue", readonly=True, help="Of all items, in company currency.")
    done_count = fields.Integer("Items Done", compute="_compute_done_count")
    note = fields.Text("Remarks", help="What the salesperson wants to add.")
    # For the statistic: averages of them are rates.
    answer_rate = fields.Float(
        "Answered (%)", compute="_compute_rates", store=True, aggregator="avg"
    )
    on_time_rate = fields.Float(
        "Answered in Time (%)", compute="_compute_rates", store=True, aggregator="avg"
    )
    can_answer = fields.Boolean(compute="_compute_can")
    can_route = fields.Boolean(compute="_compute_can")
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

    # ------------------------------------------------------------------ who may

    def _may_answer(self):
        return self.user_id == self.env.user or any(map(self.env.user.has_group, MANAGERS))

    def _may_route(self):
        return self.env.user == self.sudo().company_id.collection_finance_user_id or any(
            map(self.env.user.has_group, ROUTERS)
        )

    def _get_open_fields(self):
        self.ensure_one()
        if self.state == "sent" and self._may_answer():
            return {"line_ids", "note"}
        if self.state == "answered" and self._may_route():
            return {"line_ids"}
        return set()

    # ------------------------------------------------------------------ link without log-in

    def _get_token(self):
        """Key of the page without log-in: of this sheet and of who answers it, nobody else's."""
        self.ensure_one()
        return hmac(self.env(su=True), "collection-sheet", (self.id, self.user_id.id, self.period))

    def _get_link(self):
        """Address of the page without log-in: for mails of the system to the salesperson, and himself.

        Whoever else renders the mail's template on a sheet he reads gets the address of the form.
        """
        self.ensure_one()
        if not self.env.su and self.user_id != self.env.user:
            return f"{self.get_base_url()}/odoo/{self._name}/{self.id}"
        return f"{self.get_base_url()}/collection/sheet/{self.id}/{self._get_token()}"

    # ------------------------------------------------------------------ buttons

    def action_print(self):
        """Print the sheet with the answers."""
        self.check_access("read")
        return self.env.ref(
            "credit_collection.action_report_collection_confirmation"
        ).report_action(self)

    def action_open_page(self):
        """Open the page on which all lines are answered at once; his own sheets only.

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
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "credit_collection.collection_confirmation_line_action"
        )
        return {**action, "domain": [("confirmation_id", "in", self.ids)], "context": {}}
