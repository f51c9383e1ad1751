from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ...engine import terms
from .res_partner import CREDIT_GROUPS, TERM_STARTS


class ResPartner(models.Model):
    """The two kinds of term of P4-06: N days after the invoice, or month-end plus N.

    `credit_term_days` is the longest credit in either case, months counted as 30 days:
    60 is "60 days after the invoice" or "month-end plus 30".
    """

    _inherit = "res.partner"

    credit_term_start = fields.Selection(
        TERM_STARTS,
        "Term Counted From",
        company_dependent=True,
        tracking=True,
        copy=False,
        groups=CREDIT_GROUPS,
        help="Month End: the approved days are a month of 30 days and the days after its end;"
        " 60 is month-end plus 30. Empty is from the invoice.",
    )
    credit_term_text = fields.Char(
        "Approved Term", compute="_compute_credit_term_text", groups=CREDIT_GROUPS
    )

    @api.depends_context("lang", "company")
    @api.depends("credit_term_days", "credit_term_start")
    def _compute_credit_term_text(self):
        for partner in self:
            partner.credit_term_text = self._credit_term_words(
                partner.credit_term_days, partner.credit_term_start
            )

    @api.model
    def _credit_term_words(self, days, start):
        """A term in words (P4-06).

        :param days: the longest credit it gives
        :param start: key of `TERM_STARTS`
        """
        after = terms.month_end_days(days) if start == "month_end" else None
        if after is not None:
            return self.env._("Month-end plus %s days", after)
        return self.env._("%s days after the invoice", days) if days else self.env._("At once")

    def _credit_pays_by_month(self):
        """Whether this customer's approved term is "month-end plus N"."""
        self.ensure_one()
        return self.credit_term_start == "month_end"

    @api.constrains("credit_term_days", "credit_term_start")
    def _check_credit_term_start(self):
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
        if (
            isinstance(days, int)
            and "credit_term_start" not in vals
            and terms.month_end_days(days) is None
            and "month_end" in self.sudo().mapped("credit_term_start")
        ):
            # Cash, or a term shorter than a month: it counts from the invoice again.
            return {**vals, "credit_term_start": "invoice"}
        return vals
