from unittest.mock import patch

from odoo.exceptions import AccessError, UserError

from odoo.addons.credit_collection.models.collection.run import collection_run_process as process

from .run_case import RunCase


class TestRunStop(RunCase):
    """A run is stopped between two batches and goes on later; its figures stay what they were."""

    def setUp(self):
        super().setUp()
        self.customers = [self._customer(f"C{number}") for number in range(4)]
        for customer in self.customers:
            self._invoice(customer, 100, days_overdue=9)
        runs = self.env["collection.run"].with_user(self.manager).with_company(self.company)
        self.collection_run = runs.browse(runs.action_new()["res_id"])

    def _work(self, stop_after=None):
        """The job, in batches of one; somebody presses Stop during one of them."""
        run = self.collection_run
        runs = type(run)
        apply = runs._apply
        count = 0

        def stopping(model, rows, stages):
            nonlocal count
            apply(model, rows, stages)
            count += 1
            if count == stop_after:
                run.action_stop()

        with patch.object(process, "BATCH", 1), patch.object(runs, "_apply", stopping):
            run.sudo()._system()._process()
        self.env.flush_all()
        self.env.invalidate_all()

    def _letter_counts(self):
        return [len(self._letters(customer)) for customer in self.customers]

    def test_stop_and_continue(self):
        run = self.collection_run
        run.action_start()
        self._work(stop_after=2)
        self.assertRecordValues(
            run, [{"state": "stopped", "customer_done": 2, "customer_total": 4, "letter_count": 2}]
        )
        self.assertEqual(run.stopper_ids, self.manager)
        self.assertEqual(run.progress, 50.0)
        self.assertEqual(self._letter_counts(), [1, 1, 0, 0])
        with self.assertRaisesRegex(UserError, "is not running"):
            run.action_stop()
        run.action_continue()
        self.assertRecordValues(run, [{"state": "running", "stopper_ids": []}])
        self._work()
        self.assertRecordValues(
            run, [{"state": "done", "customer_done": 4, "customer_total": 4, "letter_count": 4}]
        )
        self.assertEqual(self._letter_counts(), [1, 1, 1, 1])
        with self.assertRaisesRegex(UserError, "was not stopped"):
            run.action_continue()

    def test_a_test_that_goes_on_writes_no_letter_twice(self):
        self.manager.email = "manager@example.com"
        run = self.collection_run
        run.action_start_test()
        self._work(stop_after=2)
        run.action_continue()
        self._work()
        self.assertEqual(self._letter_counts(), [1, 1, 1, 1])
        self.assertRecordValues(run, [{"customer_done": 4, "customer_total": 4, "letter_count": 4}])

    def test_who_went_on_with_it_confirms_none_of_its_letters(self):
        run = self.collection_run
        run.action_start()
        self._work(stop_after=1)
        other = self._user("manager2", "credit_collection.group_collection_manager")
        run.with_user(other).action_continue()
        self._work()
        self.assertEqual(run._get_makers(), self.manager | other)
        letter = self._letters(self.customers[3])
        self.assertIn(other, letter._get_first_persons())

    def test_a_daily_run_of_yesterday(self):
        """It goes on as the one of today; where today's has been, that did the rest and it says so."""
        run = self.collection_run
        run.action_start()
        self._work(stop_after=1)
        run.sudo()._system().write({"is_automatic": True, "date": self._today(-1)})
        self.assertFalse(run.is_overtaken)
        run.action_continue()
        self.assertEqual(run.date, self._today())
        run._get_due_runs()
        self.assertEqual(run.state, "running")
        self._work(stop_after=1)
        run.sudo()._system().date = self._today(-1)
        run.flush_recordset()
        later = run.sudo()._system().create(
            {"company_id": run.company_id.id, "date": self._today(), "state": "done",
             "is_automatic": True}
        )  # fmt: skip
        self.env.invalidate_all()
        self.assertTrue(run.is_overtaken)
        self.assertIn(later.display_name, run.stop_note)
        with self.assertRaisesRegex(UserError, "has taken up what was left"):
            run.action_continue()

    def test_stopped_before_the_job_comes(self):
        run = self.collection_run
        run.action_start()
        run.action_stop()
        self._work()
        self.assertRecordValues(run, [{"state": "stopped", "customer_done": 0}])
        self.assertEqual(self._letter_counts(), [0, 0, 0, 0])

    def test_stopped_makes_room(self):
        """Another run may work meanwhile; the stopped one waits for it."""
        run = self.collection_run
        run.action_start()
        self.assertFalse(run.can_start)
        self._work(stop_after=1)
        runs = run.browse()
        other = runs.browse(runs.action_new()["res_id"])
        self.assertTrue(other.can_start)
        other.action_start()
        self.env.invalidate_all()
        self.assertFalse(run.can_start)
        with self.assertRaisesRegex(UserError, "still running"):
            run.action_continue()

    def test_who_may(self):
        run = self.collection_run
        run.action_start()
        for user in (self.collector, self.auditor, self.salesperson):
            with self.subTest(user=user.name), self.assertRaises(AccessError):
                run.with_user(user).action_stop()
        self._work(stop_after=1)
        for user in (self.collector, self.auditor, self.salesperson):
            with self.subTest(user=user.name), self.assertRaises(AccessError):
                run.with_user(user).action_continue()

    def test_to_collect_in_preview_and_afterwards(self):
        """Of the run: all that is to be collected; of its list: those with changes, before and after."""
        silent = self._customer("Silent")
        self._invoice(silent, 70, days_overdue=9)
        self.env["collection.run"]._run_now(self.company)
        for customer in self.customers[:2]:
            self._invoice(customer, 30, days_overdue=60)
        early = self._customer("Early")
        self._invoice(early, 500, days_overdue=-5)
        run = self.collection_run
        run.action_preview()
        lines = self.env["collection.run.line"].with_user(self.manager)

        def listed():
            action = run.action_open_lines()
            self.assertEqual(action["context"], {"search_default_happens": 1})
            found = lines.search([*action["domain"], ("happens", "=", True)])
            return sorted((line.partner_id.id, line.amount_chase) for line in found)

        self.assertIn(silent, run.line_ids.partner_id)
        before = (run.amount_chase, listed())
        self.assertEqual(before[0], 4 * 100 + 70 + 2 * 30)
        # As on cases: what is not due yet gets a statement, and is not to be collected.
        self.assertRecordValues(
            self._line_of(run, early), [{"amount_chase": 0.0, "letter_count": 1}]
        )
        run.action_start()
        self._work()
        self.assertEqual((run.amount_chase, listed()), before)
        self.assertNotIn(silent, run.line_ids.partner_id)

    def test_tests_are_marked(self):
        self.assertEqual(self.collection_run.kind, "hand")
        self.manager.email = "manager@example.com"
        self.collection_run.action_start_test()
        self.assertEqual(self.collection_run.kind, "test")
