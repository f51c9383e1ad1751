from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from ...common import migration
from .confirmation_case import ConfirmationCase


@tagged("post_install", "-at_install")
class TestConfirmationAnswer(ConfirmationCase):
    """Answers on paper, silence, and what follows from them (P4-15)."""

    def test_an_answer_on_paper_needs_its_file_and_is_sealed(self):
        letter = self._letter(self._campaign())
        self.refused(letter.action_agree_all, UserError)
        self.refused(lambda: self._answer(letter, attachment_ids=[]), UserError)
        self.env.invalidate_all()
        letter = self._answer(letter, signed_on=self._today(), answered_name="Ms Li")
        self.assertRecordValues(
            letter,
            [
                {
                    "state": "answered",
                    "result": "agreed",
                    "answered_via": "paper",
                    "answered_by_id": self.accountant.id,
                    "difference": 0,
                }
            ],
        )
        self.assertEqual(set(letter.line_ids.mapped("answer")), {"agree"})
        for call in (
            lambda: letter.attachment_ids.unlink(),
            lambda: letter.sudo().attachment_ids.write({"raw": b"other"}),
            lambda: letter.write({"note": "changed"}),
            lambda: letter.balance_ids.write({"answer": "disagree"}),
            lambda: letter.line_ids.write({"answer": "disagree"}),
        ):
            self.refused(call, AccessError)
        self.refused(letter.action_record, UserError)

    def test_a_signed_confirmation_acknowledges_the_debt_on_its_day(self):
        campaign = self._campaign()
        letter = self._answer(self._letter(campaign), own=300, signed_on=self._today())
        self.assertRecordValues(
            letter,
            [{"acknowledged_on": self._today(), "acknowledged_amount": 300, "difference": 50}],
        )
        self.assertEqual(self.one.receivable_acknowledged_on, self._today())
        case = self.env["collection.case"].sudo()._system().create(
            {"partner_id": self.one.id, "company_id": self.company.id}
        )  # fmt: skip
        self.assertEqual(case.receivable_acknowledged_on, self._today())
        unsigned = self._answer(self._letter(campaign, self.two))
        self.assertFalse(unsigned.acknowledged_on)
        self.assertTrue(unsigned.can_acknowledge)
        self.refused(unsigned.action_acknowledge, UserError)
        unsigned.signed_on = self._today(1)
        self.refused(unsigned.action_acknowledge, UserError)
        unsigned.signed_on = self._today()
        self.refused(unsigned.with_user(self.auditor).action_acknowledge, AccessError)
        unsigned.action_acknowledge()
        self.assertEqual(self.two.receivable_acknowledged_on, self._today())
        self.refused(lambda: unsigned.write({"signed_on": self.day}), AccessError)

    def test_only_accounting_and_controllers_enter_answers(self):
        letter = self._letter(self._campaign())
        for user in (self.salesperson, self.auditor, self.collector, self.general_manager):
            with self.subTest(user=user.name):
                own = letter.with_user(user)
                self.refused(own.action_agree_all, AccessError)
                self.refused(lambda o=own: o.balance_ids.write({"answer": "agree"}), AccessError)
        for values in ({"state": "answered"}, {"result": "agreed"}, {"amount": 1},
                       {"acknowledged_on": self.day}):  # fmt: skip
            self.refused(lambda v=values: letter.write(v), AccessError)
        balance = letter.balance_ids
        self.refused(lambda: balance.with_user(self.accountant).write({"amount": 1}), AccessError)
        draft = self._letter(self._campaign(send=False))
        self.refused(lambda: draft.balance_ids.write({"answer": "agree"}), AccessError)

    def test_silence_of_an_overdue_customer_proposes_a_freeze(self):
        campaign = self._campaign()
        letter = self._letter(campaign)
        self._end(letter)
        self.assertRecordValues(
            letter, [{"state": "silent", "result": "silent", "freeze_state": "proposed"}]
        )
        self.assertEqual(
            self._activities(letter, "mail_activity_confirmation_freeze").user_id, self.controller
        )
        self.assertEqual(self.one.credit_control, "limit")
        for user in (self.accountant, self.salesperson, self.auditor):
            self.refused(letter.with_user(user).action_freeze, AccessError)
        letter.with_user(self.controller).action_freeze()
        self.assertEqual(self.one.credit_control, "frozen")
        decision = self.one.credit_decision_ids[:1]
        self.assertEqual((decision.source, decision.origin), ("freeze", letter))
        self.refused(letter.with_user(self.controller).action_freeze, UserError)
        self.assertFalse(self._activities(letter, "mail_activity_confirmation_freeze"))

    def test_the_policy_freezes_at_once_or_never(self):
        for effect, control in (("none", "limit"), ("freeze", "frozen")):
            letter = self._letter(self._campaign())
            with self._policy(effect):
                self._end(letter)
            with self.subTest(effect=effect):
                self.assertEqual(self.one.credit_control, control)

    def test_template_p4_freezes_at_once_after_an_upgrade(self):
        template = self.env.ref("credit_collection.credit_policy_template_p4").sudo()
        script = migration("19.0.1.8.0", "post-confirmation")
        for before, after in (("propose", "freeze"), ("none", "none")):
            template.confirmation_freeze = before
            script.migrate(self.env.cr, "19.0.1.7.0")
            self.env.invalidate_all()
            self.assertEqual(template.confirmation_freeze, after)

    def test_silence_without_overdue_items_or_after_a_bounce_freezes_nobody(self):
        current = self._customer("Current", limit=1000)
        self._invoice(current, 10, days_overdue=-9, invoice_date=self._today(-3))
        campaign = self._campaign()
        bounced = self._letter(campaign)
        bounced._bounce("no such user")
        self.assertEqual(bounced.state, "bounced")
        letter = self._letter(campaign, current)
        self._end(letter, bounced)
        for one in (letter, bounced):
            self.assertRecordValues(one, [{"result": "silent", "freeze_state": False}])

    def test_silence_to_a_negative_form_is_agreement(self):
        campaign = self._campaign(kind="negative")
        letter = self._letter(campaign)
        self.assertIn("the balance counts as confirmed", letter._get_titles()[1])
        self._end(letter)
        self.assertRecordValues(
            letter, [{"state": "silent", "result": "assumed", "freeze_state": False}]
        )
        self.assertFalse(letter.acknowledged_on, "silence signs nothing")

    def test_a_late_answer_counts_and_ends_the_proposal(self):
        letter = self._letter(self._campaign())
        self._end(letter)
        letter = self._answer(letter)
        self.assertRecordValues(
            letter, [{"state": "answered", "result": "agreed", "freeze_state": False}]
        )
        self.assertFalse(self._activities(letter, "mail_activity_confirmation_freeze"))

    def test_a_campaign_closes_when_nothing_waits(self):
        campaign = self._campaign()
        self._answer(self._letter(campaign))
        self.env["receivable.confirmation.campaign"]._close_answered()
        self.assertEqual(campaign.state, "sent")
        self._end(self._letter(campaign, self.two))
        self.env["receivable.confirmation.campaign"]._close_answered()
        self.assertEqual(campaign.state, "closed")

    def test_reply_statistics_by_salesperson_and_grade(self):
        self._decide(self.one, credit_grade_id=self._grade("A").id)
        campaign = self._campaign()
        self._answer(self._letter(campaign), own=300)
        self._end(self._letter(campaign, self.two))
        *lines, (_user, _grade, total) = campaign._get_statistics()
        found = {user: (grade.code, dict(parts)) for user, grade, parts in lines}
        self.assertEqual(
            found[self.salesperson],
            ("A", {"sent": (1, 350.0), "answered": (1, 350.0), "differs": (1, 350.0)}),
        )
        self.assertEqual(
            found[self.salesperson2],
            (False, {"sent": (1, 777.0), "silent": (1, 777.0)}),
        )
        self.assertEqual(total["sent"], (2, 1127.0))

    def test_a_letter_that_never_left_our_mail_server_is_no_silence(self):
        for kind in ("positive", "negative"):
            for state in ("outgoing", "exception"):
                letter = self._letter(self._campaign(kind=kind))
                letter.sudo().message_id.mail_ids.state = state
                with self.subTest(kind=kind, state=state), self._policy("freeze"):
                    self._end(letter)
                    self.assertRecordValues(
                        letter, [{"state": "silent", "result": "silent", "freeze_state": False}]
                    )
                    self.assertEqual(self.one.credit_control, "limit")
