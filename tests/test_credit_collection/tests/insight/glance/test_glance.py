from odoo.exceptions import AccessError
from odoo.tests import tagged

from .glance_case import GlanceCase

READERS = (
    "salesperson", "sales_manager", "collector", "collection_manager", "controller", "legal",
    "finance_manager", "general_manager", "auditor", "accountant",
)  # fmt: skip

BLOCKS = ["credit", "owed", "agreed", "behaviour", "holds", "ends"]


@tagged("post_install", "-at_install")
class TestGlance(GlanceCase):
    """One customer on one page: what it counts, that each number opens its rows, who sees it."""

    # ------------------------------------------------------------------ figures

    def test_figures_are_those_of_ledger_and_ageing(self):
        amounts = {
            row["key"]: row["amount"] for _block, row in self._rows(self._glance(self.controller))
        }
        customer = self._figures(self.late)
        self.assertEqual(amounts["limit"], 1400)
        self.assertEqual(amounts["limit"], customer.credit_effective_limit)
        self.assertEqual(amounts["exposure"], self._exposure(self.late))
        self.assertEqual(amounts["available"], customer.credit_available)
        self.assertEqual(amounts["overdue"], customer.credit_overdue)
        self.assertEqual(amounts["overdue"], 650)
        ledger = self.env["collection.ledger"].sudo().search([("partner_id", "=", self.late.id)])
        self.assertEqual(amounts["receivable"], sum(ledger.mapped("amount")))
        self.assertEqual(amounts["chase"], sum(ledger.mapped("chase")))
        self.assertEqual(amounts["blocked"], sum(ledger.mapped("amount_blocked")))
        self.assertEqual(amounts["chase"] + amounts["blocked"], 650)
        self.assertGreater(amounts["blocked"], 0)
        ageing = self.env["receivable.ageing"]._get_items(self.company, self._today())
        of_day = sum(row["amount"] for row in ageing if row["partner_id"] == self.late.id)
        self.assertEqual(amounts["receivable"], float(of_day))
        ages = {key: amount for key, amount in amounts.items() if key.startswith("age_")}
        self.assertEqual(ages, {"age_d060": 700, "age_credit": -50})

    def test_limit_adds_up(self):
        """1,000 + 500 × 80 %; a temporary limit takes the place of the first part."""
        for temporary, whole in ((0, 1400), (3000, 3400)):
            if temporary:
                self._decide(
                    self.late,
                    credit_limit_temporary=temporary,
                    credit_limit_temporary_from=self._today(-1),
                    credit_limit_temporary_to=self._today(9),
                )
            page = self._glance(self.controller)
            [parts] = [p for b in page["blocks"] for p in b["lists"] if p["key"] == "limit_parts"]
            self.assertEqual(sum(row["amount"] for row in parts["rows"]), whole)
            self.assertIn("G-7", parts["rows"][1]["label"])
            action = parts["rows"][1]["action"]
            self.assertEqual((action["model"], action["id"]), ("credit.security", self.security.id))
            self.assertEqual(self._at_a_glance(self.controller, "limit")["amount"], whole)

    def test_every_number_opens_its_rows(self):
        """What is counted or summed is what the click shows, for each role."""
        seen = set()
        for role in READERS:
            user = getattr(self, role)
            page = self._glance(user)
            self.assertEqual([block["key"] for block in page["blocks"]], BLOCKS)
            for _block, row in [*self._rows(page), ("", page["customer"]), ("", page["step"])]:
                with self.subTest(role=role, row=row["key"]):
                    self._open(row, user)
                    if row["amount"]:
                        seen.add(row["key"])
        missing = {
            "limit", "exposure", "available", "kind_receivable", "overdue", "chase", "blocked",
            "days", "promised", "due", "disputes", "disputed", "days_late", "paid", "last",
            "held", "held_amount", "month_0", "part_0", "step",
        } - seen  # fmt: skip
        self.assertFalse(missing, "nothing to count: the test proves nothing for these")

    def _open(self, row, user):
        """Open what a click opens, with the rights of the user."""
        action = row["action"]
        if "xmlid" not in action:
            record = self.env[action["model"]].with_user(user).browse(action["id"])
            record.check_access("read")
            if action["method"]:
                opened = getattr(record, action["method"])(*action["args"])
                self.assertTrue(self.env[opened["res_model"]].with_user(user).search(
                    opened.get("domain") or [("id", "=", opened.get("res_id"))]
                ))  # fmt: skip
            return
        # sudo: as the client opens it
        model = self.env[self.env.ref(action["xmlid"]).sudo().res_model].with_user(user)
        found = model.with_company(self.company).search(action["domain"])
        if row["measure"]:
            self.assertAlmostEqual(sum(found.mapped(row["measure"])), row["amount"], 2)
        elif row["key"] not in (
            "limit",
            "available",
            "last",
            "last_on",
        ):  # the rows are the reasons
            self.assertEqual(len(found), row["amount"])
        else:
            self.assertTrue(found)

    def test_lists_name_their_documents(self):
        page = self._glance(self.controller)
        rows = {
            part["key"]: part["rows"]
            for block in page["blocks"]
            for part in (*block["charts"], *block["lists"])
        }
        self.assertIn("300.00", rows["promises"][0]["value"])
        self.assertIn(self.old.name, rows["promises"][0]["label"])
        self.assertIn("100.00", rows["objections"][0]["value"])
        self.assertIn(self.hold.order_name, rows["held"][0]["label"])
        # The first to end stands first.
        ends = [(row["action"]["model"], row["action"]["id"]) for row in rows["ends"]]
        self.assertEqual(
            ends,
            [
                ("credit.document", self.paper.id),
                ("credit.security", self.security.id),
                ("res.partner", self.late.id),
            ],
        )

    def test_payment_behaviour_is_the_trade_record(self):
        record = self.env["credit.payment.behaviour"]._get_figures(self.late, self.company)
        late = self._at_a_glance(self.controller, "days_late")
        self.assertEqual(late["value"], f"{record[self.late.id]['days_late']:.0f} days")
        opened = self.late.with_user(self.collector).action_open_credit_settled(0)
        items = self.env["account.move.line"].search(opened["domain"])
        self.assertIn(self.old, items.move_id)

    def test_agreement_shows_its_instalments(self):
        agreement = self.env["collection.agreement"].with_user(self.collector).create(
            {"partner_id": self.theirs.id, "company_id": self.company.id}
        )  # fmt: skip
        agreement.action_request()
        self.assertEqual(agreement.state, "active")
        row = self._at_a_glance(self.controller, "agreements", self.theirs)
        self.assertEqual(row["amount"], 1)
        line = agreement.line_ids[0]
        row = self._at_a_glance(self.controller, str(line.id), self.theirs)
        self.assertEqual(row["value"], line.currency_id.format(line.amount_due))

    # ------------------------------------------------------------------ timeline

    def test_one_timeline_newest_first(self):
        timeline = self._glance(self.collector)["timeline"]
        kinds = {row["label"] for row in timeline["rows"]}
        self.assertLessEqual({"Call", "Payment", "Promise", "Dispute", "Credit Decision"}, kinds)
        texts = [row["text"] for row in timeline["rows"]]
        self.assertIn("Pays on Friday", texts)
        self.assertTrue([text for text in texts if text.startswith("Credit Limit: ")], texts)
        events = self.env["collection.timeline"].with_user(self.collector)
        shown = events.browse(int(row["key"]) for row in timeline["rows"])
        self.assertEqual(shown, events.search([("partner_id", "=", self.late.id)]))
        days = shown.mapped("date")
        self.assertEqual(days, sorted(days, reverse=True))
        for row in timeline["rows"]:
            self.assertTrue(shown.browse(row["action"]["id"]).action_open_document()["res_id"])

    def test_timeline_goes_on_page_by_page(self):
        for n in range(25):
            self._call(f"call {n}")
        first = self._glance(self.collector)["timeline"]
        self.assertEqual((len(first["rows"]), first["more"]), (20, 20))
        customer = self.late.with_user(self.collector)
        second = customer.get_credit_timeline(first["more"])
        self.assertFalse(second["more"])
        keys = [row["key"] for row in (*first["rows"], *second["rows"])]
        everything = self.env["collection.timeline"].search([("partner_id", "=", self.late.id)])
        self.assertEqual(keys, [str(id_) for id_ in everything.ids])
        for odd in (-3, "x", None, 2**40):
            self.assertEqual(customer.get_credit_timeline(odd)["rows"], first["rows"])

    # ------------------------------------------------------------------ the next step

    def test_next_step_is_the_first_that_is_due(self):
        def step(partner=None, user=self.controller):
            row = self._glance(user, partner)["step"]
            return row["label"], row["reason"]

        fresh = self._customer("Fresh", limit=100)
        self.assertEqual(step(fresh)[0], "Nothing to do")
        self._decide(fresh, credit_review_date=self._today(-3))
        self.assertIn("Next Credit Review", step(fresh)[0])
        self._invoice(fresh, 150, days_overdue=-5)
        self.assertEqual(step(fresh)[0], "Review the limit")
        self.assertIn("50.00", step(fresh)[1])
        order = self._order(fresh, 300)
        order.with_user(self.salesperson).action_credit_confirm()
        self.assertIn(order.name, step(fresh)[0])
        self._invoice(fresh, 60, days_overdue=9)
        self.assertEqual(step(fresh)[0], f"Collect {self.company.currency_id.format(60)}")
        case = self._case(fresh)
        self.assertEqual(step(fresh)[0], "Plan the next step of the case")
        self.assertIn("no contact yet", step(fresh)[1])
        case.sudo().activity_schedule(summary="Visit them", user_id=self.collector.id)
        for user in (self.controller, self.salesperson):
            self.assertIn("Visit them", step(fresh, user)[0])
        # Who decides sees the decision first, others what the case plans.
        hold = order.credit_hold_id.with_user(self.salesperson)
        hold.write({"release_reason": "other", "release_note": "Pays in May."})
        hold.action_request_release()
        self.assertIn("Decide on the release", step(fresh, self.sales_manager)[0])
        self.assertIn("Visit them", step(fresh, self.collector)[0])

    # ------------------------------------------------------------------ rights

    def _refused(self, user, partner=None):
        partner = (partner or self.late).with_user(user)
        for call in (
            partner.get_credit_glance,
            partner.get_credit_timeline,
            partner.action_open_credit_settled,
        ):
            with self.assertRaises(AccessError) as refusal:
                call()
        return str(refusal.exception)

    def test_salespeople_see_their_own_customers(self):
        self.assertEqual(self._glance(self.salesperson)["name"], "Late")
        self.assertIn("Late", self._refused(self.salesperson2))
        self.assertEqual(self._glance(self.salesperson2, self.theirs)["name"], "Theirs")
        self._refused(self.salesperson, self.theirs)
        # Contacts are their customer's, owing nothing makes nobody's customer everybody's.
        contact = self.env["res.partner"].create({"name": "Ann", "parent_id": self.late.id})
        self.assertEqual(self._glance(self.salesperson, contact)["name"], "Late")
        self._refused(self.salesperson2, contact)
        self._refused(self.salesperson, self._customer("Idle", user_id=self.salesperson2.id))

    def test_project_member_sees_the_customer(self):
        self.env["collection.case.member"].with_user(self.collection_manager).create(
            {
                "case_id": self.case.id,
                "user_id": self.salesperson2.id,
                "date_from": self._today(),
            }
        )
        self.assertEqual(self._glance(self.salesperson2)["name"], "Late")

    def test_collector_bound_to_a_portfolio(self):
        self.company.sudo().collection_own_portfolio = True
        self.env.registry.clear_cache()
        self.assertEqual(self._glance(self.collector)["name"], "Late")
        self._refused(self.collector, self.theirs)
        self.assertEqual(self._glance(self.collection_manager, self.theirs)["name"], "Theirs")

    def test_people_without_credit_figures_are_refused(self):
        nobody = self._user("nobody_here", "base.group_user")
        self.assertIn("Customer at a Glance", self._refused(nobody))
        nobody.sudo().group_ids = self.env.ref("base.group_portal")
        self._refused(nobody)
        nobody.sudo().partner_id = self.late
        self._refused(nobody)

    def test_nothing_of_another_company(self):
        other = self._company_elsewhere()
        for role in ("controller", "collector", "salesperson", "finance_manager"):
            user = getattr(self, role)
            with self.subTest(role=role), self.assertRaises(AccessError):
                self.late.with_user(user).with_context(
                    allowed_company_ids=other.ids
                ).get_credit_glance()
            user.sudo().company_ids |= other
            page = self._glance(user, company=other)
            self.assertIn(other.name, page["title"])
            amounts = {row["key"] for _block, row in self._rows(page) if row["amount"]}
            self.assertFalse(amounts - {"part_0"}, role)
            self.assertFalse(page["timeline"]["rows"])
            user.sudo().company_ids -= other

    # ------------------------------------------------------------------ empty, language, speed

    def test_empty_blocks_speak(self):
        page = self._glance(self.controller, self._customer("Quite New"))
        for block in page["blocks"]:
            self.assertTrue(block["empty"], block["key"])
        self.assertFalse(page["step"]["action"])
        self.assertEqual([row["label"] for row in page["timeline"]["rows"]], ["Credit Decision"])

    def test_in_chinese(self):
        self.env["res.lang"]._activate_lang("zh_CN")
        customer = self.late.with_user(self.controller).with_context(lang="zh_CN")
        self.env.invalidate_all()
        page = customer.get_credit_glance()
        self.assertEqual([block["key"] for block in page["blocks"]], BLOCKS)
        self.assertTrue(all(block["title"] for block in page["blocks"]))

    def test_queries_do_not_grow_with_documents(self):
        def count(user):
            self._glance(user)
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.late.with_user(user).with_company(self.company).get_credit_glance()
            return self.env.cr.sql_log_count - before

        roles = ("salesperson", "collector", "controller")
        before = {role: count(getattr(self, role)) for role in roles}
        types = self.env["credit.document.type"].search([], limit=4)[1:]
        for n in range(6):
            self._invoice(self.late, 500 + n, days_overdue=20 + n)
            self._order(self.late, 900 + n).with_user(self.salesperson).action_credit_confirm()
            self._call(f"call {n}")
            self.security.copy({"name": f"G-{n}", "date_to": self._today(n)})
            self._decide(self.late, credit_limit=1000 + n)
        for paper_type in types:
            self.paper.copy({"type_id": paper_type.id, "date_valid": self._today(5)})
        after = {role: count(getattr(self, role)) for role in roles}
        self.assertEqual(after, before)
        self.assertLessEqual(max(after.values()), 80, after)
