from odoo import api, fields, models


class CollectionLetter(models.Model):
    """Letters name the fee that they cost, and may name the interest accrued and not billed yet."""

    _inherit = "collection.letter"

    interest_text = fields.Char(
        "Accrued Interest, Not Yet Billed", compute="_compute_interest_text"
    )
    receivable_fee = fields.Monetary(
        "Reminder Fee",
        readonly=True,
        copy=False,
        aggregator=None,
        help="Named in the letter when it went out; charged by an interest note.",
    )
    fee_text = fields.Char("Fee of This Letter", compute="_compute_fee_text")
    receivable_cost = fields.Monetary(
        "Lawyer's Fee",
        readonly=True,
        copy=False,
        aggregator=None,
        help="What the customer owes for the letter of the law firm; charged by an interest note.",
    )
    receivable_cost_user_id = fields.Many2one(
        "res.users", "Lawyer's Fee Recorded by", readonly=True, copy=False
    )

    def _compute_interest_text(self):
        accrual = self.env["receivable.interest.accrual"]
        for letter in self:
            found = accrual._get_amounts(letter.company_id, letter.date, letter.partner_id)
            # sudo: items of the letter, whoever writes it
            items = letter.sudo().line_ids.move_line_id
            total = sum(found.get(item.id, 0.0) for item in items)
            letter.interest_text = letter.currency_id.format(total)

    @api.depends("state", "receivable_fee")
    @api.depends_context("lang")
    def _compute_fee_text(self):
        for letter in self:
            waits = letter.state == "ready"
            fee = letter._origin._get_fee() if waits else letter.receivable_fee
            env = letter.with_context(lang=letter.lang or self.env.lang).env
            letter.fee_text = bool(fee) and letter.currency_id.with_env(env).format(fee)

    def _get_fee_sentence(self):
        """Return what the letter says of its fee, in the language of the context."""
        self.ensure_one()
        return self.env._(
            "A fee of %s is charged for this letter, by an invoice of its own.", self.fee_text
        )

    def _get_fee(self):
        """Return what the letter costs the customer when it goes out now, in its currency."""
        # sudo: what notes will charge, whoever reads the letter
        letter = self.sudo()
        if not letter.type_id.receivable_fee:
            return 0.0
        # sudo: as above
        lines = self.env["receivable.interest"].sudo()._get_fees_with(letter)
        return sum(line["amount_computed"] for line in lines if line["letter_id"] == letter.id)

    def _prepare_delivery(self, address=None, mail=None):
        """Fix the fee that the letter names: interest notes charge this amount."""
        goes = super()._prepare_delivery(address, mail)
        if goes:
            self._system_write({"receivable_fee": self._get_fee()})
        return goes


class CollectionLetterText(models.Model):
    _inherit = "collection.letter.text"

    def _get_placeholders(self):
        names = super()._get_placeholders()
        if self.type_id.audience == "agreement":
            return names
        return (*names, "object.interest_text", "object.fee_text")
