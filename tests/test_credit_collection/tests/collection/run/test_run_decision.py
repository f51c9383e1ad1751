from datetime import date

from dateutil.relativedelta import relativedelta

from odoo.exceptions import UserError, ValidationError
from odoo.tests import freeze_time

from ...common import migration
from ...credit.policy.policy_case import PolicyCase
from .run_case import RunCase


class TestDecision(RunCase, PolicyCase):
    """Stage and actions of each customer, by worked examples."""

    def test_worked_table(self):
        """days of the items, what is expected: (level, action, letter?, skip)."""
        table = {
            (-30,): None,
            (-3,): (-7, "none", True, None),
            (0,): None,
            (1,): (1, "open", True, None),
            (7, 2): (1, "open", True, None),
            (8,): (8, "open", True, None),
            (30, -3): (8, "open", True, None),
            (31,): (31, "open", True, None),
            (90, 1): (61, "open", True, None),
            (91,): (91, "open", True, None),
            (2000,): (91, "open", True, None),
        }
        customers = {}
        for days in table:
            customers[days] = self._customer(str(days))
            for one in days:
                self._invoice(customers[days], 100, days_overdue=one)
        rows = self._decision(*customers.values())
        for days, expected in table.items():
            with self.subTest(days=days):
                row = rows.get(customers[days].id)
                found = row and (
                    row["level"], row["case_action"], bool(row["letter_currency_ids"]), row["skip"],
                )  # fmt: skip
                self.assertEqual(found, expected)

    def test_instalments_payments_credits(self):
        term = self._term((50, 0), (50, 40))
        customer = self._customer()
        move = self._invoice(customer, 1000, term=term, invoice_date=self._today(-50))
        row = self._decision(customer)[customer.id]
        self.assertEqual((row["days"], row["overdue"], row["level"]), (50, 1000, 31))
        # The first instalment is paid: the second, 10 days old, sets the stage.
        self._pay(move, 500)
        row = self._decision(customer)[customer.id]
        self.assertEqual((row["days"], row["overdue"], row["level"]), (10, 500, 8))
        # Money not applied pays the oldest first; a credit note likewise.
        self._receive(customer, 200)
        self.assertEqual(self._decision(customer)[customer.id]["overdue"], 300)
        self._invoice(customer, 300, move_type="out_refund")
        self.assertFalse(self._decision(customer))

    def test_minimum_and_blocked(self):
        _reminder = self._ladder(
            ("One", 1, 9999, {"letter_type_id": self._type("payment_reminder").id,
                              "amount_min": 50}),
        )  # fmt: skip
        small, out = self._customer("Small"), self._customer("Out")
        self._invoice(small, 49, days_overdue=3)
        move = self._invoice(out, 100, days_overdue=3)
        move.line_ids.no_followup = True
        rows = self._decision(small, out)
        self.assertEqual(rows[small.id]["skip"], "minimum")
        self.assertEqual(rows[out.id]["skip"], "no_followup")
        # For neither is a case opened: nobody may be asked.
        self.assertEqual([rows[c.id]["case_action"] for c in (small, out)], ["none", "none"])

    def test_a_rest_of_a_cent_is_not_asked_for(self):
        """42.42 with 42.41 paid: no letter, no case; an open case has nothing to do any more."""
        fresh, known = self._customer("Fresh"), self._customer("Known")
        invoice = self._invoice(fresh, 42.42, days_overdue=40)
        self._pay(invoice, 42.41)
        invoice = self._invoice(known, 42.42, days_overdue=40)
        self._run()
        self.assertEqual(self._case(known).state, "open")
        self._pay(invoice, 42.41)
        row = self._decision(fresh)[fresh.id]
        self.assertEqual(
            (row["case_action"], row["letter_currency_ids"], row["skip"], row["activity"]),
            ("none", None, "minimum", False),
        )
        self.assertEqual(self._decision(known)[known.id]["case_action"], "close")
        self._run()
        self.assertEqual(len(self._letters(known)), 1)
        self.assertFalse(self._letters(fresh))
        self.assertFalse(self.env["collection.case"].search([("partner_id", "=", fresh.id)]))

    def test_what_is_contested_keeps_its_case_whatever_the_minimum(self):
        self._ladder(("One", 1, 9999, {"amount_min": 50}))
        customer = self._customer()
        self._invoice(customer, 100, days_overdue=3)
        self._run()
        self.env.cr.execute(
            "UPDATE account_move SET collection_excluded_until = %s WHERE partner_id = %s",
            (self._today(5), customer.id),
        )
        self.env.invalidate_all()
        self.assertEqual(self._decision(customer)[customer.id]["case_action"], "keep")

    def test_minimum_amounts_ship_at_one(self):
        stages = self.env["collection.stage"].search([])
        rules = self.env["credit.rule"].search([("rule_type", "=", "overdue")])
        self.assertTrue(stages and rules)
        self.assertEqual({*stages.mapped("amount_min"), *rules.mapped("amount_min")}, {1.0})

    def test_policy_of_the_customer(self):
        plain, segment, own = self._customer("P"), self._customer("S"), self._customer("O")
        self._decide(segment, credit_segment="individual")
        self._in_force("P1")
        policy2 = self._in_force("P2", segment="individual")
        for customer in (plain, segment, own):
            self._invoice(customer, 100, days_overdue=20)
        self._decide(own, credit_policy_id=policy2.id)
        rows = self._decision(plain, segment, own)
        self.assertEqual([rows[c.id]["level"] for c in (plain, segment, own)], [16, 8, 8])

    def test_version_asks_nobody_twice(self):
        policy = self._in_force("P1")
        customer = self._customer()
        self._invoice(customer, 100, days_overdue=20)
        self._run()
        former = self._case(customer).stage_id
        self.assertEqual(former.policy_id, policy)
        draft = self._policies().browse(policy.action_new_version()["res_id"])
        self.assertEqual(
            sorted(draft.stage_ids.mapped("days_from")),
            sorted(policy.stage_ids.mapped("days_from")),
        )
        draft.change_note = "Same stages"
        self._approve_policy(draft)
        run = self._run()
        self.assertEqual(self._case(customer).stage_id.policy_id, draft)
        self.assertEqual(self._line_of(run, customer).action, "keep")
        self.assertEqual(len(self._letters(customer)), 1)
        self.assertFalse(self._run().line_ids)
        with self.assertRaisesRegex(UserError, "not a draft"):
            draft.stage_ids[0].days_to = 3

    def test_repeat(self):
        self._ladder(
            ("One", 1, 9999, {"letter_type_id": self._type("payment_reminder").id,
                              "channel": "print", "quiet_days": 3, "repeat_days": 7,
                              "activity_type_id": self.env.ref("mail.mail_activity_data_call").id}),
        )  # fmt: skip
        customer = self._customer()
        self._invoice(customer, 100, days_overdue=3)
        self._run()
        for age, count in ((6, 1), (1, 2)):
            self._age_letters(customer, age)
            self._run()
            self.assertEqual(len(self._letters(customer)), count)
        self.assertEqual(self._letters(customer).mapped("channel"), ["print"] * 2)
        self.assertEqual(len(self._case(customer).activity_ids), 1)

    def test_escalation(self):
        """P2-06: age and share and grade, all of them."""
        rule = self.env.ref("credit_collection.collection_escalation_large")
        self._ladder(("All", 1, 9999))
        customer, other = self._customer("Large", grade="A"), self._customer("Other")
        self._invoice(customer, 100, days_overdue=95)
        self._invoice(other, 700)
        row = self._decision(customer, other)[customer.id]
        self.assertFalse(row["is_key"], "grade not lowered")
        self._decide(customer, credit_grade_id=self._grade("B").id)
        self.assertTrue(self._decision(customer, other)[customer.id]["is_key"])
        self._run()
        case = self._case(customer)
        self.assertTrue(case.is_key)
        told = case.activity_ids.filtered(
            lambda activity: activity.user_id == self.legal and activity.automated
        )
        self.assertEqual(told.mapped("summary"), [rule.name])
        self.assertEqual(case.escalation_ids, rule)
        count = len(case.activity_ids)
        self._run()
        self.assertEqual(len(self._case(customer).activity_ids), count)
        self._invoice(other, 2000)
        self._run()
        self.assertFalse(self._case(customer).is_key, "under 5 % of all receivables")

    def test_leap_day_and_midnight(self):
        self._ladder(("Late", 1, 9999, {"letter_type_id": self._type("payment_reminder").id}))
        customer = self._customer()
        self._invoice(customer, 100, invoice_date="2028-02-01", invoice_date_due="2028-02-28")
        self.env.flush_all()

        def level(moment, tz="UTC"):
            self.company.sudo().partner_id.tz = tz
            self.env.registry.clear_cache()
            with freeze_time(moment):
                row = self._decision(customer).get(customer.id)
            return row and row["days"]

        self.assertIsNone(level("2028-02-28 23:59:00"))
        self.assertEqual(level("2028-02-29 00:01:00"), 1)
        self.assertEqual(level("2028-03-01 00:01:00"), 2)
        self.assertEqual(level("2028-02-28 16:30:00", "Asia/Shanghai"), 1)
        self.assertIsNone(level("2028-02-29 04:30:00", "America/New_York"))
        self.assertEqual(level("2028-02-29 05:30:00", "America/New_York"), 1)

    # ------------------------------------------------------------------ stages

    def test_stages_are_checked(self):
        self._ladder(("One", 1, 10))
        for values, message in (
            ({"days_from": 10}, "overlap"),
            ({"days_from": 20, "days_to": 19}, "is no period"),
            ({"days_from": -3, "days_to": 20}, "starts before the due date"),
            (
                {"days_from": 20, "quiet_days": -1},
                "Minimum Days Between Letters cannot be negative",
            ),
            ({"days_from": -3, "days_to": -1, "is_key": True}, "it can send a letter"),
            (
                {"days_from": 20, "channel": "call", "letter_type_id": self._type("dunning_1").id},
                "a letter is sent by email",
            ),
        ):
            with self.subTest(values=values), self.assertRaisesRegex(ValidationError, message):
                self.env["collection.stage"].create({"name": "Two", **values})
        for values in ({}, {"days_over": 5, "is_key": False}, {"grade_condition": "grades"}):
            with self.assertRaises(ValidationError):
                self.env["collection.escalation"].create({"name": "E", **values})

    def test_templates_carry_stages(self):
        levels = {"P1": [-7, 1, 16, 31], "P2": [-15, 1, 8, 31, 91], "P3": [1, 91, 181],
                  "P4": [1, 31, 61], "P5": [-7, 1, 15, 31]}  # fmt: skip
        for code, expected in levels.items():
            policy = self._load(code)
            days = policy.stage_ids.filtered(
                lambda stage: not stage.segment and stage.applies_to == "overdue"
            ).mapped("days_from")
            self.assertEqual(days, expected)
            count = len(policy.stage_ids)
            self.assertEqual(self._load(code), policy)
            self.assertEqual(self._load(code, restore=True), policy)
            self.assertEqual(len(policy.stage_ids), count)
            self.assertIn("collection", policy.rule_ids.mapped("rule_type"))
        self.assertEqual(self._load("P2").escalation_ids.notify_role, "legal")
        self.assertTrue(self._load("P1").stage_ids[1].letter_type_id)

    def test_letters_of_the_templates(self):
        """First, second and final demand (P4-16); reminder, demand at once, penalty notice (P5-07)."""
        for code, letters in (
            ("P4", ["dunning_1", "dunning_2", "dunning_final"]),
            ("P5", ["account_confirmation", "dunning_1", "penalty", "dunning_final"]),
        ):
            with self.subTest(code=code):
                self.assertEqual(self._load(code).stage_ids.letter_type_id.mapped("code"), letters)

    def test_segments_have_ladders_of_their_own(self):
        """P2-12: days overdue by segment -> (level, letter); the others on the general ladder."""
        policy = self._in_force("P2")
        table = {
            "large": {20: (1, "payment_reminder"), 40: (31, "collection_notice"), 95: (91, "lawyer")},
            "sme": {5: (1, "payment_reminder"), 20: (8, "collection_notice"), 40: (31, "lawyer")},
            "individual": {5: (1, "payment_reminder"), 20: (8, "collection_notice"), 95: (91, None)},
            False: {20: (8, "collection_notice"), 31: (31, "lawyer"), 90: (31, "lawyer")},
            "export": {20: (8, "collection_notice")},
        }  # fmt: skip
        customers = {}
        for segment, days in table.items():
            for one in days:
                customers[segment, one] = self._customer(f"{segment} {one}")
                self._decide(customers[segment, one], credit_segment=segment)
                self._invoice(customers[segment, one], 100, days_overdue=one)
        rows = self._decision(*customers.values())
        for (segment, days), customer in customers.items():
            row = rows[customer.id]
            stage = policy.stage_ids.browse(row["stage_id"])
            with self.subTest(segment=segment, days=days):
                self.assertEqual(
                    (row["level"], stage.letter_type_id.code or None), table[segment][days]
                )
                ladder = self.env["collection.stage"]._get_ladder(customer, self.company)
                self.assertIn(stage, ladder)
                self.assertEqual(
                    set(ladder.mapped("segment")),
                    {segment if segment in ("large", "sme", "individual") else False},
                )

    def test_risk_level_sets_the_interval(self):
        """P1-14, template P1: a stage that repeats after 7 days, its quiet days 5.

        high: after 4 (3.5 rounded up), low: after 14, medium and none: after 7.
        """
        policy = self._in_force("P1")
        self.assertEqual((policy.collection_pace_high, policy.collection_pace_low), (50, 200))
        after = {"high": (3, 4), "medium": (6, 7), False: (6, 7), "low": (13, 14)}
        customers = {}
        for risk in after:
            customers[risk] = self._customer(f"Risk {risk}")
            self._invoice(customers[risk], 100, days_overdue=16)
        self._run()
        for risk, customer in customers.items():
            self._decide(customer, credit_risk_level=risk)
            for days in after[risk]:
                self._age_letters(customer, days - self._age_of(customer))
                with self.subTest(risk=risk, days=days):
                    row = self._decision(customer)[customer.id]
                    self.assertEqual(bool(row["letter_currency_ids"]), days == after[risk][1])

    def _age_of(self, customer):
        return (self._today() - self._letters(customer)[-1:].date).days

    def test_quiet_days_follow_the_risk_level(self):
        """A new level, 5 quiet days: high asks after 3, low after 10."""
        self._in_force("P1")
        for risk, days in (("high", 3), ("low", 10), ("medium", 5)):
            customer = self._customer(f"Risk {risk}")
            invoice = self._invoice(customer, 100, days_overdue=15)
            self._run()
            self._decide(customer, credit_risk_level=risk)
            invoice.line_ids.filtered("date_maturity").date_maturity = self._today(-16)
            self._age_letters(customer, days - 1)
            with self.subTest(risk=risk):
                self.assertEqual(self._decision(customer)[customer.id]["skip"], "quiet")
                self._age_letters(customer, 1)
                self.assertIsNone(self._decision(customer)[customer.id]["skip"])

    def test_before_the_due_date_task_or_reminder(self):
        """P2-07, P2-23: call for long-standing customers, a letter of its own for new and high-risk ones."""
        call = self.env.ref("mail.mail_activity_data_call")
        self._ladder(
            ("Before", -15, -7, {
                "letter_type_id": self._type("account_confirmation").id,
                "careful_type_id": self._type("due_reminder").id,
                "activity_type_id": call.id, "activity_note": "Ask for the plan"}),
            ("Late", 1),
        )  # fmt: skip
        cases = (("Old", -13, None), ("Risky", -13, "high"), ("New", -11, None))
        customers = {}
        for name, months, risk in cases:
            customers[name] = self._customer(name, user_id=self.salesperson.id)
            self._decide(customers[name], credit_risk_level=risk)
            day = self._today() + relativedelta(months=months)
            self._pay(self._invoice(customers[name], 10, invoice_date=day))
            self._invoice(customers[name], 100, days_overdue=-10)
        for _again in range(2):
            self._run()
        for name, letter, tasks in (
            ("Old", "account_confirmation", 1), ("Risky", "due_reminder", 0),
            ("New", "due_reminder", 0),
        ):  # fmt: skip
            with self.subTest(name):
                self.assertEqual(self._letters(customers[name]).type_id.code, letter)
                activities = customers[name].activity_ids
                self.assertEqual(len(activities), tasks)
                self.assertFalse(self._case(customers[name]))
        task = customers["Old"].activity_ids
        self.assertEqual((task.user_id, task.activity_type_id), (self.salesperson, call))
        with self.assertRaisesRegex(ValidationError, "in place of the letter"):
            self._stage("Alone", 20, 30, careful_type_id=self._type("due_reminder").id)

    def test_ladders_of_segments_may_overlap(self):
        self._ladder(("All", 1, 9999))
        self._stage("Own", 5, 9, segment="sme")
        with self.assertRaisesRegex(ValidationError, "overlap"):
            self._stage("Own again", 8, 12, segment="sme")

    def test_update_of_the_template(self):
        """Lawyer's letter in the place of the first demand, unless somebody changed it."""
        template = self._template("P2").sudo()
        stages = template.stage_ids.grouped("template_key")
        graded, legal = stages["graded"], stages["legal"]
        self.assertEqual(graded.letter_type_id, self._type("lawyer"))
        graded.letter_type_id = self._type("dunning_1")
        legal.letter_type_id = self._type("dunning_2")
        template.write({"collection_key_sales": 0, "claim_stop": False})
        key = self._template("P1").sudo().stage_ids.filtered("needs_plan")
        self.assertEqual(key.template_key, "key")
        key.needs_plan = False
        migration("19.0.1.5.0", "post-ladders").migrate(self.env.cr, "19.0.1.4.0")
        self.assertTrue(key.needs_plan)
        self.assertEqual(graded.letter_type_id, self._type("lawyer"))
        self.assertEqual(legal.letter_type_id, self._type("dunning_2"))
        self.assertRecordValues(template, [{"collection_key_sales": 10000000, "claim_stop": True}])


class TestWorkdays(RunCase):
    """Deadlines by the company's working calendar."""

    def test_deadline_over_the_new_year(self):
        calendar = self.company.resource_calendar_id
        self.env["resource.calendar.leaves"].create(
            {
                "name": "Spring Festival",
                "calendar_id": calendar.id,
                "company_id": self.company.id,
                "date_from": "2027-02-05 00:00:00",
                "date_to": "2027-02-11 23:59:59",
            }
        )
        # Wednesday; Thursday is worked, then a week off and a weekend, Friday the 12th is worked.
        day = self.company._collection_add_workdays(date(2027, 2, 3), 2)
        self.assertEqual(day, date(2027, 2, 12))
