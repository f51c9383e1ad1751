import json

from odoo.exceptions import AccessError, UserError
from odoo.fields import Command, Datetime
from odoo.tests import HttpCase, freeze_time, tagged
from odoo.tools import mute_logger

from .hold.gate_case import GateCase


class MessagesCase(GateCase):
    """A hold of the salesperson, with a note of the administrator, a comment and tracked changes."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        for user in cls.roles.values():
            user.email = f"{user.login}@example.com"
        cls.customer = cls._customer("Messages & Co", limit=100)
        order = cls._order(cls.customer, 500)
        order.with_user(cls.salesperson).action_credit_confirm()
        cls.hold = cls.env["credit.hold"].sudo().search([("order_id", "=", order.id)])
        cls._flush()
        held = cls.hold.with_user(cls.salesperson).with_context(
            tracking_disable=False, mail_notrack=False
        )
        held.write({"release_reason": "other", "release_note": "They pay next week"})
        held.action_request_release()
        cls.note = cls._say(
            cls.hold.with_user(cls.administrator),
            "Seen the books: no.",
            subtype_xmlid="mail.mt_comment",
            message_type="comment",
            partner_ids=[cls.auditor.partner_id.id, cls.salesperson.partner_id.id],
            attachments=[("books.txt", b"nothing there")],
        )
        cls._flush()
        cls.env.invalidate_all()
        cls.tracked = cls.hold.message_ids.filtered("tracking_value_ids")[:1]

    @classmethod
    def _say(cls, record, body, **values):
        return record.message_post(body=body, **values)

    @classmethod
    def _flush(cls):
        cls.env.flush_all()
        cls.env.cr.flush()  # what is tracked becomes messages

    def _kept(self, call, error=UserError):
        """Run `call`, which must raise; messages, files and tracking stay unchanged."""

        def state():
            self.env.flush_all()
            self.env.invalidate_all()
            messages = (
                self.env["mail.message"]
                .sudo()
                .search([("model", "=", "credit.hold"), ("res_id", "=", self.hold.id)])
            )
            return [
                (m.id, m.body, m.author_id, m.email_from, m.date, m.tracking_value_ids.ids,
                 m.attachment_ids.mapped("raw")) for m in messages
            ], self.hold.activity_ids.ids  # fmt: skip

        before = state()
        with self.assertRaises(error), self.env.cr.savepoint():
            call()
            self.env.flush_all()
        self.assertEqual(state(), before)


@tagged("post_install", "-at_install")
class TestMessagesKept(MessagesCase):
    """Messages and tracked changes on our documents are evidence."""

    def test_a_message_without_a_date(self):
        self._kept(
            lambda: self._say(self.hold.with_user(self.controller), "x", date=False), AccessError
        )

    def _users(self):
        system = self._user(
            "system", "base.group_system,credit_collection.group_credit_administrator"
        )
        return [self.salesperson, self.auditor, self.administrator, system]

    def test_nobody_rewrites_or_deletes_messages(self):
        self.assertTrue(self.tracked)
        elsewhere = self.env["res.partner"].create({"name": "Elsewhere"})
        note_type = self.env.ref("mail.mt_note").id
        for user in self._users():
            for message in (self.note, self.tracked):
                message = message.with_user(user)
                for values in (
                    {"body": "Approved!"},
                    {"model": "res.partner", "res_id": elsewhere.id},
                    {"res_id": self.hold.id + 1},
                    {"author_id": self.controller.partner_id.id},
                    {"email_from": "boss@example.com"},
                    {"date": "2020-01-01 00:00:00"},
                    {"subject": "x"},
                    {"subtype_id": False if message.subtype_id else note_type},
                    {"message_type": "auto_comment"},
                    {"parent_id": message.id},
                ):
                    if user == self.administrator and "body" in values and message == self.note:
                        continue
                    with self.subTest(user=user.name, values=values):
                        self._kept(lambda m=message, v=values: m.write(v))
                        if "subject" not in values:  # which Odoo gives as superuser
                            self._kept(lambda m=message, v=values: m.sudo().write(v))
                with self.subTest(user=user.name):
                    self._kept(message.unlink)

    def test_tracked_changes_stay(self):
        values = self.tracked.sudo().tracking_value_ids
        for user in self._users():
            tracked, value = self.tracked.with_user(user), values.with_user(user)
            for call in (
                lambda t=tracked: t.write({"tracking_value_ids": [Command.clear()]}),
                value.unlink,
                lambda v=value: v.write({"new_value_char": "Released"}),
                lambda v=value: v.write({"mail_message_id": self.note.id}),
                lambda v=value: v.create(
                    {"mail_message_id": self.note.id, "field_id": v[:1].field_id.id}
                ),
            ):
                with self.subTest(user=user.name):
                    self._kept(call)

    def test_decisions_tracked_on_a_customer_stay(self):
        self._flush()
        customer = self.customer.with_user(self.controller)
        customer.with_context(tracking_disable=False, mail_notrack=False)._credit_decide_by_hand(
            {"credit_limit": 250}, "manual", "As agreed"
        )
        self._flush()
        message = self.customer.message_ids.filtered("tracking_value_ids")[:1]
        self.assertTrue(message.sudo().tracking_value_ids)
        for user in (self.controller, self.salesperson):
            for call in (
                message.with_user(user).unlink,
                lambda u=user: message.with_user(u).write({"body": "never"}),
            ):
                with self.assertRaises(UserError), self.env.cr.savepoint():
                    call()
        # other notes on a customer are Odoo's business
        partner = self.customer.with_user(self.controller)
        note = self._say(partner, "hello", message_type="comment")
        note.write({"body": "hello again"})
        note.unlink()

    def test_files_of_messages_stay(self):
        attachment = self.note.sudo().attachment_ids
        self.assertTrue(attachment)
        for user in self._users():
            for call in (
                lambda a: a.write({"raw": b"other"}),
                lambda a: a.write({"name": "other.txt"}),
                lambda a: a.write({"res_model": "res.partner", "res_id": self.customer.id}),
                lambda a: a.unlink(),
                lambda a: a.sudo().unlink(),
            ):
                self._kept(lambda c=call, u=user: c(attachment.with_user(u)))

    def test_the_author_corrects_within_minutes(self):
        comment = self._say(
            self.hold.with_user(self.salesperson),
            "They pay on Munday",
            message_type="comment",
            subtype_xmlid="mail.mt_comment",
        )
        count = len(self.hold.message_ids)
        self.hold.with_user(self.salesperson)._message_update_content(
            comment, body="They pay on Monday", attachment_ids=[], partner_ids=[]
        )
        self.env.invalidate_all()
        self.assertIn("Monday", comment.body)
        kept = self.hold.message_ids.sorted("id")[-1]
        self.assertEqual(len(self.hold.message_ids), count + 1)
        self.assertIn("They pay on Munday", kept.body)
        self._kept(lambda: kept.with_user(self.salesperson).write({"body": "x"}))
        self._kept(lambda: comment.with_user(self.salesperson2).write({"body": "x"}))
        self._kept(lambda: comment.with_user(self.salesperson).write({"body": "x", "subject": "y"}))
        with freeze_time(Datetime.add(Datetime.now(), minutes=16)):
            self._kept(lambda: comment.with_user(self.salesperson).write({"body": "x"}))

    def test_what_odoo_does_with_messages_passes(self):
        note = self.note.with_user(self.salesperson)
        note.toggle_message_starred()
        note.set_message_done()
        note.sudo()._message_reaction(
            "👍", "add", self.salesperson.partner_id, self.env["mail.guest"]
        )
        reply = self._say(
            self.hold.with_user(self.salesperson),
            "reply",
            parent_id=note.id,
            message_type="comment",
        )
        self.assertEqual(reply.author_id, self.salesperson.partner_id)

    def test_a_deleted_draft_takes_its_messages_along(self):
        application = (
            self.env["credit.application"]
            .with_user(self.salesperson)
            .create({"partner_id": self.customer.id, "company_id": self.company.id, "kind": "new"})
        )
        self._say(application, "to be thrown away", message_type="comment")
        id_ = application.id
        application.unlink()
        self.assertFalse(
            self.env["mail.message"]
            .sudo()
            .search([("model", "=", "credit.application"), ("res_id", "=", id_)])
        )

    # ------------------------------------------------------------------ authors

    def test_nobody_speaks_for_another(self):
        boss = self.general_manager.partner_id
        hold = self.hold.with_user(self.salesperson)
        for values in (
            {"author_id": boss.id},
            {"email_from": "general_manager@example.com"},
            {"email_from": f'"The Boss" <{boss.email}>'},
            {"author_id": self.salesperson.partner_id.id, "email_from": "boss@example.com"},
            {"tracking_value_ids": [Command.create({"new_value_char": "Released"})]},
            {"date": "2020-01-01 00:00:00"},
        ):
            with self.subTest(values=values):
                self._kept(lambda v=values: self._say(hold, "I agree", **v))
                self._kept(
                    lambda v=values: hold.env["mail.message"].create(
                        {"model": hold._name, "res_id": hold.id, "body": "I agree", **v}
                    )
                )
        self._kept(lambda: hold.message_notify(
            body="I agree", author_id=boss.id, partner_ids=self.collector.partner_id.ids
        ))  # fmt: skip
        self._kept(lambda: hold.env["mail.compose.message"].create(
            {"model": hold._name, "res_ids": hold.ids, "body": "I agree", "author_id": boss.id,
             "email_from": boss.email, "composition_mode": "comment"}
        )._action_send_mail())  # fmt: skip
        self._kept(lambda: self.note.with_user(self.salesperson).copy())
        posted = self._say(
            self.hold.with_user(self.administrator), "by telephone", author_id=boss.id
        )
        self.assertEqual(posted.author_id, boss)
        own = self._say(hold, "mine", author_id=self.salesperson.partner_id.id)
        self.assertEqual(own.author_id, self.salesperson.partner_id)

    def test_a_mail_read_in_by_a_user_does_not_speak_for_another(self):
        """The mail gateway's own entry point is public; on our documents it is the sender's alone."""
        message = (
            f"From: {self.general_manager.email}\nTo: x@example.com\nMessage-Id: <forged@x>\n"
            f"In-Reply-To: {self.note.message_id}\nSubject: Re\n\nI agree\n"
        )
        with mute_logger("odoo.addons.mail.models.mail_thread"):
            self._kept(
                lambda: self.env["mail.thread"].with_user(self.salesperson).message_process(
                    "credit.hold", message)
            )  # fmt: skip

    # ------------------------------------------------------------------ auditors

    def test_auditors_write_nothing(self):
        hold = self.hold.with_user(self.auditor)
        self.assertTrue(hold.read(["state", "release_note"]))
        self.assertTrue(hold.message_ids.mapped("body"))
        writeoffs = self.env["receivable.writeoff"].with_user(self.auditor)
        writeoff = writeoffs.search([], limit=1)
        self.assertFalse(writeoff)
        todo = self.env.ref("mail.mail_activity_data_todo")
        model = self.env["ir.model"]._get_id(hold._name)
        activity = self.hold.activity_ids[:1] or self.hold.activity_schedule(
            "mail.mail_activity_data_todo", user_id=self.controller.id
        )
        hold.message_subscribe([self.auditor.partner_id.id])
        for call in (
            lambda: hold.write({"release_note": "x"}),
            # written by a dialog of ours for all readers
            lambda: hold.sudo()._system().write({"release_note": "x"}),
            lambda: self.env["collection.case"].with_user(self.auditor).sudo()._system().create(
                {"partner_id": self.customer.id, "company_id": self.company.id}
            ),
            lambda: hold.sudo()._system().unlink(),
            lambda: self._say(hold, "x"),
            lambda: self._say(hold, "x", parent_id=self.note.id),
            lambda: self._say(hold.sudo(), "x"),
            lambda: hold.message_notify(body="x", partner_ids=self.controller.partner_id.ids),
            lambda: hold.activity_schedule("mail.mail_activity_data_todo"),
            lambda: hold.env["mail.activity"].create(
                {"res_model_id": model, "res_id": hold.id, "activity_type_id": todo.id}
            ),
            lambda: activity.with_user(self.auditor).write({"summary": "x"}),
            lambda: activity.with_user(self.auditor).unlink(),
            lambda: activity.with_user(self.auditor).action_feedback("done"),
            lambda: hold.message_subscribe([self.salesperson.partner_id.id]),
            lambda: hold.env["ir.attachment"].create(
                {"name": "x", "raw": b"x", "res_model": hold._name, "res_id": hold.id}
            ),
            lambda: hold.env["mail.scheduled.message"].create(
                {"model": hold._name, "res_id": hold.id, "body": "x",
                 "author_id": self.auditor.partner_id.id, "scheduled_date": "2030-01-01 00:00:00"}
            ),
        ):  # fmt: skip
            self._kept(call)
        for name in self.env.registry.descendants(["credit.protected.mixin"], "_inherit"):
            for operation in ("write", "create", "unlink"):
                with self.subTest(model=name, operation=operation):
                    self.assertFalse(self.env[name].with_user(self.auditor).has_access(operation))
        # who also works in credit control, collection or sales does write
        self.hold.with_user(self.collector).has_access("read")
        self.assertTrue(self._say(self.hold.with_user(self.controller), "fine"))


@tagged("post_install", "-at_install")
class TestMessagesKeptInBrowser(MessagesCase, HttpCase):
    """The same by the routes of the web client."""

    def _rpc(self, route, **params):
        answer = self.url_open(
            route,
            data=json.dumps({"jsonrpc": "2.0", "params": params}),
            headers={"Content-Type": "application/json"},
        )
        return answer.json()

    def test_routes(self):
        password = "long-enough-password-1"
        comment = self._say(
            self.hold.with_user(self.salesperson),
            "They pay on Munday",
            message_type="comment",
            subtype_xmlid="mail.mt_comment",
            attachments=[("paper.txt", b"signed")],
        )
        attachment = comment.attachment_ids.sudo()
        (self.salesperson | self.auditor).sudo().password = password
        self.authenticate(self.salesperson.login, password)
        with mute_logger("odoo.http"):
            answer = self._rpc("/mail/attachment/delete", attachment_id=attachment.id)
            self.assertIn("error", answer)
            answer = self._rpc(
                "/mail/message/update_content", message_id=self.note.id,
                update_data={"body": "yes", "attachment_ids": []},
            )  # fmt: skip
            self.assertIn("error", answer)
            answer = self._rpc(
                "/mail/message/update_content", message_id=comment.id,
                update_data={"body": "", "attachment_ids": []},
            )  # fmt: skip
            self.assertIn("error", answer)
        answer = self._rpc(
            "/mail/message/update_content", message_id=comment.id,
            update_data={"body": "They pay on Monday", "attachment_ids": attachment.ids},
        )  # fmt: skip
        self.assertNotIn("error", answer)
        self.env.invalidate_all()
        self.assertEqual(attachment.raw, b"signed")
        self.assertIn("Monday", comment.body)
        self.assertIn("Munday", self.hold.message_ids.sorted("id")[-1].body)
        self.authenticate(self.auditor.login, password)
        count = len(self.hold.message_ids)
        with mute_logger("odoo.http"):
            answer = self._rpc(
                "/mail/message/post", thread_model="credit.hold", thread_id=self.hold.id,
                post_data={"body": "x", "message_type": "comment"},
            )  # fmt: skip
            self.assertIn("error", answer)
        self.env.invalidate_all()
        self.assertEqual(len(self.hold.message_ids), count)
