from odoo import fields, models


class CollectionLetter(models.Model):
    """Letters may name the interest that has accrued and is not billed yet."""

    _inherit = "collection.letter"

    interest_text = fields.Char(
        "Accrued Interest, Not Yet Billed", compute="_compute_interest_text"
    )

    def _compute_interest_text(self):
        accrual = self.env["receivable.interest.accrual"]
        for letter in self:
            found = accrual._get_amounts(letter.company_id, letter.date, letter.partner_id)
            # sudo: items of the letter, whoever writes it
            items = letter.sudo().line_ids.move_line_id
            total = sum(found.get(item.id, 0.0) for item in items)
            letter.interest_text = letter.currency_id.format(total)


class CollectionLetterText(models.Model):
    _inherit = "collection.letter.text"

    def _get_placeholders(self):
        names = super()._get_placeholders()
        if self.type_id.audience == "agreement":
            return names
        return (*names, "object.interest_text")
