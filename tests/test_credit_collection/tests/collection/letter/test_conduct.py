from odoo.exceptions import AccessError
from odoo.tests import tagged

from .letter_case import LetterCase


@tagged("post_install", "-at_install")
class TestConduct(LetterCase):
    """What auditors and heads of collection find: limits, complaints, false promises (P2-30)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.customer = cls._customer("Debtor")
        cls._invoice(cls.customer, 1000, days_overdue=120)
        cls.case = cls._case(cls.customer, name="CASE").with_env(cls.env)
        cls.manager = cls._user("manager", "credit_collection.group_collection_manager")
        cls.company.sudo().write({"collection_contact_max": 1, "collection_suit_days": 30})

    def _found(self, user=None, **domain):
        self.env.flush_all()
        self.env.invalidate_all()
        rows = self.env["collection.conduct"].with_user(user or self.auditor)
        return rows.search([("partner_id", "=", self.customer.id)])

    def _log(self, **values):
        return (
            self.env["collection.contact"]
            .with_user(self.collector)
            .create({"case_id": self.case.id, "channel": "call", "summary": "Talked", **values})
        )

    def _announce(self, code="before_action", deadline=-31, **values):
        """A letter that named a day to pay, so many days from today."""
        return self.letters._system_create(
            {
                "name": "LTR/1",
                "type_id": self._type(code).id,
                "partner_id": self.customer.id,
                "company_id": self.company.id,
                "currency_id": self.company.currency_id.id,
                "case_id": self.case.id,
                "channel": "print",
                "state": "printed",
                "date": self._today(deadline - 10),
                "deadline": self._today(deadline),
                "writer_id": self.collector.id,
                **values,
            }
        )

    def test_contacts_beyond_the_limits_and_complaints(self):
        self._log()
        self.assertFalse(self._found())
        second = self._log(limit_reason="They asked for it", is_complaint=True)
        rows = self._found().sorted("kind")
        self.assertRecordValues(
            rows,
            [
                {"kind": "complaint", "finding": "Talked", "reason": False},
                {
                    "kind": "limit",
                    "finding": "Already 1 contacts within 7 days; the limit is 1.",
                    "reason": "They asked for it",
                },
            ],
        )
        self.assertEqual(rows.user_id, self.collector)
        self.assertEqual(rows.case_id, self.case)
        opened = rows[0].action_open_document()
        self.assertEqual((opened["res_model"], opened["res_id"]), (second._name, second.id))

    def test_a_lawsuit_announced_and_not_filed(self):
        letter = self._announce()
        row = self._found()
        self.assertRecordValues(
            row,
            [{"kind": "promise", "user_id": self.collector.id, "date_until": self._today(-1)}],
        )
        self.assertIn("LTR/1 announced a lawsuit", row.finding)
        opened = row.action_open_document()
        self.assertEqual((opened["res_model"], opened["res_id"]), (letter._name, letter.id))

    def test_promises_that_are_none_or_not_broken_yet(self):
        self._announce(deadline=-30)
        self._announce("payment_reminder")
        self._announce(state="cancelled")
        self._announce(state="bounced")
        self._announce(is_test=True)
        self._announce("lawyer")  # a draft that the firm did not send
        self.assertFalse(self._found())
        self._announce("lawyer", signed_date=self._today(-40))
        self.assertEqual(len(self._found()), 1)
        self.company.sudo().collection_suit_days = 60
        self.assertFalse(self._found())

    def test_filed_settled_or_agreed_in_time(self):
        self._announce()
        legal = self.case.with_user(self.legal)
        legal.date_suit = self._today(-5)
        self.assertFalse(self._found())
        legal.date_suit = self._today()  # too late
        self.assertTrue(self._found())
        legal.date_suit = False
        self.case._system_write({"state": "closed", "date_close": self._today(-1)})
        self.assertFalse(self._found(), "settled before the days were over")
        self.case._system_write({"date_close": self._today()})
        self.assertTrue(self._found())

    def test_legal_and_managers_enter_a_lawsuit(self):
        with self.assertRaises(AccessError):
            self.case.with_user(self.collector).date_suit = self._today()
        self.case.with_user(self.manager).date_suit = self._today()
        self.assertTrue(self.case.with_user(self.manager).can_enter_suit)
        self.assertFalse(self.case.with_user(self.collector).can_enter_suit)

    def test_who_reads_it(self):
        self._announce()
        for user in (self.auditor, self.manager, self.controller, self.general_manager):
            self.assertTrue(self._found(user), user.name)
        for user in (self.salesperson, self.accountant):
            with self.subTest(user=user.name), self.assertRaises(AccessError):
                self._found(user)
        with self.assertRaises(AccessError):
            self._found(self.auditor).write({"reason": "x"})
        # Collectors alone: their own customers, where the company says so.
        other = self._user("collector2", "credit_collection.group_collection_collector")
        self.company.sudo().collection_own_portfolio = True
        self.env.registry.clear_cache()
        self.assertFalse(self._found(other))
        self.assertTrue(self._found(self.collector))
