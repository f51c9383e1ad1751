from datetime import timedelta

from odoo import api, fields, models

# Reasons of so many days back count: what customers say changes with the season.
DAYS = 90


class CollectionReason(models.Model):
    """Reasons that customers gave, by how often they did."""

    _inherit = "collection.reason"

    @api.model
    def _get_use_counts(self):
        since = fields.Datetime.now() - timedelta(days=DAYS)
        # sudo: only how often, by contacts of every colleague
        groups = (
            self.env["collection.contact"]
            .sudo()
            ._read_group(
                [("reason_id", "!=", False), ("date", ">=", since)], ["reason_id"], ["__count"]
            )
        )
        counts = super()._get_use_counts()
        return {
            **counts,
            **{reason.id: count + counts.get(reason.id, 0) for reason, count in groups},
        }
