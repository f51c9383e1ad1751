import json

from odoo.fields import Command
from odoo.tests import HttpCase, tagged

from ..common import CreditCollectionCommon

MODES = ("0", "1")


@tagged("post_install", "-at_install")
class TestOdooScreens(CreditCollectionCommon, HttpCase):
    """The administrator opens and saves Odoo's screens beside our own, in the browser."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.admin = cls.env.ref("base.user_admin")
        cls.admin.write(
            {
                "company_ids": [Command.link(cls.company.id)],
                "company_id": cls.company.id,
                "group_ids": [
                    Command.link(cls.quick_ref(group).id)
                    for group in (
                        "sales_team.group_sale_manager",
                        "account.group_account_manager",
                        "credit_collection.group_credit_administrator",
                    )
                ],
            }
        )
        # Warnings of Odoo's settings in the company that Odoo creates for tests.
        cls.company.tax_exigibility = True
        cls.quick_ref("base.group_user").implied_ids += cls.quick_ref(
            "product.group_product_pricelist"
        )
        cls.buyer = cls._customer("Screen Customer", limit=100000)
        cls.contact = cls.env["res.partner"].create(
            {"name": "Screen Contact", "parent_id": cls.buyer.id}
        )
        cls.person = cls.env["res.partner"].create({"name": "Screen Person"})
        cls.product = cls._service("Screen Product", list_price=10.0)
        first, second = cls._service("Screen First"), cls._service("Screen Second")
        choice = cls.env["product.combo"].create(
            {
                "name": "Screen Choice",
                "combo_item_ids": [Command.create({"product_id": p.id}) for p in (first, second)],
            }
        )
        cls.combo = cls._service(
            "Screen Combo", type="combo", list_price=25.0, combo_ids=[Command.link(choice.id)]
        )
        cls.quotation = cls._order(
            cls.buyer,
            100,
            order_line=[
                Command.create({"name": "Part", "display_type": "line_section"}),
                cls._line(100),
                Command.create({"name": "Remark", "display_type": "line_note"}),
            ],
        )
        cls.order = cls._order(cls.buyer, 200, confirm=True)
        cls.draft = cls._invoice(cls.buyer, 50, post=False)
        cls.invoice = cls._invoice(cls.buyer, 60, days_overdue=5)
        cls.paid = cls._invoice(cls.buyer, 70)
        cls.payment = cls._pay(cls.paid)

    def _screens(self):
        """(name, action, options) of each screen."""
        for action in (
            "base.action_res_users", "base.action_res_groups", "base.action_res_groups_privilege",
            "base.action_partner_form", "account.res_partner_action_customer",
            "account.res_partner_action_supplier", "base.action_res_company_form",
            "product.product_template_action", "product.product_normal_action",
            "sale.action_quotations_with_onboarding", "sale.action_orders",
            "sale.action_orders_to_invoice", "sale.action_order_report_all",
            "account.action_move_out_invoice_type", "account.action_move_out_refund_type",
            "account.action_move_in_invoice_type", "account.action_move_journal_line",
            "account.action_account_moves_all", "account.action_account_payments",
            "account.action_account_journal_form", "account.action_payment_term_form",
            "account.open_account_journal_dashboard_kanban",
            "account.action_account_invoice_report_all",
            "base_setup.action_general_configuration", "sale.action_sale_config_settings",
            "account.action_account_config", "base.action_partner_deduplicate",
        ):  # fmt: skip
            yield action, action, {}
        journal = self.company_data["default_journal_sale"]
        records = (
            self.salesperson, self.admin, self.buyer, self.contact, self.person, self.company,
            self.env.ref("credit_collection.group_credit_controller"),
            self.env.ref("credit_collection.privilege_credit"),
            self.product, self.product.product_tmpl_id, self.combo, self.quotation, self.order,
            self.draft, self.invoice, self.paid, self.payment, journal, self.term_now,
        )  # fmt: skip
        for record in records:
            yield f"{record._name} {record.display_name}", self._form(record._name, record.id), {}
        for model in (
            "res.users", "res.partner", "product.template", "sale.order", "account.payment",
        ):  # fmt: skip
            yield f"new {model}", self._form(model), {}
        for kind in ("out_invoice", "out_refund", "entry"):
            context = {"default_move_type": kind}
            yield f"new {kind}", self._form("account.move", context=context), {}
        for model in ("res.partner", "sale.order", "account.move"):
            yield (
                f"import of {model}",
                {"type": "ir.actions.client", "tag": "import", "params": {"active_model": model}},
                {},
            )
        chosen = (self.person | self.contact).ids
        yield (
            "merge",
            "base.action_partner_merge",
            {"additionalContext": {"active_model": "res.partner", "active_ids": chosen}},
        )
        yield "register payment", self.invoice.action_register_payment(), {}

    def _form(self, model, res_id=False, context=None):
        return {
            "type": "ir.actions.act_window",
            "res_model": model,
            "res_id": res_id,
            "views": [[False, "form"]],
            "context": context or {},
        }

    def test_screens_open(self):
        screens = json.dumps(
            [
                {"name": name, "action": action, "options": options}
                for name, action, options in self._screens()
            ]
        )
        for debug in MODES:
            with self.subTest(debug=debug):
                self.browser_js(
                    f"/odoo?debug={debug}",
                    f"creditOpenScreens({screens})",
                    "!!window.creditOpenScreens && odoo.isReady",
                    login="admin",
                    timeout=240,
                )

    def test_quotation_is_saved(self):
        self._is_saved("credit_quotation_is_saved", [(self.product, 3)])

    def test_combo_is_saved(self):
        second = self.env["product.product"].search([("name", "=", "Screen Second")])
        self._is_saved("credit_combo_is_saved", [(self.combo, 1), (second, 1)])

    def _is_saved(self, tour, lines):
        for debug in MODES:
            with self.subTest(debug=debug):
                self.start_tour(
                    f"/odoo/action-sale.action_quotations_with_onboarding/new?debug={debug}",
                    tour,
                    login="admin",
                )
                order = self.env["sale.order"].search(
                    [("partner_id", "=", self.buyer.id)], order="id desc", limit=1
                )
                found = [(line.product_id, line.product_uom_qty) for line in order.order_line]
                self.assertEqual(found, lines)
                order.unlink()
