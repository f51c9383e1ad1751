from odoo import api, models


class CreditPolicyPartMixin(models.AbstractModel):
    """Parts of a policy (`policy_id`): edited while it is a draft, by nobody afterwards (P1-06)."""

    _name = "credit.policy.part.mixin"
    _description = "Part of a Credit Policy"
    _inherit = ["credit.company.mixin"]

    @api.model_create_multi
    def create(self, vals_list):
        self.check_access("create")  # also of the mixin itself, which has no records
        parts = super().create(vals_list)
        parts.policy_id._check_editable()
        return parts

    def write(self, vals):
        self.check_access("write")
        self.policy_id._check_editable()
        result = super().write(vals)
        if "policy_id" in vals:
            self.policy_id._check_editable()
        return result

    def _update_field_translations(self, field_name, translations, digest=None, source_lang=""):
        # The public entry point for translations goes past `write`.
        self.policy_id._check_editable()
        return super()._update_field_translations(field_name, translations, digest, source_lang)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_in_force(self):
        self.policy_id._check_editable()
