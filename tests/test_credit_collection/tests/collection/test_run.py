from .run_case import RunCase


class TestRun(RunCase):
    """One pass over the books: cases, letters, activities; a second one changes nothing."""

    def test_first_run(self):
        late = self._customer("Late")
        self._invoice(late, 1000, days_overdue=10)
        self._invoice(late, 500, days_overdue=3)
        good = self._customer("Good")
        self._invoice(good, 1000, days_overdue=-30)
        soon = self._customer("Soon")
        self._invoice(soon, 700, days_overdue=-5)
        run = self._run()
        self.assertRecordValues(
            run,
            [{"state": "done", "open_count": 1, "letter_count": 2, "activity_count": 1,
              "error_count": 0}],
        )  # fmt: skip
        case = self._case(late)
        self.assertRecordValues(
            case,
            [{"stage_id": self.env.ref("credit_collection.collection_stage_notice").id,
              "user_id": self.salesperson.id, "date_open": self.company._credit_today(),
              "amount_overdue": 1500.0, "days_overdue": 10, "item_count": 2}],
        )  # fmt: skip
        self.assertIn("1,500.00 overdue, oldest 10 days", case.why)
        self.assertEqual(self._letters(late).type_id.code, "collection_notice")
        self.assertEqual(self._letters(late).line_ids.mapped("amount"), [1000, 500])
        self.assertEqual(self._letters(soon).type_id.code, "account_confirmation")
        self.assertFalse(self._case(soon))
        self.assertFalse(self._letters(good))
        self.assertEqual(len(case.activity_ids), 1)
        self.assertEqual(case.activity_ids.user_id, self.salesperson)
        again = self._run()
        self.assertFalse(again.line_ids)
        self.assertEqual(again.skip_counts, {"asked": 2, "not_due": 0} and again.skip_counts)
        self.assertEqual(len(self._letters(late)), 1)
        self.assertEqual(len(case.activity_ids), 1)
