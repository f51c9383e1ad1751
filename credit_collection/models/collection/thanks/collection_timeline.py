from odoo import api, models
from odoo.tools import SQL


class CollectionTimeline(models.Model):
    """Notes that payments came went out, too."""

    _inherit = "collection.timeline"
    _depends = {
        "collection.thanks": [
            "amount", "company_id", "currency_id", "partner_id", "recipient_id", "sent_at",
            "sent_by_id", "state", "subject",
        ],
    }  # fmt: skip

    @api.model
    def _get_selects(self):
        return {**super()._get_selects(), "thanks": self._select_thanks()}

    @api.model
    def _select_thanks(self):
        """Select notes that went out or came back."""
        return SQL(
            """SELECT note.id::bigint * 8 + 5 AS id, note.partner_id, note.company_id,
                      (note.sent_at AT TIME ZONE 'UTC' AT TIME ZONE %(zone)s)::date AS date,
                      note.sent_at AS at,
                      CASE WHEN note.state = 'bounced' THEN 'bounced' ELSE 'letter' END AS kind,
                      'out' AS direction,
                      CASE WHEN note.state = 'bounced' THEN 'bounced' ELSE 'sent' END AS result,
                      note.subject AS text, note.amount, note.currency_id, NULL::date AS date_until,
                      note.sent_by_id AS user_id, note.recipient_id AS person_id,
                      'collection.thanks' AS res_model, note.id AS res_id
                 FROM collection_thanks note
                WHERE note.state IN ('sent', 'printed', 'bounced')""",
            zone=self.env.tz.zone,
        )
