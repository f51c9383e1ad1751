from odoo import fields, models


class ResBank(models.Model):
    """The name of a bank in the language of the customer who is asked to pay."""

    _inherit = "res.bank"

    collection_name = fields.Char(
        "Name on Letters",
        translate=True,
        help="Translate it: letters and repayment agreements print it in the customer's language."
        " Empty = the name.",
    )

    def _get_letter_name(self, lang):
        """Return the name of the bank for a letter in a language.

        :param lang: code
        """
        self.ensure_one()
        return self.with_context(lang=lang).collection_name or self.name
