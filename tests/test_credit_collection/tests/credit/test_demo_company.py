"""The demo company (add-on credit_collection_demo) and databases in which somebody works."""

from odoo.exceptions import UserError

from odoo.addons.credit_collection_demo.hooks import PARAMETER, pre_init_hook

from ..common import CreditCollectionCommon


class TestDemoCompany(CreditCollectionCommon):
    """`pre_init_hook` runs before anything is made; `.ci/run` installs the story itself."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # Records committed by other tests do not count here.
        cls.env["account.move"].sudo().search([("state", "=", "posted")]).button_draft()

    def test_empty_database_is_welcome(self):
        self._invoice(self.partner_a, 100, post=False)
        pre_init_hook(self.env)

    def test_posted_invoices_are_refused(self):
        self._invoice(self.partner_a, 100)
        self._invoice(self.partner_a, 100)
        with self.assertRaisesRegex(UserError, f"(?s)2 posted invoices.*{PARAMETER}"):
            pre_init_hook(self.env)

    def test_another_value_of_the_parameter_allows_nothing(self):
        self._invoice(self.partner_a, 100)
        self.env["ir.config_parameter"].sudo().set_param(PARAMETER, "False")
        with self.assertRaises(UserError):
            pre_init_hook(self.env)

    def test_the_parameter_allows_it(self):
        self._invoice(self.partner_a, 100)
        self.env["ir.config_parameter"].sudo().set_param(PARAMETER, "True")
        pre_init_hook(self.env)

    def test_earlier_story_is_no_obstacle(self):
        self._invoice(self.partner_a, 100)
        self.env["ir.model.data"].create(
            {
                "module": "credit_demo",
                "name": "company",
                "model": "res.company",
                "res_id": self.company.id,
            }
        )
        pre_init_hook(self.env)
