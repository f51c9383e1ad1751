from odoo import api, models


class CreditQueryMixin(models.AbstractModel):
    """Models whose rows are a query (`_table_query`): which rows there are depends on nobody.

    A query that leaves out what its user may not see makes these rows "missing" for that user.
    Odoo then refuses nothing (`fetch` refuses what exists) and goes on with what the same call
    has in its cache, for example by a related field, that Odoo reads as the superuser. So a row
    exists when it exists for the superuser, whose query is the whole; record rules do the rest.
    """

    _name = "credit.query.mixin"
    _description = "Rows of a Query"

    @api.private
    def exists(self):
        # sudo: whether there is such a row; who may read it is for the record rules
        return super(CreditQueryMixin, self.sudo()).exists().with_env(self.env)
