from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import freeze_time, tagged

from ..resolution.resolution_case import ResolutionCase


@tagged("post_install", "-at_install")
class TestContact(ResolutionCase):
    """Contacts: logging, corrections, and the contact policy (P1-08, P2-21)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._invoice(cls.customer, 1000, days_overdue=20)
        cls.case = cls._case()
        cls.company.sudo().write(
            {
                "collection_contact_max": 3,
                "collection_contact_days": 7,
                "collection_hour_from": 0.0,
                "collection_hour_to": 24.0,
            }
        )

    def _log(self, user=None, **values):
        return (
            self.env["collection.contact"]
            .with_user(user or self.collector)
            .create({"case_id": self.case.id, "summary": "Pays on Friday.", **values})
        )

    # ------------------------------------------------------------------ who

    def test_collector_salesperson_and_manager_log(self):
        for user in (self.collector, self.salesperson, self.collection_manager):
            self.assertEqual(self._log(user, channel="mail").user_id, user)

    def test_others_do_not_log(self):
        for user in (self.salesperson2, self.auditor, self.accountant):
            with self.assertRaises(AccessError):
                self._log(user, channel="mail")

    def test_author_cannot_be_forged(self):
        with self.assertRaises(AccessError):
            self._log(user_id=self.salesperson.id)
        with self.assertRaises(AccessError):
            self._log(is_automatic=True)

    def test_salesperson_sees_own_customers_only(self):
        self._log(channel="mail")
        contacts = self.env["collection.contact"]
        self.assertEqual(contacts.with_user(self.salesperson).search_count([]), 1)
        self.assertEqual(contacts.with_user(self.salesperson2).search_count([]), 0)

    def test_own_portfolio(self):
        other = self._user("collector2", "credit_collection.group_collection_collector")
        self._log(channel="mail")
        contacts = self.env["collection.contact"].with_user(other)
        self.assertEqual(contacts.search_count([]), 1)
        self.company.sudo().collection_own_portfolio = True
        self.env.registry.clear_cache()
        self.assertEqual(contacts.search_count([]), 0)
        self.assertEqual(
            self.env["collection.contact"].with_user(self.collector).search_count([]), 1
        )
        self.assertEqual(
            self.env["collection.contact"].with_user(self.collection_manager).search_count([]), 1
        )

    # ------------------------------------------------------------------ corrections

    def test_author_corrects_within_a_day_only(self):
        contact = self._log(channel="mail")
        contact.summary = "Pays on Monday."
        self.assertEqual(self.case.last_contact_text, "Pays on Monday.")
        with self.assertRaises(AccessError):
            contact.with_user(self.collection_manager).summary = "Never."
        with freeze_time(contact.create_date + timedelta(hours=23)):
            contact.invalidate_recordset()
            contact.summary = "Pays on Tuesday."
        with freeze_time(contact.create_date + timedelta(hours=25)):
            contact.invalidate_recordset()
            self.assertFalse(contact.can_edit)
            with self.assertRaises(AccessError):
                contact.summary = "Pays never."

    def test_date_and_case_never_change(self):
        contact = self._log(channel="mail")
        with self.assertRaises(AccessError):
            contact.date = fields.Datetime.now() - timedelta(days=3)

    def test_never_deleted(self):
        contact = self._log(channel="mail")
        with self.assertRaises(AccessError):
            contact.unlink()
        with self.assertRaises(AccessError):
            contact.sudo().unlink()

    def test_addition_after_a_day(self):
        contact = self._log(channel="mail")
        with freeze_time(contact.create_date + timedelta(days=9)):
            wizard = (
                self.env["collection.contact.addition"]
                .with_user(self.collector)
                .create({"contact_id": contact.id, "text": "He meant the other invoice."})
            )
            wizard.action_add()
        self.assertEqual(contact.addition_ids.summary, "He meant the other invoice.")
        self.assertEqual(contact.addition_ids.user_id, self.collector)
        self.assertEqual(self.case.last_contact_text, "Pays on Friday.")
        with self.assertRaises(AccessError):
            contact.with_user(self.auditor)._add("No.")

    def test_not_in_the_future(self):
        with self.assertRaises(ValidationError):
            self._log(channel="mail", date=fields.Datetime.now() + timedelta(hours=2))

    def test_days_and_hours_are_the_users(self):
        self.collector.sudo().tz = "Asia/Shanghai"
        with self.assertRaises(ValidationError) as refused:
            self._log(channel="mail", date="2031-02-03 20:30:00")
        self.assertIn("02/04/2031 04:30:00 AM", str(refused.exception))
        contact = self._log(channel="mail", date="2024-02-03 20:30:00")
        self.assertIn("Email of 02/04/2024", contact.with_user(self.collector).display_name)

    def test_next_step_in_the_past_is_refused_in_corrections_too(self):
        contact = self._log(channel="mail", date_next=self._today(1))
        with self.assertRaises(ValidationError):
            contact.date_next = self._today(-1)

    def test_person_belongs_to_the_customer(self):
        stranger = self._customer("Stranger")
        with self.assertRaises(ValidationError):
            self._log(channel="mail", person_id=stranger.id)

    # ------------------------------------------------------------------ next steps

    def test_case_shows_last_contact_and_next_step(self):
        day = self._today(3)
        contact = self._log(next_step="Send copies", date_next=day, result="reached")
        self.assertEqual(self.case.date_last_contact, contact.date)
        self.assertEqual(self.case.last_contact_text, "Pays on Friday.")
        activity = self.case.sudo().activity_ids.filtered(lambda a: a.summary == "Send copies")
        self.assertEqual(activity.user_id, self.collector)
        self.assertEqual(activity.date_deadline, day)

    def test_older_contact_does_not_replace_newer(self):
        self._log(summary="New")
        self._log(summary="Old", date=fields.Datetime.now() - timedelta(days=2))
        self.assertEqual(self.case.last_contact_text, "New")

    def test_head_is_notified_of_a_complaint(self):
        team = (
            self.env["collection.team"]
            .sudo()
            .create(
                {
                    "name": "East",
                    "head_id": self.collection_manager.id,
                    "company_id": self.company.id,
                }
            )
        )
        self.case.sudo()._system().team_id = team
        self._log(is_complaint=True, summary="Rude on the phone")
        self.assertIn(self.collection_manager, self.case.sudo().activity_ids.user_id)

    # ------------------------------------------------------------------ contact policy

    def test_number_of_contacts(self):
        for _number in range(3):
            self._log()
        with self.assertRaisesRegex(UserError, "3 contacts within 7 days"):
            self._log()
        self._log(channel="mail")
        self._log(direction="in")
        contact = self._log(limit_reason="He asked us to call back today.")
        self.assertIn("3 contacts", contact.limit_broken)

    def test_old_contacts_do_not_count(self):
        for _number in range(3):
            self._log(date=fields.Datetime.now() - timedelta(days=8))
        self.assertFalse(self._log().limit_broken)

    def test_hours_are_those_of_the_customer(self):
        self.company.sudo().write({"collection_hour_from": 8.0, "collection_hour_to": 20.0})
        self.company.partner_id.tz = "UTC"
        self.env.registry.clear_cache()
        noon = fields.Datetime.now().replace(hour=12, minute=0, second=0) - timedelta(days=1)
        self.assertFalse(self._log(date=noon).limit_broken)
        self.customer.sudo().tz = "Asia/Shanghai"  # 20:00 there
        with self.assertRaisesRegex(UserError, "20:00"):
            self._log(date=noon)
        self.assertTrue(self._log(date=noon, limit_reason="Agreed.").limit_broken)

    def test_what_was_broken_cannot_be_forged(self):
        contact = self._log(limit_reason="Nothing is broken")
        self.assertFalse(contact.limit_reason)
        with self.assertRaises(AccessError):
            self._log(limit_broken="Words of mine")
