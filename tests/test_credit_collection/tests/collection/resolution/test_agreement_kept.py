from odoo.exceptions import UserError
from odoo.tests import tagged

from .agreement_case import AgreementCase


@tagged("post_install", "-at_install")
class TestAgreementKept(AgreementCase):
    """Payments decide whether an agreement is kept; a missed instalment ends its protection."""

    def _terms(self, **values):
        """Three instalments of 300 after 10, 20 and 30 days."""
        return self._in_force(
            instalment_count=3,
            interval=10,
            interval_unit="days",
            date_first=self._today(10),
            **values,
        )

    def test_kept(self):
        invoice = self._invoice(self.customer, 900, 40)
        agreement = self._terms()
        self._pay(invoice, 300)
        self.assertFalse(self._evaluate(agreement))
        self.assertEqual(agreement.line_ids.mapped("state"), ["paid", "open", "open"])
        self.assertEqual((agreement.amount_paid, agreement.date_next), (300, self._today(20)))
        self._pay(invoice, 450)
        self._evaluate(agreement)
        self.assertEqual(agreement.line_ids.mapped("state"), ["paid", "paid", "open"])
        self.assertEqual(agreement.line_ids.mapped("amount_paid"), [300, 300, 150])
        self._pay(invoice, 150)
        self.assertEqual(self._evaluate(agreement), agreement)
        self.assertEqual(agreement.state, "kept")
        self.assertFalse(self.case.broken_promise_count)

    def test_invoice_cancelled(self):
        """600 and 300; the 300 are cancelled, the 600 paid: nothing is owed, it is kept."""
        invoice = self._invoice(self.customer, 600, 40)
        cancelled = self._invoice(self.customer, 300, 50)
        agreement = self._terms()
        cancelled.button_draft()
        cancelled.button_cancel()
        self._evaluate(agreement)
        self.assertEqual(agreement.line_ids.mapped("state"), ["paid", "open", "open"])
        self._pay(invoice, 600)
        self._evaluate(agreement)
        self.assertEqual((agreement.state, agreement.amount_paid), ("kept", 900))

    def test_missed(self):
        """Due in 10 days with 2 of grace: on day 12 nothing, on day 13 it is broken."""
        invoice = self._invoice(self.customer, 900, 40)
        agreement = self._terms()
        self._pay(invoice, 299.99)
        self._evaluate(agreement, 12)
        self.assertEqual(agreement.state, "active")
        self.assertEqual(self._chase(invoice), [0])
        self._evaluate(agreement, 1)
        self.assertEqual(agreement.state, "broken")
        self.assertEqual(agreement.line_ids.mapped("state"), ["missed", "open", "open"])
        self.assertEqual(self._chase(invoice), [600.01])
        self.assertEqual(self.case.broken_promise_count, 1)
        self.assertEqual(self.case.sudo().activity_ids.user_id, self.collector)
        told = self._notified(agreement)
        self.assertIn(self.collector.partner_id, told)
        self.assertIn(self.salesperson.partner_id, told)
        counts = self.env["res.partner"]._get_broken_promise_counts(self.customer, self.company)
        self.assertEqual(counts, {self.customer.id: 1})
        # Safe to repeat.
        self.assertFalse(self._evaluate(agreement))
        self.assertEqual(len(self.case.sudo().activity_ids), 1)

    def test_head_of_the_team_is_notified(self):
        team = (
            self.env["collection.team"]
            .sudo()
            .create(
                {
                    "name": "North",
                    "company_id": self.company.id,
                    "head_id": self.collection_manager.id,
                }
            )
        )
        self.case.sudo()._system().team_id = team
        self._invoice(self.customer, 900, 40)
        agreement = self._terms()
        self._evaluate(agreement, 13)
        self.assertIn(
            self.collection_manager.partner_id,
            self._notified(agreement),
        )

    def test_paid_over_two_items_oldest_or_not(self):
        """The sum over the items counts, whichever of them the payment was reconciled with."""
        self._invoice(self.customer, 400, 60)
        new = self._invoice(self.customer, 500, 40)
        agreement = self._terms()
        self._pay(new, 300)
        self._evaluate(agreement, 13)
        # Dated today, which is 13 days later now: too late for the first instalment.
        self.assertEqual(agreement.state, "broken")

    def test_paid_in_time_by_its_date(self):
        self._invoice(self.customer, 400, 60)
        new = self._invoice(self.customer, 500, 40)
        agreement = self._terms()
        self._pay(new, 300, date=self._today(-2))
        self._evaluate(agreement, 13)
        self.assertEqual(agreement.state, "active")
        self.assertEqual(agreement.line_ids.mapped("state"), ["paid", "open", "open"])

    def test_a_decision_that_took_its_time(self):
        self.company.sudo().collection_agreement_max_amount = 1
        self._invoice(self.customer, 900, 40)
        agreement = self._agreement(preset="down30")
        agreement.with_user(self.collector).action_request()
        down = agreement.line_ids[0].sudo()._system()
        down.write({"date_due": self._today(-5), "date_limit": self._today(-3)})
        agreement.with_user(self.collection_manager).validate_tier()
        agreement.with_user(self.finance_manager).validate_tier()
        self.env.invalidate_all()
        self._evaluate(agreement)
        self.assertEqual(agreement.state, "active")
        self.assertEqual(agreement.line_ids[0].date_limit, self._today(2))

    def test_foreign_currency(self):
        eur = self._rate("EUR", 2.0)
        invoice = self._invoice(self.customer, 900, 40, currency=eur)
        agreement = self._terms(currency_id=eur.id)
        self._rate("EUR", 5.0, date=self._today())
        self._pay(invoice, 900, currency=eur)
        self._evaluate(agreement)
        self.assertEqual(agreement.state, "kept")

    # ------------------------------------------------------------------ reason B (P4-10)

    def _held(self):
        self._decide(self.customer, credit_control="limit", credit_limit=100)
        order = self._order(self.customer, 500)
        order.with_user(self.salesperson).action_credit_confirm()
        return self._hold(order)

    def _apply(self, hold, agreement=None, note=False):
        own = hold.with_user(self.salesperson)
        own.write(
            {
                "release_reason": "plan",
                "release_note": note,
                "agreement_id": agreement.id if agreement else False,
            }
        )
        own.action_request_release()

    def test_reason_b_names_the_agreement(self):
        self._invoice(self.customer, 900, 40)
        agreement = self._agreement()
        hold = self._held()
        self.refused(lambda: self._apply(hold), words=("repayment plan",))
        self.refused(
            lambda: self._apply(hold, agreement), words=("requires an agreement that is active",)
        )
        agreement.with_user(self.collector).action_request()
        self._apply(hold, agreement)
        self.assertEqual(hold.state, "requested")

    def test_a_promise_in_force_is_enough(self):
        invoice = self._invoice(self.customer, 900, 40)
        promise = (
            self.env["collection.promise"]
            .with_user(self.collector)
            ._register_promise(
                self.case.with_user(self.collector),
                [{"move_line_id": self._claims(invoice).id, "date_promised": self._today(5)}],
            )
        )
        hold = self._held()
        self._apply(hold)
        self.assertEqual(hold.state, "requested")
        self.assertIn(("Agreement or Promise", promise.display_name), hold._get_approval_facts())

    def test_what_no_agreement_or_promise_covers_is_said(self):
        """A promise for one of two overdue invoices: approvers are told of the other (P4-10)."""
        self._set_rules({"rule_type": "overdue", "days": 30})
        promised, other = (self._invoice(self.customer, n, 40) for n in (900, 500))
        self._invoice(self.customer, 70, 20)  # holds nothing
        case = self.case.with_user(self.collector)
        rows = [{"move_line_id": self._claims(promised).id, "date_promised": self._today(5)}]
        self.env["collection.promise"].with_user(self.collector)._register_promise(case, rows)
        order = self._order(self.customer, 500)
        order.with_user(self.salesperson).action_credit_confirm()
        hold = self._hold(order)
        self._apply(hold)
        self.assertIn("500.00", hold.release_gap)
        self.assertIn("nor promised", hold.release_gap)
        self.assertIn(hold.release_gap, [text for _label, text in hold._get_approval_facts()])
        self._pay(other, 500)
        self.assertFalse(hold._get_release_gap())

    def test_an_agreement_covers_its_items(self):
        self._set_rules({"rule_type": "overdue"})
        self._invoice(self.customer, 900, 40)
        agreement = self._in_force()
        order = self._order(self.customer, 500)
        order.with_user(self.salesperson).action_credit_confirm()
        hold = self._hold(order)
        self._apply(hold, agreement)
        self.assertFalse(hold.release_gap)

    def test_a_description_is_enough_unless_the_company_says_so(self):
        hold = self._held()
        self.refused(lambda: self._apply(hold, note="Pays on Friday"), UserError, ("agreement",))
        self.company.sudo().collection_release_needs_agreement = False
        self._apply(hold, note="Pays on Friday")
        self.assertEqual(hold.state, "requested")

    def test_the_agreement_of_another_customer(self):
        self._invoice(self.customer, 900, 40)
        agreement = self._in_force()
        self.customer, mine = self._customer("Other"), self.customer
        self.assertNotEqual(mine, self.customer)
        hold = self._held()
        self.refused(lambda: self._apply(hold, agreement), words=("another customer",))
