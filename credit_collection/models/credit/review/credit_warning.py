from textwrap import shorten

from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.tools import format_date

from ....engine import review

KINDS = [
    ("orders_drop", "Orders Fall"),
    ("orders_rise", "Orders Rise"),
    ("customer_lost", "No More Orders"),
    ("payment_slow", "Pays Slower"),
    ("limit_use", "Near the Limit"),
    ("paper", "Document Expiring"),
    ("security", "Collateral Expiring"),
    ("limit_end", "Limit Ends"),
    ("review_due", "Review Overdue"),
    ("horizon", "Order Counts Now"),
    ("leadership", "Change of Leadership"),
    ("collect_early", "Collect before Due"),
]

# Orders in the year before from which on a customer is missed.
REGULAR_ORDERS = 4


class CreditWarning(models.Model):
    """A deviation from a customer's own pattern, or an expiry (P5-06, P4-20).

    open  the cause is there, nobody has dealt with it
    done  a credit controller dealt with it, or the cause is gone

    Written by the daily run (credit_review.py): figures follow while the cause is there;
    when it is gone the warning closes by itself. One that a controller closed comes back
    only after its cause was gone. Read by users who see the customer's credit; controllers
    close and note.
    """

    _name = "credit.warning"
    _description = "Early Warning"
    _inherit = ["credit.protected.mixin"]
    _order = "state desc, date desc, id desc"
    _rec_name = "partner_id"

    partner_id = fields.Many2one(
        "res.partner", "Customer", required=True, readonly=True, index=True, ondelete="cascade"
    )
    user_id = fields.Many2one(related="partner_id.user_id", string="Salesperson", store=True)
    company_id = fields.Many2one("res.company", required=True, readonly=True, index=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    kind = fields.Selection(KINDS, string="Type", required=True, readonly=True)
    date = fields.Date("Since", required=True, readonly=True)
    state = fields.Selection(
        [("open", "Open"), ("done", "Handled")],
        string="Status",
        required=True,
        readonly=True,
        default="open",
    )
    is_present = fields.Boolean(
        "Cause Still There", readonly=True, default=True, help="Seen by the last daily run."
    )
    # The figures behind it; they depend on the kind.
    value = fields.Float(readonly=True, aggregator=None)
    reference = fields.Float("Compared With", readonly=True, aggregator=None)
    date_limit = fields.Date("Of the Day", readonly=True)
    document = fields.Char(readonly=True, help="Its name when the warning was raised.")
    origin = fields.Reference(
        selection=lambda self: [
            (model, self.env[model]._description) for model in self._get_origin_models()
        ],
        string="Warned About",
        readonly=True,
    )
    description = fields.Text(compute="_compute_description")
    done_by_id = fields.Many2one(
        "res.users", "Closed by", readonly=True, help="Empty = the cause was gone."
    )
    done_at = fields.Datetime("Closed on", readonly=True)
    note = fields.Text(help="Findings and actions.")
    can_close = fields.Boolean(compute="_compute_can_close")

    _present_once = models.UniqueIndex(
        "(partner_id, company_id, kind) WHERE is_present",
        "This customer already has a warning of this type.",
    )
    _open_once = models.UniqueIndex(
        "(partner_id, company_id, kind) WHERE state = 'open'",
        "This customer already has an open warning of this type.",
    )

    @api.depends("kind", "value", "reference", "date_limit", "document", "currency_id")
    @api.depends_context("lang")
    def _compute_description(self):
        for warning in self:
            money = warning.currency_id.format
            day = format_date(self.env, warning.date_limit)
            texts = {
                "orders_drop": lambda w=warning, m=money, d=day: self.env._(
                    "Orders of the month to %(date)s: %(now)s; own average of the 12 months before:"
                    " %(average)s a month.",
                    date=d,
                    now=m(w.value),
                    average=m(w.reference),
                ),
                "orders_rise": lambda w=warning, m=money, d=day: self.env._(
                    "Orders of the month to %(date)s rose to %(now)s; own average of the 12 months"
                    " before: %(average)s a month.",
                    date=d,
                    now=m(w.value),
                    average=m(w.reference),
                ),
                "customer_lost": lambda w=warning, m=money, d=day: self.env._(
                    "No order in the three months to %(date)s; own average of the 12 months before:"
                    " %(average)s a month.",
                    date=d,
                    average=m(w.reference),
                ),
                "leadership": lambda w=warning, d=day: self.env._(
                    "Change of leadership or staff noted on %(date)s: %(finding)s",
                    date=d,
                    finding=w.document or "",
                ),
                "payment_slow": lambda w=warning: self.env._(
                    "Pays %(now)s days late in the last 3 months; own average of 12 months:"
                    " %(average)s days.",
                    now=f"{w.value:.1f}",
                    average=f"{w.reference:.1f}",
                ),
                "limit_use": lambda w=warning, m=money: self.env._(
                    "%(used)s of the limit of %(limit)s is used (%(percent)s%%).",
                    used=m(w.value),
                    limit=m(w.reference),
                    percent=f"{100 * w.value / w.reference:.0f}" if w.reference else "–",
                ),
                "limit_end": lambda w=warning, m=money, d=day: (
                    self.env._(
                        "The limit of %(limit)s ended on %(date)s.", limit=m(w.value), date=d
                    )
                    if w._is_over()
                    else self.env._(
                        "The limit of %(limit)s ends on %(date)s.", limit=m(w.value), date=d
                    )
                ),
                "paper": lambda w=warning, d=day: (
                    self.env._(
                        "%(paper)s expired on %(date)s.", paper=w._get_document_name(), date=d
                    )
                    if w._is_over()
                    else self.env._(
                        "%(paper)s is valid until %(date)s.", paper=w._get_document_name(), date=d
                    )
                ),
                "security": lambda w=warning, m=money, d=day: (
                    w._get_letter_text(d)
                    if not w.value
                    else self.env._(
                        "%(security)s ended on %(date)s; the limit fell by %(amount)s.",
                        security=w._get_document_name(),
                        date=d,
                        amount=m(w.value),
                    )
                    if w._is_over()
                    else self.env._(
                        "%(security)s ends on %(date)s; it increases the limit by %(amount)s.",
                        security=w._get_document_name(),
                        date=d,
                        amount=m(w.value),
                    )
                ),
                "collect_early": lambda w=warning, m=money, d=day: self.env._(
                    "Collect before the due date: orders fell to %(now)s a month in six months, from"
                    " %(average)s in the six before, and a lawsuit was noted on %(date)s: %(finding)s",
                    now=m(w.value),
                    average=m(w.reference),
                    date=d,
                    finding=w.document or "",
                ),
                "horizon": lambda w=warning, m=money, d=day: self.env._(
                    "To be delivered on %(date)s and counted as exposure now: %(order)s of %(amount)s."
                    " The limit is exceeded by %(excess)s; it is checked again when goods leave.",
                    date=d,
                    order=w.document or "",
                    amount=m(w.value),
                    excess=m(w.reference),
                ),
                "review_due": lambda d=day: self.env._("The review was due on %s.", d),
            }
            warning.description = texts[warning.kind]() if warning.kind in texts else False

    @api.model
    def _get_origin_models(self):
        """Return models of documents that a warning points to. Extend with a kind that has its own."""
        return ["credit.document", "credit.investigation", "credit.security", "sale.order"]

    def _is_over(self):
        return self.date_limit < self.company_id._credit_today()

    def _get_letter_text(self, day):
        """Return the end of a letter of credit, which raises no limit."""
        name = self._get_document_name()
        if self._is_over():
            return self.env._("%(security)s ended on %(date)s.", security=name, date=day)
        return self.env._(
            "%(security)s ends on %(date)s; orders need other collateral.", security=name, date=day
        )

    def _get_document_name(self):
        """Return the name of the document in the reader's language; as it was, once it is gone."""
        self.ensure_one()
        # sudo: the name only, for users who may read the warning
        origin = self.sudo().origin
        if not origin or not origin.exists():
            return self.document
        return origin.type_id.name if origin._name == "credit.document" else origin.display_name

    @api.depends_context("uid")
    @api.depends("state")
    def _compute_can_close(self):
        may = self.has_access("write")
        for warning in self:
            warning.can_close = may and warning.state == "open"

    def _get_open_fields(self):
        return {"note"}

    def action_done(self):
        """Close warnings that were dealt with; asks for a note where none was written.

        :return: an action that asks, else True
        """
        self.check_access("write")
        opened = self.filtered(lambda w: w.state == "open")
        if not all(warning.note for warning in opened):
            return {
                "type": "ir.actions.act_window",
                "name": self.env._("Mark as Done"),
                "res_model": "credit.warning.close",
                "view_mode": "form",
                "target": "new",
                "context": {"default_warning_ids": opened.ids},
            }
        opened._system_write(
            {"state": "done", "done_by_id": self.env.user.id, "done_at": fields.Datetime.now()}
        )
        return True

    # ---- The causes that the daily run finds, and the update of the warnings by them.

    @api.model
    def _get_causes(self, customer, facts):
        """Return {kind: values of the warning} of the causes there are now.

        :param facts: of this customer, see `credit.review._get_facts`
        """
        causes = {kind: getattr(self, f"_cause_{kind}")(customer, facts) for kind, _name in KINDS}
        return {kind: values for kind, values in causes.items() if values}

    @api.model
    def _cause_orders_drop(self, customer, facts):
        if self._cause_customer_lost(customer, facts):
            return None  # said there
        return self._get_order_cause(facts, review.fell)

    @api.model
    def _cause_orders_rise(self, customer, facts):
        return self._get_order_cause(facts, review.rose)

    @api.model
    def _get_order_cause(self, facts, departs):
        now, average = facts["month"]["order_amount"], facts["months_before"]["order_amount"] / 12
        if departs(now, average, facts["threshold"]("credit_warn_orders_percent")):
            return {
                "value": now,
                "reference": average,
                "date_limit": facts["month"]["date_to"],
            }
        return None

    @api.model
    def _cause_customer_lost(self, customer, facts):
        now, before = facts["last_3_full_months"], facts["year_before_them"]
        if (
            facts["threshold"]("credit_warn_orders_percent")
            and not now["order_count"]
            and before["order_count"] >= REGULAR_ORDERS
        ):
            return {"reference": before["order_amount"] / 12, "date_limit": now["date_to"]}
        return None

    @api.model
    def _cause_leadership(self, customer, facts):
        finding = facts["leadership"].sorted("date", reverse=True)[:1]
        return finding and {
            "date_limit": finding.date,
            "document": shorten(finding.note, 120, placeholder=" …"),
            "origin": finding,
        }

    @api.model
    def _cause_collect_early(self, customer, facts):
        """Orders fall over six months and a lawsuit was noted in them (P2-25)."""
        lawsuit = facts["lawsuits"].sorted("date", reverse=True)[:1]
        now, before = (
            facts[name]["order_amount"] / 6 for name in ("half_year", "half_year_before")
        )
        percent = facts["threshold"]("credit_warn_orders_percent")
        if not lawsuit or not review.fell(now, before, percent):
            return None
        return {
            "value": now,
            "reference": before,
            "date_limit": lawsuit.date,
            "document": shorten(lawsuit.note, 120, placeholder=" …"),
            "origin": lawsuit,
        }

    @api.model
    def _cause_payment_slow(self, customer, facts):
        now, average = facts["last_3_months"]["days_late"], facts["last_12_months"]["days_late"]
        days = facts["threshold"]("credit_warn_slower_days")
        # On the due day after paying early is no delay.
        if now is not None and average is not None and 0 < days < now - max(0.0, average):
            return {"value": now, "reference": average}
        return None

    @api.model
    def _cause_limit_use(self, customer, facts):
        figures, alert = facts["figures"], facts["threshold"]("credit_alert_percent")
        uses = [(figures["credit_exposure"], figures["credit_effective_limit"])]
        if customer.credit_control != "limit":
            uses = []
        if figures["shared_limit"] is not None:
            uses.append((figures["shared_use"], figures["shared_limit"]))
        for used, limit in uses:
            if alert and used > 0 and float(used) >= float(limit) * alert / 100.0:
                return {"value": float(used), "reference": float(limit)}
        return None

    @api.model
    def _cause_paper(self, customer, facts):
        document = facts["documents"].sorted("date_valid")[:1]
        return document and {
            "date_limit": document.date_valid,
            "document": document.type_id.name,
            "origin": document,
        }

    @api.model
    def _cause_security(self, customer, facts):
        security = facts["securities"].sorted("date_to")[:1]
        return security and {
            "date_limit": security.date_to,
            "document": security.name,
            "origin": security,
            # A letter of credit raises no limit.
            "value": security.amount if security.kind != "letter_of_credit" else 0.0,
        }

    @api.model
    def _cause_limit_end(self, customer, facts):
        day = customer.credit_limit_end
        ahead = relativedelta(days=facts["threshold"]("credit_security_warn_days"))
        if day and day - ahead <= facts["today"] and customer.credit_control == "limit":
            return {"date_limit": day, "value": customer.credit_approved_limit}
        return None

    @api.model
    def _cause_review_due(self, customer, facts):
        day = customer.credit_review_date
        if day and day < facts["today"] and customer.credit_control != "blacklist":
            return {"date_limit": day}
        return None

    @api.model
    def _cause_horizon(self, customer, facts):
        """Orders confirmed before they counted exceed the limit now; the first of them names the day."""
        entered = facts["entered"]
        if not entered:
            return None
        order = entered[0][0]
        return {
            "value": sum(verdict.facts.order_amount for _order, verdict in entered),
            "reference": max(verdict.cure[0] or 0.0 for _order, verdict in entered),
            "date_limit": order.company_id._credit_date(order.commitment_date)
            if order.commitment_date
            else facts["today"],
            "document": ", ".join(order.name for order, _verdict in entered),
            "origin": order,
        }

    @api.model
    def _notify_entered(self, warnings):
        """Tell credit control and the salesperson about orders that count now and exceed the limit."""
        for warning in warnings.filtered(lambda w: w.kind == "horizon" and w.origin):
            order, company = warning.origin, warning.company_id
            told = company.credit_controller_id or company._credit_controllers()
            told |= company._credit_usable(order.user_id or warning.user_id)
            for user in told:
                text = warning.with_context(lang=user.lang)
                order.with_context(lang=user.lang).message_notify(
                    partner_ids=user.partner_id.ids,
                    subject=text.env._("%s counts as exposure now", order.name),
                    body=text.description,
                )

    @api.model
    def _sync(self, customers, company, facts):
        """Bring the warnings of customers in line with the present causes; a second run changes nothing.

        :param facts: see `credit.review._get_facts`; its `warnings` are those whose cause was
            there at the last run
        """
        new = []
        for customer in customers:
            new += self._sync_customer(
                customer,
                company,
                self._get_causes(customer, facts[customer.id]),
                facts[customer.id]["warnings"],
            )
        created = self._system_create(new)
        self._notify_entered(created)
        return created

    @api.model
    def _sync_customer(self, customer, company, causes, present):
        """Update existing warnings; return the values of those to create."""
        blank = {
            "value": 0.0,
            "reference": 0.0,
            "date_limit": False,
            "document": False,
            "origin": self.browse(),
        }
        for warning in present:
            values = causes.get(warning.kind)
            if values is None:
                gone = {"is_present": False}
                if warning.state == "open":
                    gone.update(state="done", done_at=fields.Datetime.now())
                warning._system_write(gone)
                continue
            changed = {
                name: value
                for name, value in self._as_stored({**blank, **values}).items()
                if self._as_stored({name: warning[name]})[name] != value
            }
            if changed:
                warning._system_write(changed)
        known = set(present.mapped("kind"))
        return [
            {
                **self._as_stored({**blank, **values}),
                "partner_id": customer.id,
                "company_id": company.id,
                "kind": kind,
                "date": company._credit_today(),
            }
            for kind, values in causes.items()
            if kind not in known
        ]

    @api.model
    def _as_stored(self, values):
        """Return figures rounded as they are shown, documents by name, so that they compare."""
        result = {}
        for name, value in values.items():
            if name in ("value", "reference"):
                value = round(float(value), 2)
            elif name == "origin":
                value = f"{value._name},{value.id}" if value else False
            result[name] = value
        return result

    # ---- The documents behind a warning, opened with the reader's own rights (P5-06).

    def action_open_documents(self):
        """Open the documents behind a warning: orders, payments, exposure, document, security."""
        self.ensure_one()
        self.check_access("read")
        opener = getattr(self, f"_open_{self.kind}", None)
        action = opener() if opener else self._open_origin()
        return action or self.action_open_credit_file()

    def action_open_credit_file(self):
        """Open the credit file of the customer."""
        self.ensure_one()
        self.check_access("read")
        return self.company_id._credit_in(self.partner_id).action_open_credit_file()

    def _open_origin(self):
        origin = self.origin
        if not origin or not origin.exists():
            return False
        origin.check_access("read")
        return origin.get_formview_action()

    def _open_orders_drop(self):
        """Open the month that fell and the twelve before it."""
        start = (self.date_limit - relativedelta(months=12)).replace(day=1)
        return self._open_behaviour("orders", start, self.date_limit)

    _open_orders_rise = _open_orders_drop

    def _open_customer_lost(self):
        """Open the orders of the year before the last three months."""
        start = (self.date_limit - relativedelta(months=14)).replace(day=1)
        return self._open_behaviour("orders", start, self.date_limit)

    def _open_payment_slow(self):
        today = self.company_id._credit_today()
        return self._open_behaviour("payment_speed", today - relativedelta(months=12), today)

    def _open_limit_use(self):
        customer = self.company_id._credit_in(self.partner_id)
        group = customer.credit_group_id
        # sudo: the limit to compare with; opening it asks for the right
        limit = group.sudo().limit / group._get_rate(self.company_id) if group else 0.0
        if group and not self.company_id.currency_id.compare_amounts(limit, self.reference):
            return group.action_open_exposure()
        return customer.action_open_credit_exposure()

    @api.model
    def _open_behaviour(self, source, date_from, date_to):
        return self.env["credit.payment.behaviour"]._get_open_action(
            source, self.partner_id, self.company_id, date_from, date_to
        )

    # ---- The effect of a decision on the warnings beside it.

    @api.model
    def _decided(self, customers, company):
        """Close warnings whose cause a decision removes at once, not at the next daily run.

        A higher limit, a new date of review: the warnings beside them on the screen follow.
        """
        kinds = ("limit_use", "limit_end", "review_due")
        # sudo: warnings are the system's, whoever decided
        present = self.sudo().search(
            [
                ("partner_id", "in", customers.ids),
                ("company_id", "=", company.id),
                ("is_present", "=", True),
                ("kind", "in", kinds),
            ]
        )
        figures = present.partner_id._get_credit_figures(company)
        for customer, warnings in present.grouped("partner_id").items():
            customer = customer.with_company(company)
            if customer.id not in figures:
                continue
            facts = {
                "figures": figures[customer.id],
                "threshold": lambda name, c=customer: company._credit_threshold(name, c),
                "today": company._credit_today(),
            }
            known = warnings.mapped("kind")
            causes = {kind: getattr(self, f"_cause_{kind}")(customer, facts) for kind in known}
            found = {kind: values for kind, values in causes.items() if values}
            self._sync_customer(customer, company, found, warnings)
