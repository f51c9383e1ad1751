from odoo.tests import TransactionCase, tagged
from odoo.tools.sql import create_index, index_exists, make_index_name

from ...common import migration


@tagged("post_install", "-at_install")
class TestPartnerIndex(TransactionCase):
    """Statements of Odoo that name a partner weigh no index of ours."""

    def _ours(self):
        return [
            field
            for field in self.env["res.partner"]._fields.values()
            if field.company_dependent and set(field._modules) == {"credit_collection"}
        ]

    def _index(self, name):
        return make_index_name("res_partner", name)

    def test_no_company_dependent_field_has_one(self):
        self.assertTrue(self._ours())
        indexed = [f.name for f in self._ours() if index_exists(self.cr, self._index(f.name))]
        self.assertEqual(indexed, [])

    def test_an_update_drops_those_of_before(self):
        create_index(self.cr, self._index("credit_grade_id"), "res_partner", ["credit_grade_id"])
        migration("19.0.1.9.0", "post-partner_index").migrate(self.cr, "19.0.1.8.0")
        self.assertFalse(index_exists(self.cr, self._index("credit_grade_id")))
        self.assertTrue(index_exists(self.cr, self._index("trust")), "Odoo's own")
