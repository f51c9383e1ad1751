from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_date

from ..policy.credit_rule import CHECKPOINTS

STATES = [
    ("held", "On Hold"),
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
    """An order or another document on hold with its reasons, and the application for its release.

    P4-09 to P4-11. An order is held at its confirmation; `checkpoint` names the others, whose document
    has a field of its own (`_get_document_fields`) and the methods `_credit_verdicts` and
    `_prepare_credit_hold`, as orders have.

    held       the order broke a rule and is on hold; figures are frozen as they were
    requested  the salesperson applied for release; approval tiers are at work
    released   approved: covers this order up to its amount, once, until the expiry date
    rejected   refused; confirming the order again opens a new hold
    cleared    cured: no rule that the order broke is broken any more
    expired    the application or the release ran out before it was used
    cancelled  withdrawn, or the order was cancelled or replaced
    observed   Observe mode would have held it; blocks nothing

    | action            | who                                        | restriction            |
    | request release   | salesperson of the customer, controller    | state held             |
    | withdraw          | requester, salesperson, controller         | back to held           |
    | approve, reject   | reviewers of the tier whose turn it is     | never the requester    |
    | cancel            | requester, salesperson, controller         | while open or unused   |

    Its company is the root of the order's, whose limit was broken.
    Written by the system only (`credit.approval.mixin`); a user may fill in the
    application while the hold is held. How one begins
    and how it ends by itself stands below, the release in credit_hold_release.py.
    """

    _name = "credit.hold"
    _description = "Credit Hold"
    _inherit = ["credit.approval.mixin", "credit.evidence.mixin"]
    _draft_activities = ("credit_collection.mail_activity_credit_hold",)
    _draft_state = "held"
    _approval_fields = (
        "partner_id", "order_amount", "reason_summary", "cure_note", "effective_limit", "exposure",
        "over_limit", "over_term", "days_overdue", "release_reason", "release_note", "date_expiry",
    )  # fmt: skip
    _approval_amount = "order_amount"
    _frozen_when = {"attachment_ids": [("state", "!=", "held")]}
    _order = "id desc"
    _check_company_auto = True

    name = fields.Char("Number", readonly=True, default="/")
    state = fields.Selection(
        STATES,
        string="Status",
        readonly=True,
        required=True,
        default="held",
        tracking=True,
        index=True,
        group_expand="_group_expand_state",
    )
    checkpoint = fields.Selection(CHECKPOINTS, readonly=True, required=True, default="order")
    order_id = fields.Many2one(
        "sale.order",
        readonly=True,
        ondelete="restrict",
        index=True,
        help="The order on hold; empty where another document is.",
    )
    move_id = fields.Many2one(
        "account.move",
        "Invoice",
        readonly=True,
        ondelete="set null",
        index="btree_not_null",
        bypass_search_access=True,
    )
    order_name = fields.Char("Document", readonly=True)
    # For the search, also of approvers who read no orders.
    deciding_order_ids = fields.One2many(
        "sale.order", "credit_hold_id", readonly=True, bypass_search_access=True
    )
    company_id = fields.Many2one("res.company", readonly=True, required=True, index=True)
    currency_id = fields.Many2one(related="company_id.currency_id", store=True)
    partner_id = fields.Many2one(
        "res.partner", "Customer", readonly=True, required=True, index=True
    )
    user_id = fields.Many2one("res.users", "Salesperson", readonly=True, index=True)
    date = fields.Datetime("On Hold since", readonly=True, required=True)
    days_open = fields.Integer("Age (Days)", compute="_compute_days_open")
    reason_ids = fields.One2many("credit.hold.reason", "hold_id", readonly=True)
    reason_summary = fields.Char("Reasons", readonly=True)
    reason_type = fields.Selection(
        selection=lambda self: (
            self.env["credit.rule"]._fields["rule_type"]._description_selection(self.env)
        ),
        string="Main Reason",
        readonly=True,
        help="Type of the first rule that is breached.",
    )

    policy_id = fields.Many2one(
        "credit.policy",
        "Credit Policy",
        readonly=True,
        ondelete="restrict",
        index="btree_not_null",
        help="Active version for the customer at the time.",
    )

    # Figures as they were (P4-09), in company currency.
    grade_code = fields.Char("Grade", readonly=True)
    control = fields.Char("Credit Basis", readonly=True)
    approved_limit = fields.Monetary(readonly=True)
    effective_limit = fields.Monetary(readonly=True)
    approved_term = fields.Integer("Approved Term (Days)", readonly=True, aggregator="avg")
    exposure = fields.Monetary(readonly=True, help="Without this order.")
    receivable = fields.Monetary("Current Receivables", readonly=True)
    over_limit = fields.Monetary("Amount over Limit", readonly=True)
    over_term = fields.Monetary("Overdue Beyond Grace", readonly=True)
    days_overdue = fields.Integer(readonly=True, aggregator="max")
    order_amount = fields.Monetary("This Order", readonly=True)
    order_amount_currency = fields.Monetary(
        "This Order (Its Currency)", currency_field="order_currency_id", readonly=True
    )
    order_currency_id = fields.Many2one("res.currency", "Currency of the Order", readonly=True)
    order_term = fields.Integer("Term of the Order (Days)", readonly=True, aggregator="avg")
    order_rank = fields.Integer(
        "Risk Rank of the Term", readonly=True, aggregator=None, help="0 = not ranked."
    )
    is_large = fields.Boolean(
        "Needs Additional Approval",
        readonly=True,
        help="At the thresholds of the additional approval, or beyond.",
    )
    blocked_parties = fields.Char(
        readonly=True, help="Parties that were frozen or blacklisted: “id:basis id:basis”."
    )
    prepaid = fields.Monetary(readonly=True)
    cure_collect = fields.Monetary("Amount to Collect", readonly=True)
    cure_cut = fields.Monetary("Reduce Order by", readonly=True)
    cure_note = fields.Char("How to Resolve", readonly=True)

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
    release_gap = fields.Text(
        "Still Missing",
        readonly=True,
        help="When requested: what the ledger lacks for the chosen reason.",
    )
    attachment_ids = fields.Many2many("ir.attachment", string="Evidence")
    date_expiry = fields.Date(
        "Valid Until",
        readonly=True,
        tracking=True,
        help="A request or release that is not used by then ends. The credit policy says for how"
        " many days one is valid.",
    )
    # {currency id: units for one of the company's} when the rules were checked: where rates move
    # afterwards, they alone break none for the release.
    rates = fields.Json("Exchange Rates", readonly=True)
    confirmed_at = fields.Datetime("Order Confirmed on", readonly=True)
    consumed_at = fields.Datetime(
        "Consumed on", readonly=True, help="Since then the hold no longer affects its order."
    )
    closed_note = fields.Char("Outcome", readonly=True)

    _open_per_order = models.UniqueIndex(
        "(order_id) WHERE state IN ('held', 'requested')",
        "This order is on hold already.",
    )
    _open_per_move = models.UniqueIndex(
        "(move_id) WHERE state IN ('held', 'requested')", "This invoice is on hold already."
    )
    _order_or_other = models.Constraint(
        "CHECK (order_id IS NOT NULL OR checkpoint <> 'order')", "A hold of an order names it."
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

    @api.model
    def _get_document_fields(self):
        """Return {checkpoint: field of the document on hold}. Extend for other documents."""
        return {"order": "order_id", "invoice": "move_id"}

    def _get_document(self):
        """Return the document on hold; an empty recordset where it is gone."""
        self.ensure_one()
        name = self._get_document_fields().get(self.checkpoint, "order_id")
        return self[name]

    def _get_customer(self):
        """Return the customer of the document as it is now. Extend for other documents."""
        self.ensure_one()
        if self.order_id:
            return self.order_id._credit_customer()
        return self.move_id.commercial_partner_id or self.partner_id

    def _get_open_fields(self):
        if self.state == "held" and self._may_apply():
            return {"release_reason", "release_note", "attachment_ids"}
        return set()

    # ------------------------------------------------------------------ the end of a hold

    def _do_close(self, state, note):
        """End open or unused holds as cleared, expired or cancelled and notify the salesperson."""
        # sudo: a hold ends by events, whoever caused them
        for hold in self.sudo():
            hold._cancel_reviews()
            hold._system_write({"state": state, "closed_note": note})
            # at once: a new hold of the order may be inserted right after
            hold.flush_recordset(["state"])
            hold.activity_unlink(self._draft_activities)
        return True

    def _notify_salesperson(self, body):
        # sudo: people are notified whoever ended the hold
        for hold in self.sudo().filtered("user_id"):
            hold._notify_users(hold.user_id, body)
            if hold._get_document():
                hold._post_on_document(body)

    def _post_on_document(self, body):
        """Post on the document what happened. Extend where its readers may not see the customer's figures."""
        self.ensure_one()
        self._get_document().message_post(body=body)

    def _get_message(self, event, **values):
        """Return the sentence that says what happened to the document. Extend for other documents.

        :param event: held, cleared, expired, released (`date`), confirmed or rejected (`comment`)
        """
        self.ensure_one()
        if self.checkpoint == "invoice":
            return self._get_invoice_message(event, **values)
        order = self.order_name
        match event:
            case "held":
                return self.env._("Order %s is on credit hold", order)
            case "cleared":
                return self.env._(
                    "Order %s can now be confirmed: all hold reasons are resolved.", order
                )
            case "expired":
                return self.env._("The release of order %s has expired.", order)
            case "released":
                return self.env._(
                    "Order %(order)s has been released. Confirm it by %(date)s.",
                    order=order,
                    **values,
                )
            case "confirmed":
                return self.env._("Order %s was released and confirmed.", order)
        return self.env._(
            "The release of order %(order)s was rejected: %(comment)s", order=order, **values
        )

    def _get_invoice_message(self, event, **values):
        """Return the same of an invoice."""
        invoice = self.order_name
        match event:
            case "held":
                return self.env._("Invoice %s is on credit hold", invoice)
            case "cleared":
                return self.env._(
                    "Invoice %s can now be posted: all hold reasons are resolved.", invoice
                )
            case "expired":
                return self.env._("The release of invoice %s has expired.", invoice)
            case "released":
                return self.env._(
                    "Invoice %(invoice)s has been released. Post it by %(date)s.",
                    invoice=invoice,
                    **values,
                )
        return self.env._(
            "The release of invoice %(invoice)s was rejected: %(comment)s",
            invoice=invoice,
            **values,
        )

    @api.model
    def _get_mail_template(self, checkpoint):
        """Return the mail to the salesperson of a new hold, if there is one."""
        name = {
            "order": "credit_collection.mail_template_hold_parked",
            "invoice": "credit_collection.mail_template_invoice_held",
        }.get(checkpoint)
        return name and self.env.ref(name, raise_if_not_found=False)

    def action_cancel(self):
        """Cancel holds that are open or not used yet: their orders are quotations as any other."""
        for hold in self:
            hold._check_can_apply()
            if hold.state not in (*OPEN_STATES, "released") or hold.confirmed_at:
                raise UserError(self.env._("%s has ended already.", hold.display_name))
        return self._do_close("cancelled", self.env._("Cancelled by %s.", self.env.user.name))

    @api.model
    def _open_menu(self):
        """Window action of the list: open holds, in Observe what would have been held as well."""
        defaults = {"search_default_open": 1}
        # sudo: the mode, whoever reads the settings
        if self.env.company.sudo().credit_mode == "observe":
            defaults["search_default_observed"] = 1
        return self._open_list("credit_hold_action", defaults)

    def action_open_credit_file(self):
        """Open the credit file of the customer."""
        self.ensure_one()
        return self.partner_id.with_company(self.company_id).action_open_credit_file()

    def action_open_order(self):
        """Open the document on hold."""
        self.ensure_one()
        document = self._get_document()
        document.check_access("read")
        return document.get_formview_action()

    # ---- How a hold begins: the figures frozen as they are, and its notifications (P4-09).

    @api.model
    def _place_on_hold(self, order, verdict, observed=False, document=None):
        """Record that a document broke rules: a hold with its figures frozen.

        :param order: the order whose figures count; unsaved where the document has none
        :param verdict: `CreditVerdict` of the order
        :param observed: True in Observe mode: a record only, the document goes on
        :param document: the document on hold where it is not the order
        :return: the new hold, or the open one if it shows the same figures
        """
        # sudo: the person who confirms, a customer even, has no rights on holds
        order, document = order.sudo(), (document or order).sudo()
        if lang := document.company_id.partner_id.lang:
            # Kept for everybody in the company, so in its language, not in that of the confirmation.
            document = document.with_context(lang=lang)
        if lang or document != order:
            # Also where the attempt was undone, and an unsaved order with it.
            order, verdict = document._credit_verdicts()[document.id]
            if not verdict.reasons:
                return self.browse()
        current = document.credit_hold_ids.filtered(lambda h: h.state in OPEN_STATES)
        values = {
            **order.env[self._name]._prepare_hold_values(order, verdict, observed),
            **document._prepare_credit_hold(),
        }
        if current and not observed:
            if current._same_figures(values):
                return current
            current._do_close(
                "cancelled", self.env._("Replaced: the order or the credit figures have changed.")
            )
        if not observed:
            # What was rejected before is decided anew.
            former = document.credit_hold_ids.filtered(
                lambda h: h.state == "rejected" and not h.consumed_at
            )
            former._system_write({"consumed_at": fields.Datetime.now()})
        hold = order.env[self._name]._system_create(values).with_env(order.env)
        if not observed:
            hold._notify_placed_on_hold()
        return hold

    def _same_figures(self, values):
        self.ensure_one()
        compare = self.currency_id.compare_amounts
        return (
            not compare(self.order_amount, values["order_amount"])
            and not compare(self.over_limit, values["over_limit"])
            and not compare(self.over_term, values["over_term"])
            and self.reason_ids.mapped("rule_type")
            == [command[2]["rule_type"] for command in values["reason_ids"]]
        )

    @api.model
    def _prepare_hold_values(self, order, verdict, observed):
        """Return the values of a hold: the figures of the verdict, frozen. Extend for more figures."""
        company = order.company_id._credit_root()
        facts, customer = verdict.facts, order._credit_customer().with_company(company)
        collect, cut = verdict.cure
        return {
            "name": self._next_number(company),
            "state": "observed" if observed else "held",
            "company_id": company.id,
            "partner_id": customer.id,
            "date": fields.Datetime.now(),
            "policy_id": customer._credit_policy(company).id,
            "grade_code": customer.credit_grade_id.code,
            "control": dict(customer._fields["credit_control"]._description_selection(self.env))[
                facts.control
            ],
            "approved_limit": facts.approved_limit,
            "effective_limit": facts.effective_limit,
            "approved_term": facts.approved_term,
            "exposure": facts.exposure,
            "receivable": facts.receivable,
            "over_limit": facts.over_limit,
            "over_term": max(
                (r["breach"].actual for r in verdict.reasons if r["rule_type"] == "overdue"),
                default=facts.overdue,
            ),
            "days_overdue": facts.days_overdue,
            "rates": {
                id_: rate for id_, rate, _digits in order.currency_id._credit_rates_now(company)
            },
            "order_amount": facts.order_total,
            "order_amount_currency": order._credit_order_total_currency(),
            "order_currency_id": order.currency_id.id,
            "order_term": facts.order_term,
            "order_rank": facts.order_rank,
            "is_large": order._credit_is_large(facts.order_total),
            "blocked_parties": " ".join(order._credit_blocked_keys()),
            "prepaid": facts.prepaid,
            "cure_collect": 0.0 if verdict.in_advance else collect or 0.0,
            "cure_cut": cut or 0.0,
            "cure_note": order._credit_cure_text(verdict),
            "reason_type": verdict.reasons[0]["rule_type"],
            "reason_summary": " ".join(r["description"] for r in verdict.reasons),
            "reason_ids": [
                fields.Command.create(
                    {
                        **{k: v for k, v in reason.items() if k != "breach"},
                        "actual": reason["breach"].actual,
                        "allowed": reason["breach"].allowed,
                    }
                )
                for reason in verdict.reasons
            ],
        }

    def _notify_placed_on_hold(self):
        """Create an activity for credit control and mail the salesperson."""
        for hold in self:
            controllers = (
                hold.company_id.credit_controller_id or hold.company_id._credit_controllers()
            )
            for user in controllers:
                hold.activity_schedule(
                    "credit_collection.mail_activity_credit_hold",
                    user_id=user.id,
                    summary=hold._get_message("held"),
                )
            template = self._get_mail_template(hold.checkpoint)
            if template and hold.user_id.email:
                template.send_mail(hold.id)
            hold._post_on_document(
                Markup("<b>%s</b><br/>%s") % (self.env._("On credit hold"), hold.reason_summary)
            )

    # ---- How a hold ends by itself: its reasons are cured, or its time ran out.

    @api.model
    def _recheck_partners(self, partners):
        """Look again at the open holds of these commercial partners, after an event that may cure them."""
        if not partners.ids:
            return
        # A payment of one member of a group makes room for the others.
        partners |= self.env["credit.group"]._get_group_members(partners)
        # sudo: a payment cures holds, whoever books it
        self.sudo().search(
            [("state", "in", OPEN_STATES), ("partner_id", "in", partners.ids)]
        )._do_recheck()

    @api.model
    def _notification(self, message):
        """Return the action that tells whoever acted which documents were put on hold."""
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "warning",
                "sticky": True,
                "title": self.env._("On credit hold"),
                "message": message,
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }

    def action_recheck(self):
        """Check again now whether the reasons are cured."""
        for hold in self:
            hold._check_can_apply()
        return self._do_recheck()

    def _do_recheck(self):
        """Close as cleared every open hold whose document breaks no holding rule any more."""
        # sudo: verdicts read data that the user may not
        open_holds = self.sudo().filtered(lambda h: h.state in OPEN_STATES)
        for checkpoint, name in self._get_document_fields().items():
            holds = open_holds.filtered(lambda h, c=checkpoint, n=name: h.checkpoint == c and h[n])
            verdicts = holds[name]._credit_verdicts() if holds else {}
            for hold in holds:
                _order, verdict = verdicts[hold[name].id]
                if hold.company_id.credit_mode == "enforce" and verdict.holding:
                    continue
                hold._do_close("cleared", self.env._("All hold reasons are resolved."))
                hold._notify_salesperson(hold._get_message("cleared"))
        return True

    @api.model
    def _cron_recheck(self, batch=200):
        """Every 15 minutes: end expired holds and clear cured ones, in batches."""
        self._expire()
        domain = [("state", "in", OPEN_STATES)]
        holds = self.search(domain, order="id")
        self.env["ir.cron"]._commit_progress(remaining=len(holds))
        for start in range(0, len(holds), batch):
            part = holds[start : start + batch].try_lock_for_update().filtered_domain(domain)
            part._do_recheck()
            if not self.env["ir.cron"]._commit_progress(min(batch, len(holds) - start)):
                break

    @api.model
    def _expire(self):
        """End applications and unused releases past their date, in the company's own day."""
        # sudo: the job runs for every company
        holds = self.sudo().search(
            [
                ("date_expiry", "<=", fields.Date.context_today(self.with_context(tz="UTC"))),
                ("confirmed_at", "=", False),
                ("state", "in", ("requested", "released")),
            ]
        )
        for hold in holds:
            if hold.date_expiry >= hold.company_id._credit_today():
                continue
            hold._do_close(
                "expired",
                self.env._("Not used by %s; expired.", format_date(self.env, hold.date_expiry)),
            )
            hold._notify_salesperson(hold._get_message("expired"))


class CreditHoldReason(models.Model):
    """One broken rule of a hold, with the rule and the figures as they were."""

    _name = "credit.hold.reason"
    _description = "Reason of a Hold"
    _inherit = ["credit.protected.mixin"]
    _order = "hold_id, id"
    _rec_name = "description"

    hold_id = fields.Many2one("credit.hold", required=True, ondelete="cascade", index=True)
    company_id = fields.Many2one(related="hold_id.company_id", store=True)
    currency_id = fields.Many2one(related="hold_id.currency_id")
    rule_id = fields.Many2one("credit.rule", ondelete="set null")
    rule_name = fields.Char("Rule Applied", readonly=True)
    rule_type = fields.Selection(
        selection=lambda self: (
            self.env["credit.rule"]._fields["rule_type"]._description_selection(self.env)
        ),
        readonly=True,
    )
    action = fields.Selection([("warn", "Warn"), ("hold", "Hold")], readonly=True)
    description = fields.Char("Breach", readonly=True)
    cure = fields.Char("How to Resolve", readonly=True)
    actual = fields.Float(
        readonly=True, help="Value found, in company currency or days.", aggregator=None
    )
    allowed = fields.Float(
        readonly=True, help="Value allowed, in company currency or days.", aggregator=None
    )
