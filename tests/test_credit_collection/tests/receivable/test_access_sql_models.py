from contextlib import suppress

from odoo.exceptions import AccessError, MissingError
from odoo.fields import Command
from odoo.tests import tagged

from ..common import GROUPS, CreditCollectionCommon


@tagged("post_install", "-at_install")
class TestAccessSqlModels(CreditCollectionCommon):
    """Rows computed by SQL are read by those who may read them: whatever id, method, context."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.customer = cls._customer("Customer", limit=100000.0)
        cls._order(cls.customer, 500.0, term=cls.term_now, confirm=True)
        for days in (-20, 5, 40, 200):
            cls._invoice(cls.customer, 100.0, days)
        cls._receive(cls.customer, 30.0)
        case = (
            cls.env["collection.case"]
            .sudo()
            ._system_create(
                {
                    "name": "CASE",
                    "partner_id": cls.customer.id,
                    "company_id": cls.company.id,
                    "user_id": cls.collector.id,
                    "date_open": cls._today(),
                }
            )
        )
        cls.env["collection.contact"].with_user(cls.collector).create(
            {"case_id": case.id, "channel": "call", "summary": "Complains", "is_complaint": True}
        )
        cls.foreign = cls.env["res.company"].sudo().create({"name": "Foreign"})
        cls.foreign.credit_mode = "enforce"
        cls.strangers = {
            role: cls._user(
                f"foreign_{role}", groups, cls.foreign, company_ids=[Command.set(cls.foreign.ids)]
            )
            for role, groups in GROUPS.items()
        }
        cls.thorough = cls.strangers["auditor"] | cls.strangers["salesperson"] | cls.salesperson2
        cls.thorough |= cls.controller | cls.salesperson
        exporters = cls.env.ref("base.group_allow_export").sudo()
        exporters.user_ids += cls.env["res.users"].union(
            *cls.roles.values(), *cls.strangers.values()
        )
        cls.report = (
            cls.env["receivable.ageing.report"]
            .with_user(cls.accountant)
            .create({"company_id": cls.company.id})
        )
        cls.report._create_lines()
        cls.report._create_rows()
        cls.env["insight.kpi.compute"].with_user(cls.accountant).create({}).action_compute()
        cls.env.flush_all()

    # ------------------------------------------------------------------ attempts

    def _models(self):
        """Models over SQL, and those whose rows SQL writes."""
        views = [name for name, model in self.registry.items() if model._table_query is not None]
        areas = ("credit", "collection", "receivable", "insight")
        ours = [name for name in views if name.split(".")[0] in areas]
        return [
            *ours,
            "receivable.ageing.report.line",
            "receivable.ageing.report.row",
            "insight.kpi",
        ]

    def _rows(self, model):
        rows = self.env[model].sudo().search([("company_id", "=", self.company.id)])
        self.assertTrue(rows, model)
        return rows

    def _reads(self, rows, by_field=False):
        """{name: function} of every way to read `rows` as their user.

        :param by_field: also field by field, for a few users: a read of all stops at the first refusal
        """
        model, ids = rows.browse(), [("id", "in", rows.ids)]
        # an id says nothing that the caller did not know
        names = [name for name in model.fields_get(attributes=()) if name != "id"]
        amount = next((name for name in ("amount", "overdue") if name in names), None)
        total = f"{amount}:sum" if amount else "__count"
        ways = {
            "display_name": lambda: rows.read(["display_name"]),
            "read": lambda: rows.read(),
            "search_read": lambda: model.search_read(ids, names),
            "export_data": lambda: rows.export_data(names)["datas"],
            "name_search": lambda: model.name_search("", ids),
            "web_name_search": lambda: model.web_name_search("", {"display_name": {}}, ids),
            "web_search_read": lambda: model.web_search_read(ids, {n: {} for n in names})[
                "records"
            ],
            "formatted_read_group": lambda: (
                [
                    group
                    for group in model.formatted_read_group(ids, ["partner_id"], [total])
                    if group[total]
                ]
                if "partner_id" in names
                else []
            ),
            "web_read_group": lambda: model.web_read_group(ids, ["company_id"], [total])["groups"],
        }
        # All columns come by one way: one stands for the others.
        columns = [name for name in names if model._fields[name].store]
        fields = {*names} - {*columns[1:]} | ({amount} - {None})
        for name in fields if by_field and rows.env.user in self.thorough else []:
            ways[f"read {name}"] = lambda name=name: rows.read([name])
            ways[f"web_read {name}"] = lambda name=name: rows.web_read({name: {}})
            # a related field in the cache must not open the columns beside it
            ways[f"read currency, {name}"] = lambda name=name: rows.read(
                [*[n for n in names if n.endswith("currency_id")], name]
            )
        return ways

    def _leaks(self, rows, users, contexts, warm, by_field):
        """[(model, role, context, way)] that brought a row of `rows` to one of `users`.

        Field by field in the last context, which is the widest, and with the cache filled where that
        is tried as well.
        """
        leaks = []
        for role, user in users.items():
            for context in contexts:
                rows_of_user = rows.with_user(user).with_context(**context)
                if not rows_of_user.browse().has_access("read"):
                    continue
                self.env.invalidate_all()
                if warm:
                    rows.sudo().read()
                fields = by_field and context == contexts[-1]
                for way, read in self._reads(rows_of_user, fields).items():
                    if not warm:
                        self.env.invalidate_all()
                    with suppress(AccessError, MissingError):
                        if read():
                            leaks.append((rows._name, role, context, way))
        return leaks

    def _all_leaks(self, users, contexts=({},), warm=False, by_field=True):
        return [
            leak
            for model in self._models()
            for leak in self._leaks(self._rows(model), users, contexts, warm, by_field)
        ]

    # ------------------------------------------------------------------ refused

    def test_other_company(self):
        """Not one row of another company, as any role there, whatever companies are named."""
        contexts = (
            {},
            {"allowed_company_ids": self.company.ids},
            {"allowed_company_ids": [self.foreign.id, self.company.id]},
        )
        self.assertEqual(self._all_leaks(self.strangers, contexts), [])

    def test_other_company_in_the_cache(self):
        """Values read as the superuser in the same call are not handed out."""
        users = {role: self.strangers[role] for role in ("auditor", "salesperson")}
        self.assertEqual(self._all_leaks(users, warm=True), [])

    def test_company_switched_off(self):
        """A company that is not switched on is not read either."""
        self.controller.sudo().company_ids += self.foreign
        context = {"allowed_company_ids": self.foreign.ids}
        users = {"controller": self.controller}
        self.assertEqual(self._all_leaks(users, [context], warm=True), [])
        self.assertEqual(self._all_leaks(users, [context], by_field=False), [])

    def test_customers_of_others(self):
        for warm in (False, True):
            leaks = self._all_leaks({"other": self.salesperson2}, warm=warm, by_field=warm)
            self.assertEqual(leaks, [])

    def test_refusal_is_said(self):
        """Asking for another's row is refused, not answered with nothing."""
        for model in ("credit.exposure.line", "collection.ledger"):
            for user in (self.strangers["auditor"], self.salesperson2):
                rows = self._rows(model).with_user(user)
                self.env.invalidate_all()
                with self.subTest(model=model, user=user.name), self.assertRaises(AccessError):
                    rows.read(["amount"])

    # ------------------------------------------------------------------ allowed

    def test_readers_read(self):
        for model in ("credit.exposure.line", "collection.ledger"):
            rows = self._rows(model).filtered(lambda row: row.partner_id == self.customer)
            for role in ("salesperson", "sales_manager", "collector", "controller", "auditor",
                         "legal", "accountant", "finance_manager"):  # fmt: skip
                reader = rows.with_user(self.roles[role])
                ways = self._reads(reader, by_field=True)
                for way in ("display_name", "name_search", "formatted_read_group", "web_read_group",
                            "read amount", "web_read amount", "read currency, amount"):  # fmt: skip
                    if not (read := ways.get(way)):
                        continue
                    self.env.invalidate_all()
                    with self.subTest(model=model, role=role, way=way):
                        self.assertTrue(read())

    def test_every_sql_model_has_the_guard(self):
        for model in self._models()[:-3]:
            self.assertTrue(issubclass(self.registry[model], self.registry["credit.query.mixin"]))
