from odoo.exceptions import AccessError
from odoo.tests import freeze_time, tagged

from ...receivable.ageing.ageing_case import AgeingCase


@tagged("post_install", "-at_install")
class TestKpiLost(AgeingCase):
    """A customer lost after a complaint counts against who collected (P2-28): 30 days, June 2025."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.sudo().insight_lost_days = 30
        cls.buyer = cls._customer("Buyer")
        cls._dated(cls.buyer, 100, "2025-05-01", due="2025-05-20")
        cls.head = cls._user("head", "credit_collection.group_collection_manager")
        cls.case = cls._open(cls.buyer)
        cls.complaint = cls._complain(cls.case, "2025-05-10 06:00:00")

    @classmethod
    def _open(cls, partner):
        return cls.env["collection.case"]._system_create(
            {
                "name": f"CASE {partner.name}",
                "partner_id": partner.id,
                "company_id": cls.company.id,
                "user_id": cls.collector.id,
                "date_open": "2025-05-01",
            }
        )

    @classmethod
    def _complain(cls, case, moment, **values):
        return cls.env["collection.contact"]._system_create(
            {
                "case_id": case.id, "date": moment, "channel": "call", "is_automatic": True,
                "is_complaint": True, **values,
            }
        )  # fmt: skip

    def _row(self, scope="company", month="2025-06-30", today=None):
        day = self._day(month)
        with freeze_time(today or "2026-01-10 12:00:00"):
            rows = self.env["insight.kpi"]._compute_months(self.company, day, day, "Again")
        return rows.filtered(lambda row: row.scope == scope)

    def test_no_order_in_the_days_after_the_complaint(self):
        for scope in ("company", "user", "collector"):
            row = self._row(scope)
            self.assertEqual(row.lost, 1, scope)
            action = row.action_open_lost()
            found = self.env["collection.contact"].search(action["domain"])
            self.assertEqual(found, self.complaint)
        self.assertEqual(self._row(month="2025-05-31").lost, 0)
        self.assertEqual(self._row(month="2025-07-31").lost, 0)

    def test_who_buys_again_is_not_lost(self):
        self._dated(self.buyer, 10, "2025-06-09")
        self.assertEqual(self._row().lost, 0)

    def test_an_order_keeps_the_customer(self):
        order = self._order(self.buyer, 10)
        order.action_confirm()
        order.sudo().date_order = "2025-06-09 06:00:00"
        self.assertEqual(self._row().lost, 0)

    def test_a_day_later_is_too_late(self):
        self._dated(self.buyer, 10, "2025-06-10")
        self.assertEqual(self._row().lost, 1)

    def test_who_had_not_bought_cannot_be_lost(self):
        stranger = self._customer("Stranger")
        self._dated(stranger, 100, "2025-04-10")
        self._complain(self._open(stranger), "2025-05-11 06:00:00")
        self.assertEqual(self._row().lost, 1)

    def test_a_second_complaint_does_not_lose_it_again(self):
        self._complain(self.case, "2025-05-25 06:00:00")
        self._complain(self.case, "2025-05-10 07:00:00")
        self._complain(self.case, "2025-05-12 06:00:00", is_complaint=False)
        self.assertEqual(self._row().lost, 1)

    def test_the_days_must_be_over(self):
        self.assertEqual(self._row(today="2025-06-09 12:00:00").lost, 0)
        self.assertEqual(self._row(today="2025-06-10 12:00:00").lost, 1)

    def test_it_is_deducted_from_the_target(self):
        self._row()
        target = (
            self.env["insight.target"]
            .with_user(self.head)
            .create(
                {
                    "metric": "collected",
                    "scope": "collector",
                    "user_id": self.collector.id,
                    "date_from": "2025-06-01",
                    "date_to": "2025-06-30",
                    "lost_penalty": 500,
                    "difficulty": 2,
                }
            )
        )
        target.action_compute()
        self.assertRecordValues(target, [{"lost": 1, "penalty": 500, "amount": -500}])
        action = target.action_open_lost()
        found = self.env["collection.contact"].search(action["domain"])
        self.assertEqual(found, self.complaint)
        target.write({"scope": "customer", "partner_id": self.buyer.id})
        target.action_compute()
        self.assertRecordValues(target, [{"lost": 1, "penalty": 500}])
        self.assertEqual(target._get_lost_ids(), self.complaint.ids)
        target.partner_id = self._customer("Another")
        target.action_compute()
        self.assertRecordValues(target, [{"lost": 0, "penalty": 0}])
        with self.assertRaises(AccessError):
            target.write({"lost": 0, "penalty": 0})
