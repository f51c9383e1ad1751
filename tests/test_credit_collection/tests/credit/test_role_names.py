from lxml import etree

from odoo.tests import HttpCase, TransactionCase, tagged

# Odoo's own forms of users and groups write these names into XML as they are.
NAMED = ("ir.module.category", "res.groups.privilege", "res.groups")
# Translations are read from our files: the database of the tests speaks English alone.
LANGUAGES = ("en_US", "zh_CN")


@tagged("post_install", "-at_install")
class TestRoleNames(TransactionCase):
    """Names of categories, privileges and roles go into the form of a user unescaped."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["res.lang"]._activate_lang("zh_CN")
        module = cls.env["ir.module.module"]._get("credit_collection")
        module._update_translations(["zh_CN"], overwrite=True)

    def _named(self):
        """Our records that have such a name, the add-on's entry in the list of apps included."""
        data = self.env["ir.model.data"].search(
            [("module", "=", "credit_collection"), ("model", "in", NAMED)]
        )
        for model in NAMED:
            yield from self.env[model].browse(
                data.filtered(lambda d, m=model: d.model == m).mapped("res_id")
            )
        category = self.env["ir.module.module"]._get("credit_collection").category_id
        while category:
            yield category
            category = category.parent_id

    def test_names_are_plain_letters(self):
        marked = [
            (lang, record, name)
            for lang in LANGUAGES
            for record in self._named()
            for name in [record.with_context(lang=lang).name]
            if not name.replace(" ", "").isalnum()
        ]
        self.assertFalse(marked)

    def test_names_are_translated(self):
        """Else the second language above would prove nothing."""
        role = self.env.ref("credit_collection.module_category_credit")
        self.assertNotEqual(role.with_context(lang="zh_CN").name, role.name)

    def test_form_of_a_user_can_be_built(self):
        """As web/…/res_user_group_ids_field.js puts it together, in normal and in developer mode."""
        for lang in LANGUAGES:
            groups = self.env["res.groups"].with_context(lang=lang)
            hierarchy = groups._get_view_group_hierarchy()
            for category in hierarchy["categories"]:
                with self.subTest(lang=lang, category=category["name"]):
                    etree.fromstring(f'<group string="{category["name"]}"/>')
        self.env["res.users"].get_view(self.env.ref("base.view_users_form").id, "form")


@tagged("post_install", "-at_install")
class TestUserForm(HttpCase):
    """An administrator gives somebody a role, in the browser."""

    def test_role_is_given(self):
        user = self.env["res.users"].create({"name": "Somebody New", "login": "somebody_new"})
        self.assertFalse(user.has_group("credit_collection.group_credit_controller"))
        for debug in ("0", "1"):
            self.start_tour(
                f"/odoo/action-base.action_res_users/{user.id}?debug={debug}",
                "credit_role_is_given",
                login="admin",
            )
            self.env.invalidate_all()
            self.assertTrue(user.has_group("credit_collection.group_credit_controller"))
            user.group_ids -= self.env.ref("credit_collection.group_credit_controller")
