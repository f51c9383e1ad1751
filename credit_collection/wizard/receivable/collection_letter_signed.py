from odoo import fields, models
from odoo.exceptions import UserError


class CollectionLetterSigned(models.TransientModel):
    """The lawyer's fee goes to the customer, where contract or policy let the customer bear costs."""

    _inherit = "collection.letter.signed"

    currency_id = fields.Many2one(related="letter_id.currency_id")
    receivable_cost = fields.Monetary(
        "Lawyer's Fee to Charge",
        help="Proposed by the next interest note, which somebody else approves. 0 = none.",
    )

    def action_record(self):
        """Record the letter, and the fee that the customer owes for it.

        :raise UserError: a fee below zero, or neither contract nor policy grants recovery costs
        """
        self.ensure_one()
        letter, cost = self.letter_id, self.receivable_cost
        sign = letter.currency_id.compare_amounts(cost, 0)
        if sign < 0:
            raise UserError(self.env._("Lawyer's Fee to Charge: not below zero."))
        letter.check_access("read")
        # sudo: contract and policy bind users who may not read them
        if sign > 0 and "claim_costs" not in letter.sudo()._get_true_claims():
            raise UserError(
                self.env._(
                    "Lawyer's Fee to Charge: neither the contract with %s nor the policy lets the"
                    " customer bear the cost of collection.",
                    letter.partner_id.name,
                )
            )
        result = super().action_record()
        if sign > 0:
            letter._system_write(
                {
                    "receivable_cost": letter.currency_id.round(cost),
                    "receivable_cost_user_id": self.env.uid,  # who does not approve it
                }
            )
        return result
