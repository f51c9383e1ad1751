from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import freeze_time

from ...common import migration
from ...credit.policy.policy_case import PolicyCase
from .writeoff_case import WriteoffCase


class TestWriteoffClearance(WriteoffCase, PolicyCase):
    """Template P3: responsibility, opinion of Finance, four approvals whatever the amount (P3-08, P3-19)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.head = cls._user("head", "credit_collection.group_collection_manager")
        cls.leader = cls._user(
            "leader", "sales_team.group_sale_salesman_all_leads,credit_collection.group_credit_user"
        )
        cls.env["collection.team"].sudo().create(
            {"name": "Team", "company_id": cls.company.id, "head_id": cls.head.id}
        )
        cls.customer.with_company(cls.company).sudo().collection_leader_id = cls.leader
        cls._in_force("P3")

    def _applied(self, amount=10, **values):
        writeoff = self._writeoff(self._invoice(self.customer, amount, days_overdue=400), **values)
        writeoff.write({"fault_unit": "Sales North", "fault_user_id": self.salesperson.id})
        return writeoff

    def test_four_approvals_whatever_the_amount(self):
        writeoff = self._applied(10)
        self.assertEqual(writeoff.chain, "clearance")
        writeoff.action_request()
        self.assertEqual(
            writeoff.sudo().review_ids.sorted("sequence").mapped("name"),
            ["Clearance Team", "Division Leader", "CFO", "President"],
        )
        for user in (self.head, self.leader, self.executive, self.general_manager):
            self.assertEqual(writeoff.state, "requested")
            writeoff.with_user(user).validate_tier()
            self.env.invalidate_all()
        self.assertEqual(writeoff.state, "approved")

    def test_division_leader_is_not_chosen_by_those_who_write_invoices(self):
        """The leader of the customer's division, else the head of sales; never an invoice's sales team."""
        invoice = self._invoice(self.customer, 10, days_overdue=400)
        team = (
            self.env["crm.team"].sudo().create({"name": "Friends", "user_id": self.accountant.id})
        )
        invoice.sudo().team_id = team
        writeoff = self._writeoff(invoice)
        self.assertEqual(writeoff.division_approver_ids, self.leader)
        self.customer.with_company(self.company).sudo().collection_leader_id = False
        self.company.sudo().collection_sales_head_id = self.sales_manager
        writeoff.invalidate_recordset(["division_approver_ids"])
        self.assertEqual(writeoff.division_approver_ids, self.sales_manager)

    def test_other_policies_keep_their_tiers(self):
        self._approve_policy(self._load("P1", segment="sme"))
        self._decide(self.customer, credit_segment="sme")
        writeoff = self._writeoff(self._invoice(self.customer, 10, days_overdue=400))
        writeoff.action_request()
        self.assertEqual(
            writeoff.sudo().review_ids.sorted("sequence").mapped("name"),
            ["Finance Manager", "General Manager"],
        )

    def test_responsibility_is_settled_first(self):
        writeoff = self._applied()
        for values in ({"fault_unit": " "}, {"fault_unit": "North", "fault_user_id": False}):
            writeoff.write(values)
            with self.assertRaisesRegex(UserError, "responsible unit and person"):
                writeoff.action_request()

    def test_responsibility_comes_along_from_the_invoices(self):
        invoice = self._invoice(self.customer, 10, days_overdue=400)
        invoice.sudo().write(
            {"collection_fault_unit": "Plant 2", "collection_fault_user_id": self.salesperson.id}
        )
        writeoff = self._writeoff(invoice)
        self.assertRecordValues(
            writeoff, [{"fault_unit": "Plant 2", "fault_user_id": self.salesperson.id}]
        )

    def test_missing_papers_need_a_reason_and_the_opinion_of_finance(self):
        writeoff = self._applied(attach=False)
        for row in writeoff.evidence_ids:
            row.date_promised = self._today(20)
        with self.assertRaisesRegex(UserError, "why it is missing"):
            writeoff.action_request()
        writeoff.evidence_ids.note = "With the court"
        with self.assertRaises(AccessError):
            writeoff.finance_opinion = "Fine"
        writeoff.action_request()
        with self.assertRaisesRegex(UserError, "Finance enters its opinion"):
            writeoff.with_user(self.head).validate_tier()
        writeoff.with_user(self.accountant).finance_opinion = "Copies suffice"
        writeoff.with_user(self.head).validate_tier()
        html = str(
            self.env["ir.qweb"]._render(
                "credit_collection.report_receivable_writeoff", {"docs": writeoff.sudo()}
            )
        )
        for words in (
            "Bad-Debt Write-Off Request",
            "Sales North",
            "Copies suffice",
            "With the court",
        ):
            self.assertIn(words, html)

    def test_problem_left_over_is_a_reason(self):
        reason = self.env.ref("credit_collection.writeoff_reason_left_over")
        self.assertFalse(reason.keeps_claim)
        self.assertEqual(len(reason.document_ids), 2)

    def test_update(self):
        tiers = {
            name: self.env.ref(f"credit_collection.tier_definition_writeoff_{name}").sudo()
            for name in ("finance", "general", "executive")
        }
        shipped = {name: tier.definition_domain for name, tier in tiers.items()}
        tiers["finance"].definition_domain = False
        tiers["general"].definition_domain = "[('amount_total', '>', 5)]"
        tiers["executive"].definition_domain = "[('is_large', '=', True)]"
        template = self._template("P3").sudo()
        template.writeoff_chain = "standard"
        migration("19.0.1.5.0", "post-writeoff_chain").migrate(self.env.cr, "19.0.1.4.0")
        self.assertEqual(tiers["finance"].definition_domain, shipped["finance"])
        self.assertEqual(tiers["general"].definition_domain, "[('amount_total', '>', 5)]")
        self.assertEqual(tiers["executive"].definition_domain, shipped["executive"])
        self.assertEqual(template.writeoff_chain, "clearance")


class TestClaimLadder(WriteoffCase, PolicyCase):
    """After the write-off the claim has a ladder of its own, which the daily run follows (P1-12)."""

    def _tasks(self, writeoff):
        self.env.invalidate_all()
        kind = self.env.ref("credit_collection.mail_activity_claim_review")
        return writeoff.activity_ids.filtered(lambda a: a.activity_type_id == kind)

    def _run(self, day=0):
        with freeze_time(self._today(day)):
            run = self.env["collection.run"].sudo()._run_now(self.company.sudo())
        self.assertEqual(run.state, "done")

    def test_the_run_follows_it(self):
        self._in_force("P1")
        writeoff = self._write_off(self._invoice(self.customer, 1000, days_overdue=400))
        today = self._today()
        for day, count in ((0, 1), (1, 0), (89, 0), (90, 1), (366, 1), (367, 0)):
            with self.subTest(day=day):
                self._run((today - self._today()).days + day)
                self.assertEqual(len(self._tasks(writeoff)), count)
                self._tasks(writeoff).action_done()
        self.assertEqual(writeoff.line_ids.ladder_level, 366)

    def test_ended_claims_leave_it(self):
        self._in_force("P1")
        writeoff = self._write_off(self._invoice(self.customer, 1000, days_overdue=400))
        writeoff.line_ids.with_user(self.accountant).claim_stage = "ended"
        self._run()
        self.assertFalse(self._tasks(writeoff))

    def test_it_is_not_the_ladder_of_overdue_items(self):
        policy = self._load("P1")
        claims = policy.stage_ids.filtered(lambda stage: stage.applies_to == "claim")
        self.assertEqual(claims.mapped("days_from"), [0, 366])
        letter = self.env.ref("credit_collection.collection_letter_type_dunning_1")
        for values in (
            {"letter_type_id": letter.id},
            {"is_key": True},
            {"credit_effect": "freeze"},
        ):
            with (
                self.subTest(values),
                self.assertRaisesRegex(ValidationError, "written-off claims"),
            ):
                claims[0].write(values)
