from odoo import api, fields, models
from odoo.tools import format_date

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
                "paper": lambda w=warning, d=day: (
                    self.env._(
                        "%(paper)s ran out on %(date)s.", paper=w._get_document_name(), date=d
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
                        "%(security)s ends on %(date)s; it raises the limit by %(amount)s.",
                        security=w._get_document_name(),
                        date=d,
                        amount=m(w.value),
                    )
                ),
                "review_due": lambda d=day: self.env._("The review was due on %s.", d),
            }
            warning.description = texts[warning.kind]() if warning.kind in texts else False

    @api.model
    def _get_origin_models(self):
        """Models of documents that a warning points to. Extend with a kind that has its own."""
        return ["credit.document", "credit.security"]

    def _is_over(self):
        return self.date_limit < self.company_id._credit_today()

    def _get_letter_text(self, day):
        """The end of a letter of credit, which raises no limit."""
        name = self._get_document_name()
        if self._is_over():
            return self.env._("%(security)s ended on %(date)s.", security=name, date=day)
        return self.env._(
            "%(security)s ends on %(date)s; orders need another cover.", security=name, date=day
        )

    def _get_document_name(self):
        """Name of the document in the reader's language; as it was, once it is gone."""
        self.ensure_one()
        # sudo: the name only, for who may read the warning
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
        # sudo: the state is written by the system, for who may write the warning
        opened.sudo()._system().write(
            {"state": "done", "done_by_id": self.env.user.id, "done_at": fields.Datetime.now()}
        )
        return True
