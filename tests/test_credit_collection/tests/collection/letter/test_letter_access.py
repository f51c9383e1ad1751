from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged

from .letter_case import LetterCase


@tagged("post_install", "-at_install")
class TestLetterAccess(LetterCase):
    """Rights to see, write, send and approve letters."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.customer = cls._customer("Customer")
        cls.invoice = cls._invoice(cls.customer, 100.0, 10)
        cls.text = cls.env.ref("credit_collection.collection_letter_text_lawyer").sudo()

    def _seen(self, user, letter):
        return bool(letter.with_user(user).search([("id", "=", letter.id)])) and bool(
            self.env["collection.letter.line"]
            .with_user(user)
            .search([("letter_id", "=", letter.id)])
        )

    # ------------------------------------------------------------------ reading

    def test_roles_that_read(self):
        letter = self._write(self.customer)
        for user in (self.salesperson, self.collector, self.auditor, self.legal, self.accountant):
            self.assertTrue(self._seen(user, letter), user.name)
        self.assertFalse(self._seen(self.salesperson2, letter))
        with self.assertRaises(AccessError):
            letter.with_user(self.salesperson2).read(["name"])

    def test_own_portfolio(self):
        """Where the company says so, a collector sees their own cases only; the manager sees all."""
        letter = self._write(self.customer)
        other = self._user("collector2", "credit_collection.group_collection_collector")
        manager = self._user("head", "credit_collection.group_collection_manager")
        self.assertTrue(self._seen(other, letter))
        self.company.sudo().collection_own_portfolio = True
        self.assertFalse(self._seen(other, letter))
        for user in (self.collector, manager, self.auditor):
            self.assertTrue(self._seen(user, letter), user.name)

    def test_other_company(self):
        letter = self._write(self.customer)
        other = self.env["res.company"].sudo().create({"name": "Other"})
        user = self._user("collector", "credit_collection.group_collection_collector", other)
        self.assertFalse(self._seen(user, letter))

    def test_nobody_writes(self):
        """Not even who may send can change, add or delete a letter, its lines or its PDF."""
        letter = self._write(self.customer)
        letter.with_user(self.collector).action_send()
        for user in (
            self.collector,
            self.administrator,
            self.legal,
            self.env.ref("base.user_admin"),
        ):
            with self.assertRaises(AccessError):
                letter.with_user(user).write({"amount_total": 1.0})
            with self.assertRaises(AccessError):
                letter.line_ids.with_user(user).write({"chase": 1.0})
            with self.assertRaises(AccessError):
                letter.with_user(user).unlink()
        with self.assertRaises(AccessError):
            letter.attachment_id.with_user(self.collector).write({"raw": b"x"})
        with self.assertRaises(AccessError):
            letter.sudo().write({"state": "ready"})

    # ------------------------------------------------------------------ sending

    def test_roles_that_send(self):
        """Collectors, Legal and the customer's salesperson; nobody else."""
        letter = self._write(self.customer)
        for user in (self.auditor, self.controller, self.accountant, self.salesperson2):
            for name in ("action_send", "action_print", "action_cancel", "action_send_again"):
                with self.subTest(user=user.name, name=name), self.assertRaises(AccessError):
                    getattr(letter.with_user(user), name)()
        self.assertTrue(letter.with_user(self.salesperson).can_send)
        self.assertFalse(letter.with_user(self.auditor).can_send)
        letter.with_user(self.salesperson).action_send()
        self.assertEqual((letter.state, letter.sent_by_id), ("sent", self.salesperson))

    def test_cancel(self):
        letter = self._write(self.customer)
        letter.with_user(self.collector).action_cancel()
        self.assertEqual(
            (letter.state, letter.cancel_reason), ("cancelled", "Cancelled by Collector.")
        )
        for name in ("action_cancel", "action_send"):
            with self.assertRaisesRegex(UserError, "not ready"):
                getattr(letter.with_user(self.collector), name)()

    # ------------------------------------------------------------------ written by hand

    def _wizard(self, user, records=None, **values):
        records = records or self.customer
        return (
            self.env["collection.letter.write"]
            .with_user(user)
            .with_context(active_model=records._name, active_ids=records.ids)
            .create(values)
        )

    def test_write_by_hand(self):
        """From the customer, previewed, then sent by its author; the cron ignores it."""
        case = self._case(self.customer)
        wizard = self._wizard(self.salesperson)
        self.assertEqual((wizard.partner_id, wizard.case_id), (self.customer, case))
        self.assertIn("number of items: 1", wizard.hint)
        letter = self.letters.browse(wizard.action_write()["res_id"])
        self.assertRecordValues(
            letter,
            [
                {
                    "state": "ready",
                    "type_id": self._type("payment_reminder").id,
                    "writer_id": self.salesperson.id,
                    "case_id": case.id,
                    "run_id": False,
                    "amount_total": 100.0,
                }
            ],
        )
        self.assertNotIn(letter, self.letters.search(self.letters._get_queue_domain()))
        self.assertEqual(
            letter.with_user(self.salesperson).action_preview()["report_type"], "qweb-pdf"
        )
        letter.with_user(self.salesperson).action_send()
        self.assertEqual(letter.state, "sent")

    def test_of_some_invoices(self):
        self._invoice(self.customer, 70.0, 30)
        wizard = self._wizard(self.collector, self.invoice)
        letter = self.letters.browse(wizard.action_send()["res_id"])
        self.assertEqual((letter.amount_total, letter.state), (100.0, "sent"))
        self.assertEqual(letter.line_ids.move_id, self.invoice)

    def test_before_the_due_date(self):
        self._invoice(self.customer, 70.0, -5)
        wizard = self._wizard(
            self.collector, self._case(self.customer),
            type_id=self._type("account_confirmation").id,
        )  # fmt: skip
        self.assertEqual(wizard.scope, "due")
        letter = self.letters.browse(wizard.action_write()["res_id"])
        self.assertEqual(letter.amount_total, 70.0)

    def test_print_by_hand(self):
        action = self._wizard(self.collector, channel="print").action_send()
        self.assertEqual(action["type"], "ir.actions.act_url")

    def test_roles_that_write(self):
        for user in (self.auditor, self.salesperson2):
            with self.subTest(user=user.name), self.assertRaises(AccessError):
                self._wizard(user, partner_id=self.customer.id).action_write()

    def test_nothing_to_ask(self):
        customer = self._customer("Good")
        with self.assertRaisesRegex(UserError, "Nothing to ask for"):
            self._wizard(self.collector, customer).action_write()
        with self.assertRaisesRegex(UserError, "one customer"):
            self._wizard(self.collector, customer | self.customer)

    # ------------------------------------------------------------------ wording and Legal

    def test_legal_approves(self):
        """The lawyer's letter goes out with the text as Legal approved it (P1-11)."""
        letter = self._write(self.customer, "lawyer")
        with self.assertRaisesRegex(UserError, "Legal approved"):
            letter.with_user(self.collector).action_send()
        self.assertEqual(letter.state, "ready")
        with self.assertRaises(AccessError):
            self.text.with_user(self.administrator).action_approve()
        self.text.with_user(self.legal).action_approve()
        self.assertEqual(self.text.approved_by_id, self.legal)
        letter.with_user(self.collector).action_send()
        self.assertEqual(letter.state, "sent")

    def test_edit_withdraws(self):
        """Every edit, a translation too, withdraws; the writer cannot approve."""
        second = self._user("legal2", "credit_collection.group_collection_legal")
        self.text.company_id = self.company  # those of all companies are for administrators
        self.env["res.lang"]._activate_lang("zh_CN")
        edits = (
            lambda text: text.write({"closing": "<p>Other words.</p>"}),
            lambda text: text.with_context(lang="zh_CN").write({"subject": "律师函"}),
            lambda text: text.update_field_translations("subject", {"zh_CN": "函"}),
        )
        for edit in edits:
            self.text.with_user(second).action_approve()
            self.assertTrue(self.text.approved_by_id)
            edit(self.text.with_user(self.legal))
            self.assertFalse(self.text.approved_by_id)
            with self.assertRaisesRegex(AccessError, "Who writes never approves"):
                self.text.with_user(self.legal).action_approve()
        # a later edit of another user does not clear one's own
        self.text.with_user(self.administrator).write({"closing": "<p>More.</p>"})
        with self.assertRaises(AccessError):
            self.text.with_user(self.legal).action_approve()

    def test_approval_cannot_be_written(self):
        for user in (self.administrator, self.legal, self.env.ref("base.user_admin")):
            for values in ({"approved_by_id": user.id}, {"writer_ids": [(5,)]}):
                with self.assertRaises(AccessError):
                    self.text.with_user(user).write(values)
        with self.assertRaises(AccessError):
            self.text.with_user(self.legal).create(
                {"type_id": self.text.type_id.id, "subject": "x", "approved_by_id": self.legal.id}
            )
        with self.assertRaises(AccessError):
            self.text.with_user(self.collector).write({"subject": "x"})

    def test_only_legal_lets_go(self):
        kind = self.text.type_id
        with self.assertRaisesRegex(AccessError, "only for Collection . Legal"):
            kind.with_user(self.administrator).write({"needs_legal": False})
        kind.with_user(self.administrator).write({"name": "Letter of Our Lawyer"})
        # All companies share it: Legal asks for its approval, an administrator of Legal lets go.
        with self.assertRaises(AccessError):
            kind.with_user(self.legal).write({"needs_legal": False})
        admins = self.env.ref("credit_collection.group_credit_administrator").sudo()
        admins.user_ids += self.legal
        kind.with_user(self.legal).write({"needs_legal": False})

    def test_moved_text_loses_approval(self):
        text = self.text.create(
            {"type_id": self._type("dunning_1").id, "subject": "x", "segment": "sme"}
        )
        text.with_user(self.legal).action_approve()
        text.with_user(self.administrator).write({"type_id": self.text.type_id.id})
        self.assertFalse(text.approved_by_id)

    def test_placeholders(self):
        """Only listed placeholders: no code, no other field."""
        text = self.text.with_user(self.administrator)
        for bad in ("object.env", "object.create_uid.password", "user.login", "1 + 1"):
            with self.subTest(bad), self.assertRaisesRegex(ValidationError, "is not known"):
                text.write({"subject": f"{{{{ {bad} }}}}"})
        with self.assertRaisesRegex(ValidationError, "is not known"):
            text.write({"opening": "<p>{{ object.env.cr }}</p>"})
        text.write(
            {
                "subject": "{{ object.amount_text }} {{ object.deadline_text ||| soon }}",
                "opening": "<p>Dear {{ object.recipient_id.name }}</p>",
            }
        )
