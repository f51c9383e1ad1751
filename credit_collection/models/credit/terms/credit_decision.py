from odoo import api, fields, models
from odoo.tools import format_date, frozendict

from .res_partner import BLOCKED_CONTROLS, CONTROLS, TERM_STARTS

# Where a decision came from; shown in the history of the customer.
SOURCES = [
    ("manual", "Manual"),
    ("application", "Application"),
    ("assessment", "Assessment"),
    ("review", "Review"),
    ("freeze", "Freeze"),
    ("import", "Import"),
    ("policy", "Credit Policy"),
]

# Decision field of the customer -> name of the pair old_/new_ that keeps it.
KEPT = {
    "credit_limit": "limit",
    "credit_limit_amount": "limit_amount",
    "credit_limit_currency_id": "limit_currency_id",
    "credit_limit_default": "limit_default",
    "credit_term_days": "term_days",
    "credit_term_start": "term_start",
    "credit_payment_term_id": "payment_term_id",
    "credit_grade_id": "grade_id",
    "credit_control": "control",
    "credit_segment": "segment",
    "credit_review_date": "review_date",
    "credit_risk_level": "risk_level",
    "credit_policy_id": "policy_id",
    "credit_limit_temporary": "temporary",
    "credit_limit_temporary_from": "temporary_from",
    "credit_limit_temporary_to": "temporary_to",
    "credit_limit_end": "limit_end",
    "credit_frozen_until": "frozen_until",
}


class CreditDecision(models.Model):
    """History of a customer's credit: decisions with their date, author and reason (P2-04).

    One row per customer, company and write, with every decided value before and after.
    Written by `res.partner` alone (`credit.protected.mixin`); nobody edits or deletes it.
    Amounts are in company currency.
    """

    _name = "credit.decision"
    _description = "Credit Decision"
    _inherit = ["credit.protected.mixin"]
    _order = "date desc, id desc"
    _rec_name = "partner_id"

    partner_id = fields.Many2one(
        "res.partner", "Customer", required=True, readonly=True, index=True, ondelete="restrict"
    )
    company_id = fields.Many2one("res.company", required=True, readonly=True, index=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    date = fields.Datetime("Decided on", required=True, readonly=True)
    user_id = fields.Many2one("res.users", "Decided by", required=True, readonly=True)
    source = fields.Selection(SOURCES, required=True, readonly=True, default="manual")
    origin = fields.Reference(
        selection="_selection_origin",
        readonly=True,
        help="Document that led to the decision, where there is one.",
    )
    note = fields.Char(readonly=True)
    policy_id = fields.Many2one(
        "credit.policy",
        "Active Policy",
        readonly=True,
        ondelete="restrict",
        index="btree_not_null",
        help="Active version for the customer after this decision.",
    )
    summary = fields.Char("Changes", compute="_compute_summary")

    old_limit = fields.Monetary("Limit Before", readonly=True, aggregator=None)
    new_limit = fields.Monetary("Limit", readonly=True, aggregator="avg")
    old_limit_amount = fields.Monetary(
        "Limit Before, in Its Currency",
        currency_field="old_limit_currency_id",
        readonly=True,
        aggregator=None,
    )
    new_limit_amount = fields.Monetary(
        "Limit in Its Currency",
        currency_field="new_limit_currency_id",
        readonly=True,
        aggregator=None,
    )
    old_limit_currency_id = fields.Many2one("res.currency", "Limit Currency Before", readonly=True)
    new_limit_currency_id = fields.Many2one("res.currency", "Limit Currency", readonly=True)
    old_limit_default = fields.Boolean("Limit by Default Before", readonly=True)
    new_limit_default = fields.Boolean("Limit by Default", readonly=True)
    old_term_days = fields.Integer("Term Before (Days)", readonly=True, aggregator=None)
    new_term_days = fields.Integer("Term (Days)", readonly=True, aggregator="avg")
    old_term_start = fields.Selection(TERM_STARTS, "Term Before: Counted From", readonly=True)
    new_term_start = fields.Selection(TERM_STARTS, "Term Starts from", readonly=True)
    old_payment_term_id = fields.Many2one(
        "account.payment.term", "Riskiest Payment Term Before", readonly=True, ondelete="restrict"
    )
    new_payment_term_id = fields.Many2one(
        "account.payment.term", "Riskiest Payment Term", readonly=True, ondelete="restrict"
    )
    old_grade_id = fields.Many2one(
        "credit.grade", "Grade Before", readonly=True, ondelete="restrict"
    )
    new_grade_id = fields.Many2one("credit.grade", "Grade", readonly=True, ondelete="restrict")
    old_control = fields.Selection(CONTROLS, "Credit Basis Before", readonly=True)
    new_control = fields.Selection(CONTROLS, "Credit Basis", readonly=True)
    old_segment = fields.Selection(
        selection=lambda self: (
            self.env["res.partner"]._fields["credit_segment"]._description_selection(self.env)
        ),
        string="Segment Before",
        readonly=True,
    )
    new_segment = fields.Selection(
        selection=lambda self: (
            self.env["res.partner"]._fields["credit_segment"]._description_selection(self.env)
        ),
        string="Segment",
        readonly=True,
    )
    old_review_date = fields.Date("Review Before", readonly=True)
    new_review_date = fields.Date("Next Credit Review", readonly=True)
    old_risk_level = fields.Selection(
        selection=lambda self: (
            self.env["res.partner"]._fields["credit_risk_level"]._description_selection(self.env)
        ),
        string="Risk Before",
        readonly=True,
    )
    new_risk_level = fields.Selection(
        selection=lambda self: (
            self.env["res.partner"]._fields["credit_risk_level"]._description_selection(self.env)
        ),
        string="Risk",
        readonly=True,
    )
    old_policy_id = fields.Many2one("credit.policy", "Specific Policy Before", readonly=True)
    new_policy_id = fields.Many2one("credit.policy", "Specific Policy", readonly=True)
    old_temporary = fields.Monetary("Temporary Limit Before", readonly=True, aggregator=None)
    new_temporary = fields.Monetary("Temporary Limit", readonly=True, aggregator=None)
    old_temporary_from = fields.Date("Temporary Limit Before: From", readonly=True)
    new_temporary_from = fields.Date("Temporary Limit: From", readonly=True)
    old_temporary_to = fields.Date("Temporary Limit Before: To", readonly=True)
    new_temporary_to = fields.Date("Temporary Limit: To", readonly=True)
    old_limit_end = fields.Date("Limit Valid Until Before", readonly=True)
    new_limit_end = fields.Date("Limit Valid Until", readonly=True)
    old_frozen_until = fields.Date("Frozen Until Before", readonly=True)
    new_frozen_until = fields.Date("Frozen Until", readonly=True)

    supply_notice = fields.Selection(
        [("stop", "Stop of Supply"), ("resume", "Resumption of Supply")],
        "Notice",
        compute="_compute_supply_notice",
        help="Sent to sales, warehouse and order follower when supply stops or goes on.",
    )

    _partner_date_idx = models.Index("(partner_id, company_id, date)")

    @api.model
    def _selection_origin(self):
        """Return kinds of documents that may lead to decisions: any that the system writes."""
        return self._select_models("credit.protected.mixin")

    @api.depends(
        lambda self: [f"{side}_{name}" for name in KEPT.values() for side in ("old", "new")]
    )
    @api.depends_context("lang")
    def _compute_summary(self):
        for decision in self:
            parts = []
            for partner_field, name in KEPT.items():
                old, new = decision[f"old_{name}"], decision[f"new_{name}"]
                if old != new:
                    label = self.env["res.partner"]._fields[partner_field]
                    parts.append(
                        self.env._(
                            "%(field)s: %(old)s → %(new)s",
                            field=label._description_string(self.env),
                            old=decision._show(f"old_{name}"),
                            new=decision._show(f"new_{name}"),
                        )
                    )
            decision.summary = "; ".join(parts)

    @api.depends("old_control", "new_control")
    def _compute_supply_notice(self):
        for decision in self:
            before, after = (
                control in BLOCKED_CONTROLS
                for control in (decision.old_control, decision.new_control)
            )
            decision.supply_notice = before != after and ("stop" if after else "resume")

    # ------------------------------------------------------------------ stop and resumption of supply

    def _notify_supply(self):
        """Tell sales, warehouse and order followers that supply of customers stops or goes on (P3-20).

        One message per person for all customers of a write, a note in the chatter of each customer;
        nothing where freezes stop nothing.
        """
        # sudo: people are told, and found, whoever decides
        for company, of_company in (
            self.sudo().filtered("supply_notice").grouped("company_id").items()
        ):
            if company.credit_mode != "enforce":
                continue
            for notice, decisions in of_company.grouped("supply_notice").items():
                decisions._send_supply_notice(company, notice)

    def _send_supply_notice(self, company, notice):
        people, mine = company._credit_supply_users(), {}
        bodies = {}
        for decision in self:
            customer = company._credit_in(decision.partner_id)
            told = people | company._credit_usable(customer._credit_get_supply_users())
            for user in told:
                mine[user] = mine.get(user, self.browse()) | decision
            bodies[customer.id] = self.env._(
                "%(notice)s: notice to %(people)s.",
                notice=dict(self._fields["supply_notice"]._description_selection(self.env))[notice],
                people=", ".join(told.mapped("name")) or "–",
            )
        self.partner_id._message_log_batch(bodies=bodies)
        groups = {}
        for user, decisions in mine.items():
            groups.setdefault((decisions, user.lang), []).append(user.partner_id.id)
        for (decisions, lang), partner_ids in groups.items():
            told = decisions.with_context(lang=lang)
            names = ", ".join(told.partner_id[:3].mapped("name"))
            told[0].partner_id.message_notify(
                partner_ids=partner_ids,
                subject=(
                    told.env._("Stop of supply: %s", names)
                    if notice == "stop"
                    else told.env._("Supply goes on: %s", names)
                ),
                body=told.env["ir.qweb"]._render(
                    "credit_collection.credit_supply_notice_mail",
                    {"decisions": told, "stops": notice == "stop"},
                ),
            )

    def action_print_notice(self):
        """Print the notice of stop or of resumption of supply (停货 / 解除停货通知)."""
        self.check_access("read")
        return self.env.ref("credit_collection.action_report_credit_supply").report_action(
            self.filtered("supply_notice")
        )

    def _show(self, name):
        """Return the value of a field as a reader sees it."""
        field, value = self._fields[name], self[name]
        if field.type == "monetary":
            currency = self[field.get_currency_field(self)]
            return currency.format(value) if currency else "–"
        if field.type == "boolean":
            return self.env._("Yes") if value else self.env._("No")
        if field.type == "many2one":
            return value.display_name or "–"
        if field.type == "selection":
            return dict(field._description_selection(self.env)).get(value, "–")
        if field.type == "date":
            return format_date(self.env, value) or "–"
        return str(value)

    @api.depends("partner_id", "date")
    @api.depends_context("lang", "tz")
    def _compute_display_name(self):
        for decision in self:
            day = format_date(
                self.env, fields.Datetime.context_timestamp(decision, decision.date).date()
            )
            decision.display_name = f"{decision.partner_id.display_name}, {day}"

    @api.model
    def _record(self, before, after, company, label):
        """Record the decisions of a write, one row per customer whose values differ.

        :param before: {customer id: {decision field: value as stored}}
        :param after: the same afterwards
        :param label: `DecisionLabel`
        """
        notes = label.note if isinstance(label.note, frozendict) else {}
        policies = {
            customer.id: customer._credit_policy(company).id
            for customer in self.env["res.partner"].browse(after)
        }
        rows = [
            {
                "partner_id": partner_id,
                "company_id": company.id,
                "date": fields.Datetime.now(),
                "user_id": self.env.user.id,
                "source": label.source,
                "origin": label.origin,
                "note": notes.get(partner_id, False) if notes else label.note,
                "policy_id": policies[partner_id],
                **{f"old_{KEPT[name]}": value for name, value in before[partner_id].items()},
                **{f"new_{KEPT[name]}": value for name, value in values.items()},
            }
            for partner_id, values in after.items()
            if values != before[partner_id]
        ]
        # The history is written whoever decides.
        return self._system_create(rows) if rows else self.browse()
