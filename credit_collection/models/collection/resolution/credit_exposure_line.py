from odoo import api, models

from ...credit.exposure.credit_open_item import SOURCES
from .credit_open_item import BLOCK_SOURCES


class CreditExposureLine(models.Model):
    """Contested amounts that a setting leaves out are read from disputes."""

    _inherit = "credit.exposure.line"
    _depends = {
        model: [*SOURCES.get(model, ()), *BLOCK_SOURCES.get(model, ())]
        for model in {**SOURCES, **BLOCK_SOURCES}
    }

    @api.model
    def _flush_sources(self):
        result = super()._flush_sources()
        if self.env["res.company"]._credit_ids_with("credit_disputed_not_exposed"):
            for model, names in CreditExposureLine._depends.items():
                self.env[model].flush_model(names)
        return result
