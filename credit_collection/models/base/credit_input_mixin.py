from odoo import api, fields, models
from odoo.exceptions import UserError


class CreditInputMixin(models.AbstractModel):
    """Documents that say what is missing before their next step, as long as it is.

    The form shows `missing_input` in a banner `o_credit_missing`, under which the button of the
    step is not the coloured one. The step itself runs the same checks.
    """

    _name = "credit.input.mixin"
    _description = "Document That Says What Is Missing"
    _inherit = ["credit.protected.mixin"]

    missing_input = fields.Text("Missing for the Next Step", compute="_compute_missing_input")

    @api.depends("state")
    def _compute_missing_input(self):
        for record in self:
            # sudo: what is missing is told to whoever may read the document
            saved = record._origin.sudo()
            record.missing_input = saved and saved._get_missing_input()

    def _get_missing_input(self):
        """Return what people have to enter before the next step, in words; False for nothing."""
        self.ensure_one()
        try:
            self._check_all(*self._get_input_checks())
        except UserError as error:
            return str(error)
        return False

    def _get_input_checks(self):
        """Hook: checks of what people enter before the next step. They raise, and change nothing."""
        self.ensure_one()
        return []
