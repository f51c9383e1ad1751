from odoo.tests import tagged

from .resolution.resolution_case import ResolutionCase

MODELS = ["case", "contact", "ledger", "letter", "run.line", "promise", "promise.line", "agreement",
          "agreement.line", "agreement.item", "dispute"]  # fmt: skip


@tagged("post_install", "-at_install")
class TestAccessUser(ResolutionCase):
    """Users with no role but the sight of credit figures see data of their own customers."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.user = cls._user("plain", "credit_collection.group_credit_user")
        cls.own = cls._customer("Own", user_id=cls.user.id)
        for customer in (cls.own, cls.customer):
            invoice = cls._invoice(customer, 1000, 40)
            case = cls._case(customer)
            case.env["collection.contact"].with_user(cls.collector).create(
                {"case_id": case.id, "summary": "Rang.", "channel": "mail"}
            )
            cls.env["collection.promise"].with_user(cls.collector)._register_promise(
                case.with_user(cls.collector),
                [
                    {
                        "move_line_id": cls._claims(invoice).id,
                        "date_promised": cls._today(3),
                        "amount": 100,
                    }
                ],
            )
            cls._invoice(customer, 500, 40)
            agreement = (
                cls.env["collection.agreement"]
                .with_user(cls.collector)
                .create({"partner_id": customer.id, "company_id": cls.company.id})
            )
            assert agreement.line_ids

    def test_own_customers_only(self):
        for name in MODELS:
            model = self.env[f"collection.{name}"]
            everything = model.sudo().search([]).mapped(self._path(name))
            with self.subTest(model=name):
                seen = model.with_user(self.user).search([]).mapped(self._path(name))
                self.assertFalse(seen - self.own)
                self.assertEqual(seen, everything & self.own)

    def _path(self, name):
        return "agreement_id.partner_id" if name == "agreement.item" else "partner_id"

    def test_cases_and_promises_are_seen_at_all(self):
        for name in ("case", "contact", "ledger", "promise.line", "agreement.line"):
            with self.subTest(model=name):
                self.assertTrue(self.env[f"collection.{name}"].with_user(self.user).search([]))

    def test_a_link_opens_our_app_or_an_accessible_one(self):
        menus = self.env["ir.ui.menu"]
        root = self.env.ref("credit_collection.menu_root")
        for role in (self.collector, self.accountant, self.collection_manager):
            found = menus.with_user(role)._get_best_backend_root_menu_id_for_model(
                "collection.case"
            )
            self.assertEqual(found, root.id)
        found = menus.with_user(self.salesperson)._get_best_backend_root_menu_id_for_model(
            "collection.case"
        )
        self.assertEqual(found, self.env.ref("sale.sale_menu_root").id)

    def test_an_address_belongs_to_one_menu(self):
        """Opening a case by its address leads to the app of the address."""
        menus = self.env["ir.ui.menu"].sudo().search([("action", "like", "ir.actions.act_window,")])
        ours = {}
        for menu in menus:
            action = menu.action
            if action.res_model in ("collection.case", "collection.ledger", "collection.letter"):
                ours.setdefault(action, set()).add(int(menu.parent_path.split("/")[0]))
        self.assertTrue(ours)
        for action, roots in ours.items():
            self.assertEqual(len(roots), 1, action.name)
