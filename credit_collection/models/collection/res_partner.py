from odoo import api, fields, models
from odoo.fields import Domain


class ResPartner(models.Model):
    _inherit = "res.partner"

    collection_user_id = fields.Many2one(
        "res.users",
        "Collector",
        company_dependent=True,
        help="Collects from this customer; empty = by territory, salesperson or in turn.",
    )
    collection_case_id = fields.Many2one(
        "collection.case",
        compute="_compute_collection_case_id",
        search="_search_collection_case_id",
        groups="credit_collection.group_credit_user",
    )

    @api.model
    def _credit_file_models(self):
        return [
            *super()._credit_file_models(),
            "collection.agreement", "collection.case", "collection.dispute", "collection.filing",
            "collection.letter", "collection.promise", "collection.run.line",
        ]  # fmt: skip

    @api.depends_context("company", "uid")
    @api.depends("commercial_partner_id")
    def _compute_collection_case_id(self):
        cases = self.env["collection.case"].search(
            [
                ("partner_id", "in", self.commercial_partner_id.ids),
                ("company_id", "=", self.env.company.id),
                ("state", "=", "open"),
            ]
        )
        by_partner = {case.partner_id.id: case for case in cases}
        for partner in self:
            partner.collection_case_id = by_partner.get(partner.commercial_partner_id.id, False)

    @api.model
    def _search_collection_case_id(self, operator, value):
        if operator not in ("in", "not in"):
            return NotImplemented
        ids = [one for one in value if one]
        cases = self.env["collection.case"].search(
            [("company_id", "=", self.env.company.id), ("state", "=", "open")]
            + ([("id", "in", ids)] if ids else [])
        )
        domain = Domain("commercial_partner_id", "in", cases.partner_id.ids)
        if not all(value):  # without a case
            without = ~Domain("commercial_partner_id", "in", cases.partner_id.ids)
            domain = without if not ids else domain | without
        return ~domain if operator == "not in" else domain
