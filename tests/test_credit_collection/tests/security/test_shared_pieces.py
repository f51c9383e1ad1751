from odoo.exceptions import AccessError
from odoo.tests import tagged

from odoo.addons.credit_collection.models.base.res_users import ROLES

from ..common import CreditCollectionCommon


@tagged("post_install", "-at_install")
class TestSharedPieces(CreditCollectionCommon):
    """Pieces shared by all areas: roles, opening of records, kept files."""

    def test_a_role_is_had_by_its_group_and_what_implies_it(self):
        self.assertTrue(self.controller._has_role("controller"))
        self.assertTrue(self.controller._has_role("collector", "controller", "legal"))
        self.assertFalse(self.salesperson._has_role("controller", "collector"))
        self.assertFalse(self.salesperson._has_role())
        for role, group in ROLES.items():
            self.assertEqual(self.env.ref(group)._name, "res.groups", role)

    def test_a_refusal_names_the_roles_in_the_language_of_the_user(self):
        self.controller._require_role("Anything", "controller")
        with self.assertRaisesRegex(
            AccessError, "Anything: only Collection / Collector, Credit Control / Credit Contr"
        ):
            self.salesperson._require_role("Anything", "collector", "controller")

    def test_one_record_opens_in_its_form_more_in_a_list(self):
        customers = self.env["res.partner"].create([{"name": "One"}, {"name": "Two"}])
        many = customers._open_records("account.res_partner_action_customer", customers)
        self.assertEqual(many["domain"], [("id", "in", customers.ids)])
        self.assertEqual(many["context"], {})
        self.assertFalse(many.get("res_id"))
        one = customers._open_records("account.res_partner_action_customer", customers[0])
        self.assertEqual((one["res_id"], one["views"]), (customers[0].id, [(False, "form")]))
        own = customers._open_records("credit_hold_action", domain=[("id", "=", 0)], name="None")
        self.assertEqual((own["res_model"], own["domain"]), ("credit.hold", [("id", "=", 0)]))
        self.assertEqual(own["name"], "None")

    def test_every_document_with_evidence_is_asked_for_it(self):
        registry = self.env.registry
        asked = {
            name
            for name in registry.descendants(["credit.evidence.mixin"], "_inherit")
            if not registry[name]._abstract
        }
        self.assertLessEqual(
            {
                "collection.agreement", "collection.dispute", "collection.filing.evidence",
                "credit.application", "credit.document", "credit.hold", "mail.message",
                "receivable.writeoff.evidence",
            },
            asked,
        )  # fmt: skip
        for name in asked:
            for field, domain in self.env[name]._frozen_when.items():
                self.assertEqual(self.env[name]._fields[field].comodel_name, "ir.attachment")
                self.env[name].sudo().search([(field, "=", 0), *domain], limit=1)
