from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import format_date


class ReceivableReference(models.Model):
    """A published rate that terms of late interest refer to: LPR, the rate of a central bank."""

    _name = "receivable.reference"
    _description = "Reference Rate"
    _order = "name, id"

    name = fields.Char(required=True, translate=True)
    active = fields.Boolean(default=True)
    source = fields.Char(help="Who publishes it, and where.")
    rate_ids = fields.One2many("receivable.reference.rate", "reference_id", "Rates")
    rate_last = fields.Float(
        "Latest Rate (%)", digits=(16, 4), compute="_compute_rate_last", aggregator=None
    )
    date_last = fields.Date("Valid from", compute="_compute_rate_last")

    @api.depends("rate_ids.rate", "rate_ids.date")
    def _compute_rate_last(self):
        for reference in self:
            last = reference.rate_ids.sorted("date")[-1:]
            reference.rate_last, reference.date_last = last.rate, last.date


class ReceivableReferenceRate(models.Model):
    """A reference rate from a day on, until the next one; kept as it is once interest was charged by it."""

    _name = "receivable.reference.rate"
    _description = "Rate from a Day On"
    _order = "reference_id, date desc"
    _long_dates = ("date",)

    reference_id = fields.Many2one(
        "receivable.reference", required=True, index=True, ondelete="cascade"
    )
    date = fields.Date("Valid from", required=True)
    rate = fields.Float("Rate (% per Year)", digits=(16, 4), required=True, aggregator=None)

    _once = models.UniqueIndex("(reference_id, date)", "A reference rate has one rate per day.")
    _rate_range = models.Constraint(
        "CHECK(rate BETWEEN -100 AND 1000)",
        "A reference rate lies between -100 and 1000% per year.",
    )

    @api.depends("reference_id", "date")
    def _compute_display_name(self):
        for rate in self:
            rate.display_name = f"{rate.reference_id.name} {format_date(self.env, rate.date)}"

    @api.model_create_multi
    def create(self, vals_list):
        rates = super().create(vals_list)
        rates._check_days_free()
        return rates

    def write(self, vals):
        if not vals.keys().isdisjoint(("reference_id", "date", "rate")):
            self._check_unused()
        result = super().write(vals)
        if not vals.keys().isdisjoint(("reference_id", "date")):
            self._check_days_free()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_used(self):
        self._check_unused()

    def _check_days_free(self):
        """Raise where an earlier rate was charged for days from the first day of one of these on."""
        # sudo: every note counts, seen or not
        periods = self.env["receivable.interest.period"].sudo()
        found = periods.search(
            Domain.OR(
                Domain("charges", "=", True)
                & Domain("date_to", ">=", rate.date)
                & Domain("rate_id.reference_id", "=", rate.reference_id.id)
                & Domain("rate_id.date", "<", rate.date)
                for rate in self
            ),
            order="date_to desc",
            limit=1,
        )
        if found:
            raise UserError(
                self.env._(
                    "%(rate)s was charged until %(day)s by %(note)s. Enter the new rate with a later"
                    " first day, or cancel or reverse the note first.",
                    rate=found.rate_id.display_name,
                    day=format_date(self.env, found.date_to),
                    note=found.line_id.note_id.name,
                )
            )

    def _check_unused(self):
        """Raise where interest was computed by one of these rates."""
        # sudo: every note counts, seen or not
        used = self.env["receivable.interest.period"].sudo()
        found = used.search([("rate_id", "in", self.ids)], limit=1)
        if found:
            raise UserError(
                self.env._(
                    "%(rate)s cannot be changed: %(note)s was computed by it. Enter a new rate with"
                    " its own first day.",
                    rate=found.rate_id.display_name,
                    note=found.line_id.note_id.name,
                )
            )
