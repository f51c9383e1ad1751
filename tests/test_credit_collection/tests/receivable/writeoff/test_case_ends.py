from odoo.tests import tagged

from ..note.note_case import NoteCase


@tagged("post_install", "-at_install")
class TestCaseEnds(NoteCase):
    """Write-offs end the case of the collection area, reversals open it again."""

    def _open_case(self):
        """The case as the run opens it."""
        self.env.flush_all()
        self.env["collection.run"]._run_now(self.company)
        return self._case("open")

    def _case(self, state):
        self.env.flush_all()
        self.env.invalidate_all()
        return self.env["collection.case"].search(
            [("partner_id", "=", self.customer.id), ("state", "=", state)]
        )

    def test_case_ends_when_nothing_overdue_is_left(self):
        invoices = self._invoice(self.customer, 100, 90) | self._invoice(self.customer, 50, 80)
        self._invoice(self.customer, 70)  # not due: nobody is chased for it
        case = self._open_case()
        self.assertEqual(case.amount_overdue, 150)
        self._write_off(invoices[0])
        self.assertRecordValues(case, [{"state": "open", "amount_overdue": 50}])
        self.assertEqual(case.rank_facts["overdue"], 50)
        writeoff = self._write_off(invoices[1])
        self.assertRecordValues(
            case,
            [{"state": "closed", "result": "written_off", "date_close": self._today(),
              "result_note": f"{writeoff.name}: {self.aged.name}"}],
        )  # fmt: skip
        self.assertEqual(writeoff.case_id, case)
        self.assertEqual(case.receivable_writeoff_count, 2)
        self.env["collection.run"]._run_now(self.company)
        self.assertFalse(self._case("open"))

    def test_cancelling_opens_the_case_again(self):
        invoice = self._invoice(self.customer, 100, 90)
        case = self._open_case()
        writeoff = self._write_off(invoice)
        self.assertEqual(case.state, "closed")
        self._undo(writeoff)
        self.assertRecordValues(case, [{"state": "open", "result": False, "amount_overdue": 100}])

    def test_a_case_ends_settled_in_kind(self):
        """Goods received settle the debt, however little of it they were worth."""
        invoice = self._invoice(self.customer, 100, 90)
        case = self._open_case()
        writeoff = self._writeoff(
            invoice, reason_id=self.env.ref("credit_collection.writeoff_reason_kind").id
        )
        writeoff.write(
            {"settlement_value": 5, "settlement_account_id": self.bad_debt.id,
             "settlement_note": "Two lathes"}
        )  # fmt: skip
        writeoff.action_request()
        self._approve(writeoff)
        self.assertRecordValues(case, [{"state": "closed", "result": "settled_in_kind"}])

    def test_a_small_rest_written_off_is_a_collected_case(self):
        self.company.sudo().receivable_small_limit = 5
        invoice = self._invoice(self.customer, 100, 90)
        case = self._open_case()
        self._pay(invoice, 97)
        self._writeoff(invoice, attach=False).with_user(self.accountant).action_post_small()
        self.assertRecordValues(case, [{"state": "closed", "result": "collected"}])

    def test_dishonour_opens_the_case_again_or_brings_it_up_to_date(self):
        invoice = self._invoice(self.customer, 100, 90)
        case = self._open_case()
        note = self._note(invoice)
        case.sudo()._do_close("collected", "Paid by note")
        self._step(note, "dishonour")
        self.assertRecordValues(case, [{"state": "open", "amount_overdue": 100}])
        self.assertIn("Account closed", " ".join(case.message_ids.mapped("body")))
        self.assertEqual(case.rank_facts["overdue"], 100)
        self._undo(note)
        self.assertEqual(case.rank_facts["overdue"], 0)
        self._step(note, "dishonour")
        self.assertEqual(case.rank_facts["overdue"], 100)

    def test_a_case_closed_before_the_note_stays_closed(self):
        invoice = self._invoice(self.customer, 100, 90)
        case = self._open_case()
        case.sudo()._do_close("other", "Let go")
        case.sudo()._system().date_close = self._today(-3)
        note = self._note(invoice)
        self._step(note, "dishonour")
        self.assertEqual(case.state, "closed")

    def test_the_menu_of_a_case_writes_off(self):
        bindings = self.env["ir.actions.actions"].with_user(self.collector)
        found = bindings.get_bindings("collection.case")["action"]
        self.assertIn(
            self.env.ref("credit_collection.collection_case_action_writeoff").id,
            [action["id"] for action in found],
        )

    def test_buttons_of_the_case(self):
        self._invoice(self.customer, 100, 90)
        case = self._open_case()
        for user in (self.collector, self.auditor):
            with self.subTest(user=user.name):
                arch = (
                    self.env["collection.case"].with_user(user).get_view(view_type="form")["arch"]
                )
                self.assertIn("action_open_receivable_writeoffs", arch)
                case.with_user(user).read(["receivable_writeoff_count"])
