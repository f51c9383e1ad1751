from odoo import api, fields, models
from odoo.tools import format_date

from ...engine import review
from .res_partner import CREDIT_GROUPS

KINDS = [
    ("orders_drop", "Orders Fall"),
    ("payment_slow", "Pays Slower"),
    ("limit_use", "Near the Limit"),
    ("paper", "Paper Runs Out"),
    ("security", "Security Ends"),
    ("review_due", "Review Overdue"),
]


class CreditWarning(models.Model):
    """What falls out of a customer's own pattern, or runs out (P5-06, P4-20).

    open  the cause is there, nobody has dealt with it
    done  a credit controller dealt with it, or the cause is gone

    Written by the daily run (credit_review.py): figures follow while the cause is there;
    when it is gone the warning closes by itself. One that a controller closed comes back
    only after its cause was gone. Read by who sees the customer's credit; controllers
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
    kind = fields.Selection(KINDS, required=True, readonly=True)
    date = fields.Date("Since", required=True, readonly=True)
    state = fields.Selection(
        [("open", "Open"), ("done", "Done")], required=True, readonly=True, default="open"
    )
    is_present = fields.Boolean(
        "Cause Still There", readonly=True, default=True, help="Seen by the last daily run."
    )
    # The figures behind it; which ones they are, depends on the kind.
    value = fields.Float(readonly=True, aggregator=None)
    reference = fields.Float("Compared With", readonly=True, aggregator=None)
    date_limit = fields.Date("Of the Day", readonly=True)
    document = fields.Char(readonly=True)
    description = fields.Text(compute="_compute_description")
    done_by_id = fields.Many2one(
        "res.users", "Closed by", readonly=True, help="Empty = the cause was gone."
    )
    done_at = fields.Datetime("Closed on", readonly=True)
    note = fields.Text(help="What was found out and done.")
    can_close = fields.Boolean(compute="_compute_can_close")

    _present_once = models.UniqueIndex(
        "(partner_id, company_id, kind) WHERE is_present",
        "This customer has a warning of this kind already.",
    )
    _open_once = models.UniqueIndex(
        "(partner_id, company_id, kind) WHERE state = 'open'",
        "This customer has an open warning of this kind already.",
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
                "payment_slow": lambda w=warning: self.env._(
                    "Pays %(now)s days late in the last 3 months; own average of 12 months:"
                    " %(average)s days.",
                    now=f"{w.value:.1f}",
                    average=f"{w.reference:.1f}",
                ),
                "limit_use": lambda w=warning, m=money: self.env._(
                    "%(used)s of the limit of %(limit)s is used (%(percent)s %%).",
                    used=m(w.value),
                    limit=m(w.reference),
                    percent=f"{100 * w.value / w.reference:.0f}" if w.reference else "–",
                ),
                "paper": lambda w=warning, d=day: self.env._(
                    "%(paper)s is valid until %(date)s.", paper=w.document, date=d
                ),
                "security": lambda w=warning, m=money, d=day: self.env._(
                    "%(security)s ends on %(date)s; it raises the limit by %(amount)s.",
                    security=w.document,
                    date=d,
                    amount=m(w.value),
                ),
                "review_due": lambda d=day: self.env._("The review was due on %s.", d),
            }
            warning.description = texts[warning.kind]() if warning.kind in texts else False

    @api.depends_context("uid")
    @api.depends("state")
    def _compute_can_close(self):
        may = self.has_access("write")
        for warning in self:
            warning.can_close = may and warning.state == "open"

    def _get_open_fields(self):
        return {"note"}

    def action_done(self):
        """Close warnings that were dealt with."""
        self.check_access("write")
        # sudo: the state is written by the system, for who may write the warning
        self.filtered(lambda w: w.state == "open").sudo()._system().write(
            {"state": "done", "done_by_id": self.env.user.id, "done_at": fields.Datetime.now()}
        )
        return True

    # ------------------------------------------------------------------ daily run

    @api.model
    def _get_causes(self, customer, facts):
        """{kind: values of the warning} of what there is to warn of now.

        :param facts: of this customer, see `credit.review._get_facts`
        """
        causes = {kind: getattr(self, f"_cause_{kind}")(customer, facts) for kind, _name in KINDS}
        return {kind: values for kind, values in causes.items() if values}

    @api.model
    def _cause_orders_drop(self, customer, facts):
        now, average = facts["month"]["order_amount"], facts["months_before"]["order_amount"] / 12
        if review.fell(now, average, facts["threshold"]("warn_orders_percent")):
            return {
                "value": now,
                "reference": average,
                "date_limit": facts["month"]["date_to"],
            }
        return None

    @api.model
    def _cause_payment_slow(self, customer, facts):
        now, average = facts["last_3_months"]["days_late"], facts["last_12_months"]["days_late"]
        days = facts["threshold"]("warn_slower_days")
        if now is not None and average is not None and 0 < days < now - average:
            return {"value": now, "reference": average}
        return None

    @api.model
    def _cause_limit_use(self, customer, facts):
        figures, alert = facts["figures"], facts["threshold"]("usage_alert_percent")
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
        paper = facts["papers"].sorted("date_valid")[:1]
        return paper and {"date_limit": paper.date_valid, "document": paper.type_id.name}

    @api.model
    def _cause_security(self, customer, facts):
        security = facts["securities"].sorted("date_to")[:1]
        return security and {
            "date_limit": security.date_to,
            "document": security.name,
            "value": security.amount,
        }

    @api.model
    def _cause_review_due(self, customer, facts):
        day = customer.credit_review_date
        if day and day < facts["today"] and customer.credit_control != "blacklist":
            return {"date_limit": day}
        return None

    @api.model
    def _sync(self, customer, company, causes, present):
        """Make the warnings of a customer say what there is now; a second run changes nothing.

        :param causes: see `_get_causes`
        :param present: the warnings whose cause was there at the last run
        """
        system = self.sudo()._system()
        blank = {"value": 0.0, "reference": 0.0, "date_limit": False, "document": False}
        for warning in present:
            values = causes.get(warning.kind)
            if values is None:
                gone = {"is_present": False}
                if warning.state == "open":
                    gone.update(state="done", done_at=fields.Datetime.now())
                warning._system().write(gone)
                continue
            values = {**blank, **values}
            if any(
                round(warning[name], 2) != round(value, 2)
                if isinstance(value, float)
                else warning[name] != value
                for name, value in values.items()
            ):
                warning._system().write(values)
        known = set(present.mapped("kind"))
        return system.create(
            [
                {
                    **blank,
                    **values,
                    "partner_id": customer.id,
                    "company_id": company.id,
                    "kind": kind,
                    "date": company._credit_today(),
                }
                for kind, values in causes.items()
                if kind not in known
            ]
        )


class ResPartner(models.Model):
    """Open warnings on the customer."""

    _inherit = "res.partner"

    credit_warning_count = fields.Integer(
        "Warnings", compute="_compute_credit_warnings", groups=CREDIT_GROUPS
    )
    credit_warning_text = fields.Text(
        "Early Warning", compute="_compute_credit_warnings", groups=CREDIT_GROUPS
    )

    @api.depends_context("company", "uid", "lang")
    @api.depends("commercial_partner_id")
    def _compute_credit_warnings(self):
        groups = self.env["credit.warning"]._read_group(
            [
                ("partner_id", "in", self.commercial_partner_id.ids),
                ("company_id", "=", self.env.company.id),
                ("state", "=", "open"),
            ],
            ["partner_id"],
            ["id:recordset"],
        )
        found = dict(groups)
        for partner in self:
            warnings = found.get(partner.commercial_partner_id, self.env["credit.warning"])
            partner.credit_warning_count = len(warnings)
            partner.credit_warning_text = "\n".join(warnings.mapped("description"))

    def action_open_credit_warnings(self):
        """Open the warnings of this customer."""
        return self._credit_open("credit_collection.credit_warning_action")
