from odoo.exceptions import UserError
from odoo.tests import freeze_time, tagged

from .provision_case import ProvisionCase


@tagged("post_install", "-at_install")
class TestProvisionEntry(ProvisionCase):
    """Entries of provisions are undone on the provision; a reversal to come waits for its day."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._open_items()

    def _posted(self, **values):
        """600 for the doubtful customer; nothing is known of the others."""
        provision = self._approved(rate_source="typed", **values)
        provision.action_post()
        self.assertEqual(provision.charge, 600)
        return provision

    def _waiting(self, days=10):
        provision = self._posted(reversal_date=self._today(days))
        self.assertRecordValues(
            provision.reversal_move_id,
            [{"state": "draft", "auto_post": "at_date", "date": self._today(days),
              "receivable_provision_id": provision.id, "reversed_entry_id": provision.move_id.id}],
        )  # fmt: skip
        return provision

    def _allowance_on(self, day):
        lines = self.env["account.move.line"].search(
            [("account_id", "=", self.allowance.id), ("parent_state", "=", "posted"),
             ("date", "<=", day)]
        )  # fmt: skip
        return -sum(lines.mapped("balance"))

    def _refuses(self, move, provision, *calls):
        state = move.state
        for call in calls:
            with (
                self.subTest(call=str(call)),
                self.assertRaises(UserError) as refusal,
            ):
                call()
            if call.__name__ != "unlink" or state == "draft":  # of posted entries Odoo says it
                self.assertIn(provision.name, str(refusal.exception))
            self.env.invalidate_all()
            self.assertEqual((move.exists(), move.state), (move, state))

    def _reverse_by_hand(self, move):
        """As a person does from the entry's own button."""
        self.env["account.move.reversal"].with_context(
            active_model="account.move", active_ids=move.ids
        ).create({"journal_id": move.journal_id.id, "date": self._today()}).reverse_moves()

    def test_a_posted_entry_is_undone_on_the_provision_only(self):
        provision = self._posted()
        move = provision.move_id.with_env(self.env)
        self._refuses(
            move, provision, move.button_draft, move.button_cancel, move.unlink,
            move._reverse_moves, lambda: move._reverse_moves(cancel=True),
            lambda: self._reverse_by_hand(move),
            move.with_user(self.accountant).button_draft,
            # no word of the context opens the gate
            move.with_context(credit_collection_system=True).button_draft,
        )  # fmt: skip
        self.assertEqual(provision.state, "posted")

    def test_a_reversed_entry_and_its_reversal_stay(self):
        provision = self._posted()
        provision.action_reverse()
        self.assertEqual(provision.reversal_move_id.state, "posted")
        for move in (provision.move_id, provision.reversal_move_id):
            move = move.with_env(self.env)
            self._refuses(
                move, provision, move.button_draft, move.button_cancel, move.unlink,
                move._reverse_moves, lambda m=move: self._reverse_by_hand(m),
            )  # fmt: skip
        with self.assertRaisesRegex(UserError, "no entry to reverse"):
            provision.action_reverse()
        self.assertEqual(self._allowance_on(self._today()), 0)

    def test_what_waits_is_neither_cancelled_nor_deleted_nor_posted_early(self):
        provision = self._waiting()
        move = provision.reversal_move_id.with_env(self.env)
        self._refuses(move, provision, move.button_cancel, move.unlink)
        with self.assertRaises(UserError):
            move.action_post()
        self.assertEqual(move.state, "draft")

    def test_odoo_posts_what_waits_on_its_day(self):
        provision = self._waiting()
        reversal = provision.reversal_move_id
        job = self.env.ref("account.ir_cron_auto_post_draft_entry")
        for days, state, left in ((9, "draft", 600), (10, "posted", 0)):
            with freeze_time(self._today(days)), self.enter_registry_test_mode():
                job.method_direct_trigger()
            self.env.invalidate_all()
            with self.subTest(days=days):
                self.assertEqual(reversal.state, state)
                self.assertEqual(self._allowance_on(self._today(20)), left)
        self.assertRecordValues(
            reversal.line_ids.sorted("debit"),
            [
                {"account_id": self.expense.id, "debit": 0, "credit": 600},
                {"account_id": self.allowance.id, "debit": 600, "credit": 0},
            ],
        )
        self.assertEqual((reversal.date, provision.state), (self._today(10), "reversed"))
        self.assertEqual(self._allowance_on(self._today(9)), 600)

    def test_nothing_is_posted_when_the_reversal_falls_into_closed_books(self):
        provision = self._approved(rate_source="typed", reversal_date="2026-01-15")
        before = self.env["account.move"].search_count([])
        company = self.company.sudo()
        for field, day in (
            ("fiscalyear_lock_date", "2025-12-31"),  # the entry's day
            ("fiscalyear_lock_date", "2026-01-31"),  # and that of the reversal
            ("hard_lock_date", "2026-01-31"),
        ):
            company[field] = day
            with self.subTest(field=field, day=day):
                with self.assertRaisesRegex(
                    UserError, "accounting period is closed .* Nothing was posted"
                ):
                    provision.action_post()
                self.env.invalidate_all()
                self.assertEqual(self.env["account.move"].search_count([]), before)
                self.assertRecordValues(
                    provision, [{"state": "approved", "move_id": False, "reversal_move_id": False}]
                )

    def test_a_day_to_come_is_refused(self):
        with self.assertRaisesRegex(UserError, "still to come"):
            self._posted(date=self._today(3))

    def test_movements_show_the_charge_and_its_release(self):
        provision = self._posted()
        provision.reversal_date = "2026-01-01"
        provision.action_reverse()
        following = self._provision(
            date="2026-01-31", date_from="2026-01-01", rate_source="typed", specific=False
        )
        names = ("opening", "charged", "used", "released", "other", "closing")
        self.assertEqual([following[f"movement_{name}"] for name in names], [600, 0, 0, 600, 0, 0])
