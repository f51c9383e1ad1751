from lxml import etree

from odoo.tests import TransactionCase, tagged

OURS = "credit_collection"


@tagged("post_install", "-at_install")
class TestViews(TransactionCase):
    """Views ask the web client for nothing that fails or is lost."""

    def _views(self):
        """[(xml id, model, architecture)] of our views."""
        data = self.env["ir.model.data"].search(
            [("module", "=like", f"{OURS}%"), ("model", "=", "ir.ui.view")]
        )
        views = self.env["ir.ui.view"].browse(data.mapped("res_id"))
        return [(view.xml_id, view.model, etree.fromstring(view.arch_db)) for view in views]

    def test_no_button_calls_a_method_without_records(self):
        """`@api.model` takes no ids: a button on such a method always fails."""
        found = []
        for xml_id, model, arch in self._views():
            # Buttons of lists inside a form are those of another model.
            path = "//button[@type='object'][not(ancestor::field[@name])][@name]"
            for button in arch.xpath(path) if model in self.registry else ():
                method = getattr(self.registry[model], button.get("name"), None)
                if method is not None and getattr(method, "_api_model", False):
                    found.append((xml_id, button.get("name")))
        self.assertEqual(found, [])

    def test_what_a_dialog_edits_is_not_readonly_in_its_list(self):
        """The web client sends no value of a column that is readonly: what was typed is lost."""
        found = []
        for xml_id, _model, arch in self._views():
            for field in arch.xpath("//field[list][form]"):
                closed = {f.get("name") for f in field.xpath("list/field[@readonly='1']")}
                edited = {f.get("name") for f in field.xpath("form//field[not(@readonly='1')]")}
                found += [(xml_id, name) for name in closed & edited]
        self.assertEqual(found, [])
