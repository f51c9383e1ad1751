import psycopg2

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from ...collection.run.run_case import RunCase


@tagged("post_install", "-at_install")
class TestLesson(RunCase):
    """Closed cases teach open ones (P2-19)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.steel = cls.env["res.partner.industry"].create({"name": "Steel"})
        cls.head = cls._user("head", "credit_collection.group_collection_manager")

    def _cases(self, **customers):
        """Open a case for each customer: {name: (amount, industry)}."""
        partners = [
            self._customer(name, industry_id=industry and industry.id)
            for name, (_amount, industry) in customers.items()
        ]
        for partner, (amount, _industry) in zip(partners, customers.values(), strict=True):
            self._invoice(partner, amount, days_overdue=20)
        self._run()
        return [self._case(partner) for partner in partners]

    def _lesson(self, case, user=None, **values):
        return self.env["insight.lesson"].with_user(user or self.head).create(
            {"case_id": case.id, "name": "Talk with the owner", "lesson": "Visit early", **values}
        )  # fmt: skip

    def test_a_closed_case_is_kept_as_it_was(self):
        [case] = self._cases(Old=(1000, self.steel))
        with self.assertRaisesRegex(UserError, "still open"):
            self._lesson(case)
        with self.assertRaisesRegex(UserError, "still open"):
            case.with_user(self.head).action_lesson()
        case._do_close("collected", "Paid after a visit")
        action = case.with_user(self.head).action_lesson()
        self.assertEqual(action["context"]["default_solution"], "Paid after a visit")
        lesson = self._lesson(case)
        self.assertRecordValues(
            lesson,
            [
                {
                    "partner_id": case.partner_id.id, "result": "collected", "amount": 1000,
                    "industry_id": self.steel.id, "user_id": self.head.id, "company_id": self.company.id,
                }
            ],
        )  # fmt: skip
        self.assertEqual(case.with_user(self.head).action_lesson()["res_id"], lesson.id)
        with mute_logger("odoo.sql_db"), self.assertRaises(psycopg2.errors.UniqueViolation):
            with self.cr.savepoint():
                self._lesson(case)

    def test_similar_cases_are_proposed_the_most_alike_first(self):
        old, other, far, now = self._cases(
            Old=(1000, self.steel),
            Other=(90000, self.steel),
            Far=(90000, None),
            Now=(1200, self.steel),
        )
        for case in (old, other, far):
            case._do_close("collected")
            self._lesson(case)
        lessons = self.env["insight.lesson"].with_user(self.head)._get_similar(now)
        self.assertEqual(lessons.case_id, old + other)
        self.assertEqual(lessons[0].case_id, old)
        self.assertEqual(now.with_user(self.head).similar_count, 2)

    def test_words_are_found_in_all_texts(self):
        old, other = self._cases(Old=(1000, None), Other=(2000, None))
        for case in (old, other):
            case._do_close("collected")
        lesson = self._lesson(old, course="Disputed pallets", solution="Credit note at once")
        self._lesson(other)
        find = self.env["insight.lesson"].with_user(self.collector).search
        self.assertEqual(find([("display_name", "ilike", "pallets note")]), lesson)
        self.assertFalse(find([("display_name", "ilike", "pallets bankrupt")]))

    def test_rights(self):
        [case] = self._cases(Old=(1000, None))
        case._do_close("collected")
        lesson = self._lesson(case)
        lesson.with_user(self.auditor).read(["lesson"])
        for user in (self.auditor, self.collector, self.controller):
            with self.subTest(user=user.name), self.assertRaises(AccessError):
                lesson.with_user(user).lesson = "Mine"
        with self.assertRaises(AccessError):
            lesson.with_user(self.head).result = "other"
        with self.assertRaises(AccessError):
            lesson.with_user(self.salesperson).read(["lesson"])
        other = self._create_company(name="Elsewhere")
        stranger = self._user(
            "stranger", "credit_collection.group_collection_manager", company=other,
            company_ids=other.ids,
        )  # fmt: skip
        with self.assertRaises(AccessError):
            lesson.with_user(stranger).read(["lesson"])

    def test_a_default_of_the_client_chooses_no_case(self):
        old, open_ = self._cases(Old=(1000, None), Open=(2000, None))
        old._do_close("collected")
        self.company.sudo().collection_own_portfolio = True
        other = self._user("other", "credit_collection.group_collection_collector")
        self.assertFalse(old.with_user(other).has_access("read"))
        for user, case, error in ((other, old, AccessError), (self.head, open_, UserError)):
            lessons = self.env["insight.lesson"].with_user(user)
            with self.subTest(case=case.name), self.assertRaises(error), self.cr.savepoint():
                lessons.with_context(default_case_id=case.id).create({"name": "Mine"})
