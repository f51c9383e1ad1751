from odoo import fields, models

from ...base.closed_fields import without_defaults
from .res_partner import TERM_GROUPS


class AccountMove(models.Model):
    """Terms of late interest of an invoice, and the invoices of interest notes."""

    _inherit = "account.move"

    receivable_interest_term_id = fields.Many2one(
        "receivable.interest.term",
        "Terms of Late Interest",
        copy=False,
        check_company=True,
        groups=TERM_GROUPS,
        ondelete="restrict",
        index="btree_not_null",
        help="Empty = the terms of the customer, else of its active policy or the company.",
    )

    def _add_missing_default_values(self, values):
        result = super()._add_missing_default_values(values)
        # A default of the client's context, or one that a user keeps, agrees on nothing.
        return without_defaults(self, result, values, {"receivable_interest_term_id"})

    def _receivable_is_interest(self):
        """Return whether a note of late interest made this invoice."""
        self.ensure_one()
        # sudo: which document made it, whoever asks
        document = self.sudo().receivable_document
        return bool(document) and document._name == "receivable.interest"

    def _credit_is_checked(self):
        # Interest and fees are no sale on credit: a customer on hold is charged, too.
        return super()._credit_is_checked() and not self._receivable_is_interest()
