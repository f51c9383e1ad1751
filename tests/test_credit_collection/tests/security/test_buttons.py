from lxml import etree

from odoo.tests import TransactionCase, tagged

OURS = "credit_collection"


@tagged("post_install", "-at_install")
class TestButtons(TransactionCase):
    """Buttons of views call methods that take the records which the web client names."""

    def test_no_button_calls_a_method_without_records(self):
        """`@api.model` takes no ids: a button on such a method always fails."""
        data = self.env["ir.model.data"].search(
            [("module", "=like", f"{OURS}%"), ("model", "=", "ir.ui.view")]
        )
        found = []
        for view in self.env["ir.ui.view"].browse(data.mapped("res_id")):
            if view.model not in self.registry:
                continue
            # Buttons of lists inside a form are those of another model.
            path = "//button[@type='object'][not(ancestor::field[@name])][@name]"
            for button in etree.fromstring(view.arch_db).xpath(path):
                method = getattr(self.registry[view.model], button.get("name"), None)
                if method is not None and getattr(method, "_api_model", False):
                    found.append((view.xml_id, button.get("name")))
        self.assertEqual(found, [])
