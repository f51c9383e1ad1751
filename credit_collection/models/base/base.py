import math
import sys
from contextlib import contextmanager

from dateutil.relativedelta import relativedelta
from lxml import etree

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain
from odoo.tools import format_date
from odoo.tools.misc import clean_context
from odoo.tools.safe_eval import safe_eval

OURS = "odoo.addons.credit_collection"

ORM = "odoo.orm."

# Dates that people type lie so many years from today; those that may last longer (`_long_dates`).
YEARS, LONG_YEARS = 10, 100


class Base(models.AbstractModel):
    """Six things for every model: how records are opened, which models a reference may name, a
    sentence instead of a traceback where the add-on's code needs one record and gets another
    number, no date far away and no number that is none in our fields, and attempts that leave
    nothing behind.

    Clients call every public method on whatever records they like, none or two included. All
    of our code that needs a single record ends in `ensure_one`, by itself or by reading a
    field. For Odoo's and other add-ons' code nothing changes.
    """

    _inherit = "base"

    # Fields of documents that may be valid for longer than `YEARS`: a licence, a mortgage.
    _long_dates = ()

    @contextmanager
    def _undone_on_error(self):
        """Undo what is done inside when it raises, even where a caller swallows the error.

        Records only, not the hooks of the commit: they belong to the end of the transaction. Odoo's
        own savepoint runs them, and the chatter then tells of changes to what is just being made.
        """
        self.env.flush_all()
        with self.env.cr.savepoint(flush=False):
            try:
                yield
            except Exception:
                self.env.transaction.clear()
                raise

    def _without_client_defaults(self):
        """Return these records in a context without the `default_` keys of the client that called."""
        # The context is replaced: added to the former one, its defaults would stay.
        return self.with_context(clean_context(self.env.context))  # pylint: disable=context-overridden

    @api.model
    def _credit_typed_dates(self):
        """Return names of the add-on's date fields that people fill in."""
        return [
            name
            for name, field in self._fields.items()
            if field.type == "date"
            and field.store
            and not field.readonly
            and not field.related
            and set(field._modules) == {"credit_collection"}
        ]

    @api.constrains(lambda self: self._credit_typed_dates())
    def _check_typed_dates(self):
        """Refuse dates of another age, all of them in one message: mostly a year mistyped."""
        faults, today = [], fields.Date.context_today(self)
        # sudo: a constraint looks at the record as it is
        records = self.sudo()
        for name in self._credit_typed_dates():
            reach = relativedelta(years=LONG_YEARS if name in self._long_dates else YEARS)
            first, last = today - reach, today + reach
            faults += [
                self.env._(
                    "%(field)s cannot be %(day)s: choose a day from %(first)s to %(last)s.",
                    field=self._fields[name]._description_string(self.env),
                    day=format_date(self.env, record[name]),
                    first=format_date(self.env, first),
                    last=format_date(self.env, last),
                )
                for record in records
                if record[name] and not first <= record[name] <= last
            ]
        if faults:
            raise ValidationError("\n".join(dict.fromkeys(faults)))

    @api.model
    def _credit_typed_numbers(self):
        """Return names of the add-on's number fields whose values nothing rounds: NaN stays in them."""
        return [
            name
            for name, field in self._fields.items()
            if field.type == "float"
            and field.column_type == ("float8", "double precision")
            and field.store
            and not field.readonly
            and not field.related
            and set(field._modules) == {"credit_collection"}
        ]

    @api.constrains(lambda self: self._credit_typed_numbers())
    def _check_typed_numbers(self):
        """Refuse NaN and Infinity, which JSON takes and no comparison sees."""
        names = self._credit_typed_numbers()
        # sudo: a constraint looks at the record as it is
        for record in self.sudo():
            for name in names:
                if not math.isfinite(record[name]):
                    raise ValidationError(
                        self.env._(
                            "%(field)s: %(value)s is no number.",
                            field=self._fields[name]._description_string(self.env),
                            value=record[name],
                        )
                    )

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
    def _select_models(self, mixin):
        """Return [(name, description)] of the models that inherit a mixin, for a reference to any."""
        names = self.env.registry.descendants([mixin], "_inherit")
        found = [self.env[name] for name in sorted(names)]
        return [(model._name, model._description) for model in found if not model._abstract]

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
