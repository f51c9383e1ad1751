import base64

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged

from .letter_case import LetterCase

PIXEL = b"iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="


@tagged("post_install", "-at_install")
class TestLetterAccess(LetterCase):
    """Rights to see, write, send and approve letters."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.customer = cls._customer("Customer")
        cls.invoice = cls._invoice(cls.customer, 100.0, 10)
        cls.text = cls.env.ref("credit_collection.collection_letter_text_lawyer").sudo()
        cls.final = cls.env.ref("credit_collection.collection_letter_text_dunning_final").sudo()
        cls.company.sudo().write({"collection_hour_from": 0.0, "collection_hour_to": 24.0})

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
            letter.attachment_id.sudo().write({"raw": b"x", "thumbnail": False})
        # The web client draws the preview when somebody opens the case.
        letter.attachment_id.sudo().thumbnail = PIXEL
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
            with self.assertRaisesRegex(UserError, "cannot be sent because"):
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
        with self.assertRaisesRegex(UserError, "Nothing to collect"):
            self._wizard(self.collector, customer).action_write()
        with self.assertRaisesRegex(UserError, "one customer"):
            self._wizard(self.collector, customer | self.customer)

    # ------------------------------------------------------------------ wording and Legal

    def _approvals(self, text=None):
        return self.env["collection.letter.approval"].sudo()._add_missing(text or self.text)

    def test_legal_approves(self):
        """The final demand goes out with the text as Legal approved it (P1-11)."""
        self.company.sudo().collection_letter_confirm = False
        letter = self._write(self.customer, "dunning_final")
        with self.assertRaisesRegex(UserError, "text approved by Legal"):
            letter.with_user(self.collector).action_send()
        self.assertEqual(letter.state, "ready")
        approval = self._approvals(self.final)
        for user in (self.administrator, self.collector, self.controller):
            with self.assertRaises(AccessError):
                approval.with_user(user).action_approve()
        approval.with_user(self.legal).action_approve()
        self.assertEqual((approval.approved_by_id, approval.state), (self.legal, "approved"))
        self.assertTrue(self.final.is_approved)
        letter.with_user(self.collector).action_send()
        self.assertEqual(letter.state, "sent")

    def test_each_language_and_segment_on_its_own(self):
        """Approving the English text for companies says nothing of the Chinese, nor of individuals."""
        self.company.sudo().collection_letter_confirm = False
        self.env["res.lang"]._activate_lang("zh_CN")
        approvals = self._approvals(self.final)
        self.assertEqual(set(approvals.mapped("lang")), {"en_US", "zh_CN"})
        english = approvals.filtered(lambda one: one.lang == "en_US")
        english.with_user(self.legal).action_approve()
        self.assertEqual(
            {one.lang: one.state for one in approvals}, {"en_US": "approved", "zh_CN": "waiting"}
        )
        self.assertFalse(self.final.is_approved)
        self.customer.lang = "zh_CN"
        letter = self._write(self.customer, "dunning_final")
        with self.assertRaisesRegex(UserError, "Chinese"):
            letter.with_user(self.collector).action_send()
        self.customer.write({"lang": "en_US"})
        self.customer.sudo().credit_segment = "individual"
        with self.assertRaisesRegex(UserError, "Individual"):
            letter.with_user(self.collector).action_send()
        self.customer.sudo().credit_segment = False
        letter.with_user(self.collector).action_send()
        self.assertEqual(letter.state, "sent")
        with self.assertRaisesRegex(UserError, "exactly one"):
            approvals.with_user(self.legal).action_approve()

    def test_a_changed_text_is_void(self):
        """Whatever changes it: the form, a translation, a file, its deadline or what it states."""
        self.env["res.lang"]._activate_lang("zh_CN")
        edits = (
            ("en_US", lambda: self.final.write({"closing": "<p>Other words.</p>"})),
            ("zh_CN", lambda: self.final.with_context(lang="zh_CN").write({"subject": "函"})),
            ("zh_CN", lambda: self.final.update_field_translations("subject", {"zh_CN": "函二"})),
            ("en_US", lambda: self.final._system_write({"subject": "By a file"})),
            ("en_US", lambda: self.final.write({"claim_stop": True})),
            ("en_US", lambda: self.final.write({"segment": "sme"})),
            ("en_US", lambda: self.final.type_id.write({"deadline_days": 3})),
        )
        for lang, edit in edits:
            approvals = self._approvals(self.final)
            for approval in approvals.filtered(lambda one: one.state != "approved"):
                approval.with_user(self.legal).action_approve()
            edit()
            changed = approvals.filtered(lambda one, lang=lang: one.lang == lang)
            self.assertEqual(changed.state, "void")
            self.assertFalse(self.final.is_approved)

    def test_who_writes_never_approves(self):
        second = self._user("legal2", "credit_collection.group_collection_legal")
        self.text.company_id = self.company  # those of all companies are for administrators
        approval = self._approvals()
        approval.with_user(second).action_approve()
        self.text.with_user(self.legal).write({"closing": "<p>Other words.</p>"})
        self.assertEqual(approval.state, "void")
        # a later edit of another user does not clear one's own
        self.text.with_user(self.administrator).write({"closing": "<p>More.</p>"})
        with self.assertRaisesRegex(AccessError, "cannot approve your own text"):
            approval.with_user(self.legal).action_approve()
        approval.with_user(second).action_approve()
        self.assertFalse(self.text.writer_ids)

    def test_approval_cannot_be_written(self):
        approval = self._approvals()
        for user in (self.administrator, self.legal, self.env.ref("base.user_admin")):
            for values in ({"fingerprint": "x"}, {"approved_by_id": user.id}):
                with self.assertRaises(AccessError):
                    approval.with_user(user).write(values)
            with self.assertRaises(AccessError):
                self.text.with_user(user).write({"writer_ids": [(5,)]})
            with self.assertRaises(AccessError):
                approval.with_user(user).create(
                    {"text_id": self.text.id, "lang_id": approval.lang_id.id, "fingerprint": "x"}
                )
        with self.assertRaises(AccessError):
            self.text.with_user(self.collector).write({"subject": "x"})

    def test_side_by_side(self):
        """Legal opens all that is to approve, or a type: one row per template and language."""
        self.env["res.lang"]._activate_lang("zh_CN")
        approvals = self.env["collection.letter.approval"].with_user(self.legal)
        found = approvals.search(approvals.action_open()["domain"])
        self.assertEqual(
            set(found.type_id.mapped("code")),
            {"dunning_final", "before_action", "lawyer", "penalty"},
        )
        self.assertEqual(len(found), 2 * len(found.text_id))
        kind = self._type("dunning_final")
        found = approvals.search(kind.with_user(self.legal).action_review()["domain"])
        self.assertEqual(found.text_id, kind.text_ids)

    # ------------------------------------------------------------------ the second person

    def test_a_second_person_confirms(self):
        """By hand: nobody sends it before a manager or Legal, not the writer, has confirmed it."""
        manager = self._user("head", "credit_collection.group_collection_manager")
        self._approve("dunning_final")
        kind = self._type("dunning_final")
        wizard = self._wizard(manager, type_id=kind.id)
        letter = self.letters.browse(wizard.action_send()["res_id"])
        self.assertEqual((letter.state, letter.needs_confirmation), ("ready", True))
        for name in ("action_send", "action_print"):
            with self.assertRaisesRegex(UserError, "second person"):
                getattr(letter.with_user(manager), name)()
        for user in (manager, self.collector, self.administrator, self.salesperson):
            with self.subTest(user.name), self.assertRaises(AccessError):
                letter.with_user(user).action_confirm()
        self.assertTrue(letter.with_user(self.legal).can_confirm)
        letter.with_user(self.legal).action_confirm()
        self.assertEqual(letter.confirmed_by_id, self.legal)
        with self.assertRaisesRegex(UserError, "no confirmation"):
            letter.with_user(self.legal).action_confirm()
        letter.with_user(manager).action_send()
        self.assertEqual(letter.state, "sent")

    def test_letters_of_runs_wait_for_the_second_person(self):
        self._approve("dunning_final")
        letter = self._write(self.customer, "dunning_final")
        domain = self.letters._get_queue_domain
        self.assertNotIn(letter, self.letters.search(domain()))
        self.collection_run._system().write({"user_id": self.legal.id})
        with self.assertRaisesRegex(AccessError, "written by you"):
            letter.with_user(self.legal).action_confirm()
        self.collection_run._system().write({"user_id": self.controller.id})
        letter.with_user(self.legal).action_confirm()
        self.assertIn(letter, self.letters.search(domain()))

    def test_a_run_asks_for_the_confirmations_once(self):
        """One notice for all letters of the run, to managers, not to who started it."""
        manager = self._user("head", "credit_collection.group_collection_manager")
        starter = self._user("head2", "credit_collection.group_collection_manager")
        self.collection_run._system().write({"user_id": starter.id})
        letters = self._write(self.customer, "dunning_final")
        letters |= self._write(self._late("Other"), "dunning_final")
        self._write(self._late("Third"), "dunning_2")
        self.letters._request_confirmation_of(self.collection_run)
        message = self.env["mail.message"].sudo().search(
            [("model", "=", "collection.letter"), ("res_id", "in", letters.ids),
             ("message_type", "=", "user_notification")]
        )  # fmt: skip
        self.assertEqual(len(message), 1)
        self.assertIn(manager.partner_id, message.partner_ids)
        self.assertNotIn(starter.partner_id, message.partner_ids)
        for letter in letters:
            self.assertIn(letter.name, message.body)

    def test_confirmation_is_a_setting(self):
        self.assertTrue(self.company.sudo().collection_letter_confirm, "on by default")
        self._approve("dunning_final")
        letter = self._write(self.customer, "dunning_final")
        self.company.sudo().collection_letter_confirm = False
        self.assertFalse(letter.needs_confirmation)
        self.assertIn(letter, self.letters.search(self.letters._get_queue_domain()))
        self.assertFalse(self._write(self._late("Other"), "dunning_2").needs_confirmation)

    def _late(self, name):
        customer = self._customer(name)
        self._invoice(customer, 50.0, 10)
        return customer

    def test_confirmation_is_asked_for(self):
        manager = self._user("head", "credit_collection.group_collection_manager")
        letter = self._write(self.customer, "dunning_final")
        letter.with_user(self.collector).action_request_confirmation()
        message = (
            self.env["mail.message"]
            .sudo()
            .search([("model", "=", "collection.letter"), ("res_id", "=", letter.id)])
        )
        self.assertIn(manager.partner_id, message.partner_ids)
        self.assertIn("confirm it", message.body)

    # ------------------------------------------------------------------ the law firm

    def test_lawyers_letter_is_a_draft_for_the_firm(self):
        """Firm, lawyer and licence stand on it; it goes to the firm with its annexes, not to the customer."""
        self._approve("lawyer", "payment_reminder")
        case = self._case(self.customer)
        reminder = self.letters.browse(self._wizard(self.collector).action_send()["res_id"])
        firm = (
            self.env["res.partner"]
            .sudo()
            .create({"name": "Ames & Partners", "is_company": True, "email": "firm@example.com"})
        )
        values = {"type_id": self._type("lawyer").id, "jump_reason": "Limitation is near."}
        with self.assertRaisesRegex(UserError, "issued by a law firm"):
            self._wizard(self.collector, **values).action_write()
        wizard = self._wizard(
            self.collector, firm_id=firm.id, lawyer="Ada Ames", lawyer_license="L 77", **values
        )
        letter = self.letters.browse(wizard.action_write()["res_id"])
        html = str(
            self.env["ir.actions.report"]._render_qweb_html(
                "credit_collection.report_collection_letter", letter.ids
            )[0],
            "utf-8",
        )
        for words in ("DRAFT for the law firm", "Ames &amp; Partners", "Ada Ames", "L 77",
                      self.invoice.name, reminder.name):  # fmt: skip
            self.assertIn(words, html)
        for words in ("Kind regards", self.collector.name):
            self.assertNotIn(words, html)
        letter.with_user(self.legal).action_confirm()
        letter.with_user(self.collector).action_send()
        self.assertEqual((letter.state, letter.email_to), ("sent", "firm@example.com"))
        self.assertIn(reminder.attachment_id, letter.annex_ids)
        self.assertEqual(len(letter.annex_ids), 2)
        self.assertEqual(letter.message_id.attachment_ids, letter.annex_ids | letter.attachment_id)
        self.assertNotIn(letter, case.contact_ids.letter_id)

        proposed = self._wizard(self.collector, type_id=self._type("lawyer").id)
        self.assertEqual((proposed.firm_id, proposed.lawyer), (firm, "Ada Ames"))
        self._record_signed(letter, case)

    def _record_signed(self, letter, case):
        """The signed file is kept, once, and from then on the customer received it."""
        signed = self.env["collection.letter.signed"].with_user(self.collector)
        values = {"letter_id": letter.id, "file": base64.b64encode(b"%PDF signed"),
                  "file_name": "signed.pdf"}  # fmt: skip
        with self.assertRaisesRegex(UserError, "between the draft and today"):
            signed.create({**values, "date": self._today(1)}).action_record()
        with self.assertRaises(AccessError):
            letter.with_user(self.auditor).action_record_signed()
        signed.create({**values, "firm_ref": "A-1"}).action_record()
        self.assertEqual(
            (letter.signed_attachment_id.raw, letter.firm_ref), (b"%PDF signed", "A-1")
        )
        self.assertEqual(
            case.contact_ids.filtered(lambda c: c.letter_id == letter).channel, "letter"
        )
        with self.assertRaises(UserError):
            signed.create(values).action_record()
        with self.assertRaises(AccessError):
            letter.signed_attachment_id.with_user(self.collector).write({"raw": b"x"})

    def test_a_stage_brings_the_draft_for_the_firm(self):
        """P2-10: written by the run, for the firm of the last one; without one it waits."""
        stage = (
            self.env["collection.stage"]
            .sudo()
            .create({"name": "S", "days_from": 1, "letter_type_id": self._type("lawyer").id})
        )
        self._approve("lawyer", "lawyer_stop")
        first = self._write(self._late("First"), "lawyer")
        self.assertFalse(first.firm_id)
        first.with_user(self.legal).action_confirm()
        with self.assertRaisesRegex(UserError, "names none"):
            first._deliver()
        firm = (
            self.env["res.partner"]
            .sudo()
            .create({"name": "Ames & Partners", "is_company": True, "email": "firm@example.com"})
        )
        first._system_write({"firm_id": firm.id, "lawyer": "Ada", "lawyer_license": "L 77"})
        second = self._write(self._late("Other"), "lawyer")
        self.assertRecordValues(
            second, [{"firm_id": firm.id, "lawyer": "Ada", "lawyer_license": "L 77"}]
        )
        # What stops a run's letter to the customer stops this one, too.
        second.case_id._system_write({"date_pause": self._today(3)})
        second.with_user(self.legal).action_confirm()
        second._deliver()
        self.assertEqual(second.state, "cancelled")
        with self.assertRaisesRegex(ValidationError, "not sent by a run"):
            stage.letter_type_id = self._type("agreement")

    def test_only_legal_lets_go(self):
        kind = self.text.type_id
        with self.assertRaisesRegex(AccessError, "only Collection . Legal can do this"):
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
        approval = self._approvals(text)
        approval.with_user(self.legal).action_approve()
        text.with_user(self.administrator).write({"type_id": self.text.type_id.id})
        self.assertEqual(approval.state, "void")

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
