from odoo import fields, models
from odoo.exceptions import UserError

from ...models.collection.confirmation.collection_confirmation_line import LIKELIHOODS


class CollectionConfirmationFill(models.TransientModel):
    """One answer for several items of a confirmation sheet (P3-04)."""

    _name = "collection.confirmation.fill"
    _description = "Same Answer for Several Items"

    line_ids = fields.Many2many("collection.confirmation.line", string="Items", required=True)
    is_right = fields.Boolean("Amounts Are Correct")
    reason_id = fields.Many2one("collection.reason")
    reason_note = fields.Char("Specific Reason")
    fault_unit = fields.Char("Caused by (Unit)")
    fault_user_id = fields.Many2one(
        "res.users", "Caused by (Person)", domain="[('share', '=', False)]"
    )
    likelihood = fields.Selection(LIKELIHOODS)
    percent = fields.Float(
        "Assessed Amount (%)", help="Of the amount of each item; 0 = enter the amounts one by one."
    )
    date_expected = fields.Date("Expected on")
    replaces = fields.Boolean(
        "Replace Existing Answers", help="If off, only missing answers are filled in."
    )

    _percent_range = models.Constraint(
        "CHECK(percent BETWEEN 0 AND 100)", "The assessed part of an amount is 0 to 100%."
    )

    def action_apply(self):
        """Enter the answer on the items.

        :raise AccessError: the sheet is somebody else's to answer
        :raise UserError: the sheet was answered already, or the day expected is past
        """
        self.ensure_one()
        sheets = self.line_ids.confirmation_id
        sheets._check_can_answer()
        for sheet in sheets:
            today = sheet.company_id._credit_today()
            if self.date_expected and self.date_expected < today:
                raise UserError(
                    self.env._(
                        "Expected on: %s is past. Enter a day to come.",
                        self.env["ir.qweb.field.date"].value_to_html(self.date_expected, {}),
                    )
                )
            user = self.fault_user_id
            if user and (user.share or not sheet.company_id._credit_has_user(user)):
                raise UserError(
                    self.env._(
                        "%(user)s does not work in %(company)s.",
                        user=user.name,
                        company=sheet.company_id.name,
                    )
                )
        self.line_ids._fill(
            {
                "figures": self.is_right and "right",
                "reason_id": self.reason_id.id,
                "reason_note": self.reason_note,
                "fault_unit": self.fault_unit,
                "fault_user_id": self.fault_user_id.id,
                "likelihood": self.likelihood,
                "date_expected": self.date_expected,
            },
            replaces=self.replaces,
            percent=self.percent,
        )
        return {"type": "ir.actions.act_window_close"}
