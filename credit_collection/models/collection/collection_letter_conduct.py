from odoo import api, fields, models


class CollectionLetter(models.Model):
    """Conduct (P2-21): who sends a letter by hand is told before which limits it would break."""

    _inherit = "collection.letter"

    conduct_warning = fields.Char(
        compute="_compute_conduct_warning", help="Limits of conduct that it would break (P2-21)."
    )

    @api.depends("state", "channel", "type_id", "partner_id")
    def _compute_conduct_warning(self):
        contacts = self.env["collection.contact"]
        for letter in self:
            letter.conduct_warning = (
                letter.state == "ready"
                and not letter.is_test
                and contacts._get_letter_warning(
                    letter.type_id, letter.channel, letter.partner_id, letter.company_id
                )
            )

    def _get_broken_limit(self):
        """In words the limit that a letter breaks which goes out now; a run keeps to it by itself."""
        self.ensure_one()
        if self.run_id:
            return ""
        return self.env["collection.contact"]._get_broken_count(self.partner_id, self.company_id)
