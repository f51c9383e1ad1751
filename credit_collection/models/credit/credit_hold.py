from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

STATES = [
    ("held", "Held"),
    ("requested", "Release Requested"),
    ("released", "Released"),
    ("rejected", "Rejected"),
    ("cleared", "Cleared"),
    ("expired", "Expired"),
    ("cancelled", "Cancelled"),
    ("observed", "Observed"),
]
OPEN_STATES = ("held", "requested")


class CreditHold(models.Model):
    """A parked order with its reasons, and the application for its release (P4-09 … P4-11).

    held       the order broke a rule and was parked; figures are frozen as they were
    requested  the salesperson applied for release; approval tiers are at work
    released   approved: covers this order up to its amount, once, until the expiry date
    rejected   refused; confirming the order again opens a new hold
    cleared    cured: nothing the order broke is broken any more
    expired    the application or the release ran out before it was used
    cancelled  withdrawn, or the order was cancelled or replaced
    observed   what Observe mode would have held; blocks nothing

    | action            | who                                        | restriction            |
    | apply             | salesperson of the customer, controller    | state held             |
    | approve, reject   | reviewers of the tier whose turn it is     | never the requester    |
    | cancel            | requester, salesperson, controller         | while open or unused   |

    Written by the system only (`credit.approval.mixin`); a user may fill in the
    application while the hold is held. How one begins is in credit_hold_park.py, how it ends
    by itself in credit_hold_recheck.py, the release in credit_hold_release.py.
    """

    _name = "credit.hold"
    _description = "Credit Hold"
    _inherit = ["credit.approval.mixin"]
    _order = "id desc"
    _check_company_auto = True

    name = fields.Char("Number", readonly=True, default="/")
    state = fields.Selection(
        STATES,
        readonly=True,
        required=True,
        default="held",
        tracking=True,
        index=True,
        group_expand="_group_expand_state",
    )
    order_id = fields.Many2one(
        "sale.order",
        readonly=True,
        required=True,
        ondelete="restrict",
        index=True,
        check_company=True,
    )
    order_name = fields.Char("Order Number", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True, required=True, index=True)
    currency_id = fields.Many2one(related="company_id.currency_id", store=True)
    partner_id = fields.Many2one(
        "res.partner", "Customer", readonly=True, required=True, index=True
    )
    user_id = fields.Many2one("res.users", "Salesperson", readonly=True, index=True)
    date = fields.Datetime("Held on", readonly=True, required=True)
    days_open = fields.Integer("Age (Days)", compute="_compute_days_open")
    reason_ids = fields.One2many("credit.hold.reason", "hold_id", readonly=True)
    reason_summary = fields.Char("Reasons", readonly=True)
    reason_type = fields.Selection(
        selection=lambda self: (
            self.env["credit.rule"]._fields["rule_type"]._description_selection(self.env)
        ),
        string="Main Reason",
        readonly=True,
        help="Type of the first rule that is broken.",
    )

    policy_id = fields.Many2one(
        "credit.policy",
        "Credit Policy",
        readonly=True,
        ondelete="restrict",
        index="btree_not_null",
        help="Version that was in force for the customer.",
    )

    # Figures as they were (P4-09), in company currency.
    grade_code = fields.Char("Grade", readonly=True)
    control = fields.Char(readonly=True)
    approved_limit = fields.Monetary(readonly=True)
    effective_limit = fields.Monetary(readonly=True)
    approved_term = fields.Integer("Approved Term (Days)", readonly=True)
    exposure = fields.Monetary(readonly=True, help="Without this order.")
    receivable = fields.Monetary("Receivable to Date", readonly=True)
    over_limit = fields.Monetary("Amount over Limit", readonly=True)
    over_term = fields.Monetary("Amount over Term", readonly=True)
    days_overdue = fields.Integer(readonly=True)
    order_amount = fields.Monetary("This Order", readonly=True)
    order_amount_currency = fields.Monetary(
        "This Order (Its Currency)", currency_field="order_currency_id", readonly=True
    )
    order_currency_id = fields.Many2one("res.currency", "Currency of the Order", readonly=True)
    order_term = fields.Integer("Term of the Order (Days)", readonly=True)
    blocked_parties = fields.Char(
        readonly=True, help="Parties that were frozen or blacklisted: “id:control id:control”."
    )
    prepaid = fields.Monetary(readonly=True)
    cure_collect = fields.Monetary("Collect to Cure", readonly=True)
    cure_cut = fields.Monetary("Cut the Order to Cure", readonly=True)
    cure_note = fields.Char("What Would Cure It", readonly=True)

    # Application (P4-10)
    release_reason = fields.Selection(
        [
            ("paid", "A – The overdue part is paid"),
            ("plan", "B – A formal repayment plan exists"),
            ("other", "C – Another reason"),
        ],
        tracking=True,
    )
    release_note = fields.Text("Explanation", tracking=True)
    attachment_ids = fields.Many2many("ir.attachment", string="Evidence")
    date_expiry = fields.Date(
        "Valid Until",
        tracking=True,
        help="An application or release that is not used by then ends.",
    )
    used_at = fields.Datetime("Order Confirmed on", readonly=True)
    spent_at = fields.Datetime(
        readonly=True, help="Since then the hold has no effect on its order any more."
    )
    closed_note = fields.Char("How It Ended", readonly=True)

    _open_per_order = models.UniqueIndex(
        "(order_id) WHERE state IN ('held', 'requested')",
        "This order is on hold already.",
    )
    _open_partner_idx = models.Index(
        "(partner_id) WHERE state IN ('held', 'requested', 'released')"
    )

    @api.model
    def _group_expand_state(self, states, domain):
        """Columns in the order of the work, the first four always."""
        return [key for key, _label in STATES if key in states or key in dict(STATES[:4])]

    @api.depends("date", "state")
    def _compute_days_open(self):
        now = fields.Datetime.now()
        for hold in self:
            hold.days_open = (
                (now - hold.date).days if hold.date and hold.state in OPEN_STATES else 0
            )

    @api.depends("name", "order_name")
    def _compute_display_name(self):
        for hold in self:
            hold.display_name = f"{hold.name} ({hold.order_name})" if hold.order_name else hold.name

    def _get_open_fields(self):
        if self.state == "held" and self._may_apply():
            return {"release_reason", "release_note", "attachment_ids", "date_expiry"}
        return set()

    @api.constrains("date_expiry")
    def _check_date_expiry(self):
        for hold in self.filtered("date_expiry"):
            today = hold.company_id._credit_today()
            if hold.state == "held" and not (
                today <= hold.date_expiry <= today + relativedelta(years=1)
            ):
                raise ValidationError(
                    self.env._(
                        "Valid Until must lie between today and one year from now, not %s.",
                        hold.date_expiry,
                    )
                )

    # ------------------------------------------------------------------ the end of a hold

    def _do_close(self, state, note):
        """End open or unused holds as cleared, expired or cancelled and tell the salesperson."""
        for hold in self.sudo():
            hold._cancel_reviews()
            hold._system().write({"state": state, "closed_note": note})
            # at once: a new hold of the order may be inserted right after
            hold.flush_recordset(["state"])
            hold.activity_unlink(["credit_collection.mail_activity_credit_hold"])
        return True

    def _notify_salesperson(self, body):
        for hold in self.sudo().filtered("user_id"):
            hold.message_notify(
                partner_ids=hold.user_id.partner_id.ids,
                subject=hold.display_name,
                body=body,
                model=hold._name,
                res_id=hold.id,
            )
            hold.order_id.message_post(body=body)

    def action_cancel(self):
        """Withdraw holds that are open or not used yet."""
        for hold in self:
            hold._check_can_apply()
            if hold.state not in (*OPEN_STATES, "released") or hold.used_at:
                raise UserError(self.env._("%s has ended already.", hold.display_name))
        return self._do_close("cancelled", self.env._("Withdrawn by %s.", self.env.user.name))

    def action_open_order(self):
        """Open the order of the hold."""
        self.ensure_one()
        self.order_id.check_access("read")
        return self.order_id.get_formview_action()
