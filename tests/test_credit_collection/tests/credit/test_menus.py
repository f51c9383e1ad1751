from odoo.tests import tagged

from ..common import CreditCollectionCommon


@tagged("post_install", "-at_install")
class TestMenus(CreditCollectionCommon):
    """Menus are short, and people find things where they work."""

    def _visible(self, user):
        menus = self.env["ir.ui.menu"]
        return menus.browse(menus.with_user(user)._visible_menu_ids())

    def _ours(self, *names):
        return self.env["ir.ui.menu"].union(
            *(self.env.ref(f"credit_collection.{name}") for name in names)
        )

    def test_sections_have_at_most_seven_entries(self):
        menus = self.env["ir.ui.menu"].sudo()
        for section in ("menu_credit", "menu_collection", "menu_receivable", "menu_insight"):
            whole = self.env.ref(f"credit_collection.{section}")
            for menu in menus.search([("id", "child_of", whole.id)]):
                with self.subTest(menu=menu.complete_name):
                    self.assertLessEqual(len(menu.child_id), 7)

    def test_the_apps_of_others_open_as_before(self):
        menus = self.env["ir.ui.menu"].sudo()
        own = self.env.ref("credit_collection.menu_root")
        for app in menus.search([("parent_id", "=", False), ("id", "!=", own.id)]):
            first = app
            while first.child_id:  # as the web client finds what an app opens
                first = first.child_id.sorted(lambda m: (m.sequence, m.id))[0]
            with self.subTest(app=app.name):
                self.assertFalse((first.get_external_id()[first.id]).startswith("credit_coll"))

    def test_invoicing_has_what_accountants_look_for(self):
        reader = self._user("reader", "account.group_account_readonly")
        wanted = self._ours(
            "collection_ledger_menu_account",
            "receivable_note_menu_account",
            "receivable_provision_menu_account",
            "receivable_writeoff_menu_account",
            "receivable_claim_menu_account",
            "receivable_ageing_report_menu_account",
            "receivable_long_overdue_menu_account",
            "insight_kpi_menu_account",
        )
        invoicing = self.env.ref("account.menu_finance")
        for user in (self.accountant, reader):
            seen = self._visible(user)
            with self.subTest(user=user.name):
                self.assertFalse((wanted - seen).mapped("name"))
                for menu in wanted:
                    self.assertEqual(int(menu.parent_path.split("/")[0]), invoicing.id)
                    parents = self.env["ir.ui.menu"].browse(
                        int(part) for part in menu.parent_path.split("/")[:-1]
                    )
                    self.assertFalse(parents - seen, "the way to it is there")
