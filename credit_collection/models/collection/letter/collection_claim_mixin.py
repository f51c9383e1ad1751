from odoo import fields, models

# What a contract or the policy may say, and a letter therefore state.
AGREED = ("claim_interest", "claim_costs", "claim_stop")


class CollectionClaimMixin(models.AbstractModel):
    """Three rights of the creditor: a contract or a policy grants them, a letter template states them."""

    _name = "collection.claim.mixin"
    _description = "Rights Stated in Letters"

    claim_interest = fields.Boolean(
        "Late Interest", help="Interest or a late fee on overdue items."
    )
    claim_costs = fields.Boolean(
        "Recovery Costs", help="The customer bears the cost of collection."
    )
    claim_stop = fields.Boolean("Stop of Supply", help="Deliveries stop while items are overdue.")
