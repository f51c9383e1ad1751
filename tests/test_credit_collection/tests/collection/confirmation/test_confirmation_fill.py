from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged

from .sheet_case import SheetCase


@tagged("post_install", "-at_install")
class TestConfirmationFill(SheetCase):
    """One answer for several items of a sheet (P3-04)."""

    def setUp(self):
        super().setUp()
        for amount in (500, 90, 20):
            self._invoice(self.buyer, amount, 10)
        self.sheet = self._make().with_user(self.salesperson)
        self.lines = self.sheet.line_ids.sorted("amount")

    def _dialog(self, action, user=None, **values):
        wizard = self.env[action["res_model"]].with_user(user or self.salesperson)
        return wizard.with_context(**action["context"]).create(values)

    def test_missing_entries_are_filled_in(self):
        self.lines[0].reason_id = self.ours
        action = self.sheet.action_fill()
        with Form(
            self.env[action["res_model"]]
            .with_user(self.salesperson)
            .with_context(**action["context"])
        ) as form:
            form.is_right = True
            form.reason_id = self.quality
            form.reason_note = "Colour is off"
            form.likelihood = "doubtful"
            form.percent = 50
            form.date_expected = "2027-02-15"
        form.record.action_apply()
        self.assertEqual(self.lines.reason_id, self.ours | self.quality)
        self.assertEqual(self.lines[0].reason_id, self.ours, "an answer stays")
        self.assertEqual(set(self.lines.mapped("figures")), {"right"})
        self.assertEqual(self.sheet.done_count, 2, "what we caused needs its unit")
        self.assertEqual(self.lines.mapped("amount_expected"), [10, 45, 250])
        self.assertEqual(set(self.lines.mapped("likelihood")), {"doubtful"})

    def test_without_a_percentage_no_amount_is_entered(self):
        self._dialog(self.sheet.action_fill(), likelihood="certain").action_apply()
        self.assertEqual(self.lines.mapped("amount_expected"), [0, 0, 0])

    def test_picked_items_are_replaced(self):
        self._fill(self.sheet, self.ours)
        picked = self.lines[:2]
        self._dialog(picked.action_fill(), reason_id=self.quality.id, replaces=True).action_apply()
        self.assertEqual(picked.reason_id, self.quality)
        self.assertEqual(self.lines[2].reason_id, self.ours)
        self.assertEqual(set(self.lines.mapped("reason_note")), {"Colour is off"})

    def test_what_is_paid_needs_no_answer(self):
        self._pay(self.lines[0].move_id)
        self.assertNotIn(self.lines[0].id, self.sheet.action_fill()["context"]["default_line_ids"])

    def test_a_day_that_is_past_is_refused(self):
        dialog = self._dialog(self.sheet.action_fill(), date_expected="2020-01-01")
        with self.assertRaisesRegex(UserError, "is past"):
            dialog.action_apply()

    def test_who_may_answer(self):
        for user in (self.auditor, self.salesperson2, self.controller):
            with self.subTest(user=user.name):
                with self.assertRaises(AccessError):
                    self.lines.with_user(user).action_fill()
                with self.assertRaises(AccessError):
                    self.env["collection.confirmation.fill"].with_user(user).create(
                        {"line_ids": self.lines.ids, "reason_id": self.quality.id}
                    ).action_apply()
        self.assertFalse(self.lines.reason_id)
        self._dialog(
            self.sheet.with_user(self.manager).action_fill(),
            self.manager,
            reason_id=self.quality.id,
        ).action_apply()
        self.assertEqual(self.lines.reason_id, self.quality)

    def test_not_after_it_was_submitted(self):
        dialog = self._dialog(self.sheet.action_fill(), reason_id=self.ours.id, replaces=True)
        self._fill(self.sheet)
        self.sheet.action_submit()
        with self.assertRaisesRegex(UserError, "answered already"):
            dialog.action_apply()
        self.assertEqual(self.lines.reason_id, self.quality)
