from odoo import api, fields, models


class CollectionCase(models.Model):
    """A case shows when its customer last acknowledged the debt: the limitation period runs from then."""

    _inherit = "collection.case"

    receivable_acknowledged_on = fields.Date(
        "Debt Acknowledged on",
        compute="_compute_receivable_acknowledged_on",
        help="Day of the last signed balance confirmation: the limitation period runs from it.",
    )

    @api.depends("partner_id", "company_id")
    def _compute_receivable_acknowledged_on(self):
        for company, cases in self.grouped("company_id").items():
            # sudo: the day belongs to the case, which the user may read
            customers = cases.sudo().partner_id.with_company(company)
            days = {one.id: one.receivable_acknowledged_on for one in customers}
            for case in cases:
                case.receivable_acknowledged_on = days.get(case.partner_id.id)
