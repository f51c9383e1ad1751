from odoo.tools import SQL
from odoo.tools.sql import column_exists, rename_column

from ..common import CreditCollectionCommon, migration


class TestNameUpdate(CreditCollectionCommon):
    """Databases from before 19.0.1.3.0, whose fields and models had other names."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.script = migration("19.0.1.3.0", "pre-names")
        cls.buyer = cls._customer("Renamed Fields")

    def _rename_back(self):
        """Give the fields their names of before."""
        self.env.flush_all()
        for model, old, new in self.script.FIELDS:
            table = model.replace(".", "_")
            if column_exists(self.cr, table, new):
                rename_column(self.cr, table, new, old)
            self.cr.execute(
                SQL(
                    "UPDATE ir_model_fields SET name = %s WHERE model = %s AND name = %s",
                    old, model, new,
                )
            )  # fmt: skip
            self.cr.execute(
                SQL(
                    "UPDATE ir_model_data SET name = %s"
                    " WHERE module = 'credit_collection' AND name = %s",
                    f"field_{table}__{old}",
                    f"field_{table}__{new}",
                )
            )

    def _update(self):
        self.env.flush_all()
        self.script.migrate(self.cr, "19.0.1.2.0")
        self.env.invalidate_all()

    def test_every_field_is_there(self):
        for model, _old, new in self.script.FIELDS:
            with self.subTest(model=model, name=new):
                self.assertIn(new, self.env[model]._fields)
        for new in self.script.MODELS.values():
            self.assertIn(new, self.env)
        skip = dict(self.env["collection.run.line"]._fields["skip"].selection)
        for old, new in self.script.CODES.items():
            self.assertIn(new, skip)
            self.assertNotIn(old, skip)

    def test_values_and_fields_stay(self):
        self.company.sudo().collection_exclusion_max_days = 77
        invoice = self._invoice(self.buyer, 100)
        day = self.company._credit_today()
        invoice.sudo().write(
            {"collection_excluded_until": day, "collection_exclusion_reason": "Audit"}
        )
        field = self.env["ir.model.fields"]._get("account.move", "collection_excluded_until")
        self._rename_back()
        for _twice in range(2):
            self._update()
            self.assertEqual(self.company.sudo().collection_exclusion_max_days, 77)
            self.assertRecordValues(
                invoice,
                [{"collection_excluded_until": day, "collection_exclusion_reason": "Audit"}],
            )
            self.assertEqual(field.name, "collection_excluded_until")
            self.assertEqual(
                self.env.ref("credit_collection.field_account_move__collection_excluded_until"),
                field,
            )

    def test_saved_filters_and_exports_follow(self):
        filters = self.env["ir.filters"].create(
            [
                {
                    "name": "Own",
                    "model_id": "collection.ledger",
                    "domain": "[('rest', '>', 0), ('rests', 'like', 'dispute')]",
                    "context": "{'group_by': ['rest_why']}",
                    "sort": '["rest desc"]',
                },
                {
                    "name": "Path",
                    "model_id": "res.partner",
                    "domain": "[('collection_case_id.date_silent', '!=', False)]",
                },
                {
                    "name": "Other",
                    "model_id": "res.partner",
                    "domain": "[('name', '=', 'rest used_at')]",
                },
            ]
        )
        export = self.env["ir.exports"].create(
            {
                "name": "Orders",
                "resource": "sale.order",
                "export_fields": [(0, 0, {"name": "credit_hold_id/used_at"})],
            }
        )
        self._update()
        self.assertRecordValues(
            filters,
            [
                {
                    "domain": "[('amount_blocked', '>', 0), ('block_codes', 'like', 'dispute')]",
                    "context": "{'group_by': ['block_reason']}",
                    "sort": '["amount_blocked desc"]',
                },
                {
                    "domain": "[('collection_case_id.muted_until', '!=', False)]",
                    "context": "{}",
                    "sort": "[]",
                },
                {"domain": "[('name', '=', 'rest used_at')]", "context": "{}", "sort": "[]"},
            ],
        )
        self.assertEqual(export.export_fields.name, "credit_hold_id/confirmed_at")

    def test_codes_and_mail_templates_follow(self):
        run = self.env["collection.run"]._system_create(
            [
                {
                    "company_id": self.company.id,
                    "date": self.company._credit_today(),
                    "skip_counts": {"left_out": 3, "quiet": 1},
                }
            ]
        )
        line = self.env["collection.run.line"]._system_create(
            [{"run_id": run.id, "partner_id": self.buyer.id, "skip": "excluded"}]
        )
        template = self.env.ref("credit_collection.mail_template_application_sign").sudo()
        self.env.flush_all()
        self.cr.execute("UPDATE collection_run_line SET skip = 'left_out' WHERE id = %s", [line.id])
        template.body_html = '<p t-out="object._get_terms_words()"/>'
        self._update()
        self.assertEqual(line.skip, "excluded")
        self.assertEqual(run.skip_counts, {"excluded": 3, "quiet": 1})
        self.assertIn("_get_terms_text()", template.body_html)
        self.assertNotIn("words", template.body_html)
