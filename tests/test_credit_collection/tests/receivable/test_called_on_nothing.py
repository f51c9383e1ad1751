import inspect

from psycopg2 import IntegrityError

from odoo.exceptions import UserError
from odoo.service.model import get_public_method
from odoo.tests import tagged
from odoo.tools import mute_logger

from .note.note_case import NoteCase

OURS = "odoo.addons.credit_collection"
NOBODY = 2_000_000_000


@tagged("post_install", "-at_install")
class TestCalledOnNothing(NoteCase):
    """Every public method answers a call on no record, on two, and on an abstract model politely."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        for amount in (500, 600):
            order = cls._order(cls._customer(f"Held {amount}", limit=100), amount)
            order.with_user(cls.salesperson).action_credit_confirm()

    def _documents(self):
        invoices = [self._invoice(self.customer, amount, 60) for amount in (100, 200, 300, 400)]
        for invoice in invoices[:2]:
            self._writeoff(invoice)
            self._note(invoice, receive=False)
        for partner in self.customer | self._customer("Second"):
            self.env["collection.case"].sudo()._system().create(
                {"partner_id": partner.id, "company_id": self.company.id}
            )

    def _methods(self):
        """(model, name) of all that a client may call and that is ours, each of `base` once."""
        for name, model in sorted(self.env.registry.items()):
            found = set()
            for cls in model.mro():
                everywhere = getattr(cls, "_name", None) == "base" and name != "credit.hold"
                if cls.__module__.startswith(OURS) and not everywhere:
                    found |= {
                        key
                        for key, member in vars(cls).items()
                        if not key.startswith("_")
                        and inspect.isfunction(getattr(member, "__func__", member))
                        and not getattr(member, "_api_private", False)
                    }
            for key in sorted(found):
                yield name, key

    def _arguments(self, function):
        """Return an empty value of the kind that the name of a required argument suggests."""
        kinds = {"vals_list": [], "vals": {}, "values": {}, "names": [], "fields": [], "data": []}
        parameters = list(inspect.signature(function).parameters.values())[1:]
        return [
            kinds.get(parameter.name, False)
            for parameter in parameters
            if parameter.default is parameter.empty
            and parameter.kind in (parameter.POSITIONAL_ONLY, parameter.POSITIONAL_OR_KEYWORD)
        ]

    def _call(self, records, name):
        """As a client calls it. The fault, or nothing."""
        method = get_public_method(records, name)
        if getattr(method, "_api_model", False):
            records = records.browse()
        try:
            with self.env.cr.savepoint():
                method(records, *self._arguments(method))
                self.env.flush_all()
        except (UserError, IntegrityError):  # what the database refuses, Odoo says in words
            return None
        except Exception as error:  # every other kind is what is looked for
            return f"{type(error).__name__}: {str(error)[:200]}"
        finally:
            self.env.invalidate_all()
        return None

    @mute_logger("odoo.sql_db", "odoo.models")
    def test_every_public_method_answers_politely(self):
        self._documents()
        self.env.flush_all()
        admin = self.env.ref("base.user_admin")
        admin.sudo().write({"company_ids": [(4, self.company.id)]})
        faults, calls = [], 0
        for model, name in self._methods():
            abstract = self.env[model]._abstract
            two = [NOBODY, NOBODY + 1]
            if not abstract and not self.env[model]._transient:
                found = self.env[model].sudo().search([], limit=2).ids
                two = found if len(found) == 2 else two
            for user in (admin, self.salesperson):
                records = self.env[model].with_user(user)
                records = records.with_context(allowed_company_ids=self.company.ids)
                for ids in ([], two):
                    calls += 1
                    fault = self._call(records.browse(ids), name)
                    if fault:
                        faults.append(f"{model}.{name} {ids} as {user.name}: {fault}")
        self.assertGreater(calls, 1000)
        self.assertFalse(faults, "\n" + "\n".join(faults))

    def test_a_sentence_names_the_model(self):
        for records in (
            self.env["credit.approval.mixin"],
            self.env["credit.hold"],
            self.env["credit.hold"].sudo().search([], limit=2),
        ):
            with self.assertRaisesRegex(UserError, records._description):
                records.with_user(self.salesperson).action_reject()
        # Odoo's own code keeps its own error
        with self.assertRaisesRegex(ValueError, "Expected singleton"):
            self.env["res.partner"].ensure_one()
        with self.assertRaisesRegex(ValueError, "Expected singleton"):
            self.env["credit.hold"].ensure_one()
