from odoo import api, models, tools

from ....engine import terms


class Delivery:
    """The day of delivery in the context of a call of ours: no client can send an object of it."""

    def __init__(self, day):
        self.day = day


class AccountPaymentTerm(models.Model):
    _inherit = "account.payment.term"

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
