from datetime import date

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tests import freeze_time, tagged

from ..review.review_case import ReviewCase
from .application_case import ApplicationCase


@tagged("post_install", "-at_install")
class TestApplicationForged(ApplicationCase):
    """Misuse of an application by RPC, with the rights of a role."""

    def _change(self, **values):
        self._decide(self.customer, credit_control="limit", credit_limit=5000, credit_term_days=30)
        values = {"kind": "change", "formula": "manual", "limit": 8000, **values}
        return self._application(**values)

    # ------------------------------------------------------------------ stale approvals

    def test_a_freeze_is_not_undone_by_an_older_request(self):
        """P1-05: supply stopped at once; the last approval of last week does not start it again."""
        application = self._request(self._change())
        self._approve(application, self.finance_manager, self.sales_manager)
        self._invoice(self.customer, 100)
        self._decide(self.customer, credit_grade_id=self._grade("D").id)
        self.assertEqual(self._terms()[0], "frozen")
        self.refused(
            application.with_user(self.general_manager).validate_tier, words=("Frozen", "Reject")
        )
        self.assertEqual(self._terms(), ("frozen", 5000, 30, "D"))
        self.assertEqual(application.state, "requested")
        application.with_user(self.general_manager).reject_tier()
        self.assertEqual(application.state, "rejected")

    def test_any_term_changed_meanwhile(self):
        for values in (
            {"credit_limit": 1000},
            {"credit_term_days": 10},
            {"credit_control": "cash"},
            {"credit_grade_id": self._grade("C").id},
        ):
            with self.subTest(values=values), self.env.cr.savepoint() as savepoint:
                application = self._request(self._change())
                self._approve(application, self.finance_manager, self.sales_manager)
                self._decide(self.customer, **values)
                self.refused(application.with_user(self.general_manager).validate_tier)
                savepoint.rollback()
                self.env.invalidate_all()

    def test_nothing_changed_meanwhile(self):
        """A limit with more digits than the currency has is no change."""
        self._decide(self.customer, credit_control="limit", credit_limit=5000.0049)
        application = self._application(kind="change", formula="manual", limit=8000)
        self._approve(self._request(application))
        self.assertEqual(self._terms()[1], 8000)

    def test_temporary_limit_of_a_frozen_customer(self):
        application = self._request(
            self._change(kind="temporary", date_from=self._today(), date_to=self._today(5))
        )
        self._approve(application, self.finance_manager, self.sales_manager)
        self._decide(self.customer, credit_control="frozen")
        self.refused(application.with_user(self.general_manager).validate_tier)

    def test_author_does_not_approve(self):
        """A colleague presses the button: the author is a requester all the same."""
        both = self._user(
            "both",
            "sales_team.group_sale_salesman_all_leads,"
            "credit_collection.group_credit_finance_manager",
        )
        application = self._request(self._change(user=both))
        self.refused(application.with_user(both).validate_tier)
        self.refused(application.with_user(both).reject_tier)
        self._approve(application)
        self.assertEqual(self._terms()[1], 8000)

    # ------------------------------------------------------------------ downgrades

    def test_salesperson_stops_no_downgrade(self):
        """P4-07: salespeople cannot withdraw, soften or delete their own customer's downgrade."""
        draft = self._change(kind="downgrade", user=self.controller, limit=100, term_days=30)
        own = draft.with_user(self.salesperson)
        self.refused(lambda: own.write({"limit": 5000}), AccessError)
        self.refused(lambda: own.write({"kind": "change"}), AccessError)
        self.refused(own.action_cancel, AccessError)
        self.refused(own.unlink, AccessError)
        own.write({"reason": "He paid yesterday."})
        self._request(draft, self.controller)
        self.refused(own.action_cancel, AccessError)
        self.assertEqual(draft.state, "requested")
        draft.with_user(self.controller).action_cancel()
        # Their own proposal stays theirs.
        mine = self._change(kind="downgrade", limit=100, term_days=30)
        mine.with_user(self.salesperson).write({"limit": 200})
        mine.with_user(self.salesperson).action_cancel()

    # ------------------------------------------------------------------ whose customer, whose assessment

    def test_not_moved_to_a_foreign_customer(self):
        foreign = self._customer("Foreign", control="cash", user_id=self.salesperson2.id)
        papers = self.env["credit.document"].search([("partner_id", "=", self.customer.id)])
        findings = self.env["credit.investigation"].with_user(self.salesperson)
        finding = findings.create({"partner_id": self.customer.id, "note": "Seen"})
        for record in (self._application(), papers[:1], finding):
            with self.subTest(model=record._name):
                own = record.with_user(self.salesperson)
                self.refused(lambda r=own: r.write({"partner_id": foreign.id}), AccessError)

    def _assessed(self, partner, score=62, state="done", kind="new"):
        cards = self.env["credit.scorecard"].sudo()
        card = cards.search([("kind", "=", "admission" if kind == "new" else "annual")], limit=1)
        assessment = self.env["credit.assessment"].sudo()._system().create(
            {"partner_id": partner.id, "kind": kind, "scorecard_id": card.id,
             "signoff_ids": self._signoffs()}
        )  # fmt: skip
        assessment._system().write(
            {"state": state, "score": score, "grade_id": self._grade("C").id}
        )
        return assessment

    def test_assessment_of_somebody_else(self):
        other = self._assessed(self._customer("Other"), 95)
        draft = self._assessed(self.customer, 95, state="draft", kind="yearly")
        for assessment in (other, draft):
            self.refused(
                lambda a=assessment: self._application(assessment_id=a.id), ValidationError
            )

    def test_better_score_than_assessed(self):
        values = {
            "assessment_id": self._assessed(self.customer).id, "formula": "score",
            "full_limit": 100000, "grade_id": False, "control": "limit",
        }  # fmt: skip
        application = self._application(score=95, **values)
        self.refused(lambda: self._request(application), words=("62", "95"))
        application.with_user(self.salesperson).score = 62
        self._request(application)

    # ------------------------------------------------------------------ files

    def _file(self, name, user=None):
        files = self.env["ir.attachment"].with_user(user or self.salesperson)
        # As the web client uploads it into a form that is not saved yet.
        return files.create(
            {"name": name, "raw": b"as it was", "res_model": "credit.application", "res_id": 0}
        )

    def _fresh(self):
        self.env.flush_all()
        self.env.invalidate_all()

    def test_approvers_read_the_files(self):
        file, signed = self._file("balance.pdf"), self._file("signed.pdf")
        application = self._application(
            attachment_ids=[Command.link(file.id)],
            signed_attachment_ids=[Command.link(signed.id)],
        )
        self._request(application)
        for each in (file, signed):
            self._fresh()
            found = each.with_user(self.finance_manager).read(["raw"])
            self.assertEqual(found[0]["raw"], b"as it was")
        self._fresh()
        with self.assertRaises(AccessError):
            file.with_user(self.salesperson2).read(["raw"])

    def test_evidence_stays_as_the_approvers_saw_it(self):
        file = self._file("balance.pdf")
        application = self._application(attachment_ids=[Command.link(file.id)])
        self._fresh()
        file.write({"name": "balance 2026.pdf"})  # still a draft
        self._request(application)
        for call in (
            lambda: file.write({"raw": b"forged"}),
            lambda: file.write({"res_id": 0}),
            file.unlink,
            # Odoo's route to delete files asks for write access, then deletes as superuser.
            lambda: file.sudo().unlink(),
        ):
            self._fresh()
            self.refused(call, AccessError)

    def test_signed_paper_stays_after_the_approval(self):
        application = self._request(self._application())
        file = self._file("signed.pdf")
        own = application.with_user(self.salesperson)
        own.write({"signed_attachment_ids": [Command.link(file.id)]})
        self._approve(application)
        self._fresh()
        self.refused(lambda: file.write({"raw": b"forged"}), AccessError)
        self.refused(file.unlink, AccessError)
        self.refused(lambda: own.write({"signed_attachment_ids": [Command.clear()]}), AccessError)
        own.write({"signed_attachment_ids": [Command.link(self._file("page 2.pdf").id)]})
        self.assertEqual(len(application.signed_attachment_ids), 2)

    # ------------------------------------------------------------------ others' words

    def test_findings_are_their_authors(self):
        """P1-02: the salesperson of a customer does not rewrite findings of others."""
        values = {"partner_id": self.customer.id, "note": "Owes everybody", "stated_capital": 100}
        finding = self.env["credit.investigation"].with_user(self.controller).create(values)
        own = finding.with_user(self.salesperson)
        self.refused(lambda: own.write({"note": "A pleasure to deal with"}), AccessError)
        self.refused(lambda: own.write({"stated_capital": 10**9}), AccessError)
        mine = own.create({**values, "note": "Mine"})
        mine.write({"note": "Mine, corrected"})
        mine.with_user(self.controller).write({"note": "Corrected by credit control"})

    def test_reviews_are_read_by_credit_roles(self):
        application = self._request(self._application())
        plain = self._user("plain", "base.group_user")
        self._fresh()
        reviews = self.env["tier.review"]
        domain = [("model", "=", application._name), ("res_id", "=", application.id)]
        self.assertFalse(reviews.with_user(plain).search(domain))
        for user in (self.salesperson, self.finance_manager, self.auditor):
            self.assertEqual(len(reviews.with_user(user).search(domain)), 3)

    def test_grade_of_the_history_is_not_deleted(self):
        """P2-04: a grade that a customer had stays in the history."""
        customer = self._customer("Graded", limit=5, grade="B")
        grade = self._grade("B").with_user(self.administrator)
        self.refused(grade.unlink, UserError, words=("Archive",))
        grade.action_archive()
        self.assertEqual(self._decisions(customer).new_grade_id, grade)


@tagged("post_install", "-at_install")
class TestReviewForged(ReviewCase):
    def test_a_draft_of_the_salesperson_stops_no_review(self):
        """P5-05: an open draft does not keep the term of a late payer."""
        customer = self._customer("Late", limit=10000, term=60, grade="B")
        self.env["credit.application"].with_user(self.salesperson).create(
            {"partner_id": customer.id, "company_id": self.company.id, "kind": "change"}
        )
        with freeze_time("2027-01-04"):
            self._paid_late(customer, 900, 20, date(2026, 11, 10))
            self._run_daily(customer)
        self.assertIn("downgrade", self._applications(customer).mapped("kind"))
