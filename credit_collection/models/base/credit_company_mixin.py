from odoo import api, fields, models

# Fields that decide the owner of a record: its company, or the record that it is a part of.
OWNERS = {"company_id", "policy_id", "scorecard_id", "criterion_id", "group_id"}


class CreditCompanyMixin(models.AbstractModel):
    """Records of a company, or of all companies, and their parts.

    Odoo asks for the right to write before it writes. Moving a record elsewhere takes it
    there, too: only users who may edit it there hand a record to another company, or to all
    of them. A branch has none of its own: one that is named stands for its root.
    """

    _name = "credit.company.mixin"
    _description = "Record of a Company"

    @api.model_create_multi
    def create(self, vals_list):
        with_root = self.env["res.company"]._credit_with_root
        return super().create([with_root(vals) for vals in vals_list])

    def write(self, vals):
        result = super().write(self.env["res.company"]._credit_with_root(vals))
        if not OWNERS.isdisjoint(vals):
            self.check_access("write")
        return result


class CreditCompanyDialog(models.AbstractModel):
    """Dialogs about one of the companies that the user works in."""

    _name = "credit.company.dialog"
    _inherit = ["credit.company.mixin"]
    _description = "Dialog about a Company"

    company_id = fields.Many2one(
        "res.company",
        required=True,
        default=lambda self: self.env.company.root_id,
        domain="[('id', 'in', allowed_company_ids)]",
        ondelete="cascade",
    )
