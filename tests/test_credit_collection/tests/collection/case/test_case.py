import psycopg2

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tools import mute_logger

from ..run.run_case import RunCase


class TestCase(RunCase):
    """One open case per customer; collector and rank; closing and reopening."""

    def _overdue(self, name="Customer", days=10, amount=1000, **values):
        customer = self._customer(name, **values)
        self._invoice(customer, amount, days_overdue=days)
        return customer

    def test_one_open_case(self):
        customer = self._overdue()
        self._run()
        with mute_logger("odoo.sql_db"), self.assertRaises(psycopg2.errors.UniqueViolation):
            with self.cr.savepoint():
                self.env["collection.case"].sudo()._system().create(
                    {"partner_id": customer.id, "company_id": self.company.id}
                )

    def test_nobody_writes_facts(self):
        self._overdue()
        customer = self._overdue("Other")
        self._run()
        case = self._case(customer).with_user(self.collector)
        case.write({"is_evasive": True})
        case._do_pause(self._today(3), "Holidays")
        for name, value in (
            ("state", "closed"),
            ("is_key", True),
            ("rank", 1),
            ("result", "other"),
        ):
            with self.assertRaises(AccessError):
                case.write({name: value})
        with self.assertRaises(AccessError):
            case.with_user(self.salesperson).write({"is_evasive": False})

    def test_pause(self):
        customer = self._overdue()
        self._run()
        self._case(customer)._do_pause(self._today(2), "Holidays")
        self._age_letters(customer, 60)
        self.assertEqual(self._decision(customer)[customer.id]["skip"], "paused")

    # ------------------------------------------------------------------ who collects

    def test_assignment(self):
        china = self.env.ref("base.cn")
        south = self.env["collection.team"].create(
            {
                "name": "South",
                "company_id": self.company.id,
                "head_id": self.manager.id,
                "country_ids": [Command.set(china.ids)],
                "member_ids": [Command.set((self.collector | self.collector2).ids)],
            }
        )
        self.team.member_ids = self.controller
        own = self._overdue("Own")
        own.with_company(self.company).collection_user_id = self.legal
        in_china = [self._overdue(f"C{n}", country_id=china.id) for n in range(4)]
        of_sales = self._overdue("Sales")
        nobody = self._overdue("Nobody", user_id=False)
        self._run()
        self.assertEqual(self._case(own).user_id, self.legal)
        owners = [self._case(customer).user_id for customer in in_china]
        self.assertEqual(sorted(owners.count(u) for u in (self.collector, self.collector2)), [2, 2])
        self.assertEqual(self._case(in_china[0]).team_id, south)
        self.assertEqual(self._case(of_sales).user_id, self.salesperson)
        self.assertEqual(self._case(nobody).user_id, self.controller)
        self.assertEqual(self._case(nobody).team_id, self.team)

    def test_leaver(self):
        customers = [self._overdue(f"C{n}", user_id=False) for n in range(2)]
        self._run()
        self.assertEqual(self._case(customers[0]).user_id, self.collector)
        self.assertEqual(self._case(customers[0]).activity_ids.user_id, self.collector)
        self.collector.sudo().collection_successor_id = self.collector2
        customers[0].with_company(self.company).collection_user_id = self.collector
        self.collector.sudo().active = False
        for customer in customers:
            self.assertEqual(self._case(customer).user_id, self.collector2)
            self.assertEqual(self._case(customer).activity_ids.user_id, self.collector2)
        self.assertFalse(customers[0].with_company(self.company).collection_user_id)
        # Without a successor the head of the team takes over.
        self.collector2.sudo().active = False
        self.assertEqual(self._case(customers[0]).user_id, self.manager)

    def test_assign_to_another_and_to_me(self):
        customer = self._overdue()
        self._run()
        case = self._case(customer)
        with self.assertRaises(AccessError):
            case.with_user(self.collector).action_assign()
        wizard = (
            self.env["collection.case.assign"]
            .with_user(self.manager)
            .create({"case_ids": case.ids, "user_id": self.collector2.id})
        )
        wizard.action_assign()
        self.assertEqual(case.user_id, self.collector2)
        case.with_user(self.collector).action_assign_to_me()
        self.assertEqual(case.user_id, self.collector)

    def test_own_portfolio(self):
        mine, other = self._overdue("Mine", user_id=False), self._overdue("Other")
        self._run()
        cases = self._case(mine) | self._case(other)

        def seen(user):
            self.env.registry.clear_cache()
            return self.env["collection.case"].with_user(user).search([("id", "in", cases.ids)])

        self.assertEqual(len(seen(self.collector)), 2)
        self.assertEqual(seen(self.salesperson), self._case(other))
        self.company.sudo().collection_own_portfolio = True
        self.assertEqual(seen(self.collector), self._case(mine))
        for user in (self.manager, self.controller, self.auditor):
            self.assertEqual(len(seen(user)), 2)

    # ------------------------------------------------------------------ rank

    def test_rank_and_why(self):
        small, large, quiet = (
            self._overdue("Small", amount=100), self._overdue("Large", amount=9000),
            self._overdue("Quiet", amount=9000),
        )  # fmt: skip
        self._run()
        cases = self.env["collection.case"].search([("company_id", "=", self.company.id)])
        case = self._case(large)
        case.sudo()._system().date_last_contact = fields.Datetime.now()
        case._refresh()
        self.assertEqual(cases.sorted("rank", reverse=True).partner_id[0], quiet)
        self.assertLess(self._case(small).rank, case.rank)
        self.assertIn("9,000.00 overdue, oldest 10 days", case.why)
        self.assertIn("no contact yet", self._case(quiet).why)

    # ------------------------------------------------------------------ by hand

    def test_close_and_reopen(self):
        customer = self._overdue()
        self._run()
        case = self._case(customer)
        with self.assertRaises(AccessError):
            case.with_user(self.collector).action_close()
        wizard = (
            self.env["collection.case.close"]
            .with_user(self.manager)
            .create({"case_ids": case.ids, "result": "uncollectable", "note": "Bankrupt"})
        )
        wizard.action_close()
        self.assertRecordValues(
            case,
            [{"state": "closed", "result": "uncollectable", "result_note": "Bankrupt"}],
        )
        self._run()
        self.assertFalse(self._case(customer))
        self.assertEqual(self._decision(customer)[customer.id]["skip"], "closed")
        case.with_user(self.manager).action_reopen()
        self.assertEqual(case.state, "open")
        wizard.action_close()
        case._system().muted_until = self._today(-10)
        self._invoice(customer, 10, days_overdue=1)
        self._run()
        self.assertTrue(self._case(customer))
        with self.assertRaisesRegex(UserError, "has an open case already"):
            case.with_user(self.manager).action_reopen()

    # ------------------------------------------------------------------ orders

    def test_stage_stops_orders(self):
        self._set_rules({"rule_type": "collection"})
        customer = self._overdue(days=9)
        self._run()
        order = self._order(customer, 10)
        self.assertFalse(order._credit_check()[order.id].holding)
        self._case(customer).with_user(self.collector).is_evasive = True
        self.assertIn("unresponsive", order._credit_check()[order.id].holding[0]["description"])
        late = self._overdue("Late", days=40)
        self._run()
        order = self._order(late, 10)
        self.assertIn(
            "which stops orders", order._credit_check()[order.id].holding[0]["description"]
        )
        with self.assertRaises(UserError):
            order.with_user(self.salesperson).action_confirm()
