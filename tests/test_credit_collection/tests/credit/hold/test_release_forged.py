from odoo.exceptions import AccessError
from odoo.tests import tagged

from .gate_case import GateCase


@tagged("post_install", "-at_install")
class TestReleaseForged(GateCase):
    """Neither holds nor approvals are written by hand, by anybody (P4-11)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.system = cls._user(
            "system",
            "base.group_system,sales_team.group_sale_manager,account.group_account_manager,"
            "credit_collection.group_credit_administrator",
        )

    def everybody(self):
        return (
            self.salesperson,
            self.sales_manager,
            self.controller,
            self.administrator,
            self.general_manager,
            self.system,
        )

    def test_hold_is_not_created(self):
        order = self._order(self.customer, 1600)
        values = {
            "order_id": order.id,
            "company_id": self.company.id,
            "partner_id": self.customer.id,
            "date": "2026-01-01 00:00:00",
            "state": "released",
            "order_amount": 1e6,
            "date_expiry": "2099-01-01",
        }
        for user in self.everybody():
            with self.subTest(user=user.name):
                self.refused(
                    lambda u=user: self.env["credit.hold"].with_user(u).create(values),
                    AccessError,
                )
        self.assertFalse(self._hold(order))

    def test_hold_is_not_written(self):
        order, hold = self._held(1600)
        other = self._order(self.customer, 10)
        forged = {
            "state": "released",
            "order_id": other.id,
            "order_amount": 1e6,
            "order_term": 999,
            "over_limit": 0,
            "approved_limit": 1e6,
            "receivable": 0,
            "confirmed_at": False,
            "consumed_at": False,
            "decided_at": "2026-01-01 00:00:00",
            "requested_by_id": self.general_manager.id,
            "requested_at": "2026-01-01 00:00:00",
            "partner_id": self.env.user.partner_id.id,
            "user_id": self.general_manager.id,
            "company_id": self.env.company.id,
            "name": "HOLD/0",
            "date": "2020-01-01 00:00:00",
            "reason_summary": "None",
            "cure_note": "None",
            "closed_note": "None",
            "reason_ids": [(5,)],
            "review_ids": [(5,)],
        }
        before = hold.read(list(forged))
        for user in self.everybody():
            for name, value in forged.items():
                with self.subTest(user=user.name, field=name):
                    self.refused(lambda u=user, n=name, v=value: hold.with_user(u).write({n: v}))
        self.assertEqual(hold.read(list(forged)), before)
        self.refused(lambda: hold.sudo().write({"state": "released"}))
        self.refused(order.action_confirm)

    def test_hold_and_reasons_are_not_deleted(self):
        _order, hold = self._held(1600)
        for user in self.everybody():
            with self.subTest(user=user.name):
                self.refused(hold.with_user(user).unlink)
                self.refused(hold.reason_ids.with_user(user).unlink)
                self.refused(
                    lambda u=user: hold.reason_ids.with_user(u).write({"rule_type": "term"})
                )
        self.assertTrue(hold.exists().reason_ids)

    def test_hold_survives_its_order(self):
        """Release applications are filed for audit: no quotation takes them along (P4-11)."""
        order, hold = self._held(1600)
        self._request(hold)
        hold.with_user(self.sales_manager).reject_tier()
        self.attempt(order.with_user(self.sales_manager).unlink)
        self.assertTrue(hold.exists())
        self.attempt(order.with_user(self.system).unlink)
        self.assertTrue(hold.exists())
        self.assertEqual(hold.order_name, "" or hold.order_name)

    def test_hold_survives_its_customer_and_company_switch(self):
        _order, hold = self._held(1600)
        self.attempt(self.customer.with_user(self.system).unlink)
        self.assertTrue(hold.exists())

    def test_reviews_are_not_created(self):
        order, hold = self._held(1600)
        self._request(hold)
        definition = hold.review_ids[:1].definition_id
        values = {
            "model": "credit.hold",
            "res_id": hold.id,
            "definition_id": definition.id,
            "status": "approved",
            "done_by": self.general_manager.id,
        }
        for user in self.everybody():
            Review = self.env["tier.review"].with_user(user)
            with self.subTest(user=user.name):
                self.refused(lambda r=Review: r.create(values))
                # By a stop-over at a document that is not guarded.
                made = []
                self.attempt(
                    lambda r=Review, m=made: m.append(r.create({**values, "model": "res.partner"}))
                )
                for review in made:
                    self.attempt(lambda r=review: r.write({"model": "credit.hold"}))
                    self.assertNotEqual(review.exists().model, "credit.hold")
        self.assertEqual(len(hold.review_ids), 3)
        self.assertOpen(order)

    def test_reviews_are_not_written(self):
        order, hold = self._held(1600)
        self._request(hold)
        review = hold.review_ids.sorted("sequence")[0]
        forged = {
            "status": "approved",
            "done_by": self.general_manager.id,
            "requested_by": self.general_manager.id,
            "reviewer_ids": [(4, self.salesperson.id)],
            "sequence": 99,
            "res_id": hold.id + 1,
            "model": "res.partner",
            "definition_id": False,
            "can_review": True,
            "reviewed_date": "2026-01-01 00:00:00",
            "todo_by": "Nobody",
        }
        for user in self.everybody():
            for name, value in forged.items():
                with self.subTest(user=user.name, field=name):
                    self.refused(lambda u=user, n=name, v=value: review.with_user(u).write({n: v}))
            with self.subTest(user=user.name):
                self.refused(hold.review_ids.with_user(user).unlink)
        self.assertEqual(len(hold.review_ids), 3)
        self.assertEqual(review.requested_by, self.salesperson)
        self.assertOpen(order)

    def test_possible_approvers_in_the_reader_s_language(self):
        self.env["res.lang"]._activate_lang("zh_CN")
        _order, hold = self._held(1600)
        self._request(hold)
        review = hold.review_ids.sorted("sequence")[0]
        group = review.reviewer_group_id
        for lang in ("en_US", "zh_CN"):
            with self.subTest(lang=lang):
                self.assertEqual(
                    review.with_context(lang=lang).todo_by, group.with_context(lang=lang).name
                )

    def test_reviewers_from_the_side_of_the_user(self):
        """A many2many has two sides: `res.users.review_ids` makes nobody a reviewer."""
        _order, hold = self._held(1600)
        self._request(hold)
        review = hold.review_ids.sorted("sequence")[0]
        for user in (self.salesperson, self.system):
            command = [(4, review.id)]
            self.attempt(lambda u=user, c=command: u.with_user(u).write({"review_ids": c}))
        for user in (self.salesperson, self.system):
            self.attempt(hold.with_user(user).validate_tier)
        self.assertNotEqual(review.status, "approved")

    def test_wizard_with_reviews_of_others(self):
        """`comment.wizard` is open to every user: it decides nothing out of turn."""
        order, hold = self._held(1600)
        self._request(hold)
        for user in (self.salesperson, self.salesperson2, self.controller, self.general_manager):
            for what in ("validate", "reject"):
                values = {
                    "res_model": "credit.hold",
                    "res_id": hold.id,
                    "review_ids": [(6, 0, hold.review_ids.ids)],
                    "validate_reject": what,
                    "comment": "Forged",
                }
                wizards = self.env["comment.wizard"].with_user(user)
                with self.subTest(user=user.name, what=what):
                    self.refused(lambda w=wizards, v=values: w.create(v).add_comment())
        self.assertEqual(hold.state, "requested")
        self.assertFalse([c for c in hold.review_ids.mapped("comment") if c])
        self.assertOpen(order)

    def test_wizard_with_reviews_of_another_hold(self):
        _order, mine = self._held(1600)
        _order, other = self._held(1700)
        self._request(mine)
        self._request(other)
        self._approve(mine, self.sales_manager)
        wizard = (
            self.env["comment.wizard"]
            .with_user(self.finance_manager)
            .create(
                {
                    "res_model": "credit.hold",
                    "res_id": mine.id,
                    "review_ids": [(6, 0, other.review_ids.ids)],
                    "validate_reject": "validate",
                    "comment": "Forged",
                }
            )
        )
        self.attempt(wizard.add_comment)
        self.assertNotIn("approved", other.review_ids.mapped("status"))
        self.assertFalse([c for c in other.review_ids.mapped("comment") if c])

    def test_reviewer_comments_and_rejects(self):
        """The wizard works for the reviewers of the present tier."""
        _order, hold = self._held(1600)
        self._request(hold)
        action = hold.with_user(self.sales_manager).action_reject()
        wizard = (
            self.env["comment.wizard"]
            .with_user(self.sales_manager)
            .with_context(**action["context"])
            .create({"comment": "Pays too late"})
        )
        wizard.add_comment()
        self.assertEqual(hold.state, "rejected")
        self.assertIn("Pays too late", hold.review_ids.mapped("comment"))

    def test_comment_of_a_decision_is_kept(self):
        _order, hold = self._held(1600)
        self._request(hold)
        self._approve(hold)
        review = hold.review_ids.sorted("sequence")[0]
        for user in (self.sales_manager, self.salesperson, self.system):
            self.attempt(lambda u=user: review.with_user(u).write({"comment": "I never agreed"}))
        self.assertFalse(review.comment)

    def test_restart_and_manual_request_change_nothing(self):
        _order, hold = self._held(1600)
        for call in ("restart_validation", "request_validation"):
            self.attempt(getattr(hold.with_user(self.salesperson), call))
        self.assertEqual(hold.state, "held")
        self._request(hold)
        self._approve(hold, self.sales_manager)
        self.attempt(hold.with_user(self.system).restart_validation)
        self.assertIn("approved", hold.review_ids.mapped("status"))

    def test_evidence_is_kept(self):
        """The figures shown to approvers are neither rewritten nor removed afterwards."""
        _order, hold = self._held(1600)
        paper = (
            self.env["ir.attachment"]
            .with_user(self.salesperson)
            .create(
                {
                    "name": "plan.txt",
                    "raw": b"500 each month",
                    "res_model": "credit.hold",
                    "res_id": hold.id,
                }
            )
        )
        hold.with_user(self.salesperson).write({"attachment_ids": [(4, paper.id)]})
        self._request(hold)
        self._approve(hold)
        own = paper.with_user(self.salesperson)
        self.attempt(lambda: own.write({"raw": b"nothing ever"}))
        self.attempt(lambda: own.write({"res_model": "res.partner", "res_id": self.customer.id}))
        self.attempt(own.unlink)
        self.assertEqual(paper.exists().raw, b"500 each month")
        self.assertEqual(hold.attachment_ids, paper.with_env(self.env))
