from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .sheet_case import SheetCase

WORK = "mail_activity_sheet_work"


@tagged("post_install", "-at_install")
class TestConfirmationRoute(SheetCase):
    """Finance routes each item within three working days (P3-05)."""

    def setUp(self):
        super().setUp()
        self.clock = self._on("2027-02-04")
        self.clock.start()
        self.addCleanup(lambda: self.clock.stop())

    def _answered(self, *reasons, partner=None):
        """A sheet of one invoice per reason, answered; lines in the order of the reasons."""
        for number in range(len(reasons)):
            self._invoice(partner or self.buyer, 1000, 50 - number)
        sheet = self._make()
        for line, reason in zip(sheet.line_ids, reasons, strict=True):
            line.with_user(self.salesperson).write(self._answers(reason))
        sheet.with_user(self.salesperson).action_submit()
        return sheet

    def test_proposals(self):
        sheet = self._answered(self.books, self.ours, self.quality, self.default)
        self.assertEqual(
            sheet.line_ids.mapped("route"), ["accounting", "collector", "sales", "measures"]
        )
        self.assertEqual(sheet.line_ids.mapped("measure_letter"), [False, False, False, True])

    def test_work_goes_to_the_right_people(self):
        case = self._case(user=self.collector)
        sheet = self._answered(self.books, self.ours, self.quality, self.default)
        books, _ours, _quality, default = sheet.line_ids
        default.with_user(self.controller).write({"measure_stop": True, "measure_team": True})
        sheet.with_user(self.controller).action_route()
        self.assertEqual(self._activities(books.move_id, WORK).user_id, self.accountant)
        tasks = self._activities(case, WORK)
        self.assertEqual(
            sorted(task.user_id.name for task in tasks),
            sorted(
                user.name
                for user in (self.collector, self.sales_manager, self.controller, self.head)
            ),
        )
        # The collector has one task that lists the customer's three items.
        mine = tasks.filtered(lambda task: task.user_id == self.collector)
        for line in sheet.line_ids - books:
            self.assertIn(line.document, str(mine.note))
        self.assertIn("Stop Deliveries", str(mine.note))
        self.assertRecordValues(
            sheet,
            [{"state": "routed", "routed_by_id": self.controller.id, "is_route_late": False}],
        )
        self.assertFalse(self._activities(sheet))

    def _both(self):
        return self.env["collection.reason"].sudo().create(
            {"name": "Both sides", "category": "both", "route": "sales"}
        )  # fmt: skip

    def test_of_both_kinds_finance_verifies_the_amount_first(self):
        """P3-14: to Finance first; who handles it then gets it with the verified amount."""
        case = self._case(user=self.collector)
        sheet = self._answered(self._both(), self.default)
        line = sheet.line_ids[0]
        self.assertRecordValues(line, [{"route": "verify", "route_after": "sales"}])
        own = sheet.with_user(self.controller)
        with self.assertRaisesRegex(UserError, "not to be verified"):
            own.line_ids[0].action_verify()
        own.action_route()
        tasks = self._activities(case, WORK)
        self.assertFalse(tasks.filtered(lambda task: task.user_id == self.sales_manager))
        first = tasks.filtered(lambda task: task.user_id == self.controller)
        self.assertIn(line.document, str(first.note))
        with self.assertRaisesRegex(UserError, "enter the verified amount"):
            own.line_ids[0].action_verify()
        self.assertFalse(line.with_user(self.manager).can_verify)
        for user in (self.salesperson, self.collector, self.auditor, self.manager):
            with self.subTest(user.name), self.assertRaises(AccessError):
                line.with_user(user).action_verify()
            with self.subTest(user.name), self.assertRaises(AccessError):
                line.with_user(user).write({"amount_verified": 1})
        own.write({"line_ids": [(1, line.id, {"amount_verified": 700})]})
        with self.assertRaises(AccessError):
            own.line_ids[0].write({"route": "accounting"})
        with self.assertRaises(AccessError):
            own.line_ids[1].write({"route_note": "Later"})
        own.line_ids[0].action_verify()
        self.assertEqual(line.verified_by_id, self.controller)
        then = self._activities(case, WORK).filtered(lambda t: t.user_id == self.sales_manager)
        self.assertIn("700", str(then.note))
        with self.assertRaises(AccessError):
            own.line_ids[0].write({"amount_verified": 1})
        with self.assertRaisesRegex(UserError, "not to be verified"):
            own.line_ids[0].action_verify()

    def _copies(self, user):
        return self.env["mail.message"].sudo().search(
            [("message_type", "=", "user_notification"), ("subject", "like", "follow up on"),
             ("partner_ids", "in", user.partner_id.ids)]
        )  # fmt: skip

    def test_copies_to_order_follower_and_division_leader(self):
        """P3-15: on every way but accounting."""
        follower = self._user("follower", "sales_team.group_sale_salesman")
        leader = self._user("leader", "sales_team.group_sale_salesman_all_leads")
        self._case(user=self.collector)
        self.buyer.with_user(self.manager).with_company(self.company).write(
            {"collection_follower_id": follower.id, "collection_leader_id": leader.id}
        )
        sheet = self._answered(self.books, self.quality)
        sheet.with_user(self.controller).action_route()
        books, quality = sheet.line_ids
        for user in (follower, leader):
            body = self._copies(user).body
            self.assertIn(quality.document, body)
            self.assertNotIn(books.document, body)

    def test_without_them_the_leader_of_the_sales_team(self):
        leader = self._user("leader", "sales_team.group_sale_salesman_all_leads")
        team = self.env["crm.team"].sudo().create({"name": "North", "user_id": leader.id})
        sheet = self._answered(self.quality)
        sheet.line_ids.move_id.team_id = team
        sheet.with_user(self.controller).action_route()
        self.assertEqual(len(self._copies(leader)), 1)

    def test_they_are_named_by_collection_alone(self):
        for name in ("collection_follower_id", "collection_leader_id"):
            with self.assertRaises(AccessError):
                self.buyer.with_user(self.salesperson).write({name: self.salesperson.id})

    def test_without_a_case_the_invoice_carries_the_work(self):
        sheet = self._answered(self.ours)
        sheet.with_user(self.controller).action_route()
        task = self._activities(sheet.line_ids.move_id, WORK)
        self.assertTrue(task)

    def test_finance_may_overrule_the_proposal(self):
        sheet = self._answered(self.quality)
        own = sheet.with_user(self.controller)
        own.write({"line_ids": [(1, sheet.line_ids.id, {"route": "measures"})]})
        with self.assertRaisesRegex(UserError, "Choose an action"):
            own.action_route()
        own.line_ids.write({"route": False})
        with self.assertRaisesRegex(UserError, "Choose who handles"):
            own.action_route()
        own.line_ids.write({"route": "accounting", "route_note": "Look twice"})
        own.action_route()
        task = self._activities(sheet.line_ids.move_id, WORK)
        self.assertIn("Look twice", str(task.note))

    def test_lower_limit_is_proposed_not_decided(self):
        customer = self._customer("Limited", limit=5000, term=30)
        sheet = self._answered(self.default, partner=customer)
        sheet.line_ids.with_user(self.controller).measure_limit = True
        sheet.with_user(self.controller).action_route()
        application = self.env["credit.application"].search([("partner_id", "=", customer.id)])
        self.assertRecordValues(
            application,
            [{"kind": "downgrade", "state": "draft", "control": "limit", "limit": 4000}],
        )
        self.assertEqual(self._figures(customer).credit_limit, 5000)

    def test_roles_that_route(self):
        sheet = self._answered(self.quality)
        for user in (
            self.salesperson, self.collector, self.auditor, self.sales_manager, self.legal,
        ):  # fmt: skip
            own = sheet.with_user(user)
            for call in (
                own.action_route,
                own.action_send_back,
                lambda o=own: o.line_ids.write({"route": "accounting"}),
            ):
                with self.subTest(user=user.name), self.assertRaises(AccessError):
                    call()
        # Answers stay as they were given, for Finance too.
        for user in (self.controller, self.salesperson, self.manager):
            with self.subTest(user=user.name), self.assertRaises(AccessError):
                sheet.line_ids.with_user(user).write({"reason_note": "other"})
        sheet.with_user(self.finance_manager).action_route()
        with self.assertRaisesRegex(UserError, "already been assigned"):
            sheet.with_user(self.controller).action_route()

    def test_not_before_the_answer(self):
        self._invoice(self.buyer, 10, 3)
        sheet = self._make()
        with self.assertRaisesRegex(UserError, "not been answered"):
            sheet.with_user(self.controller).action_route()

    def test_send_back(self):
        sheet = self._answered(self.quality)
        sheet.with_user(self.controller).action_send_back()
        self.assertRecordValues(sheet, [{"state": "sent", "answered_at": False}])
        sheet.line_ids.with_user(self.salesperson).write({"reason_note": "Now for real"})
        sheet.with_user(self.salesperson).action_submit()
        self.assertEqual(sheet.state, "answered")

    def test_late_routing(self):
        sheet = self._answered(self.quality)
        for day, late in (("2027-02-09", False), ("2027-02-10", True), ("2027-02-11", True)):
            self.clock.stop()
            self.clock = self._on(day)
            self.clock.start()
            self._daily()
            tasks = self._activities(sheet, "mail_activity_sheet_late")
            with self.subTest(day=day):
                self.assertEqual((sheet.is_route_late, len(tasks)), (late, int(late)))
        self.assertEqual(tasks.user_id, self.head)

    def test_causes_are_counted(self):
        self._answered(self.books, self.ours, self.quality, self.default)
        groups = (
            self.env["collection.confirmation.line"]
            .with_user(self.auditor)
            ._read_group(
                [("company_id", "=", self.company.id)], ["reason_category"], ["amount:sum"]
            )
        )
        self.assertEqual(dict(groups), {"internal": 2000, "external": 2000})

    def test_report(self):
        sheet = self._answered(self.books, self.default)
        report = self.env["ir.actions.report"].with_user(self.salesperson)
        html = report._render_qweb_html(
            "credit_collection.report_collection_confirmation", sheet.ids
        )[0].decode()
        for text in (
            "Overdue Confirmation Sheet",
            "Default without any reason",
            "1,000.00",
            "Demand Letter",
        ):
            self.assertIn(text, html)
        content, kind = (
            self.env["ir.actions.report"]
            .with_context(force_report_rendering=True)
            ._render_qweb_pdf("credit_collection.report_collection_confirmation", sheet.ids)
        )
        self.assertEqual(kind, "pdf")
        self.assertTrue(content.startswith(b"%PDF"))
