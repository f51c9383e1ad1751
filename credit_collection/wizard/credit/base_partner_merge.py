from odoo import models
from odoo.exceptions import AccessError


class BasePartnerMergeAutomaticWizard(models.TransientModel):
    _inherit = "base.partner.merge.automatic.wizard"

    def _merge(self, partner_ids, dst_partner=None, extra_checks=True):
        """Merging a frozen customer into a good one would unfreeze him: credit control's business."""
        partners = self.env["res.partner"].browse(partner_ids).exists()
        if not partners._credit_may_decide() and partners._credit_decisions():
            raise AccessError(
                self.env._("Only credit controllers may merge customers with credit decisions.")
            )
        return super()._merge(partner_ids, dst_partner=dst_partner, extra_checks=extra_checks)
