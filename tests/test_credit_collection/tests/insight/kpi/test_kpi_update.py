from odoo.tests import tagged

from ...common import CreditCollectionCommon, migration


@tagged("post_install", "-at_install")
class TestKpiUpdate(CreditCollectionCommon):
    """Databases from before 19.0.1.8.0 have these rows as `receivable.figure`."""

    def test_rows_and_xml_ids_go_along(self):
        script = migration("19.0.1.8.0", "pre-indicators")
        self.env["insight.kpi"]._compute_months(self.company, self._today(), self._today())
        self.env.flush_all()
        kept = "credit_collection.view_partner_form_receivable_figures"
        wanted = self._names()
        rows = self._rows("insight_kpi")
        for old, new in script.MODELS.items():
            script.rename_model(self.cr, new, old)
        self.cr.execute(
            "UPDATE ir_model_data SET name = regexp_replace(name, 'insight_kpi(?=_|$)',"
            " 'receivable_figure') WHERE module = 'credit_collection'"
        )
        self.assertEqual(self._rows("receivable_figure"), rows)
        script.migrate(self.cr, "19.0.1.7.0")
        self.env.invalidate_all()
        self.assertEqual(self._names(), wanted)
        self.assertEqual(self._rows("insight_kpi"), rows)
        self.assertTrue(self.env.ref(kept))
        # Nothing keeps the former name, indexes and the sequence of ids included.
        for query in (
            "SELECT relname FROM pg_class WHERE relname LIKE 'receivable_figure%%'",
            "SELECT conname FROM pg_constraint WHERE conname LIKE 'receivable_figure%%'",
            "SELECT name FROM ir_model_constraint WHERE name LIKE 'receivable_figure%%'",
            "SELECT model FROM ir_model_fields WHERE model LIKE 'receivable.figure%%'",
        ):
            self.cr.execute(query)
            self.assertEqual(self.cr.fetchall(), [])
        # Again, on a database that has it: nothing happens.
        script.migrate(self.cr, "19.0.1.7.0")
        self.assertEqual(self._rows("insight_kpi"), rows)

    def _names(self):
        self.cr.execute(
            "SELECT name FROM ir_model_data WHERE module = 'credit_collection'"
            " AND name ~ 'insight_kpi|receivable_figure' ORDER BY name"
        )
        return self.cr.fetchall()

    def _rows(self, table):
        self.cr.execute(f"SELECT id, date, scope, closing FROM {table} ORDER BY id")  # pylint: disable=sql-injection
        return self.cr.fetchall()
