from odoo import api, fields, models, tools
from odoo.exceptions import AccessError

from ....engine import terms
from ...base.closed_fields import without_defaults


class Delivery:
    """The day of delivery in the context of a call of ours: no client can send an object of it."""

    def __init__(self, day):
        self.day = day


class AccountPaymentTerm(models.Model):
    """Terms ranked by risk, and due dates that count from the delivery.

    Accountants write terms, credit controllers rank them, and neither does the other's work.
    """

    _inherit = "account.payment.term"

    credit_rank = fields.Integer(
        "Risk Rank",
        copy=False,
        aggregator=None,
        help="The higher, the riskier; 0 = not ranked. An order with a term of a higher rank than the"
        " customer's approved term is put on hold, even if it grants fewer days. Terms that are not"
        " ranked are not compared.",
    )

    credit_days = fields.Integer(
        "Longest Credit (Days)", compute="_compute_credit_days", help="A month counts 30 days."
    )

    _credit_rank_positive = models.Constraint(
        "CHECK(credit_rank >= 0)", "The risk rank of a payment term cannot be negative."
    )

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            self.browse()._credit_check_write(vals)
        created = super().create(vals_list)
        self.env.registry.clear_cache()  # _credit_rank
        return created

    def write(self, vals):
        self._credit_check_write(vals)
        result = super().write(vals)
        if "credit_rank" in vals:
            self.env.registry.clear_cache()  # _credit_rank
        return result

    def _update_field_translations(self, field_name, translations, digest=None, source_lang=""):
        # The public entry point for translations goes past `write`.
        self._credit_check_write({field_name: translations})
        return super()._update_field_translations(field_name, translations, digest, source_lang)

    def _add_missing_default_values(self, values):
        result = super()._add_missing_default_values(values)
        # A default of a client or a user ranks nothing either.
        return without_defaults(self, result, values, {"credit_rank"})

    def _credit_check_write(self, vals):
        """Refuse ranks from others than credit control, and anything else from credit control alone.

        :raise AccessError: naming what would be changed
        """
        user = self.env.user
        if self.env.su:
            return
        ranked = "credit_rank" in vals and any(
            (vals["credit_rank"] or 0) != rank for rank in self.mapped("credit_rank") or [0]
        )
        if ranked:
            user._require_role(self.env._("Rank payment terms"), "controller")
        if (
            vals.keys() - {"credit_rank"}
            and user._has_role("controller")
            and not user._has_role("chief_accountant")
        ):
            # They may write these records for the rank alone.
            raise AccessError(
                self.env._("Credit controllers change only the risk rank of a payment term.")
            )

    @api.depends("line_ids.delay_type", "line_ids.nb_days", "line_ids.days_next_month")
    def _compute_credit_days(self):
        for term in self:
            term.credit_days = terms.term_days(term._credit_term_lines())

    @api.model
    @tools.ormcache("term_id")
    def _credit_rank(self, term_id):
        """Return the risk rank of a payment term; 0 without one, or where it is not ranked."""
        # sudo: the rank binds users who may not read terms
        return self.browse(term_id).sudo().credit_rank or 0

    def _compute_terms(self, date_ref, *args, **kwargs):
        # `account.move` counts from the delivery (P4-24).
        delivery = self.env.context.get("credit_delivery")
        if isinstance(delivery, Delivery):
            date_ref = delivery.day
        return super()._compute_terms(date_ref, *args, **kwargs)

    @api.model
    @tools.ormcache("term_id", "month_end")
    def _credit_days(self, term_id, month_end=False):
        """Return the longest credit that a payment term grants, see engine.terms; 0 without one.

        :param month_end: as compared with an approved term of "month-end plus N"
        """
        return terms.term_days(self.browse(term_id)._credit_term_lines(), month_end)

    def _credit_term_lines(self):
        """Return the lines of the term as engine.terms takes them."""
        # sudo: the term's days, for users who may not read terms
        return [
            (
                line.delay_type,
                line.nb_days,
                int(line.days_next_month) if (line.days_next_month or "").isdigit() else 0,
            )
            for line in self.sudo().line_ids
        ]


class AccountPaymentTermLine(models.Model):
    _inherit = "account.payment.term.line"

    @api.model_create_multi
    def create(self, vals_list):
        lines = super().create(vals_list)
        self.env.registry.clear_cache()  # _credit_days
        return lines

    def write(self, vals):
        result = super().write(vals)
        self.env.registry.clear_cache()  # _credit_days
        return result

    def unlink(self):
        result = super().unlink()
        self.env.registry.clear_cache()  # _credit_days
        return result
