import json

from odoo.exceptions import AccessError
from odoo.tests import tagged

from odoo.addons.test_credit_collection.tests.common import CreditCollectionCommon, migration

NAMES = ("receivables", "collection", "credit")

AUDITORS = ("auditor", "controller", "collector", "finance_manager", "general_manager")


@tagged("post_install", "-at_install")
class TestDashboards(CreditCollectionCommon):
    """The dashboards as they ship: what they read is there, for the people who see them."""

    def _dashboards(self):
        for name in NAMES:
            record = self.env.ref(f"credit_collection_dashboard.spreadsheet_dashboard_{name}")
            yield record.sudo(), json.loads(record.sudo().spreadsheet_data)

    def _sources(self, content):
        """[(model, domain, group fields, measures, matching)] of the pivots and charts."""
        for pivot in content["pivots"].values():
            groups = [
                ":".join(filter(None, (part["fieldName"], part.get("granularity"))))
                for part in (*pivot["rows"], *pivot["columns"])
            ]
            measures = [measure["id"] for measure in pivot["measures"]]
            yield pivot["model"], pivot["domain"], groups, measures, pivot["fieldMatching"]
        for sheet in content["sheets"]:
            for figure in sheet["figures"]:
                chart = figure["data"]
                meta = chart["metaData"]
                measure = meta["measure"]
                yield (
                    meta["resModel"],
                    chart["searchParams"]["domain"],
                    meta["groupBy"],
                    [measure if measure == "__count" else f"{measure}:sum"],
                    chart["fieldMatching"],
                )

    def test_every_pivot_and_chart_can_be_read(self):
        for user in map(self.roles.get, AUDITORS):
            for dashboard, content in self._dashboards():
                for model, domain, groups, measures, _matching in self._sources(content):
                    with self.subTest(user=user.login, dashboard=dashboard.name, model=model):
                        records = self.env[model].with_user(user).with_company(self.company)
                        records.formatted_read_group(domain, groups, measures)

    def test_filters_reach_every_pivot_and_chart(self):
        """Each filter is a condition that the model can search; period, company, salesperson, segment."""
        values = {
            "date": (">=", "2026-01-01"),
            "relation": ("in", [self.salesperson.id]),
            "selection": ("in", ["large"]),
        }
        for dashboard, content in self._dashboards():
            labels = [one["label"] for one in content["globalFilters"]]
            self.assertEqual(labels, ["Period", "Company", "Salesperson", "Customer Segment"])
            for model, domain, _groups, _measures, matching in self._sources(content):
                for one in content["globalFilters"]:
                    with self.subTest(dashboard=dashboard.name, model=model, name=one["label"]):
                        chain = matching[one["id"]]["chain"]
                        condition = (chain, *values[one["type"]])
                        records = self.env[model].with_user(self.controller)
                        records.search_count([*domain, condition])

    def test_pivots_of_the_cells_exist(self):
        for dashboard, content in self._dashboards():
            cells = [cell for sheet in content["sheets"] for cell in sheet["cells"].values()]
            shown = {cell[7:].split(",")[0] for cell in cells if cell.startswith("=PIVOT(")}
            self.assertEqual(shown, set(content["pivots"]), dashboard.name)
            # The name of a pivot stands in its first cell and is not translated: heads say it.
            self.assertFalse([one["name"] for one in content["pivots"].values() if one["name"]])

    def test_amounts_of_month_ends_are_never_summed_up_over_months(self):
        """A chart of them goes by month whatever the period: Odoo changes it where both are one field."""
        flows = {"collected", "written_off", "interest"}
        for dashboard, content in self._dashboards():
            [period] = [one["id"] for one in content["globalFilters"] if one["type"] == "date"]
            for sheet in content["sheets"]:
                for chart in (figure["data"] for figure in sheet["figures"]):
                    meta = chart["metaData"]
                    if meta["resModel"] == "insight.snapshot" and meta["measure"] not in flows:
                        with self.subTest(dashboard=dashboard.name, measure=meta["measure"]):
                            self.assertEqual(meta["groupBy"][0], "date:month")
                            self.assertNotEqual(chart["fieldMatching"][period]["chain"], "date")

    def test_names_in_chinese(self):
        """Credit is given to customers here, and is no side of an entry."""
        self.env["res.lang"]._activate_lang("zh_CN")
        addon = self.env["ir.module.module"].search([("name", "=", "credit_collection_dashboard")])
        addon.sudo()._update_translations("zh_CN")
        names = [dashboard.with_context(lang="zh_CN").name for dashboard, _c in self._dashboards()]
        self.assertEqual(names, ["应收账款", "催收", "信用"])

    def test_readers(self):
        readable = {
            role: [
                dashboard.with_user(user).has_access("read") for dashboard, _c in self._dashboards()
            ]
            for role, user in self.roles.items()
        }
        for role in AUDITORS:
            self.assertEqual(readable[role], [True, True, True], role)
        self.assertEqual(readable["accountant"], [True, False, False])
        self.assertEqual(readable["salesperson"], [False, False, False])
        with self.assertRaises(AccessError):
            self.env["insight.snapshot"].with_user(self.salesperson).search([])

    def test_an_update_installs_them_beside_odoos_dashboards(self):
        """Not beside a database without these, and not again."""
        modules = self.env["ir.module.module"].sudo()
        addon, odoos = (
            modules.search([("name", "=", name)])
            for name in ("credit_collection_dashboard", "spreadsheet_dashboard")
        )
        for ours, theirs, expected in (
            ("uninstalled", "installed", "to install"),
            ("uninstalled", "uninstalled", "uninstalled"),
            ("installed", "installed", "installed"),
        ):
            with self.subTest(ours=ours, theirs=theirs):
                addon.state, odoos.state = ours, theirs
                self.env.flush_all()
                migration("19.0.1.9.0", "post-dashboard").migrate(self.env.cr, "19.0.1.8.0")
                self.env.invalidate_all()
                self.assertEqual(addon.state, expected)
