from unittest.mock import patch

from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged

from .mailing_case import MailingCase


@tagged("post_install", "-at_install")
class TestStatementMailing(MailingCase):
    """Who receives which statement; each goes once, comes back to the case, and is kept."""

    # ------------------------------------------------------------------ preview and start

    def test_a_preview_lists_balance_and_address_and_sends_nothing(self):
        mute = self._customer("Mute", email=False)
        self._dated(mute, 70, "2025-03-01")
        nothing = self._customer("Nothing")
        run = self._mailing(self.one, self.two, mute, nothing)
        self.assertRecordValues(
            run.document_ids.sorted("balance"),
            [
                {"partner_id": mute.id, "balance": 70, "overdue": 70, "address": False,
                 "channel": "print", "state": "ready"},
                {"partner_id": self.one.id, "balance": 100, "overdue": 100,
                 "address": "one@example.com", "channel": "mail", "state": "ready"},
                {"partner_id": self.two.id, "balance": 500, "overdue": 500,
                 "address": "two@example.com", "channel": "mail", "state": "ready"},
            ],
        )  # fmt: skip
        self.assertEqual((run.state, run.document_count, run.print_count), ("preview", 3, 1))
        self._cron()
        self.assertEqual(set(run.document_ids.mapped("state")), {"ready"})
        for action in ("action_send", "action_print"):
            with self.assertRaisesRegex(UserError, "Start Statements as of 03/31/2025"):
                getattr(run.document_ids[0], action)()

    def test_other_parameters_drop_the_list(self):
        run = self._mailing(self.one, self.two)
        run.date_to = "2025-02-15"
        self.assertFalse(run.document_ids)
        run.action_preview()
        self.assertEqual(run.document_ids.partner_id, self.one)

    def test_each_goes_once_and_is_kept(self):
        case = self._case(self.one)
        run = self._mailing(self.one, self.two)
        run.action_start()
        self._cron()
        one, two = run.document_ids.sorted("balance")
        self.assertRecordValues(
            one | two,
            [
                {"state": "sent", "email_to": "one@example.com", "recipient_id": self.one.id,
                 "lang": "en_US", "subject": "Statement of Account as of 03/31/2025",
                 "sent_by_id": False},
                {"state": "sent", "email_to": "two@example.com", "recipient_id": self.two.id,
                 "lang": "en_US", "subject": "Statement of Account as of 03/31/2025",
                 "sent_by_id": False},
            ],
        )  # fmt: skip
        mail = self._mails(one)
        self.assertRecordValues(
            mail, [{"state": "outgoing", "model": "collection.case", "res_id": case.id}]
        )
        self.assertEqual(mail.attachment_ids, one.sudo().attachment_id)
        self.assertIn("$ 100.00", mail.body_html.replace("\N{NO-BREAK SPACE}", " "))
        self.assertEqual(self._mails(two).model, "receivable.statement.document")
        self.assertEqual((run.state, run.sent_count, run.progress), ("done", 2, 100))
        before = self.env["mail.mail"].sudo().search_count([])
        self._cron()
        self.assertEqual(self.env["mail.mail"].sudo().search_count([]), before)
        action = self.one.with_user(self.salesperson).action_open_receivable_statements()
        found = self.env["receivable.statement.document"].with_user(self.salesperson)
        self.assertEqual(found.search(action["domain"]), one)
        with self.assertRaisesRegex(AccessError, "evidence"):
            one.attachment_id.sudo().raw = b"changed"

    def test_a_second_mailing_of_the_day_leaves_out_who_has_it(self):
        self._mailing(self.one).action_start()
        run = self._mailing(self.one, self.two)
        run.action_start()
        first, second = run.document_ids.sorted("balance")
        self.assertEqual((first.state, second.state), ("cancelled", "ready"))
        self.assertIn("already includes", first.cancel_reason)
        self.assertFalse(first.is_started)

    def test_nothing_to_send(self):
        with self.assertRaisesRegex(UserError, "no customer has a balance"):
            self._mailing(self._customer("Nothing")).action_start()
        with self.assertRaisesRegex(ValidationError, "Choose the customers"):
            self.env["receivable.statement.run"].with_user(self.accountant).create(
                {"scope": "chosen"}
            )

    def test_settled_before_it_goes(self):
        """An entry of the day that settles the account: nothing is left to be told."""
        invoice = self._dated(self.two, 40, "2025-03-01")
        self.two = self._customer("Three")
        late = self._dated(self.two, 40, "2025-03-01")
        run = self._mailing(self.two, self.one)
        run.action_start()
        self._pay(late, date="2025-03-31")
        self.assertTrue(invoice)
        self._cron()
        document = run.document_ids.filtered(lambda one: one.partner_id == self.two)
        self.assertEqual(document.state, "cancelled")
        self.assertIn("neither a balance nor a movement", document.cancel_reason)
        self.assertEqual(run.state, "done")

    def test_figures_are_taken_anew(self):
        run = self._mailing(self.one)
        run.action_start()
        self._dated(self.one, 11, "2025-03-30")
        self._cron()
        self.assertEqual(run.document_ids.balance, 111)

    # ------------------------------------------------------------------ addresses

    def test_contact_for_demands_and_statements_and_a_superior_in_copy(self):
        contacts = self.env["res.partner"].create(
            [
                {"name": "Books", "type": "dunning", "parent_id": self.one.id,
                 "email": "books@example.com"},
                {"name": "Boss", "parent_id": self.one.id, "email": "boss@example.com",
                 "collection_in_copy": True},
                {"name": "Mute", "parent_id": self.one.id, "collection_in_copy": True},
            ]
        )  # fmt: skip
        run = self._mailing(self.one)
        self.assertEqual(run.document_ids.address, "books@example.com")
        run.action_start()
        self._cron()
        self.assertRecordValues(
            run.document_ids,
            [{"recipient_id": contacts[0].id, "email_to": "books@example.com",
              "email_cc": "boss@example.com"}],
        )  # fmt: skip
        self.assertEqual(self._mails(run.document_ids).email_cc, "boss@example.com")

    def test_without_address_it_is_printed_or_sent_when_there_is_one(self):
        mute, other = self._customer("Mute", email=False), self._customer("Other", email=False)
        self._dated(mute, 70, "2025-03-01")
        self._dated(other, 80, "2025-03-01")
        run = self._mailing(mute, other)
        run.action_start()
        self._cron()
        first, second = run.document_ids.sorted("balance")
        self.assertEqual(set(run.document_ids.mapped("state")), {"ready"})
        self.assertEqual((run.state, run.print_count), ("done", 2))
        with self.assertRaisesRegex(UserError, "Print it"):
            first.action_send()
        first.with_context(force_report_rendering=True).action_print()
        self.assertEqual(first.state, "printed")
        other.email = "other@example.com"
        second.action_send()
        self.assertRecordValues(
            second, [{"state": "sent", "email_to": "other@example.com", "channel": "mail"}]
        )

    def test_several_are_printed_in_one_file_that_says_what_it_holds(self):
        run = self._mailing(self.one, self.two)
        run.action_start()
        printed = run.document_ids.with_context(force_report_rendering=True).action_print()
        file = self.env["ir.attachment"].browse(int(printed["url"].split("/")[3].split("?")[0]))
        self.assertRegex(file.name, r"^Statement Sent to a Customer \d{4}-\d\d-\d\d\.pdf$")

    def test_bounced_on_the_case_and_sent_again(self):
        case = self._case(self.one)
        run = self._mailing(self.one, self.two)
        run.action_start()
        self._cron()
        run.document_ids.sudo()._bounce("no such user")
        self.assertEqual(run.bounced_count, 2)
        self.assertRecordValues(
            case.sudo().activity_ids,
            [{"user_id": self.collector.id,
              "activity_type_id": self.env.ref("mail.mail_activity_data_call").id}],
        )  # fmt: skip
        self.assertIn("bounced", case.sudo().activity_ids.summary)
        self.assertEqual(self.two.activity_ids.user_id, self.salesperson2, "without a case")
        one = run.document_ids.filtered(lambda document: document.partner_id == self.one)
        with self.assertRaisesRegex(UserError, "cannot be sent because"):
            one.action_send()
        self.one.email = "new@example.com"
        one.action_send_again()
        self.assertRecordValues(
            one, [{"state": "sent", "email_to": "new@example.com", "failure": False}]
        )
        with self.assertRaisesRegex(UserError, "not returned"):
            one.action_send_again()

    def test_language_of_the_customer(self):
        self.env["res.lang"]._activate_lang("zh_CN")
        self.one.lang = "zh_CN"
        run = self._mailing(self.one)
        run.action_start()
        self._cron()
        self.assertEqual(run.document_ids.lang, "zh_CN")
        self.assertIn("2025/03/31", run.document_ids.subject)

    # ------------------------------------------------------------------ queue

    def test_one_fault_stops_nobody_and_is_tried_again(self):
        documents = type(self.env["receivable.statement.document"])
        create = documents._create_mail

        def broken(document, *arguments):
            if document.partner_id == self.one:
                raise ValueError("power cut")
            return create(document, *arguments)

        run = self._mailing(self.one, self.two)
        run.action_start()
        with (
            patch.object(documents, "_create_mail", broken),
            self.assertLogs("odoo.addons.credit_collection", "ERROR"),
        ):
            self._cron()
        one, two = run.document_ids.sorted("balance")
        self.assertRecordValues(
            one | two,
            [{"state": "ready", "failure": "power cut", "attachment_id": False},
             {"state": "sent", "failure": False, "attachment_id": two.attachment_id.id}],
        )  # fmt: skip
        self.assertEqual((run.state, run.failed_count, run.sent_count), ("done", 1, 1))
        self._cron()
        self.assertEqual(one.state, "ready", "tried again only later")
        one.sudo()._system_write({"next_try": False})
        self._cron()
        self.assertRecordValues(one, [{"state": "sent", "failure": False}])

    def test_stopped_and_continued(self):
        run = self._mailing(self.one, self.two)
        run.action_start()
        with self.assertRaisesRegex(UserError, "Running"):
            run.action_start()
        run.action_stop()
        self._cron()
        self.assertEqual(set(run.document_ids.mapped("state")), {"ready"})
        run.action_continue()
        self._cron()
        self.assertEqual((run.state, set(run.document_ids.mapped("state"))), ("done", {"sent"}))

    def test_the_rest_is_cancelled(self):
        run = self._mailing(self.one)
        run.action_start()
        run.action_stop()
        run.action_cancel_rest()
        self.assertEqual((run.state, run.document_ids.state), ("done", "cancelled"))
        again = self._mailing(self.one)
        again.action_start()
        self.assertEqual(again.document_ids.state, "ready")

    def test_hours_of_contact(self):
        run = self._mailing(self.one)
        run.action_start()
        company = type(self.env["res.company"])
        with patch.object(company, "_collection_may_contact_now", lambda self: False):
            self._cron()
            self.assertEqual(run.document_ids.state, "ready")
            with self.assertRaisesRegex(UserError, "not contacted at this hour"):
                run.document_ids.action_send()

    def test_from_the_dialog(self):
        dialog = self.env["receivable.statement.report"].with_user(self.accountant).create(
            {"partner_ids": [Command.set(self.one.ids)], "date_to": "2025-03-31"}
        )  # fmt: skip
        action = dialog.action_mail()
        run = self.env["receivable.statement.run"].browse(action["res_id"])
        self.assertEqual(run.document_ids.partner_id, self.one)
        dialog = dialog.with_user(self.auditor).create(
            {"partner_ids": [Command.set(self.one.ids)], "date_to": "2025-03-31"}
        )
        with self.assertRaisesRegex(AccessError, "Mailing to customers"):
            dialog.action_mail()

    def test_merged_customers_keep_both(self):
        run = self._mailing(self.one, self.two)
        run.action_start()
        self._cron()
        wizard = self.env["base.partner.merge.automatic.wizard"].sudo()
        wizard.create({})._merge((self.one | self.two).ids, self.one)
        self.env.invalidate_all()
        self.assertEqual(run.document_ids.partner_id, self.one)
        self.assertEqual(sorted(run.document_ids.mapped("is_started")), [False, True])

    # ------------------------------------------------------------------ rights

    def test_who_mails(self):
        run = self._mailing(self.one)
        for role in ("salesperson", "collector", "auditor", "sales_manager", "legal"):
            user = self.roles[role]
            with self.subTest(role=role):
                for name in ("action_preview", "action_start", "action_stop", "action_continue",
                             "action_cancel_rest"):  # fmt: skip
                    with self.assertRaises(AccessError):
                        getattr(run.with_user(user), name)()
                with self.assertRaises(AccessError):
                    self._mailing(self.one, user=user)
        run.action_start()
        for role in ("salesperson", "collector", "auditor"):
            document = run.document_ids.with_user(self.roles[role])
            with self.subTest(role=role):
                for name in ("action_send", "action_cancel", "action_print"):
                    with self.assertRaises(AccessError):
                        getattr(document, name)()

    def test_nobody_changes_what_was_started(self):
        run = self._mailing(self.one)
        run.action_start()
        with self.assertRaises(AccessError):
            run.date_to = "2025-01-31"
        with self.assertRaises(AccessError):
            run.unlink()
        with self.assertRaises(AccessError):
            run.document_ids.balance = 0
        self._mailing(self.two).unlink()

    def test_salespeople_see_those_of_their_customers(self):
        run = self._mailing(self.one, self.two)
        documents = self.env["receivable.statement.document"].with_user(self.salesperson)
        self.assertEqual(documents.search([("run_id", "=", run.id)]).partner_id, self.one)
