from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import tagged

from ..note.note_case import NoteCase


@tagged("post_install", "-at_install")
class TestEntryKept(NoteCase):
    """Entries of a document are changed on the document only, through every entry point, in every mode."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.bookkeeper = cls._user(
            "bookkeeper",
            "account.group_account_manager,account.group_account_invoice,"
            "credit_collection.group_credit_administrator",
        )
        cls.other = cls._customer("Somebody Else")
        cls.tag = cls.env["account.account.tag"].create({"name": "x", "applicability": "taxes"})

    def _entries(self):
        """(document, entry) of each kind."""
        writeoff = self._write_off(self._invoice(self.customer, 100))
        payment = self._paid_item(40)
        recovery = self._recover(writeoff.line_ids, payment=payment, amounts=[40])
        note = self._note(self._invoice(self.customer, 300))
        undone = self._write_off(self._invoice(self.customer, 70))
        self._undo(undone)
        return [
            (writeoff.name, writeoff.move_id),
            (recovery.name, recovery.sudo().move_id),
            (note.number, note.sudo().step_ids.move_id),
            (undone.name, undone.move_id),
            (undone.name, undone.reverse_move_id),
        ]

    def _facts(self, move):
        self.env.flush_all()
        self.env.invalidate_all()
        return move.sudo().read(["state", "date", "journal_id", "partner_id", "ref"]), [
            (line.id, line.account_id, line.partner_id, line.balance, line.date, line.reconciled)
            for line in move.sudo().line_ids
        ]

    def _calls(self, move):
        line = move.line_ids[0]
        ways = {"skip_readonly_check": True, "force_delete": True, "check_move_validity": False}
        forced = move.with_context(**ways)
        return {
            "draft": lambda: move.write({"state": "draft"}),
            "cancel": lambda: move.write({"state": "cancel"}),
            "save": lambda: move.web_save({"state": "draft"}, {}),
            "buttons": move.button_draft,
            "button cancel": move.button_cancel,
            "date": lambda: forced.write({"name": "/", "date": self._today(-40)}),
            "partner": lambda: forced.write({"partner_id": self.other.id}),
            "journal": lambda: forced.write(
                {"name": "/", "journal_id": self.company_data["default_journal_bank"].id}
            ),
            "ref": lambda: move.write({"ref": "nothing of ours"}),
            "document": lambda: move.write({"receivable_document": False}),
            "line partner": lambda: line.write({"partner_id": self.other.id}),
            "line account": lambda: line.write({"account_id": self.fee_account.id}),
            "line due": lambda: line.write({"date_maturity": self._today(400)}),
            "line taxes": lambda: line.write({"tax_tag_ids": [Command.set(self.tag.ids)]}),
            "amount": lambda: line.with_context(**ways).write({"balance": line.balance + 5}),
            "nested": lambda: forced.write(
                {"line_ids": [Command.update(line.id, {"account_id": self.fee_account.id})]}
            ),
            "nested delete": lambda: forced.write({"line_ids": [Command.delete(line.id)]}),
            "nested create": lambda: forced.write(
                {"line_ids": [Command.create({"account_id": self.fee_account.id, "balance": 0})]}
            ),
            "create line": lambda: line.with_context(**ways).create(
                {"move_id": move.id, "account_id": self.fee_account.id, "balance": 0}
            ),
            "delete line": line.with_context(**ways).unlink,
            "delete": forced.unlink,
            "move line": lambda: line.with_context(**ways).write(
                {"move_id": self._draft().id}
            ),
            "reverse": lambda: self._reverse(move),
            "own reversal": lambda: move.copy({"reversed_entry_id": move.id}),
            "later reversal": lambda: self._draft().with_env(move.env).write(
                {"reversed_entry_id": move.id}),
            "unmatch": move.line_ids.remove_move_reconcile,
            "partial": lambda: self._change_partial(move),
        }  # fmt: skip

    def _draft(self):
        return self.env["account.move"].create({"move_type": "entry"})

    def _change_partial(self, move):
        partials = move.line_ids.matched_debit_ids | move.line_ids.matched_credit_ids
        partials[0].amount = 1

    def _reverse(self, move):
        wizard = move.env["account.move.reversal"].with_context(
            active_model="account.move", active_ids=move.ids
        )
        wizard.create({"journal_id": move.journal_id.id, "date": self._today()}).reverse_moves()

    def _refused(self, document, move, name, call):
        before = self._facts(move)
        if name == "unmatch" and not (
            move.line_ids.matched_debit_ids | move.line_ids.matched_credit_ids
        ):
            return
        with self.assertRaises(UserError, msg=f"{document}: {name}"), self.env.cr.savepoint():
            call()
            self.env.flush_all()
        self.assertEqual(self._facts(move), before, f"{document}: {name}")

    def test_entries_are_changed_by_their_document_only(self):
        for document, move in self._entries():
            for user in (self.bookkeeper, self.env.user):
                move = move.with_user(user).with_company(self.company)
                partials = move.line_ids.matched_debit_ids | move.line_ids.matched_credit_ids
                for name, call in self._calls(move).items():
                    if name == "partial" and not partials:
                        continue
                    with self.subTest(document=document, user=user.name, call=name):
                        self._refused(document, move, name, call)

    def test_mode_off_and_the_superuser(self):
        writeoff = self._write_off(self._invoice(self.customer, 100))
        self.company.sudo().credit_mode = "off"
        for move in (writeoff.move_id.with_env(self.env), writeoff.move_id.sudo()):
            for values in ({"state": "draft"}, {"name": "/", "date": self._today(-40)}):
                with self.subTest(values=values):
                    self.refused(
                        lambda m=move, v=values: m.with_context(skip_readonly_check=True).write(v),
                        words=[writeoff.name],
                    )

    def test_a_written_off_invoice_stays_posted(self):
        invoice = self._invoice(self.customer, 100)
        writeoff = self._write_off(invoice)
        for call in (
            lambda: invoice.write({"state": "draft"}),
            lambda: invoice.write({"state": "cancel"}),
            lambda: invoice.web_save({"state": "draft"}, {}),
        ):
            self.refused(call, words=[writeoff.name])
        self._undo(writeoff)
        invoice.button_draft()
        self.assertEqual(invoice.state, "draft")

    def test_entries_are_not_attached_to_a_document_by_hand(self):
        writeoff = self._write_off(self._invoice(self.customer, 100))
        moves = self.env["account.move"].with_user(self.bookkeeper).with_company(self.company)
        value = f"receivable.writeoff,{writeoff.id}"
        for call in (
            lambda: moves.create({"move_type": "entry", "receivable_document": value}),
            lambda: moves.with_context(default_receivable_document=value).create({}),
            lambda: self._draft().with_env(moves.env).write({"receivable_document": value}),
        ):
            self.refused(call)

    def test_what_odoo_writes_passes(self):
        """Applying the remainder, sequences, notes and flags are everyday work."""
        invoice = self._invoice(self.customer, 100)
        note = self._note(invoice, amount=130)
        move = note.sudo().step_ids.move_id.with_user(self.bookkeeper).with_company(self.company)
        rest = self._items(move).filtered(lambda item: not item.reconciled)
        (rest | self._items(self._invoice(self.customer, 30)).with_env(rest.env)).reconcile()
        self.assertTrue(rest.reconciled)
        move.write({"checked": True, "narration": "seen", "state": "posted", "ref": move.ref})
        text = "a note"
        move.message_post(body=text)
        move.line_ids[0].write({"name": "words", "no_followup": True})
        self.assertEqual(move.receivable_document, note.sudo().with_env(move.env))
        copied = move.copy()
        self.assertFalse(copied.receivable_document)
        copied.unlink()
