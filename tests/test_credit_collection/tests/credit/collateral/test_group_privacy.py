from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tests import tagged

from .group_case import GroupCompaniesCase


@tagged("post_install", "-at_install")
class TestGroupPrivacy(GroupCompaniesCase):
    """A user of one company sees the sum of a shared limit and the own part, never the other's papers."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.private = cls._customer("Private Ltd", control="none")
        cls.private.company_id = cls.company
        cls.group = cls._shared(9000, cls.customer | cls.sister | cls.private)
        cls.invoice = cls._invoice(cls.customer, 3000, days_overdue=-30)
        cls._invoice(cls.private, 1111, days_overdue=-30)
        cls._their_order(700, partner=cls.sister, confirm=True)

    def _people(self):
        return (self.their_controller, self.their_auditor, self.their_accountant)

    def test_form_opens_for_salespeople(self):
        """Their own customers are shown, the sum is of all, and it opens at whatever call comes first."""
        (self.customer | self.private).sudo().user_id = self.their_salesperson
        for first in ("check_access", "action_open_exposure"):
            with self.subTest(first=first):
                group = self._as(self.group, self.their_salesperson)
                lines = group.web_read({"line_ids": {"fields": {"partner_id": {}}}})[0]["line_ids"]
                self.assertEqual([line["partner_id"] for line in lines], self.customer.ids)
                group = self._as(self.group, self.their_salesperson)
                action = getattr(group, first)(*(["read"] if first == "check_access" else []))
                if action:
                    self.assertEqual(action["domain"][0][2], self.customer.ids)
                answer = group.web_read(
                    {"company_ids": {"fields": {"name": {}}}, "member_ids": {}, "exposure": {}}
                )
                self.assertEqual([c["id"] for c in answer[0]["company_ids"]], self.theirs.ids)
                self.assertEqual(answer[0]["member_ids"], self.customer.ids)
                self.assertEqual(answer[0]["exposure"], 4811)

    def test_sum_of_all_and_the_own_part(self):
        for user in self._people():
            with self.subTest(user=user.name):
                group = self._as(self.group, user)
                self.assertRecordValues(
                    group, [{"exposure": 4811, "exposure_elsewhere": 4111, "available": 4189}]
                )
                self.assertEqual(group.line_ids.partner_id, self.customer | self.sister)
                self.assertEqual(group.line_ids.mapped("exposure"), [0, 700])
                self.assertEqual(group.company_ids, self.theirs)
                self.assertEqual(group.company_count, 2)
                self.assertIn("4,111.00", group.use_table)
                # Of a customer nobody learns what is owed elsewhere: the sum is of all together.
                rows = group.use_table.split("<tr>")
                self.assertEqual([row.count("700.00") for row in rows if "Sister" in row], [1])

    def test_nothing_of_the_other_company_is_read(self):
        fields = {
            "name": {}, "limit": {}, "exposure": {}, "use_table": {}, "company_ids": {"fields": {"name": {}}},
            "member_ids": {"fields": {"display_name": {}}},
            "line_ids": {"fields": {"exposure": {}, "share": {}, "own_limit": {},
                                    "partner_id": {"fields": {"display_name": {}}}}},
        }  # fmt: skip
        for user in self._people():
            with self.subTest(user=user.name):
                group = self._as(self.group, user)
                answer = str(group.web_read(fields))
                exporting = self.env.ref("base.group_allow_export")
                user.sudo().group_ids |= exporting
                table = group.export_data(
                    [
                        "line_ids/partner_id/name",
                        "line_ids/exposure",
                        "member_ids/name",
                        "company_ids/name",
                    ]
                )
                for text in (answer, str(table)):
                    for secret in ("3,000", "3000", "1,111", "1111", "Private", self.company.name):
                        self.assertNotIn(secret, text)
                    self.assertIn("Sister", text)

    def test_members_by_search_and_sum(self):
        members = self.env["credit.group.member"]
        for user in self._people():
            with self.subTest(user=user.name):
                own = self._as(members, user)
                found = own.search([("group_id", "=", self.group.id)])
                self.assertEqual(found.partner_id, self.customer | self.sister)
                self.assertFalse(own.search([("partner_id", "=", self.private.id)]))
                hidden = self._as(self.group._get_lines(), user).browse(
                    self.group._get_lines().filtered(lambda m: m.partner_id == self.private).id
                )
                self.refused(lambda h=hidden: h.read(["partner_id", "exposure"]), AccessError)
                self.refused(hidden.action_open_exposure, AccessError)
                groups = self._as(self.env["credit.group"], user)
                self.assertFalse(groups.search([("line_ids.partner_id.name", "=", "Private Ltd")]))
                self.assertFalse(groups.search([("member_ids.name", "=", "Private Ltd")]))

    def test_documents_stay_closed(self):
        for user in self._people():
            with self.subTest(user=user.name):
                group = self._as(self.group, user)
                for action in (
                    group.action_open_exposure(),
                    group.line_ids[0].action_open_exposure(),
                    group.line_ids[1].action_open_exposure(),
                ):
                    self.assertNotIn(self.private.id, action["domain"][0][2])
                    self.assertNotIn(self.company.id, action["domain"][1][2])
                    lines = group.env[action["res_model"]].search(action["domain"])
                    self.assertLessEqual(lines.company_id, self.theirs)
                lines = group.env["credit.exposure.line"]
                self.assertFalse(lines.search([("partner_id", "=", self.customer.id)]))
                self.assertFalse(lines.search([("company_id", "=", self.company.id)]))
                hidden = [("partner_id", "=", self.private.id)]
                self.assertFalse(lines._read_group(hidden, [], ["amount:sum"])[0][0])
                self.refused(
                    lambda: self._as(self.invoice, self.their_controller).read(["amount_total"]),
                    AccessError,
                )

    def test_forged_companies_are_refused(self):
        group = self._as(self.group, self.their_controller)
        forged = group.with_context(allowed_company_ids=(self.company | self.theirs).ids)
        self.refused(lambda: forged.read(["exposure_elsewhere", "use_table"]), AccessError)
        self.refused(lambda: forged.line_ids.read(["exposure"]), AccessError)

    def test_typed_companies_open_nothing(self):
        """A form that is not saved is a way to ask, too."""
        groups = self._as(self.env["credit.group"], self.their_controller)
        spec = {
            "exposure": {}, "exposure_elsewhere": {}, "available": {}, "use_table": {},
            "company_ids": {"fields": {}}, "company_id": {}, "name": {}, "limit": {},
            "line_ids": {"fields": {"exposure": {}, "own_limit": {}, "partner_id": {"fields": {}}}},
        }  # fmt: skip
        values = {
            "name": "Spy",
            "limit": 10.0,
            "company_id": self.company.id,
            "company_ids": [Command.link(self.company.id), Command.link(self.theirs.id)],
            "line_ids": [
                Command.create({"partner_id": self.customer.id}),
                Command.create({"partner_id": self.sister.id}),
            ],
        }
        for group in (groups, groups.browse(self.group.id)):
            for changed in (["company_ids"], ["line_ids"], []):
                with self.subTest(group=group, changed=changed):
                    answer = str(group.onchange(values, changed, spec))
                    for secret in ("3000", "3,000", "1111", "1,111"):
                        self.assertNotIn(secret, answer)
        members = self._as(self.env["credit.group.member"], self.their_controller)
        answer = str(
            members.onchange(
                {"group_id": self.group.id, "partner_id": self.private.id},
                ["partner_id"],
                {"exposure": {}, "own_limit": {}, "share": {}},
            )
        )
        self.assertNotIn("1111", answer)

    def test_holds_and_their_words(self):
        _order, hold = self._held(6000, partner=self.sister, user=self.their_salesperson)
        ours = self._order(self.customer, 9000)
        ours.with_user(self.salesperson).action_credit_confirm()
        text = self._as(hold, self.their_controller).reason_summary
        self.assertIn("4,811.00", text)
        for secret in ("3,000", "1,111", "Private", self.invoice.name, self.company.name):
            self.assertNotIn(secret, text)
        holds = self._as(self.env["credit.hold"], self.their_controller)
        self.assertEqual(
            holds.search([("partner_id", "in", self.group.sudo().member_ids.ids)]), hold
        )
        foreign = self._as(ours.credit_hold_id, self.their_controller)
        self.refused(lambda: foreign.read(["reason_summary", "exposure"]), AccessError)
        self.refused(foreign.action_recheck, AccessError)

    def test_customer_shows_the_sum_alone(self):
        for user in (self.their_controller, self.their_salesperson):
            with self.subTest(user=user.name):
                customer = self._as(self.customer, user)
                self.assertEqual(customer.credit_exposure, 0)
                self.assertEqual(customer.credit_available, 4189)
                self.assertNotIn("3,000", customer.credit_group_use)
                self.refused(
                    lambda c=customer: (
                        c.with_context(allowed_company_ids=self.company.ids).credit_exposure
                    ),
                    AccessError,
                )

    def test_a_third_company_sees_nothing(self):
        third = self.setup_other_company(name="Third Ltd")["company"]
        stranger = self._user(
            "stranger", "credit_collection.group_credit_controller", company=third
        )
        group = self._as(self.group, stranger)
        self.assertFalse(group.search([("id", "=", self.group.id)]))
        self.refused(lambda: group.read(["exposure"]), AccessError)
        message = self.refused(lambda: group.write({"limit": 1}), AccessError)
        self.assertNotIn("Holding", message)
        self.refused(group.action_open_exposure, AccessError)
