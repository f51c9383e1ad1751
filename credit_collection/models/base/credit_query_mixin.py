from odoo import api, models


class CreditQueryMixin(models.AbstractModel):
    """Models whose rows are a query (`_table_query`): which rows there are depends on nobody.

    A query that leaves out rows hidden from its user makes these "missing" for that user.
    Odoo then refuses nothing (`fetch` refuses existing rows) and goes on with what the same call
    has in its cache, for example by a related field, that Odoo reads as the superuser. So a row
    exists when it exists for the superuser, whose query is the whole; record rules do the rest.
    """

    _name = "credit.query.mixin"
    _description = "Rows of a Query"

    @api.private
    def exists(self):
        # sudo: whether there is such a row; record rules decide the right to read it
        return super(CreditQueryMixin, self.sudo()).exists().with_env(self.env)

    @api.model
    @api.private
    @api.readonly
    def search_fetch(self, domain, field_names=None, offset=0, limit=None, order=None):
        """Fetch all columns at once, whatever is asked for: the view is computed anew for each query."""
        names = [name for name, field in self._fields.items() if field.store and field.column_type]
        return super().search_fetch(domain, names, offset, limit, order)
