from odoo import fields, models
from odoo.tools import SQL

CLAIMS = [("principal", "Principal"), ("interest", "Interest and Fees")]


def with_claim(query):
    """Return SQL of rows with their kind of claim, as column `claim`; NULL for what is not invoiced."""
    return SQL(
        """
        SELECT line.*, CASE WHEN note.id IS NOT NULL THEN 'interest'
                            WHEN line.move_id IS NOT NULL THEN 'principal' END AS claim
          FROM (%s) line
     LEFT JOIN receivable_interest note ON note.move_id = line.move_id
        """,
        query,
    )


class CreditExposureLine(models.Model):
    """Interest and fees that were charged are a claim beside the principal (P3-01)."""

    _inherit = "credit.exposure.line"
    _depends = {"receivable.interest": ["move_id"]}

    claim = fields.Selection(CLAIMS, readonly=True)

    @property
    def _table_query(self):
        return with_claim(super()._table_query)
