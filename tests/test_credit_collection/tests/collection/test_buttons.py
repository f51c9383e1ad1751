from lxml import etree

from odoo.service.model import call_kw
from odoo.tests import tagged

from .resolution.resolution_case import ResolutionCase


@tagged("post_install", "-at_install")
class TestButtons(ResolutionCase):
    """Buttons as the web client presses them: with the ids of the records shown or chosen."""

    def _model_of(self, model, button):
        """The model of a button: of the view, or of the list of a field in it."""
        for field in reversed(list(button.iterancestors("field"))):
            model = self.env[model._fields[field.get("name")].comodel_name]
        return model

    def test_methods_of_buttons_take_ids(self):
        """A method of the model itself gets the ids as an argument it does not know."""
        views = self.env["ir.ui.view"].search([("model", "=like", "collection.%")])
        count = 0
        for view in views:
            model = self.env.get(view.model)
            for button in etree.fromstring(view.arch).iter("button"):
                if button.get("type") != "object" or model is None:
                    continue
                count += 1
                method = getattr(type(self._model_of(model, button)), button.get("name"))
                with self.subTest(view=view.name, button=button.get("name")):
                    self.assertFalse(getattr(method, "_api_model", False))
        self.assertGreater(count, 50)

    def test_preview_a_run(self):
        """Pressed above the list of runs, whether or not some are chosen."""
        runs = self.env["collection.run"].with_user(self.collection_manager)
        for ids in ([], runs.sudo().search([], limit=1).ids):
            action = call_kw(runs, "action_new", [ids], {})
            self.assertEqual(runs.browse(action["res_id"]).state, "preview")
