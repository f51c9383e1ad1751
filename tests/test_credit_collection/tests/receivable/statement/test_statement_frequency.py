from datetime import date

from freezegun import freeze_time

from odoo.exceptions import AccessError
from odoo.tests import tagged

from .mailing_case import MailingCase


@tagged("post_install", "-at_install")
class TestStatementFrequency(MailingCase):
    """Whose turn it is: by customer, policy, company; and the mailing that comes by itself."""

    def _frequencies(self, *customers):
        partners = self.env["res.partner"].union(*customers)
        found = partners._get_statement_frequencies(self.company)
        return [found[customer.id] for customer in customers]

    def test_customer_then_policy_then_company(self):
        self.assertEqual(self._frequencies(self.one), ["never"])
        self.company.sudo().receivable_statement_frequency = "monthly"
        policy = self.env["credit.policy"].sudo().create(
            {"name": "Small", "code": "SMALL", "company_id": self.company.id, "scope": "segment",
             "segment": "sme", "statement_frequency": "quarterly"}
        )  # fmt: skip
        policy._system_write({"state": "active", "date_from": date(2020, 1, 1)})
        self.env.registry.clear_all_caches()
        self._decide(self.two, credit_segment="sme")
        self.assertEqual(self._frequencies(self.one, self.two), ["monthly", "quarterly"])
        self.two.with_user(self.controller).collection_statement_frequency = "never"
        self.assertEqual(self._frequencies(self.one, self.two), ["monthly", "never"])

    def test_a_mailing_lists_whose_turn_it_is(self):
        self.one.with_user(self.controller).collection_statement_frequency = "monthly"
        self.two.with_user(self.controller).collection_statement_frequency = "quarterly"
        found = {
            month: self._mailing(date_to=f"2025-{month:02}-28").document_ids.partner_id
            for month in range(3, 9)
        }
        self.assertEqual([month for month in found if self.one not in found[month]], [])
        self.assertEqual(len([month for month in found if self.two in found[month]]), 2)

    def test_who_sets_it(self):
        for role in ("salesperson", "collector", "accountant", "auditor", "sales_manager"):
            with self.subTest(role=role), self.assertRaises(AccessError):
                self.one.with_user(self.roles[role]).collection_statement_frequency = "monthly"
        contacts = self._user("contacts", "base.group_partner_manager")
        for values in ({"collection_statement_frequency": "monthly"}, {}):
            partners = self.env["res.partner"].with_user(contacts)
            partners = partners.with_context(default_collection_statement_frequency="monthly")
            try:
                partner = partners.create({"name": "New", **values})
            except AccessError:
                continue
            self.assertFalse(partner.sudo().collection_statement_frequency)

    # ------------------------------------------------------------------ each month

    def _create(self):
        self._cron("create")
        runs = self.env["receivable.statement.run"].sudo()
        return runs.search([("company_id", "=", self.company.id), ("is_automatic", "=", True)])

    def test_off_by_default(self):
        self.company.sudo().receivable_statement_frequency = "monthly"
        self.assertFalse(self._create())

    def test_created_on_its_day_once_and_started(self):
        self.company.sudo().write(
            {"receivable_statement_frequency": "monthly", "receivable_statement_day": 5,
             "receivable_statement_mode": "automatic"}
        )  # fmt: skip
        with freeze_time("2026-03-04 12:00:00"):
            self.assertFalse(self._create())
        with freeze_time("2026-03-05 12:00:00"):
            run = self._create()
            self.assertRecordValues(
                run, [{"date_to": date(2026, 2, 28), "state": "running", "scope": "due"}]
            )
            self.assertEqual(run.document_ids.partner_id, self.one | self.two)
            self.assertEqual(self._create(), run)
        with freeze_time("2026-04-07 12:00:00"):
            self.assertEqual(len(self._create()), 2, "a missed day is made up for")

    def test_prepared_for_people_to_start(self):
        manager = self._user("manager", "credit_collection.group_collection_manager")
        self.company.sudo().write(
            {"receivable_statement_frequency": "monthly", "receivable_statement_mode": "preview",
             "receivable_statement_day": 31}
        )  # fmt: skip
        with freeze_time("2026-02-28 12:00:00"):
            run = self._create()
        self.assertEqual((run.state, run.date_to), ("preview", date(2026, 1, 31)))
        messages = self.env["mail.message"].sudo().search(
            [("model", "=", run._name), ("res_id", "=", run.id)]
        )  # fmt: skip
        self.assertIn(manager.partner_id, messages.notified_partner_ids)
