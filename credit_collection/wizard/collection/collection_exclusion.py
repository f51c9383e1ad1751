from odoo import api, fields, models


class CollectionExclusion(models.TransientModel):
    """Exclude invoices from collection until a day, for a reason."""

    _name = "collection.exclusion"
    _description = "Exclude from Collection"

    move_ids = fields.Many2many("account.move", string="Invoices", required=True)
    company_id = fields.Many2one("res.company", compute="_compute_company_id")
    date_until = fields.Date(
        "Until", help="Last day of the exclusion. Empty = resume collection now."
    )
    date_last = fields.Date("Latest Allowed Date", compute="_compute_company_id")
    reason = fields.Char()

    @api.depends("move_ids")
    def _compute_company_id(self):
        for wizard in self:
            company = wizard.move_ids.company_id[:1] or self.env.company
            wizard.company_id = company
            # sudo: the limit of days is the company's setting
            wizard.date_last = fields.Date.add(
                company._credit_today(), days=company.sudo().collection_exclusion_max_days
            )

    def action_apply(self):
        """Exclude the invoices until the day, or include them again without one.

        :raise AccessError: the user is neither accountant, collector nor controller
        :raise ValidationError: no reason, a day in the past or further than the company allows
        """
        self.ensure_one()
        self.move_ids._exclude_from_collection(
            self.date_until, self.reason if self.date_until else False
        )
        return {"type": "ir.actions.act_window_close"}
