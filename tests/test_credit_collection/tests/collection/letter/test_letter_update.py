from odoo import SUPERUSER_ID
from odoo.tools import SQL

from ...common import migration
from .letter_case import LetterCase


class TestLetterUpdate(LetterCase):
    """Databases from before 19.0.1.3.0: letters with other words, approved in all languages at once."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["res.lang"]._activate_lang("zh_CN")
        cls.env.cr.execute(
            "ALTER TABLE collection_letter_text ADD COLUMN IF NOT EXISTS approved_by_id int,"
            " ADD COLUMN IF NOT EXISTS approved_at timestamp"
        )

    def _text(self, name):
        text = self.env.ref(f"credit_collection.collection_letter_text_{name}")
        return text.with_user(SUPERUSER_ID).with_context(lang="en_US")

    def _former(self, text, **columns):
        """Set columns as they were, past everything that the program does today."""
        self.env.flush_all()
        for name, value in columns.items():
            self.cr.execute(
                SQL(
                    "UPDATE %s SET %s = %s WHERE id = %s",
                    SQL.identifier(text._table),
                    SQL.identifier(name),
                    value,
                    text.id,
                )
            )
        self.env.invalidate_all()

    def _update(self):
        self.env.flush_all()
        migration("19.0.1.3.0", "post-letters").migrate(self.cr, "19.0.1.2.0")
        self.env.invalidate_all()

    def test_texts_nobody_edited_are_renewed_and_edited_ones_stay(self):
        shipped, edited = self._text("dunning_1"), self._text("dunning_2")
        now = shipped.subject
        for text in (shipped, edited):
            self._former(text, subject='{"en_US": "Former", "zh_CN": "旧"}')
        edited._system_write({"writer_ids": [(4, self.legal.id)]})
        self._update()
        self.assertEqual(shipped.subject, now)
        # Until the translations are loaded, which follows.
        self.assertEqual(shipped.with_context(lang="zh_CN").subject, now)
        self.assertEqual(edited.subject, "Former")
        self.assertEqual(edited.with_context(lang="zh_CN").subject, "旧")

    def test_approval_counts_in_every_language_where_the_text_is_the_same(self):
        same, renewed = self._text("dunning_1"), self._text("dunning_2")
        self._former(renewed, subject='{"en_US": "Former"}')
        for text in (same, renewed):
            self._former(text, approved_by_id=self.legal.id, approved_at="2026-01-02 03:04:05")
        approvals = self.env["collection.letter.approval"].sudo()
        approvals.search([("text_id", "in", (same | renewed).ids)])._system_unlink()
        self._update()
        found = approvals.search([("text_id", "=", same.id)])
        self.assertEqual(set(found.lang_id.mapped("code")) & {"en_US", "zh_CN"}, {"en_US", "zh_CN"})
        self.assertEqual(found.approved_by_id, self.legal)
        for approval in found:
            self.assertEqual(approval.fingerprint, same._get_fingerprint(approval.lang_id.code))
        self.assertFalse(approvals.search([("text_id", "=", renewed.id)]))

    def test_types_get_their_new_name_unless_renamed(self):
        shipped, renamed = self._type("dunning_1"), self._type("dunning_2")
        self._former(shipped, name='{"en_US": "First Dunning Letter"}')
        self._former(renamed, name='{"en_US": "Our Second Letter"}')
        self._update()
        self.assertEqual(shipped.with_context(lang="en_US").name, "First Demand")
        self.assertEqual(renamed.with_context(lang="en_US").name, "Our Second Letter")

    def test_stages_send_the_letter_of_the_company_and_not_the_lawyers(self):
        stage = self.env["collection.stage"].sudo().create({"name": "Lawyer", "days_from": 400})
        self._former(stage, letter_type_id=self._type("lawyer").id)
        self._update()
        self.assertEqual(stage.letter_type_id, self._type("before_action"))

    def test_largest_fee_is_not_below_the_usual_one(self):
        self.company.sudo().write(
            {"collection_agreement_max_fee_rate": 0.9, "collection_agreement_fee_rate": 0.4}
        )
        self.env.flush_all()
        migration("19.0.1.3.0", "pre-letters").migrate(self.cr, "19.0.1.2.0")
        self.env.invalidate_all()
        self.assertEqual(self.company.sudo().collection_agreement_max_fee_rate, 0.4)
