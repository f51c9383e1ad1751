from odoo import api, fields, models, tools


class ResPartner(models.Model):
    """Fields of the legal entity in queries: a branch reads those of its root.

    They have no index (`index=False`): Odoo would keep one per field, of every customer with a value,
    and PostgreSQL weighs each of them in every statement that names a partner, of Odoo's followers too.
    """

    _inherit = "res.partner"

    def _field_to_sql(self, alias, field_expr, query=None):
        # The name first: of 500 columns of a list few are of the legal entity.
        if not field_expr.startswith(("credit_", "collection_")):
            return super()._field_to_sql(alias, field_expr, query)
        name, *path = field_expr.split(".")
        if name not in self._credit_entity_fields():
            return super()._field_to_sql(alias, field_expr, query)
        self._check_field_access(self._fields[name], "read")
        if not path:
            return self._credit_entity_sql(alias, name, self.env.company.id)
        root = self._credit_root_env()
        return super(ResPartner, self if root is None else root)._field_to_sql(
            alias, field_expr, query
        )

    @api.model
    @tools.ormcache("alias", "name", "company_id")
    def _credit_entity_sql(self, alias, name, company_id):
        """Return SQL of a field of the legal entity: kept, for Odoo looks up its default each time.

        Without Odoo's question whether a record that it names exists: who deletes one clears the
        field, and PostgreSQL takes longer to plan five such questions than to read the customer.
        """
        root_id = self.env["res.company"]._credit_roots().get(company_id, company_id)
        # sudo: the caller checked who reads the field; users of a branch may not enter its root
        root = self.sudo().with_company(root_id)
        return fields.Field.to_sql(self._fields[name], root, alias)
