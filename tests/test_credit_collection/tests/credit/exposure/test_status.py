import random

from lxml import etree

from odoo.tools.safe_eval import safe_eval

from odoo.addons.credit_collection.models.credit.exposure.res_partner_check import HELD_STATUSES

from ...common import CreditCollectionCommon


class TestStatus(CreditCollectionCommon):
    """The status of a customer is what the next order would meet; lists filter and group by it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._set_rules(
            cls,
            {"rule_type": "control"},
            {"rule_type": "limit"},
            {"rule_type": "overdue", "days": 15, "amount_min": 1},
            {"rule_type": "prepayment"},
        )

    def _status(self, partner):
        return self._figures(partner).credit_status

    def _found(self, *statuses):
        self.env.flush_all()
        partners = self.env["res.partner"].sudo().with_company(self.company)
        return partners.search([("credit_status", "in", list(statuses))])

    def _is_held(self, partner):
        """Whether the smallest order of a customer is held."""
        order = self._order(partner, 0.01, term=self.term_now)
        return bool(order._credit_check()[order.id].holding)

    # ------------------------------------------------------------------ what an order would meet

    def test_overdue_is_not_green(self):
        customer = self._customer(limit=1000)
        self._invoice(customer, 100, days_overdue=10)
        self.assertEqual(self._status(customer), "ok")
        self._invoice(customer, 100, days_overdue=25)
        self.assertEqual(self._status(customer), "held_overdue")
        self.assertTrue(self._is_held(customer))

    def test_unlimited_customer_is_held_for_overdue_too(self):
        customer = self._customer()
        self.assertEqual(self._status(customer), "unlimited")
        self._invoice(customer, 100, days_overdue=25)
        self.assertEqual(self._status(customer), "held_overdue")

    def test_limit_used_up_to_the_cent(self):
        customer = self._customer(limit=1000)
        self._invoice(customer, 999.99)
        self.assertEqual(self._status(customer), "near")
        self._invoice(customer, 0.01)
        self.assertEqual(self._status(customer), "held_limit")
        self.assertTrue(self._is_held(customer))

    def test_limit_of_nothing_is_no_credit(self):
        self.assertEqual(self._status(self._customer(limit=0)), "held_limit")

    def test_within_the_tolerance_an_order_still_passes(self):
        self._set_rules({"rule_type": "limit", "tolerance_percent": 10})
        customer = self._customer(limit=1000)
        self._invoice(customer, 1050)
        self.assertEqual(self._status(customer), "over")
        self.assertFalse(self._is_held(customer))
        self._invoice(customer, 50)
        self.assertEqual(self._status(customer), "held_limit")

    def test_rules_that_warn_hold_nothing(self):
        self._set_rules(
            {"rule_type": "limit", "action": "warn"},
            {"rule_type": "overdue", "action": "warn", "days": 15, "amount_min": 1},
        )
        late, over = self._customer("Late", limit=1000), self._customer("Over", limit=10)
        self._invoice(late, 100, days_overdue=25)
        self._invoice(over, 11)
        self.assertEqual(self._status(late), "overdue")
        self.assertEqual(self._status(over), "over")

    def test_rules_that_are_off_say_nothing(self):
        self._set_rules({"rule_type": "overdue", "action": "off", "days": 15, "amount_min": 1})
        customer = self._customer(limit=1000)
        self._invoice(customer, 100, days_overdue=25)
        self.assertEqual(self._status(customer), "ok")

    def test_narrowest_rule_counts(self):
        grade = self._grade("B")
        self._set_rules(
            {"rule_type": "overdue", "days": 15, "amount_min": 1},
            {"rule_type": "overdue", "days": 60, "amount_min": 1, "grade_ids": [(6, 0, grade.ids)]},
        )
        common, patient = (
            self._customer("C", limit=1000, grade="C"),
            self._customer("B", limit=1000, grade="B"),
        )
        for customer in (common, patient):
            self._invoice(customer, 100, days_overdue=25)
        self.assertEqual(self._status(common), "held_overdue")
        self.assertEqual(self._status(patient), "ok")

    def test_where_credit_control_is_off_nothing_would_be_held(self):
        customer = self._customer(limit=1000)
        self._invoice(customer, 100, days_overdue=25)
        self.company.sudo().credit_mode = "observe"
        self.assertEqual(self._status(customer), "held_overdue", "what Observe would record")
        self.company.sudo().credit_mode = "off"
        self.assertEqual(self._status(customer), "overdue")

    def test_cash_frozen_and_contact(self):
        cash = self._customer("Cash", control="cash")
        frozen = self._customer("Frozen", control="frozen")
        contact = self.env["res.partner"].create({"name": "Contact", "parent_id": frozen.id})
        self.assertEqual(self._status(cash), "cash")
        self.assertEqual(self._status(frozen), "blocked")
        self.assertEqual(self._status(contact), "blocked")

    # ------------------------------------------------------------------ lists

    def test_filters_find_what_the_list_shows(self):
        """Random customers: the filter by each status, and the check of a smallest order, agree."""
        chance = random.Random(13)
        customers = self.env["res.partner"]
        for number in range(24):
            customer = self._customer(
                f"Random {number}",
                limit=chance.choice([None, 0, 100, 1000]),
                grade=chance.choice([None, "A", "C"]),
            )
            for _item in range(chance.randint(0, 2)):
                self._invoice(customer, chance.choice([90, 100, 850]), chance.choice([-5, 3, 20]))
            customers |= customer
        status = {customer: self._status(customer) for customer in customers}
        self.assertGreater(len(set(status.values())), 4, "all kinds are there")
        for one in set(status.values()):
            expected = customers.filtered(lambda c, one=one: status[c] == one)
            self.assertEqual(self._found(one) & customers, expected, one)
        held = customers.filtered(self._is_held)
        self.assertEqual(held, customers.filtered(lambda c: status[c] in HELD_STATUSES))

    def test_one_query_for_a_list(self):
        customers = self.env["res.partner"].union(
            *(self._customer(f"Row {number}", limit=100) for number in range(20))
        )
        for customer in customers[:9]:
            self._invoice(customer, 50, days_overdue=20)
        counts = []
        for rows in (customers, customers[:1], customers):
            figures = self._figures(rows)
            figures.mapped("commercial_partner_id.currency_id.rounding")
            start = self.env.cr.sql_log_count
            figures.mapped("credit_status")
            counts.append(self.env.cr.sql_log_count - start)
        self.assertLessEqual(counts[2], counts[1], counts)

    def test_groups_add_money_and_take_the_longest_days(self):
        grade = self._grade("A")
        for number, days in enumerate((20, 30)):
            customer = self._customer(f"Group {number}", limit=1000, grade="A")
            self._invoice(customer, 100, days_overdue=days)
        self.env.flush_all()
        fields = (
            self.env["res.partner"].sudo().fields_get(["credit_exposure", "credit_days_overdue"])
        )
        self.assertEqual(fields["credit_days_overdue"]["aggregator"], "max")
        self.assertEqual(fields["credit_exposure"]["aggregator"], "sum")
        rows = (
            self.env["res.partner"]
            .sudo()
            .with_company(self.company)
            .formatted_read_group(
                [("name", "like", "Group %"), ("credit_grade_id", "=", grade.id)],
                ["credit_status"],
                ["credit_exposure:sum", "credit_days_overdue:max"],
            )
        )
        self.assertEqual(
            [
                (r["credit_status"], r["credit_exposure:sum"], r["credit_days_overdue:max"])
                for r in rows
            ],
            [("held_overdue", 200, 30)],
        )

    def test_numbers_that_are_no_amounts_are_never_summed(self):
        """Days, shares and scores: a sum of them says nothing."""
        words = {"days", "day", "percent", "months", "term", "score", "points", "share", "rate"}
        summed = [
            f"{model}.{name}"
            for model in self.env.registry
            if model.startswith(("credit.", "collection.", "receivable.", "insight."))
            or model == "res.partner"
            for name, field in self.env[model]._fields.items()
            if field._module == "credit_collection"
            and field.type in ("integer", "float")
            and words & set(name.split("_"))
            and not self.env[model]._abstract
            and not self.env[model]._transient
            and field._description_aggregator(self.env) == "sum"
        ]
        self.assertFalse(summed)

    def test_not_yet_reviewed_lists_customers_only(self):
        view = self.env.ref("credit_collection.view_res_partner_filter")
        self.assertIn("customer_rank", view.arch)
        domain = next(
            node.get("domain")
            for node in self._arch(view).iter("filter")
            if node.get("name") == "credit_undecided"
        )
        partners = self.env["res.partner"]
        vendor = partners.create({"name": "Vendor", "is_company": True, "supplier_rank": 1})
        invoiced = partners.create({"name": "Invoiced", "is_company": True, "customer_rank": 1})
        quoted = partners.create({"name": "Quoted", "is_company": True})
        self._order(quoted, 10)
        contact = partners.create({"name": "Contact", "parent_id": invoiced.id, "customer_rank": 1})
        found = partners.with_user(self.auditor).search(self._domain(domain))
        self.assertEqual((vendor | invoiced | quoted | contact) & found, invoiced | quoted)

    def _arch(self, view):
        return etree.fromstring(view.arch)

    def _domain(self, text):
        return safe_eval(text)
