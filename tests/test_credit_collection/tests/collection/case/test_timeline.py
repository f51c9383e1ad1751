from odoo.exceptions import AccessError
from odoo.tests import tagged

from ..resolution.resolution_case import ResolutionCase


@tagged("post_install", "-at_install")
class TestTimeline(ResolutionCase):
    """What went out to a customer and what came in, newest first, each row opening its document."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.move = cls._invoice(cls.customer, 1000, days_overdue=40)
        cls.case = cls._case()

    def _timeline(self, user=None):
        self.env.flush_all()
        self.env.invalidate_all()
        rows = self.case.with_user(user or self.collector).timeline_ids
        # Customers begin with a decision, see `test_decisions`.
        return rows.filtered(lambda row: row.kind != "decision")

    def _contact(self, **values):
        return (
            self.env["collection.contact"]
            .with_user(self.collector)
            .create({"case_id": self.case.id, "summary": "talked", **values})
        )

    def test_kinds(self):
        call = self._contact(date=f"{self._today(-3)} 12:00:00")
        answer = self._contact(date=f"{self._today(-2)} 12:00:00", direction="in", channel="mail")
        payment = self._pay(self.move, amount=200, date=self._today(-1))
        rows = self._timeline()
        self.assertRecordValues(
            rows,
            [
                {"kind": "payment", "direction": "in", "amount": 200, "date": self._today(-1)},
                {"kind": "mail", "direction": "in", "amount": 0, "date": self._today(-2)},
                {"kind": "call", "direction": "out", "amount": 0, "date": self._today(-3)},
            ],
        )
        self.assertEqual(rows[0].res_id, payment.move_id.id)
        self.assertEqual(rows[1].action_open_document()["res_id"], answer.id)
        self.assertEqual(rows[2].action_open_document()["res_id"], call.id)
        self.assertEqual(rows[2].text, "talked")
        with self.assertRaises(AccessError):
            rows[0].with_user(self.salesperson2).action_open_document()
        # A credit note is no payment.
        self._invoice(self.customer, 20, move_type="out_refund")
        self.assertEqual(len(self._timeline()), 3)

    def test_decisions(self):
        """What was decided of the customer's credit stands among the rest, and opens."""
        self._decide(self.customer, credit_control="frozen")
        self.env.flush_all()
        self.env.invalidate_all()
        decisions = (
            self.env["credit.decision"].sudo().search([("partner_id", "=", self.customer.id)])
        )
        rows = self.case.with_user(self.collector).timeline_ids
        self.assertEqual(rows.mapped("kind"), ["decision"] * 2)
        self.assertEqual(rows.mapped("res_id"), decisions.ids)
        self.assertEqual(rows[0].user_id, self.controller)
        self.assertFalse(rows[0].direction)
        self.assertEqual(rows[0].action_open_document()["res_id"], decisions[0].id)

    def test_letters(self):
        letters = self.env["collection.letter"].sudo()
        letter = letters._system().create(
            {
                "case_id": self.case.id,
                "partner_id": self.customer.id,
                "company_id": self.company.id,
                "currency_id": self.company.currency_id.id,
                "type_id": self.env["collection.letter.type"].search([], limit=1).id,
                "channel": "print",
                "date": self._today(),
                "amount_total": 900,
                "deadline": self._today(7),
            }
        )
        for result in ("sent", "bounced"):
            self.env["collection.contact"]._system_create(
                {
                    "case_id": self.case.id,
                    "user_id": self.collector.id,
                    "channel": "mail",
                    "result": result,
                    "summary": "Reminder",
                    "letter_id": letter.id,
                    "date": f"{self._today(-1)} 10:00:00",
                }
            )
        rows = self._timeline()
        self.assertEqual(rows.mapped("kind"), ["bounced", "letter"])
        self.assertEqual(rows[1].amount, 900)
        self.assertEqual(rows[1].date_until, self._today(7))
        self.assertEqual(rows[1].action_open_document()["res_id"], letter.id)

    def test_who_sees_it(self):
        self._contact()
        rows = self._timeline()
        self.assertEqual(len(rows), 1)
        self.assertEqual(self._timeline(self.salesperson), rows)
        other = self.env["collection.timeline"].with_user(self.salesperson2)
        self.assertFalse(other.search([("partner_id", "=", self.customer.id)]))
        with self.assertRaises(AccessError):
            rows.with_user(self.salesperson2).read(["text"])
        self.company.sudo().collection_own_portfolio = True
        self.case.sudo()._system_write({"user_id": self.roles["controller"].id})
        self.customer.sudo().user_id = self.salesperson2
        self.env.invalidate_all()
        mine = self.env["collection.timeline"].with_user(self.collector)
        self.assertFalse(mine.search([("partner_id", "=", self.customer.id)]))

    def test_all_at_once(self):
        """The search over the whole opens from the case, with the same rows."""
        self._contact()
        action = self.case.with_user(self.collector).action_open_timeline()
        rows = self.env[action["res_model"]].with_user(self.collector).search(action["domain"])
        self.assertLess(self._timeline(), rows)
        self.assertEqual(rows, self.case.with_user(self.collector).timeline_ids)
