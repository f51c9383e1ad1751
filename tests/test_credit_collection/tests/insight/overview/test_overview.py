from datetime import timedelta

from odoo.exceptions import AccessError
from odoo.tests import tagged
from odoo.tests.common import freeze_time

from .overview_case import OverviewCase

ROLES = (
    "salesperson", "salesperson2", "sales_manager", "collector", "collection_manager", "controller",
    "finance_manager", "general_manager", "auditor", "accountant",
)  # fmt: skip


@tagged("post_install", "-at_install")
class TestOverview(OverviewCase):
    """The first page per role: what it counts, that each number opens its rows, who sees what."""

    def _keys(self, user):
        return [block["key"] for block in self._page(user)["blocks"]]

    def test_blocks_follow_the_roles(self):
        expected = {
            "salesperson": ["sales"],
            "sales_manager": ["decide", "sales"],
            "collector": ["collector"],
            "collection_manager": ["decide", "collector", "collection"],
            "controller": ["decide", "credit"],
            "finance_manager": ["decide", "receivables"],
            "general_manager": ["decide", "receivables"],
            "auditor": ["receivables"],
            "accountant": ["receivables"],
        }
        self.assertEqual({role: self._keys(getattr(self, role)) for role in expected}, expected)

    def test_people_without_credit_figures_are_refused(self):
        for groups in ("base.group_user", "base.group_portal"):
            user = self._user(f"nobody_{groups[-4:]}", "base.group_user")
            if groups == "base.group_portal":
                user.sudo().group_ids = self.env.ref(groups)
            with self.subTest(groups=groups), self.assertRaises(AccessError):
                self._page(user)

    def test_every_number_opens_its_rows(self):
        """What is counted or summed is what the list shows that a click opens, for each role."""
        seen = set()
        for role in ROLES:
            user = getattr(self, role)
            for block, row in self._rows(self._page(user)):
                with self.subTest(role=role, block=block, row=row["key"]):
                    action = self.env.ref(row["action"]["xmlid"]).sudo()
                    # sudo: as the client opens it
                    model = self.env[action.res_model].with_user(user).with_company(self.company)
                    found = model.search(row["action"]["domain"])
                    if row["measure"]:
                        total = sum(found.mapped(row["measure"]))
                        self.assertAlmostEqual(total, row["amount"], 2)
                    else:
                        self.assertEqual(len(found), row["amount"])
                    if row["amount"]:
                        seen.add(row["key"])
        missing = {
            "held", "held_amount", "over", "near", "limit_end", "review", "todo", "cases", "due",
            "all_cases", "receivable", "overdue", "rate", "customers", "my_receivable", "my_overdue",
        } - seen  # fmt: skip
        self.assertFalse(missing, "nothing to count: the test proves nothing for these")

    def test_amounts_of_finance(self):
        """By hand: 700 − 50 and 900 are overdue, 950 is due soon."""
        for user in (self.finance_manager, self.general_manager):
            self.assertEqual(self._figure(user, "receivables", "receivable")["amount"], 2500)
            self.assertEqual(self._figure(user, "receivables", "overdue")["amount"], 1550)
            self.assertEqual(self._figure(user, "receivables", "rate")["value"], "62.0%")
            self.assertEqual(self._figure(user, "receivables", "USD")["amount"], 300)
        largest = self._page(self.finance_manager)["blocks"][-1]["lists"][0]["rows"]
        self.assertEqual([row["label"] for row in largest], ["Near", "Theirs", "Late"])

    def test_ageing_adds_up_to_receivables(self):
        [chart] = self._page(self.finance_manager)["blocks"][-1]["charts"]
        self.assertEqual(sum(row["amount"] for row in chart["rows"]), 2500)

    def test_last_month_and_target_stand_beside(self):
        day = self._today().replace(day=1)
        last = day - timedelta(days=1)
        self.env["insight.month"]._close(self.company, last)
        self.env["insight.target"].with_user(self.finance_manager).create(
            {
                "metric": "overdue_rate",
                "scope": "company",
                "date_from": day,
                "date_to": day,
                "goal": 15,
            }
        )
        [row] = (
            self.env["insight.kpi"]
            ._compute_months(self.company, last, last)
            .filtered(lambda row: row.scope == "company")
        )
        # The target stands beside the rate that it measures; that of today is named otherwise.
        rate = self._figure(self.finance_manager, "receivables", "overdue_rate")
        self.assertEqual(rate["value"], f"{row.overdue_rate:.1f}%")
        self.assertEqual([note["value"] for note in rate["notes"]], ["15%"])
        today = self._figure(self.finance_manager, "receivables", "rate")
        self.assertNotEqual(today["label"], rate["label"])
        self.assertEqual([note["key"] for note in today["notes"]], ["rate_before"])
        receivable = self._figure(self.finance_manager, "receivables", "receivable")
        self.assertEqual(len(receivable["notes"]), 1)
        self.test_every_number_opens_its_rows()

    def test_salespeople_see_their_own_customers(self):
        own = self._figure(self.salesperson, "sales", "my_overdue")
        self.assertEqual(own["amount"], 650)
        self.assertEqual(self._figure(self.salesperson2, "sales", "my_overdue")["amount"], 900)
        self.assertEqual(self._figure(self.salesperson, "sales", "held")["amount"], 1)
        self.assertEqual(self._figure(self.salesperson2, "sales", "customers")["amount"], 1)

    def test_what_a_salesperson_is_owed_includes_archived_customers(self):
        self.late.sudo().active = False
        self.assertEqual(self._figure(self.salesperson, "sales", "my_overdue")["amount"], 650)
        self.test_every_number_opens_its_rows()

    def test_collector_sees_own_cases(self):
        self.assertEqual(self._figure(self.collector, "collector", "cases")["amount"], 1)
        self.assertEqual(self._figure(self.collector, "collector", "due")["amount"], 1)
        load = self._figure(self.collection_manager, "collection", str(self.collector.id))
        self.assertEqual(load["amount"], 1)

    def test_money_of_today_is_collected(self):
        self._pay(self.old, 100)
        row = self._figure(self.collector, "collector", "collected")
        self.assertEqual(row["value"], self.company.currency_id.format(150))
        self.test_every_number_opens_its_rows()

    def test_held_orders_by_age_lose_none(self):
        self.hold.sudo()._system_write({"date": self._today(-5)})
        page = self._page(self.controller)
        [chart] = [c for b in page["blocks"] for c in b["charts"] if c["key"] == "ages"]
        self.assertEqual(sum(row["amount"] for row in chart["rows"]), self.hold.order_amount)
        self.assertEqual(
            [bool(row["amount"]) for row in chart["rows"]], [False, False, True, False]
        )

    def test_request_for_release_waits_for_its_approver(self):
        hold = self.hold.with_user(self.salesperson)
        hold.write({"release_reason": "other", "release_note": "Pays in May."})
        hold.action_request_release()
        self.assertEqual(self._figure(self.sales_manager, "decide", "credit.hold")["amount"], 1)
        self.test_every_number_opens_its_rows()

    def test_nothing_of_another_company(self):
        other = self._company_elsewhere()
        for role in ("controller", "finance_manager", "collection_manager", "salesperson"):
            user = getattr(self, role)
            user.sudo().company_ids |= other
            page = self._page(user, other)
            with self.subTest(role=role):
                # Customers without a company are everybody's; nothing about them is owed here.
                self.assertFalse(
                    {row["key"] for _block, row in self._rows(page) if row["amount"]}
                    & {"held", "over", "receivable", "overdue", "all_cases", "my_overdue"}
                )
            user.sudo().company_ids -= other

    def test_two_companies_chosen_show_the_one_worked_in(self):
        other = self._company_elsewhere()
        user = self.finance_manager
        user.sudo().company_ids |= other
        overview = self.env["insight.overview"].with_user(user)
        page = overview.with_context(allowed_company_ids=[other.id, self.company.id]).get_overview()
        self.assertIn(other.name, page["title"])
        amounts = [row["amount"] for _block, row in self._rows(page) if row["measure"]]
        self.assertFalse(any(amounts))

    def test_new_company_says_what_to_do_first(self):
        other = self._company_elsewhere()
        other.sudo().write({"credit_mode": "off", "credit_first_steps_done": False})
        for user, opens in ((self.controller, True), (self.salesperson2, False)):
            user.sudo().company_ids |= other
            start = self._page(user, other)["start"]
            self.assertEqual(bool(start["action"]), opens)
            self.assertTrue(start["text"])
        self.assertFalse(self._page(self.controller)["start"])

    def test_empty_blocks_speak(self):
        idle = self._user("idle_seller", "sales_team.group_sale_salesman")
        [block] = self._page(idle)["blocks"]
        self.assertIn("no customers yet", block["empty"])
        self.assertEqual((block["figures"], block["charts"]), ([], []))

    def test_queries_do_not_grow_with_the_books(self):
        def count(user):
            self._page(user)
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.env["insight.overview"].with_user(user).with_company(self.company).get_overview()
            return self.env.cr.sql_log_count - before

        roles = ("salesperson", "collector", "collection_manager", "controller", "finance_manager")
        before = {role: count(getattr(self, role)) for role in roles}
        for n in range(8):
            partner = self._customer(f"More {n}", limit=100)
            self._invoice(partner, 500 + n, days_overdue=20 + n)
            self._case(partner)
        after = {role: count(getattr(self, role)) for role in roles}
        self.assertEqual(after, before)
        self.assertLessEqual(max(after.values()), 70, after)

    def test_each_role_in_chinese(self):
        self.env["res.lang"]._activate_lang("zh_CN")
        self.controller.sudo().lang = "zh_CN"
        with freeze_time("2026-03-02"):
            page = self.env["insight.overview"].with_user(self.controller).with_context(
                lang="zh_CN"
            ).get_overview()  # fmt: skip
        self.assertTrue(all(block["title"] for block in page["blocks"]))
