from odoo.exceptions import AccessError, ValidationError
from odoo.tests import freeze_time, tagged

from ...credit.policy.policy_case import PolicyCase
from ..run.run_case import RunCase


@tagged("post_install", "-at_install")
class TestPlan(RunCase, PolicyCase):
    """Collection plan of a case, and who learns of it (P1-08, P1-09, P1-20)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.finance = cls._user("finance", "credit_collection.group_credit_controller")
        cls.team.finance_user_id = cls.finance
        cls.company.sudo().collection_sales_head_id = cls.sales_manager
        cls.debtor = cls._customer("Debtor")
        cls.debtor.with_company(cls.company).sudo().collection_user_id = cls.collector

    def _tasks(self, kind, user=None):
        self.env.flush_all()
        self.env.invalidate_all()
        kind = self.env.ref(f"credit_collection.mail_activity_{kind}")
        tasks = self._case(self.debtor).activity_ids.filtered(lambda a: a.activity_type_id == kind)
        return tasks.filtered(lambda a: not user or a.user_id == user)

    def _key_case(self):
        """A case at stage 2 of template P1."""
        self._in_force("P1")
        self._invoice(self.debtor, 1000, days_overdue=20)
        self._run()
        return self._case(self.debtor)

    def _plan(self, case, user=None, **values):
        case.with_user(user or case.user_id).write(
            {"plan_frequency": 3, "plan_date_next": self._today(2), **values}
        )

    def _notices(self, case, user):
        return self.env["mail.message"].sudo().search(
            [("model", "=", case._name), ("res_id", "=", case.id),
             ("message_type", "=", "user_notification"), ("body", "like", "plan was changed"),
             ("partner_ids", "in", user.partner_id.ids)]
        )  # fmt: skip

    def test_asked_for_at_stage_two(self):
        self._in_force("P1")
        self._invoice(self.debtor, 1000, days_overdue=15)
        self._run()
        self.assertFalse(self._tasks("collection_plan"))
        self._invoice(self.debtor, 1000, days_overdue=16)
        self._run()
        case = self._case(self.debtor)
        self.assertEqual(self._tasks("collection_plan").user_id, case.user_id)
        self.assertEqual(case.plan_date_due, self._tasks("collection_plan").date_deadline)
        self._run()
        self.assertEqual(len(self._tasks("collection_plan")), 1)
        self._plan(case)
        self.assertFalse(self._tasks("collection_plan"))
        self.assertTrue(case.has_plan)
        self._run()
        self.assertFalse(self._tasks("collection_plan"))

    def test_of_a_salesperson_the_head_makes_it(self):
        """Who has a case without being a collector cannot write it."""
        self.debtor.with_company(self.company).sudo().collection_user_id = False
        case = self._key_case()
        self.assertEqual(case.user_id, self.salesperson)
        self.assertEqual(self._tasks("collection_plan").user_id, self.manager)

    def test_finance_and_legal_learn_of_a_priority_case_once(self):
        case = self._key_case()
        for user in (self.finance, self.legal):
            self.assertEqual(self._tasks("key_case", user).mapped("summary"),
                             ["Debtor is a priority case"])  # fmt: skip
        self._tasks("key_case").action_done()
        self._run()
        self.assertFalse(self._tasks("key_case"))
        # It ceases to be one, and is one again.
        case._system_write({"is_key": False})
        self.env["collection.case"].sudo()._follow_plans(self.company.sudo())
        self.assertFalse(case.date_key_notified)
        self._run()
        self.assertEqual(self._tasks("key_case").user_id, self.finance | self.legal)

    def test_a_change_of_the_plan_reaches_both(self):
        case = self._key_case()
        self._plan(case, plan_payment_mode="cod", plan_prepayment=30, plan_guarantee="By the owner")
        for user in (self.finance, self.legal):
            body = self._notices(case, user).body
            for words in ("Cash on Delivery", "30", "By the owner"):
                self.assertIn(words, body)
        self._plan(case, user=self.legal, plan_prepayment=50)
        self.assertEqual(len(self._notices(case, self.finance)), 2)
        self.assertEqual(len(self._notices(case, self.legal)), 1, "Legal knows the change it made")

    def test_a_late_plan_is_reported_once_per_day_missed(self):
        case = self._key_case()
        self._tasks("key_case").action_done()
        with freeze_time(self._today(10)):
            self._run()
            self._run()
        self.assertEqual(self._tasks("key_case", self.legal).mapped("summary"),
                         ["Debtor: the collection plan is late"])  # fmt: skip
        self._tasks("key_case").action_done()
        self._plan(case)
        self._run()
        self.assertFalse(self._tasks("key_case"))
        with freeze_time(self._today(3)):
            self._run()
        self.assertEqual(self._tasks("key_case").user_id, self.finance | self.legal)

    def test_a_contact_moves_the_next_one_on(self):
        case = self._key_case()
        self._plan(case, plan_frequency=4)
        self.env["collection.contact"].with_user(case.user_id).create(
            {"case_id": case.id, "channel": "mail", "summary": "Asked again"}
        )
        self.assertEqual(case.plan_date_next, self._today(4))
        self.assertFalse(self._tasks("sales_report"))

    def test_refusals_and_broken_promises_reach_the_head_of_sales(self):
        case = self._key_case()
        contacts = self.env["collection.contact"].with_user(case.user_id)
        contact = contacts.create({"case_id": case.id, "channel": "mail", "summary": "Later"})
        self.assertFalse(self._tasks("sales_report"))
        contact.result = "refused"
        contacts.create(
            {"case_id": case.id, "channel": "mail", "result": "refused", "summary": "Never"}
        )
        task = self._tasks("sales_report")
        self.assertEqual(task.user_id, self.sales_manager)
        self.assertEqual(task.mapped("summary"), ["Debtor refuses to pay"])
        item = self.env["account.move.line"].search(
            [("partner_id", "=", self.debtor.id), ("account_type", "=", "asset_receivable")]
        )
        self.env["collection.promise"].with_user(case.user_id)._register_promise(
            case.with_user(case.user_id),
            [{"move_line_id": item.id, "amount": 1000, "date_promised": self._today(1)}],
        )
        with freeze_time(self._today(9)):
            self.env["collection.promise.line"].sudo()._evaluate(self.company.sudo())
        self.assertIn(
            "Debtor broke a promise to pay", self._tasks("sales_report").mapped("summary")
        )

    def test_path_is_proposed_from_willingness_and_ability(self):
        """P2-24; a person may choose another one."""
        case = self._key_case()
        mine = case.with_user(case.user_id)
        self.assertFalse(case.path)
        for willingness, ability, path in (
            ("high", "high", "negotiation"),
            ("high", "low", "negotiation"),
            ("low", "low", "mediation"),
            ("low", "high", "suit"),
        ):
            mine.write({"willingness": willingness, "ability": ability})
            self.assertEqual(case.path, path)
        mine.path = "mediation"
        self.assertEqual(case.path, "mediation")
        self._plan(case)
        self.assertIn("Third-Party Mediation", self._notices(case, self.finance)[:1].body)

    def test_wrong_plans_are_refused(self):
        case = self._key_case()
        for values, words in (
            ({"plan_frequency": -1}, "Contact Every"),
            ({"plan_frequency": 366}, "366"),
            ({"plan_prepayment": 101}, "Interim Prepayment"),
            ({"plan_date_next": self._today(-1)}, "is in the past"),
        ):
            with (
                self.subTest(values),
                self.assertRaisesRegex(ValidationError, words),
                self.cr.savepoint(),
            ):
                case.with_user(case.user_id).write(values)
        for values in ({"plan_date_due": self._today()}, {"date_key_notified": False}):
            with self.assertRaises(AccessError):
                case.with_user(case.user_id).write(values)
        with self.assertRaises(AccessError):
            self._plan(case, user=self.salesperson)
