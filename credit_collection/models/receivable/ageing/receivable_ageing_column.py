from odoo import api, fields, models

from ....engine.ageing import column_ranges

# Fields for buckets that a row of a customer has; of a closed month the last one holds all that is older.
COLUMNS = 10

COLUMN_NAMES = tuple(f"column_{index + 1}" for index in range(COLUMNS))


class ReceivableAgeingColumn(models.Model):
    """A column of the ageing: it runs from its first day to the day before the next column.

    So columns never overlap and leave no gap. Columns of a company replace the shared ones
    (without a company) altogether. Items below the first column stand in the first.
    """

    _name = "receivable.ageing.column"
    _inherit = ["credit.company.mixin"]
    _description = "Aging Bucket"
    _order = "company_id, days_from, id"

    name = fields.Char(
        compute="_compute_name", help="Days past the date that the aging counts from."
    )
    days_from = fields.Integer(
        "First Day",
        required=True,
        help="0 = not due yet. The bucket ends where the next begins.",
        aggregator=None,
    )
    company_id = fields.Many2one(
        "res.company",
        index=True,
        ondelete="cascade",
        help="Empty: companies without their own buckets.",
    )

    _days_from_positive = models.Constraint(
        "CHECK(days_from BETWEEN 0 AND 9999)",
        "The first day of a bucket must be between 0 and 9999.",
    )
    _days_once = models.UniqueIndex(
        "(COALESCE(company_id, 0), days_from)", "Another bucket begins on this day."
    )

    @api.depends("days_from", "company_id")
    @api.depends_context("lang")
    def _compute_name(self):
        # sudo: the names of the columns follow from their neighbours
        siblings = self.sudo().search([("company_id", "in", [False, *self.company_id.ids])])
        for column in self:
            own = sorted(
                {
                    column.days_from,
                    *siblings.filtered(
                        lambda s, c=column: s.company_id == c.company_id and s.id != c._origin.id
                    ).mapped("days_from"),
                }
            )
            column.name = self._get_range_names(own)[own.index(column.days_from)]

    @api.depends("name")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for column in self:
            column.display_name = column.name

    @api.model
    def _get_range_names(self, starts):
        """Return names of columns on screens and documents, in the reader's language.

        :param starts: first day of each, ascending
        """
        return [
            self.env._("over %s", first - 1)
            if last is None
            else self.env._("0 (not due)")
            if not index and last <= 0
            else f"{first}–{last}"
            if first != last
            else str(first)
            for index, (first, last) in enumerate(column_ranges(starts))
        ]

    @api.model
    def _get_columns(self, company):
        """Return the columns of a company in their order: its own, or the shared ones."""
        # sudo: readers of an ageing read its columns
        columns = self.sudo().search([("company_id", "=", company._credit_root().id)])
        # sudo: readers of an ageing read its columns
        return columns or self.sudo().search([("company_id", "=", False)])

    @api.model
    def _name_fields(self, fields):
        """Name the fields of buckets in a `fields_get` as the aging of the user's company does."""
        if any("string" in fields.get(field, ()) for field in COLUMN_NAMES):
            names = self._get_columns(self.env.company).mapped("name")
            for field, name in zip(COLUMN_NAMES, names, strict=False):
                if field in fields:
                    fields[field]["string"] = name
        return fields
