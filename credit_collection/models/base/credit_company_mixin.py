from odoo import models

# What says whose a record is: its company, or the record that it is a part of.
OWNERS = {"company_id", "policy_id", "scorecard_id", "criterion_id", "group_id"}


class CreditCompanyMixin(models.AbstractModel):
    """Records of a company, or of all companies, and their parts.

    Odoo asks for the right to write before it writes. Who moves a record elsewhere needs it
    there, too: nobody hands a record to another company, or to all of them, who may not edit
    it there.
    """

    _name = "credit.company.mixin"
    _description = "Record of a Company"

    def write(self, vals):
        result = super().write(vals)
        if not OWNERS.isdisjoint(vals):
            self.check_access("write")
        return result
