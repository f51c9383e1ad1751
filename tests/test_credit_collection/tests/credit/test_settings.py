from lxml import etree

from ..common import CreditCollectionCommon

# Shown for the amounts beside them.
SILENT = {"credit_company_currency_id"}


class TestSettings(CreditCollectionCommon):
    """Settings are grouped by the question they answer; each explains itself and is found."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        user = cls.administrator
        user.group_ids |= cls.env.ref("base.group_system")
        # Analytic accounts are shown where Odoo's analytic accounting is used.
        user.group_ids |= cls.env.ref("analytic.group_analytic_accounting")
        cls.settings = cls.env["res.config.settings"].with_user(user)
        view = cls.settings.get_view(view_type="form")
        [cls.app] = etree.fromstring(view["arch"]).xpath("//app[@name='credit_collection']")
        cls.ours = {
            name: field
            for name, field in cls.settings._fields.items()
            if "credit_collection" in field._modules and name not in SILENT
        }

    def test_every_setting_has_a_name_and_a_sentence(self):
        """The search of the settings reads both."""
        settings = self.app.xpath(".//setting")
        self.assertGreater(len(settings), 25)
        for setting in settings:
            with self.subTest(setting=setting.get("string")):
                self.assertTrue(setting.get("string"))
                self.assertRegex(setting.get("help") or "", r"\w.+\.$")

    def test_every_field_is_shown_once_and_says_what_it_does(self):
        shown = [node.get("name") for node in self.app.xpath(".//setting//field")]
        shown = [name for name in shown if name not in SILENT]
        self.assertEqual(sorted(shown), sorted(self.ours))
        for name, field in self.ours.items():
            with self.subTest(name=name):
                self.assertRegex(field._description_help(self.env) or "", r"\w")

    def test_one_question_a_block(self):
        # Those that matter first stand open, the others are folded under their question.
        titles = [block.get("title") for block in self.app.xpath("./block")]
        self.assertEqual(len(titles), 2)
        titles += [summary.text for summary in self.app.xpath("./details/summary")]
        self.assertFalse(self.app.xpath("./details/block[@title]"))
        self.assertEqual(len(titles), len(set(titles)))
        for title in titles:
            self.assertTrue(title.strip())

    def test_settings_are_those_of_the_company(self):
        for name, field in self.ours.items():
            with self.subTest(name=name):
                self.assertEqual(field.related, f"company_id.{name}")
                [node] = self.app.xpath(f".//field[@name='{name}']")
                [setting] = node.xpath("ancestor::setting")
                self.assertTrue(setting.get("company_dependent"))
