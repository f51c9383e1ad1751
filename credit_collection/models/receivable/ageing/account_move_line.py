from odoo import models


class AccountMoveLine(models.Model):
    _inherit = "account.move.line"

    # Drafts that are matched (`receivable.ageing._outside_sql`): a handful among all items.
    _credit_outside_idx = models.Index(
        "(account_id) WHERE parent_state <> 'posted' AND matching_number IS NOT NULL"
    )
