from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .writeoff.writeoff_case import WriteoffCase

# The people of each party, by role of the tests. Who acts in Finance depends on the duty: the
# controller decides terms, the finance manager reviews, the accountant books.
PARTIES = {
    "Sales": ("salesperson",),
    "Finance": ("controller", "finance_manager", "accountant"),
    "Legal": ("legal",),
    "Management": ("general_manager",),
}
# duty: the parties that may do it (P1-01); everybody else is refused
DUTIES = {
    "survey_credit": "salesperson controller",
    "propose_terms": "salesperson controller",
    "write_terms": "controller",
    "write_grade": "controller",
    "apply_for_release": "salesperson controller",
    "log_a_contact": "salesperson controller finance_manager legal",
    "enter_a_security": "controller",
    "book_a_note": "accountant",
    "compute_a_provision": "controller accountant",
    "approve_lawyers_wording": "legal",
    "review_a_write_off": "finance_manager",
    "approve_a_write_off": "general_manager",
    "approve_a_release": "general_manager",
    "write_a_policy": "general_manager",
    "approve_a_policy": "general_manager",
}


@tagged("post_install", "-at_install")
class TestDuties(WriteoffCase):
    """P1-01: Sales, Finance, Legal and Management have separate duties."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.buyer = cls._customer("Buyer", limit=100)
        cls.invoice = cls._invoice(cls.buyer, 50, 10)

    def test_each_duty_is_of_its_party(self):
        roles = [role for party in PARTIES.values() for role in party]
        able = {}
        for duty in DUTIES:
            act = getattr(self, f"_{duty}")()
            able[duty] = " ".join(r for r in roles if self._may(act, self.roles[r]))
        self.assertEqual(
            able,
            {
                duty: " ".join(r for r in roles if r in allowed.split())
                for duty, allowed in DUTIES.items()
            },
        )

    def _may(self, act, user):
        """Return whether the user can do it; the change is undone."""
        savepoint = self.env.cr.savepoint()
        try:
            act(user)
            self.env.flush_all()
            return True
        except AccessError:
            return False
        finally:
            savepoint.rollback()
            savepoint.close(rollback=False)
            self.env.invalidate_all()

    # ------------------------------------------------------------------ the duties

    def _new(self, model, **values):
        def act(user):
            values.setdefault("company_id", self.company.id)
            self.env[model].with_user(user).create(values)

        return act

    def _survey_credit(self):
        return self._new(
            "credit.investigation", partner_id=self.buyer.id, source="visit", note="Two lines"
        )

    def _propose_terms(self):
        return self._new(
            "credit.application", partner_id=self.buyer.id, kind="change", control="cash"
        )

    def _write_terms(self):
        return self._write_by_hand({"credit_limit": 200.0})

    def _write_grade(self):
        return self._write_by_hand({"credit_grade_id": self._grade("B").id})

    def _write_by_hand(self, vals):
        def decide(user):
            self.buyer.with_user(user)._credit_decide_by_hand(vals, "manual", "As agreed")

        return decide

    def _held(self):
        order = self._order(self.buyer, 500)
        order.with_user(self.salesperson).action_credit_confirm()
        return order.credit_hold_id

    def _apply_for_release(self):
        hold = self._held()

        def act(user):
            hold.with_user(user).write({"release_reason": "other", "release_note": "Pays in May"})
            hold.with_user(user).action_request_release()

        return act

    def _log_a_contact(self):
        case = (
            self.env["collection.case"]
            .sudo()
            ._system()
            .create(
                {
                    "name": "CASE",
                    "partner_id": self.buyer.id,
                    "company_id": self.company.id,
                    "user_id": self.collector.id,
                    "date_open": self._today(),
                }
            )
        )

        def act(user):
            contacts = self.env["collection.contact"].with_user(user)
            contacts.create({"case_id": case.id, "channel": "mail", "summary": "Will pay"})

        return act

    def _enter_a_security(self):
        return self._new(
            "credit.security",
            name="G 1", partner_id=self.buyer.id, value=10, date_from=self._today(),
        )  # fmt: skip

    def _book_a_note(self):
        return self._new(
            "receivable.note",
            number="N 1", partner_id=self.buyer.id, amount=10, date_maturity=self._today(90),
        )  # fmt: skip

    def _compute_a_provision(self):
        return self._new("receivable.provision", date=self._today())

    def _approve_lawyers_wording(self):
        text = self.env.ref("credit_collection.collection_letter_text_lawyer")
        approval = self.env["collection.letter.approval"]._add_missing(text)[:1]
        return lambda user: approval.with_user(user).action_approve()

    def _requested_writeoff(self):
        writeoff = self._writeoff(self._invoice(self.buyer, 20, 400))
        writeoff.action_request()
        return writeoff

    def _review_a_write_off(self):
        writeoff = self._requested_writeoff()
        return lambda user: writeoff.with_user(user).validate_tier()

    def _approve_a_write_off(self):
        writeoff = self._requested_writeoff()
        writeoff.with_user(self.finance_manager).validate_tier()
        return lambda user: writeoff.with_user(user).validate_tier()

    def _approve_a_release(self):
        hold = self._held()
        self._request(hold)
        for user in (self.sales_manager, self.finance_manager):
            hold.with_user(user).validate_tier()
        return lambda user: hold.with_user(user).validate_tier()

    def _request(self, hold):
        hold = hold.with_user(self.salesperson)
        hold.write({"release_reason": "other", "release_note": "Pays in May"})
        hold.action_request_release()

    def _write_a_policy(self):
        return self._new("credit.policy", name="House Rules")

    def _approve_a_policy(self):
        policy = (
            self.env["credit.policy.load"]
            .with_user(self.administrator)
            .create(
                {
                    "template_id": self.env.ref("credit_collection.credit_policy_template_p1").id,
                    "company_id": self.company.id,
                }
            )
        )
        policy = self.env["credit.policy"].browse(policy.action_load()["res_id"])
        policy.with_user(self.administrator).action_request()
        return lambda user: policy.with_user(user).validate_tier()

    def test_applicant_never_approves_the_policy(self):
        policies = self.env["credit.policy"].with_user(self.general_manager)
        policy = policies.create({"name": "My own", "company_id": self.company.id})
        line = {"grade_id": self._grade("A").id, "score_min": 0}
        policy.grade_line_ids = [(0, 0, line)]
        with self.assertRaisesRegex(UserError, "no approver other than the requester"):
            policy.action_request()
