import sys

from lxml import etree

from odoo import api, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools.safe_eval import safe_eval

OURS = "odoo.addons.credit_collection"

ORM = "odoo.orm."


class Base(models.AbstractModel):
    """Two things for every model: how records are opened, and a sentence instead of a traceback
    where the add-on's code needs one record and gets another number.

    Clients call every public method on whatever records they like, none or two included. All
    of our code that needs a single record ends in `ensure_one`, by itself or by reading a
    field. For Odoo's and other add-ons' code nothing changes.
    """

    _inherit = "base"

    @api.private
    def ensure_one(self):
        """See Odoo's; it is called too often for a `super()`, so the fast path is the same.

        :raise UserError: not one record, asked by code of this add-on
        :raise ValueError: not one record, asked by any other code
        """
        try:
            (_id,) = self._ids
            return self
        except ValueError:
            caller = sys._getframe(1)
            while caller and caller.f_globals.get("__name__", "").startswith(ORM):
                caller = caller.f_back
            if caller and caller.f_globals.get("__name__", "").startswith(OURS):
                raise UserError(
                    self.env._(
                        "Choose exactly one record of “%(model)s”; there are %(count)s.",
                        model=self._description,
                        count=len(self),
                    )
                ) from None
            return super().ensure_one()

    @api.model
    def _open_records(self, xmlid, records=None, **values):
        """Window action that shows records: a single one in its form, more in a list.

        :param xmlid: of an action of this add-on, or with the module of another one
        :param records: the records shown; None where `values` have a domain, or it is a dialog
        :param values: further differences from the stored action: domain, context …
        """
        name = xmlid if "." in xmlid else f"credit_collection.{xmlid}"
        action = self.env["ir.actions.act_window"]._for_xml_id(name)
        if records is not None:
            action.update(domain=[("id", "in", records.ids)], context={})
            if len(records) == 1:
                action.update(res_id=records.id, views=[(False, "form")], view_mode="form")
        return {**action, **values}

    @api.model
    def _filter_domain(self, *names):
        """Return the domain of filters of the model's search view: what any of them finds."""
        arch = etree.fromstring(self.get_view(None, "search")["arch"])
        return Domain.OR(
            Domain(safe_eval(node.get("domain"), {"uid": self.env.uid}))
            for node in arch.iter("filter")
            if node.get("name") in names
        )

    @api.model
    def _open_list(self, xmlid, defaults):
        """Window action of a list that opens on filters, or on all where these find nothing.

        :param xmlid: see `_open_records`
        :param defaults: {"search_default_<filter>": 1} of filters of one group: any of them counts
        """
        names = (name.removeprefix("search_default_") for name in defaults)
        return self._open_filled(xmlid, *names) or {**self._open_records(xmlid), "context": {}}

    @api.model
    def _open_filled(self, xmlid, *filters):
        """Window action of a list that opens on filters; None where these find nothing.

        :param filters: names of one group of the search view; none: as the action is, rows or not
        """
        action = self._open_records(xmlid)
        if not filters:
            return action
        model = self.env[action["res_model"]]
        whole = Domain(safe_eval(action["domain"] or "[]", {"uid": self.env.uid}))
        if not model.search_count(whole & model._filter_domain(*filters), limit=1):
            return None
        context = {f"search_default_{name}": 1 for name in filters}
        own = safe_eval(action["context"] or "{}", {"uid": self.env.uid})
        return {**action, "context": own if context.items() <= own.items() else context}
