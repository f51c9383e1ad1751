import math

from dateutil.relativedelta import relativedelta

from odoo import api, fields, models, tools
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tools import SQL

from ....engine import terms
from ...base.closed_fields import own_default, without_defaults
from ...base.res_users import ROLES

CONTROLS = [
    ("none", "Unlimited"),
    ("limit", "Credit Limit"),
    ("cash", "Cash Only"),
    ("frozen", "Frozen"),
    ("blacklist", "Blacklisted"),
]

BLOCKED_CONTROLS = ("frozen", "blacklist")

TERM_STARTS = [
    ("invoice", "Invoice"),
    ("month_end", "Month End"),
    ("delivery", "Delivery"),
]

SEGMENTS = [
    ("large", "State-Owned or Large"),
    ("sme", "Small and Medium"),
    ("individual", "Individual"),
    ("group", "Intercompany"),
    ("export", "Export"),
]

# Values of one limit: of these, the others follow (res_partner_inputs.py).
LIMIT_FIELDS = {
    "credit_limit", "credit_limit_currency_id", "credit_limit_amount", "credit_limit_default",
}  # fmt: skip

# Decided by credit control (P4-02): nobody else writes them.
DECISION_FIELDS = (
    "credit_control",
    "credit_limit",
    "credit_limit_currency_id",
    "credit_limit_amount",
    "credit_limit_default",
    "credit_term_days",
    "credit_term_start",
    "credit_payment_term_id",
    "credit_grade_id",
    "credit_segment",
    "credit_review_date",
    "credit_risk_level",
    "credit_limit_temporary",
    "credit_limit_temporary_from",
    "credit_limit_temporary_to",
    "credit_policy_id",
    "credit_limit_end",
    "credit_frozen_until",
)

DECIDED_BY_CONTROL = (*DECISION_FIELDS, "credit_payer_ids", "credit_service_manager_id")

# The terms themselves: changed with a reason, which the credit history keeps.
REASONED = (
    "credit_control",
    "credit_limit",
    "credit_limit_currency_id",
    "credit_limit_amount",
    "credit_limit_default",
    "credit_term_days",
    "credit_term_start",
    "credit_payment_term_id",
    "credit_grade_id",
    "credit_limit_temporary",
    "credit_limit_temporary_from",
    "credit_limit_temporary_to",
    "credit_limit_end",
    "credit_frozen_until",
)

# Odoo counts documents of a customer with every invoice: no tracked value follows from them.
COUNTERS = {"customer_rank", "supplier_rank"}

# Roles that read and write Odoo's own credit limit without this add-on.
ACCOUNTING = ("accountant", "accounting_reader")

CREDIT_GROUPS = ROLES["figures"]

MAX_TERM_DAYS = 3650

# A limit beyond it, in company currency, is a slip of the keyboard.
MAX_LIMIT = 1e12


class ResPartner(models.Model):
    """The decisions of credit control about a customer, per company."""

    _inherit = "res.partner"

    credit_control = fields.Selection(
        CONTROLS,
        company_dependent=True,
        index=False,
        tracking=True,
        copy=False,
        groups=CREDIT_GROUPS,
        help="How this customer's orders are checked. A credit limit of 0 means no credit.",
    )
    # Odoo's own field, shown to everybody who sees credit figures.
    credit_limit = fields.Float(
        tracking=True,
        groups=",".join(ROLES[role] for role in ("figures", *ACCOUNTING)),
    )
    credit_grade_id = fields.Many2one(
        "credit.grade",
        company_dependent=True,
        index=False,
        tracking=True,
        copy=False,
        groups=CREDIT_GROUPS,
    )
    credit_term_days = fields.Integer(
        "Approved Term (Days)",
        company_dependent=True,
        index=False,
        tracking=True,
        copy=False,
        groups=CREDIT_GROUPS,
        help="Longest payment term the customer was granted; 0 = pays at once.",
        aggregator="avg",
    )
    credit_segment = fields.Selection(
        SEGMENTS,
        "Customer Segment",
        company_dependent=True,
        index=False,
        tracking=True,
        groups=CREDIT_GROUPS,
    )
    credit_review_date = fields.Date(
        "Next Credit Review",
        company_dependent=True,
        index=False,
        tracking=True,
        copy=False,
        groups=CREDIT_GROUPS,
    )
    credit_limit_end = fields.Date(
        "Limit Valid Until",
        company_dependent=True,
        index=False,
        tracking=True,
        copy=False,
        groups=CREDIT_GROUPS,
        help="Last day of the approved limit; empty = until it is changed. Afterwards the hold rule"
        " “Limit Ended or Review Overdue” says what happens to orders.",
    )
    credit_frozen_until = fields.Date(
        "Frozen Until",
        company_dependent=True,
        index=False,
        tracking=True,
        copy=False,
        groups=CREDIT_GROUPS,
        help="Last day of the freeze; empty = until credit control lifts it. Then the basis from"
        " before the freeze applies again.",
    )
    credit_risk_level = fields.Selection(
        [("low", "Low"), ("medium", "Medium"), ("high", "High")],
        "Risk Level",
        company_dependent=True,
        index=False,
        tracking=True,
        copy=False,
        groups=CREDIT_GROUPS,
    )
    credit_payer_ids = fields.Many2many(
        "res.partner",
        "credit_payer_rel",
        "partner_id",
        "payer_id",
        "May Be Invoiced To",
        tracking=True,
        copy=False,
        groups=CREDIT_GROUPS,
        help="Other customers to whom orders of this one may be invoiced. The invoiced customer's"
        " credit is used and checked.",
    )
    # As the salesperson: one for all companies.
    credit_service_manager_id = fields.Many2one(
        "res.users",
        "Service Manager",
        domain=[("share", "=", False)],
        index="btree_not_null",
        groups=CREDIT_GROUPS,
        help="Follows the customer's contracts and payments, beside the salesperson.",
    )
    credit_can_edit = fields.Boolean(compute="_compute_credit_can_edit")

    # ---- The three kinds of term of P4-06
    credit_term_start = fields.Selection(
        TERM_STARTS,
        "Term Starts from",
        company_dependent=True,
        index=False,
        tracking=True,
        copy=False,
        groups=CREDIT_GROUPS,
        help="Month End: the approved days are a month of 30 days and the days after its end; 60 "
        "is 30 days after end of month. Delivery: due dates of invoices follow the delivery. Empty "
        "counts from the invoice date.",
    )
    credit_payment_term_id = fields.Many2one(
        "account.payment.term",
        "Riskiest Payment Term",
        company_dependent=True,
        index=False,
        tracking=True,
        copy=False,
        groups=CREDIT_GROUPS,
        help="Approved by credit control: an order with a payment term of a higher risk rank is put on"
        " hold. Empty, or not ranked: ranks are not compared.",
    )
    # The customer's own habit, no decision; one for all companies.
    credit_closing_day = fields.Integer(
        "Closing Day",
        aggregator=None,
        help="Day of the month on which the customer closes its books: 1 to 31, 31 = the last day of"
        " every month; 0 = as ours. Invoices that come later are paid a month later.",
    )
    credit_term_text = fields.Char(
        "Approved Term", compute="_compute_credit_term_text", groups=CREDIT_GROUPS
    )

    @api.depends_context("uid")
    def _compute_credit_can_edit(self):
        self.credit_can_edit = self._credit_may_decide()

    # ------------------------------------------------------------------ checks

    @api.constrains("credit_limit", "credit_term_days", "credit_review_date")
    def _check_credit_decision(self):
        today = fields.Date.context_today(self)
        # sudo: a constraint looks at the decision as it is
        for partner in self.sudo():
            if partner.credit_limit < 0:
                raise ValidationError(
                    self.env._(
                        "Credit Limit of %(partner)s cannot be negative: %(value)s.",
                        partner=partner.display_name,
                        value=partner.credit_limit,
                    )
                )
            if partner.credit_limit > MAX_LIMIT:
                raise ValidationError(
                    self.env._(
                        "Credit Limit of %(partner)s is too high: %(value)s. Is a digit too many?",
                        partner=partner.display_name,
                        value=partner.credit_limit,
                    )
                )
            if not 0 <= partner.credit_term_days <= MAX_TERM_DAYS:
                raise ValidationError(
                    self.env._(
                        "Approved Term of %(partner)s must be between 0 and %(max)s days, not %(value)s.",
                        partner=partner.display_name,
                        max=MAX_TERM_DAYS,
                        value=partner.credit_term_days,
                    )
                )
            review = partner.credit_review_date
            span = relativedelta(years=10)
            if review and not today - span <= review <= today + span:
                raise ValidationError(
                    self.env._(
                        "Next Credit Review of %(partner)s is more than ten years away: %(value)s.",
                        partner=partner.display_name,
                        value=review,
                    )
                )

    @api.model
    def _has_field_access(self, field, operation):
        # Asked for each column of each query: the frequent answers come first.
        if self.env.su or not field.groups:
            return True
        if field.groups == CREDIT_GROUPS:
            return self.env.user._credit_in_group(CREDIT_GROUPS)
        return super()._has_field_access(field, operation)

    @api.model
    def _credit_may_decide(self):
        return self.env.su or self.env.user._has_role("controller")

    def _credit_check_decision(self, vals):
        """Refuse decisions of others: credit control enters limit, term, grade and control (P4-02).

        Odoo's own limit is kept by accountants where credit control is off, as Odoo has it; the
        value is one of the current company.
        """
        if self._credit_may_decide():
            return
        free = set()
        # sudo: the mode binds users who may not read settings
        if self.env.company.sudo().credit_mode == "off" and self.env.user._has_role(*ACCOUNTING):
            free = {"credit_limit"}
        decided = self._credit_changes(vals, [n for n in DECIDED_BY_CONTROL if n not in free])
        if decided:
            raise AccessError(
                self.env._(
                    "Only credit controllers may set %(fields)s of a customer.",
                    fields=", ".join(
                        self._fields[name]._description_string(self.env) for name in decided
                    ),
                )
            )

    def _credit_changes(self, vals, names):
        """Return those of these decision fields that `vals` would change.

        Values that a form sends along unchanged decide nothing.
        """
        return [
            name
            for name in names
            if name in vals
            and any(self._credit_differs(partner, name, vals[name]) for partner in self or [self])
        ]

    @api.model
    def _credit_check_numbers(self, vals):
        """Return the values with limits as numbers: a client may send text, which Odoo takes as well.

        :raise ValidationError: a limit is no finite number
        :raise ValueError: a text is no number
        """
        numbers = {}
        for name in ("credit_limit", "credit_limit_amount", "credit_limit_temporary"):
            limit = vals.get(name)
            if isinstance(limit, str):
                limit = numbers[name] = float(limit or 0.0)
            if isinstance(limit, float) and not math.isfinite(limit):
                raise ValidationError(self.env._("Credit Limit must be a number, not %s.", limit))
        return {**vals, **numbers}

    def _credit_check_reason(self, vals):
        """Refuse a change of terms without its reason, which the dialog Change Terms asks for.

        New customers start with terms; an import says that it is one; what the system writes
        names its document. Where credit control is off, nothing is refused.
        """
        # sudo: the mode binds users who may not read settings
        is_off = self.env.company.sudo().credit_mode == "off"
        if self.env.su or is_off or self._credit_label().source != "manual":
            return
        customers = self.filtered(lambda partner: partner.commercial_partner_id == partner)
        changed = customers and customers._credit_changes(vals, REASONED)
        if changed:
            raise UserError(
                self.env._(
                    "%(fields)s of %(partner)s: use the button Change Terms, which requires the"
                    " reason. The credit history keeps it.",
                    fields=", ".join(
                        self._fields[name]._description_string(self.env) for name in changed
                    ),
                    partner=customers[:1].display_name,
                )
            )

    def _credit_check_ceiling(self, vals):
        """Refuse to raise a limit by hand above the company's ceiling: that takes an application.

        What the system writes, approved applications first of all, is not by hand.
        """
        # sudo: the setting binds users who may not read settings
        company = self.env.company._credit_root()
        ceiling = company.credit_controller_ceiling
        if self.env.su or not ceiling:
            return
        for name in ("credit_limit", "credit_limit_temporary"):
            limit = vals.get(name) or 0.0
            if not isinstance(limit, (int, float)) or limit <= ceiling:
                continue
            # sudo: former values count, whether the user sees them or not
            if not self or any(limit > partner[name] for partner in self.sudo()):
                raise self._credit_get_ceiling_error(self._fields[name], limit, company)

    @api.model
    def _credit_get_ceiling_error(self, field, limit, company):
        return UserError(
            self.env._(
                "%(field)s: %(value)s is above %(ceiling)s, the highest limit that a credit"
                " controller sets manually. Request approval by a credit application.",
                field=field._description_string(self.env),
                value=company.currency_id.format(limit),
                ceiling=company.currency_id.format(company.credit_controller_ceiling),
            )
        )

    @api.model
    def _credit_differs(self, partner, name, value):
        field = self._fields[name]
        if name == "credit_payer_ids":
            # Commands: a form sends an empty list along.
            return bool(value)
        if not partner:
            # The company's own default, not one that the user keeps or sends along.
            default = own_default(self, name)
            return (value or False) != (default or False)
        # Odoo copies commercial fields to contacts by itself; only the customer's own count.
        if partner.commercial_partner_id != partner and name == "credit_limit":
            # sudo: former values count, whether the user sees them or not
            return value != partner.commercial_partner_id.sudo().credit_limit
        # sudo: former values count, whether the user sees them or not
        current = field.convert_to_write(partner.sudo()[name], partner)
        return (value or False) != (current or False)

    def _credit_drop_commercial(self, vals):
        """Drop the commercial partner, which Odoo computes: typed in, it would move debts."""
        if self.env.su or "commercial_partner_id" not in vals:
            return vals
        return {name: value for name, value in vals.items() if name != "commercial_partner_id"}

    # ---- The legal entity: a branch reads and writes the terms of its root (docs/architecture.md).

    @api.model
    @tools.ormcache()
    def _credit_entity_fields(self):
        """Return names of the company-dependent fields of the legal entity: ours, and Odoo's limit."""
        return frozenset(
            name
            for name, field in self._fields.items()
            if field.company_dependent and name.startswith(("credit_", "collection_"))
        )

    @api.model
    def _credit_root_env(self):
        """Return this model, as superuser, in the root of the current company; None in the root."""
        company_id = self.env.company.id
        root_id = self.env["res.company"]._credit_roots().get(company_id, company_id)
        # sudo: users of a branch may have no access to the company above it
        return self.sudo().with_company(root_id) if root_id != company_id else None

    def _credit_split_entity(self, vals):
        """Return (values for the root, the others) of values written in a branch."""
        if self._credit_entity_fields().isdisjoint(vals) or self._credit_root_env() is None:
            return {}, vals
        own = {name: vals[name] for name in self._credit_entity_fields() & vals.keys()}
        return own, {name: value for name, value in vals.items() if name not in own}

    def _credit_write_root(self, vals):
        """Write values of the legal entity from a branch, in the rights of its user."""
        self.check_access("write")
        for name in vals:
            self._check_field_access(self._fields[name], "write")
        self._credit_root_env().browse(self.ids).write(vals)

    @api.model_create_multi
    def create(self, vals_list):
        vals_list = [self.browse()._credit_prepare_write(vals) for vals in vals_list]
        split = [self._credit_split_entity(vals) for vals in vals_list]
        partners = super().create([vals for _own, vals in split])
        for partner, (own, _vals) in zip(partners, split, strict=True):
            # A form sends along all it shows: only differences are entered.
            own = {n: v for n, v in own.items() if self._credit_differs(self.browse(), n, v)}
            if own:
                partner._credit_write_root(own)
        for _own, vals in split:
            self._credit_note_use(vals)
        created = list(zip(partners, vals_list, strict=True))
        decided = self._credit_concat(
            partner
            for partner, (_own, vals) in zip(partners, split, strict=True)
            if self._credit_decides(vals)
        )
        if decided:
            decided._credit_terms_changed({}, decided._credit_completed({}))
        self._credit_concat(
            partner
            for partner, vals in created
            # a branch with a parent is a customer of its own, too
            if partner.commercial_partner_id == partner and "credit_control" not in vals
        )._credit_start()
        return partners

    def _add_missing_default_values(self, values):
        result = super()._add_missing_default_values(values)
        # A default of the client's context, or one that a user keeps, decides nothing either.
        return without_defaults(self, result, values, self._credit_closed_fields())

    @api.model
    def _credit_closed_fields(self):
        """Hook: names of fields that the user cannot fill in, not by a default either."""
        if self.env.su:
            # The system names what it decides; a default comes from the client that called it.
            return {*DECIDED_BY_CONTROL, "user_ids"}
        closed = {"commercial_partner_id"}
        return closed if self._credit_may_decide() else closed | set(DECIDED_BY_CONTROL)

    def write(self, vals):
        if vals.keys() <= COUNTERS:
            return super(ResPartner, self.with_context(mail_notrack=True)).write(vals)
        parts = self._credit_by_limit(vals)
        if len(parts) > 1:
            for part in parts:
                part.write(vals)
            return True
        vals = self._credit_prepare_write(vals)
        own, vals = self._credit_split_entity(vals)
        if own:
            self._credit_write_root(own)
        stale = self.browse()
        if (
            not self._credit_entity_fields().isdisjoint(vals)
            and self.env.company._credit_branches()
        ):
            # Values a branch has read of it in the same transaction are neither kept nor stored.
            stale = self
            stale.invalidate_recordset(self._credit_entity_fields())
        decides = self._credit_decides(vals) and not self._credit_is_part()
        before = self._credit_decided_values() if decides else {}
        contacts = self.browse()
        if not {"parent_id", "is_company"}.isdisjoint(vals):
            contacts = self.filtered(lambda partner: partner.commercial_partner_id != partner)
        with self._credit_guard_salesperson(vals), self._credit_guard_hierarchy(vals):
            result = super(ResPartner, self._credit_tracked(vals)).write(vals)
        if stale:
            stale.invalidate_recordset(self._credit_entity_fields())
        if "tz" in vals:
            self.env.registry.clear_cache()  # res.company._credit_timezones
        self._credit_note_use(vals)
        if decides:
            self._credit_terms_changed(vals, self._credit_completed(before))
        # P4-03: a contact that becomes a customer is a new one, not an unlimited one.
        contacts.filtered(lambda p: p.commercial_partner_id == p)._credit_start(is_blank=True)
        return result

    @api.model
    def _credit_concat(self, partners):
        return self.browse(partner.id for partner in partners)

    @api.model
    def _credit_decides(self, vals):
        return not vals.keys().isdisjoint(DECIDED_BY_CONTROL)

    def _credit_prepare_write(self, vals):
        """Hook: refuse values that the user may not write, and return the values to write instead.

        Called on an empty recordset for each new partner.
        """
        vals = self._credit_drop_commercial(vals)
        vals = self._credit_check_numbers(vals)
        self._credit_check_decision(vals)
        self._credit_check_reason(vals)
        vals = self._credit_follow_limit(vals)
        self._credit_check_ceiling(vals)
        return self._credit_follow_control(self._credit_follow_term(vals))

    def _credit_terms_changed(self, vals, before):
        """Hook: decision fields of these partners were written.

        :param vals: the values written; {} for partners just created
        :param before: {customer id: {decision field: value}} of those who are customers now
        """
        self._credit_record_decision(before, self._credit_decided_values())

    def _credit_start(self, is_blank=False):
        """Hook: these partners are new customers.

        :param is_blank: they were contacts until now
        """

    # ---- The two kinds of term of P4-06: N days after the invoice, or month-end plus N.
    #
    # `credit_term_days` is the longest credit in either case, months counted as 30 days:
    # 60 is "60 days after the invoice" or "month-end plus 30".

    @api.depends_context("lang", "company")
    @api.depends("credit_term_days", "credit_term_start")
    def _compute_credit_term_text(self):
        for partner in self:
            partner.credit_term_text = self._credit_term_label(
                partner.credit_term_days, partner.credit_term_start
            )

    @api.model
    def _credit_term_label(self, days, start):
        """Return a term in words (P4-06).

        :param days: the longest credit it gives
        :param start: key of `TERM_STARTS`
        """
        after = terms.month_end_days(days) if start == "month_end" else None
        if after is not None:
            return self.env._("%s days after end of month", after)
        if start == "delivery" and days:
            return self.env._("%s days after delivery", days)
        return self.env._("%s days after the invoice", days) if days else self.env._("At once")

    def _credit_pays_by_month(self):
        """Return whether this customer's approved term is "month-end plus N"."""
        self.ensure_one()
        return self.credit_term_start == "month_end"

    @api.constrains("credit_closing_day")
    def _check_credit_closing_day(self):
        for partner in self:
            if not 0 <= partner.credit_closing_day <= 31:
                raise ValidationError(
                    self.env._(
                        "Closing Day of %(partner)s must be between 0 and 31, not %(value)s.",
                        partner=partner.display_name,
                        value=partner.credit_closing_day,
                    )
                )

    @api.constrains("credit_control", "credit_frozen_until")
    def _check_credit_frozen_until(self):
        # sudo: a constraint looks at the decision as it is
        for partner in self.sudo():
            if partner.credit_frozen_until and partner.credit_control != "frozen":
                raise ValidationError(
                    self.env._(
                        "Frozen Until of %(partner)s: the customer is not frozen.",
                        partner=partner.display_name,
                    )
                )

    @api.constrains("credit_term_days", "credit_term_start")
    def _check_credit_term_start(self):
        # sudo: a constraint looks at the decision as it is
        for partner in self.sudo():
            if (
                partner.credit_term_start == "month_end"
                and terms.month_end_days(partner.credit_term_days) is None
            ):
                raise ValidationError(
                    self.env._(
                        "Approved Term of %(partner)s: a term from the month's end is"
                        " %(least)s days at least, not %(value)s.",
                        partner=partner.display_name,
                        least=terms.MONTH_DAYS,
                        value=partner.credit_term_days,
                    )
                )

    def _credit_follow_term(self, vals):
        """Return the values with the start of the term that goes with its days."""
        days = vals.get("credit_term_days")
        # sudo: former values count, whether the user sees them or not
        if (
            isinstance(days, int)
            and "credit_term_start" not in vals
            and terms.month_end_days(days) is None
            and "month_end" in self.sudo().mapped("credit_term_start")
        ):
            # Cash, or a term shorter than a month: it counts from the invoice again.
            return {**vals, "credit_term_start": "invoice"}
        return vals

    def _credit_follow_control(self, vals):
        """Return the values without the last day of a freeze they lift, or of a limit they renew."""
        # sudo: former values count, whether the user sees them or not
        if (
            vals.get("credit_control", "frozen") != "frozen"
            and "credit_frozen_until" not in vals
            and any(self.sudo().mapped("credit_frozen_until"))
        ):
            vals = {**vals, "credit_frozen_until": False}
        # sudo: as above
        end = self.sudo().credit_limit_end if len(self) == 1 else False
        if end and "credit_limit" in vals and "credit_limit_end" not in vals:
            if end < self.env.company._credit_root()._credit_today():
                # Granted anew: the day that is over was the former limit's.
                vals = {**vals, "credit_limit_end": False}
        return vals

    @api.model
    def _cron_credit_thaw(self):
        """Daily: give customers whose freeze is over their former basis back, as the history has it."""
        # sudo: runs for every company; branches have their root's
        for company in self.env["res.company"].sudo().search([("parent_id", "=", False)]):
            frozen = (
                # sudo: the job runs for every company
                self.sudo()
                .with_company(company)
                .search([("credit_frozen_until", "<", company._credit_today())])
            )
            frozen = frozen.filtered(lambda p: p.commercial_partner_id == p)
            decisions = self.env["credit.decision"].sudo()  # sudo: as above
            freezes = decisions.search(
                [
                    ("partner_id", "in", frozen.ids),
                    ("company_id", "=", company.id),
                    ("new_control", "=", "frozen"),
                    ("old_control", "not in", (*BLOCKED_CONTROLS, False)),
                ]
            )
            # the latest first, by the order of the model
            last = {customer: rows[0] for customer, rows in freezes.grouped("partner_id").items()}
            for customer in frozen:
                if customer not in last:
                    continue
                control = last[customer].old_control
                customer._credit_decide(
                    {"credit_control": control, "credit_frozen_until": False},
                    "freeze",
                    note=self.env._("The freeze ended."),
                )

    # ---- P1-05: supply stops at once for customers of the last grade with debt open.

    def _credit_grade_changed(self):
        """Stop supply at once at the last grade with debt open (P1-05). Hook after a grade is set."""
        company = self.env.company
        # sudo: users who may set the grade trigger it, whatever else they may read
        last = self.sudo()._credit_filter_last_grade(company)
        debts = last._credit_debts(company)
        for partner in last:
            debt = debts.get(partner.id, 0.0)
            if company.currency_id.compare_amounts(debt, 0.0) <= 0:
                continue
            note = self.env._(
                "Frozen immediately: grade %(grade)s with %(amount)s outstanding.",
                grade=partner.credit_grade_id.code,
                amount=company.currency_id.format(debt),
            )
            partner._credit_decide({"credit_control": "frozen"}, "freeze", note=note)
            partner.message_post(body=note)

    def _credit_filter_last_grade(self, company):
        """Return those of these customers who have the last grade and are supplied."""
        return self.filtered(
            lambda partner: (
                partner.credit_control not in BLOCKED_CONTROLS
                and partner._credit_policy(company)._is_last_grade(partner.credit_grade_id)
            )
        )

    def _credit_debts(self, company):
        """Return {customer id: debt in company currency}: receivables, and notes not paid (P4-08)."""
        if not self.ids:
            return {}
        # sudo: debts count, whether the user sees them or not
        lines = self.env["credit.exposure.line"].sudo()
        lines._flush_sources()
        kinds = {kind for kind, _label in lines._fields["kind"]._description_selection(self.env)}
        debts = tuple(kinds - lines._get_pending_kinds())
        return {
            partner: float(amount)
            for partner, amount in self.env.execute_query(
                SQL(
                    "SELECT total.partner_id, total.exposure FROM (%s) total",
                    lines._get_totals_sql(company, self.ids, kinds=debts),
                )
            )
        }

    def _credit_freeze_debtors(self):
        """Freeze customers who came to owe after their last grade (P1-05); lifted freezes stay so."""
        company = self.env.company
        last = self._credit_filter_last_grade(company)
        if not last:
            return
        lifted = self.env["credit.decision"].search(
            [
                ("partner_id", "in", last.ids),
                ("company_id", "=", company.id),
                ("old_control", "in", BLOCKED_CONTROLS),
                ("new_control", "not in", BLOCKED_CONTROLS),
            ]
        )
        stay = lifted.filtered(lambda d: d.new_grade_id == d.partner_id.credit_grade_id)
        (last - stay.partner_id)._credit_grade_changed()

    # ------------------------------------------------------------------ smart buttons

    def _credit_open_documents(self, xmlid, field="partner_id", **values):
        """Open the documents of this customer in the current company, see `_open_records`.

        :param field: the field of the documents with their customer
        """
        self.ensure_one()
        self.check_access("read")
        customer = self.commercial_partner_id
        values.setdefault("context", {"default_partner_id": customer.id})
        domain = [(field, "=", customer.id), ("company_id", "=", self.env.company.root_id.id)]
        return self._open_records(xmlid, domain=domain, **values)
