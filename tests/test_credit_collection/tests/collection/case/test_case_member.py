from datetime import timedelta

from odoo.exceptions import AccessError, ValidationError
from odoo.fields import Command
from odoo.tests import freeze_time, tagged

from ..resolution.resolution_case import ResolutionCase


@tagged("post_install", "-at_install")
class TestCaseMember(ResolutionCase):
    """Project members read a case from a day to a day (P3-24)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.invoice = cls._invoice(cls.customer, 1000, days_overdue=40)
        cls.head = cls._user("head", "credit_collection.group_collection_collector")
        cls.team = cls.env["collection.team"].sudo().create(
            {"name": "Team", "company_id": cls.company.id, "head_id": cls.head.id}
        )  # fmt: skip
        cls.case = cls._case(team_id=cls.team.id)
        cls.contact = (
            cls.env["collection.contact"]
            .with_user(cls.collector)
            .create({"case_id": cls.case.id, "channel": "mail", "summary": "Pays on Friday"})
        )

    def _name(self, user=None, member=None, case=None, **values):
        return (
            self.env["collection.case.member"]
            .with_user(user or self.head)
            .create(
                {
                    "case_id": (case or self.case).id,
                    "user_id": (member or self.salesperson2).id,
                    "date_from": self._today(),
                    **values,
                }
            )
        )

    def _seen(self, user):
        self.env.flush_all()
        self.env.invalidate_all()
        case = self.env["collection.case"].with_user(user).search([("id", "=", self.case.id)])
        # A domain of record rules stays in the cache; found by id, the rules are asked again.
        self.assertEqual(bool(case), self.case.with_user(user).has_access("read"))
        return case

    def test_a_member_reads_case_contacts_and_items(self):
        self.assertFalse(self._seen(self.salesperson2))
        self._name()
        case = self._seen(self.salesperson2)
        self.assertEqual(case.partner_id, self.customer)
        self.assertEqual(case.contact_ids, self.contact)
        self.assertEqual(case.item_ids.move_id, self.invoice)
        self.assertIn("Pays on Friday", case.timeline_ids.mapped("text"))
        with self.assertRaises(AccessError):
            case.is_evasive = True
        self.assertFalse(case._may_log())

    def test_membership_has_a_first_and_a_last_day(self):
        self._name(date_from=self._today(2), date_to=self._today(5))
        for days, seen in ((0, False), (1, False), (2, True), (5, True), (6, False)):
            day = self._today(days)
            with self.subTest(days=days), freeze_time(f"{day} 05:00:00"):
                self.assertEqual(bool(self._seen(self.salesperson2)), seen)

    def test_an_ended_membership_ends_access(self):
        member = self._name(date_from=self._today(-5))
        self.assertTrue(self._seen(self.salesperson2))
        member.date_to = self._today(-1)
        self.assertFalse(self._seen(self.salesperson2))
        self.assertFalse(self.contact.with_user(self.salesperson2).has_access("read"))
        member.date_to = False
        self.assertTrue(self._seen(self.salesperson2))
        member.unlink()
        self.assertFalse(self._seen(self.salesperson2))

    def test_other_cases_stay_hidden(self):
        other = self._case(self._customer("Other"), name="CASE2", team_id=self.team.id)
        self._name()
        cases = self.env["collection.case"].with_user(self.salesperson2)
        self.assertNotIn(other, cases.search([]))

    def test_a_collector_bound_to_the_own_portfolio(self):
        member = self._user("collector2", "credit_collection.group_collection_collector")
        self.company.sudo().collection_own_portfolio = True
        self.env.registry.clear_cache()
        self.assertFalse(self._seen(member))
        self._name(self.collection_manager, member)
        case = self._seen(member)
        self.assertEqual(case.contact_ids, self.contact)
        with self.assertRaises(AccessError):
            case.is_evasive = True

    def test_head_and_managers_name_members(self):
        elsewhere = self._case(self._customer("Other"), name="CASE2")
        for user in (self.collector, self.auditor, self.salesperson, self.controller):
            with self.subTest(user=user.name), self.assertRaises(AccessError):
                self._name(user, user)
        with self.assertRaises(AccessError):
            self._name(self.head, self.head, elsewhere)
        member = self._name(self.head)
        with self.assertRaises(AccessError):
            member.case_id = elsewhere
        self._name(self.collection_manager, case=elsewhere)
        # On the form of the case
        values = {"user_id": self.salesperson.id, "date_from": self._today()}
        self.case.with_user(self.collection_manager).write({"member_ids": [Command.create(values)]})
        with self.assertRaises(AccessError):
            self.case.with_user(self.collector).write({"member_ids": [Command.create(values)]})
        self.assertEqual(self.case.member_ids.user_id, self.salesperson2 | self.salesperson)

    def test_who_can_be_a_member(self):
        stranger = self._user("stranger", "base.group_user")
        with self.assertRaisesRegex(ValidationError, "Stranger cannot be a project member"):
            self._name(member=stranger)
        with self.assertRaisesRegex(ValidationError, "last day is before the first"):
            self._name(date_to=self._today() - timedelta(days=1))
