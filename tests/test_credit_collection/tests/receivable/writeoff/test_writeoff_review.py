from odoo import fields
from odoo.tests import freeze_time, tagged

from .writeoff_case import WriteoffCase


@tagged("post_install", "-at_install")
class TestWriteoffReview(WriteoffCase):
    """Claims of the register are looked at again on their day (P1-12, P3-09)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # A manager of collection names the customer's collector.
        cls.customer.sudo().collection_user_id = cls.collector

    def _claims(self, amount=1000, days=0, **values):
        """Claims of one application in two instalments, to be looked at in so many days."""
        invoice = self._invoice(self.customer, amount, term=self._term((60, 0), (40, 30)))
        claims = self._write_off(invoice, **values).line_ids
        claims._system().review_date = self._today(days)
        return claims.with_env(self.env)

    def _review(self, days=0):
        with freeze_time(self._today(days)):
            self.env["receivable.writeoff.line"]._cron_review()
        self.env.flush_all()
        self.env.invalidate_all()

    def _tasks(self, claims):
        return (
            self.env["mail.activity"]
            .sudo()
            .search(
                [
                    ("res_model", "=", "receivable.writeoff"),
                    ("res_id", "in", claims.writeoff_id.ids),
                    (
                        "activity_type_id",
                        "=",
                        self.env.ref("credit_collection.mail_activity_claim_review").id,
                    ),
                ]
            )
        )

    def test_one_task_of_an_application_for_the_collector(self):
        claims = self._claims()
        other = self._claims(amount=50)
        for _run in range(2):
            self._review()
        task = self._tasks(claims)
        self.assertRecordValues(
            task, [{"user_id": self.collector.id, "date_deadline": self._today()}]
        )
        self.assertIn("Hopeless & Co", task.summary)
        self.assertIn("1,000.00", task.summary)
        self.assertEqual(len(self._tasks(other)), 1)
        self.assertEqual(claims.mapped("date_reminded"), [self._today()] * 2)
        # The collector reads the assigned records, and works them.
        mine = task.with_user(self.collector)
        opened = self.env[mine.res_model].with_user(self.collector).browse(mine.res_id)
        self.assertEqual(opened.line_ids.mapped("amount_remaining"), [600, 400])
        opened.line_ids.write({"claim_stage": "contact"})
        mine.action_done()
        self._review()
        self.assertFalse(self._tasks(claims))

    def test_by_the_job_of_every_day(self):
        claims = self._claims()
        self._run_job("receivable_claim_review")
        self.assertEqual(len(self._tasks(claims)), 1)

    def test_not_before_its_day_and_late_when_the_job_did_not_run(self):
        claims = self._claims(days=10)
        self._review(9)
        self.assertFalse(self._tasks(claims))
        self._review(14)
        self.assertEqual(self._tasks(claims).date_deadline, self._today(14))

    def test_again_on_another_day_of_review_only(self):
        claims = self._claims()
        self._review()
        self._tasks(claims).action_done()
        self._review(40)
        self.assertFalse(self._tasks(claims))
        claims.with_user(self.collector).write({"review_date": self._today(60)})
        self._review(59)
        self.assertFalse(self._tasks(claims))
        self._review(60)
        task = self._tasks(claims)
        self.assertEqual(len(task), 1)
        task.action_done()
        self._review(61)
        self.assertFalse(self._tasks(claims))
        # Another day may be an earlier one.
        claims.with_user(self.collector).write({"review_date": self._today(50)})
        self._review(61)
        self.assertEqual(len(self._tasks(claims)), 1)

    def test_what_is_still_claimed_is_asked_for(self):
        claims = self._claims()
        self._paid_item(600)
        self._recover(claims[0])
        self.assertEqual(claims[0].claim_stage, "recovered")
        self._review()
        self.assertIn("400.00", self._tasks(claims).summary)
        self.assertFalse(claims[0].date_reminded)

    def test_nothing_for_claims_that_are_no_more(self):
        ended, recovered, cancelled, agreed, none = (
            self._claims(), self._claims(), self._claims(), self._claims(), self._claims(),
        )  # fmt: skip
        ended.with_user(self.collector).write({"claim_stage": "ended"})
        self._paid_item(1000)
        self._recover(recovered)
        self._undo(cancelled.writeoff_id)
        agreed._system().write({"amount_claim": 0})
        none.with_user(self.collector).write({"review_date": False})
        self._review(400)
        for claims in (ended, recovered, cancelled, agreed, none):
            self.assertFalse(self._tasks(claims))
            self.assertFalse(any(claims.mapped("date_reminded")))

    def test_order_of_the_people_asked(self):
        """The collector, else the salesperson, the credit controller, the head of collection."""
        head = self._user("head", "credit_collection.group_collection_manager")
        company = self.company.sudo()
        asked = []
        for change in (
            lambda: company.write({"credit_controller_id": self.controller.id}),
            lambda: self.customer.sudo().write({"collection_user_id": False}),
            lambda: self.customer.write({"user_id": False}),
            lambda: company.write({"credit_controller_id": False}),
        ):
            change()
            claims = self._claims(user=self.accountant)
            self._review()
            asked.append(self._tasks(claims).user_id)
        self.assertEqual(asked, [self.collector, self.salesperson, self.controller, head])

    def test_leavers_and_users_without_access_are_not_asked(self):
        head = self._user("head", "credit_collection.group_collection_manager")
        self.company.sudo().credit_controller_id = False
        stranger = self._user("stranger", "base.group_user")
        self.customer.sudo().collection_user_id = False
        self.customer.user_id = stranger
        claims = self._claims(user=self.accountant)
        self._review()
        self.assertEqual(self._tasks(claims).user_id, head)
        self.customer.user_id = self.salesperson
        claims = self._claims()
        self.salesperson.sudo().active = False
        self._review()
        self.assertEqual(self._tasks(claims).user_id, head)

    def test_each_company_by_its_own_people(self):
        claims = self._claims()
        other = self.setup_other_company()["company"]
        self.customer.sudo().with_company(other).collection_user_id = self.controller
        self._review()
        self.assertEqual(self._tasks(claims).user_id, self.collector)

    def test_the_day_comes_with_the_write_off(self):
        self.company.sudo().receivable_claim_months = 3
        claims = self._write_off(self._invoice(self.customer, 10)).line_ids
        self.assertEqual(claims.review_date, fields.Date.add(self._today(), months=3))
        self.company.sudo().receivable_claim_months = 0
        claims = self._write_off(self._invoice(self.customer, 10)).line_ids
        self.assertFalse(claims.review_date)
