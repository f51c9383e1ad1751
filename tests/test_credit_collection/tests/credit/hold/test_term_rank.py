from psycopg2.errors import CheckViolation

from odoo.exceptions import AccessError, UserError
from odoo.tools import mute_logger

from .rule_case import RuleCase


class TestTermRank(RuleCase):
    """A payment term riskier than the approved one holds the order, even if its days are fewer."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.customer = cls._customer(limit=1000, term=60)
        cls.safe, cls.risky, cls.open = cls._term(60), cls._term(10), cls._term(20)
        ranks = cls.env["account.payment.term"].with_user(cls.controller)
        ranks.browse(cls.safe.id).credit_rank = 2
        ranks.browse(cls.risky.id).credit_rank = 5
        cls._decide(cls.customer, credit_payment_term_id=cls.safe.id)

    def test_riskier_is_held_and_names_both(self):
        order = self._order(self.customer, 10, term=self.risky)
        self.assert_held(order, "term_rank")
        text = order.sudo().credit_hold_id.reason_summary
        for word in (self.risky.name, self.safe.name, "5", "2"):
            self.assertIn(word, text)
        order.with_user(self.salesperson).payment_term_id = self.safe
        self.assertEqual(self._hold(order)[:1].state, "cleared")

    def test_what_is_not_ranked_is_not_compared(self):
        self.assert_passes(self._order(self.customer, 10, term=self.safe))
        self.assert_passes(self._order(self.customer, 10, term=self.open))
        self.assert_passes(self._order(self.customer, 10))
        self._decide(self.customer, credit_payment_term_id=self.open.id)
        self.assert_passes(self._order(self.customer, 10, term=self.risky))
        self._decide(self.customer, credit_payment_term_id=False)
        self.assert_passes(self._order(self.customer, 10, term=self.risky))

    def test_a_confirmed_order_takes_no_riskier_term(self):
        order = self._order(self.customer, 10, term=self.safe, confirm=True)
        with self.assertRaisesRegex(UserError, "riskier"), self.cr.savepoint():
            order.with_user(self.salesperson).payment_term_id = self.risky
        self.assertEqual(order.payment_term_id, self.safe)

    def test_a_release_covers_no_riskier_term_still(self):
        riskiest = self._term(5)
        riskiest.with_user(self.controller).credit_rank = 9
        order = self._order(self.customer, 10, term=self.risky)
        self.assert_held(order, "term_rank")
        hold = order.sudo().credit_hold_id
        self.assertEqual(hold.order_rank, 5)
        verdict = order.sudo()._credit_check()[order.id]
        hold._system_write({"state": "released", "date_expiry": self._today(5)})
        self.assertTrue(hold._covers(order, verdict))
        order.payment_term_id = riskiest
        verdict = order.sudo()._credit_check()[order.id]
        self.assertFalse(hold._covers(order, verdict))

    def test_changed_with_a_reason_and_kept(self):
        with self.assertRaisesRegex(UserError, "Change Terms"), self.cr.savepoint():
            self.customer.with_user(self.controller).credit_payment_term_id = self.risky
        dialog = self.env["credit.terms.change"].with_user(self.controller)
        dialog.create(
            {
                "partner_ids": self.customer.ids,
                "change": "payment_term",
                "payment_term_id": self.risky.id,
                "reason": "Pays well",
            }
        ).action_apply()
        self.assertEqual(self.customer.credit_payment_term_id, self.risky)
        decision = self.env["credit.decision"].search([("partner_id", "=", self.customer.id)])[0]
        self.assertRecordValues(
            decision,
            [
                {
                    "old_payment_term_id": self.safe.id,
                    "new_payment_term_id": self.risky.id,
                    "note": "Pays well",
                }
            ],
        )
        self.assertIn(self.risky.name, decision.summary)
        self.assert_passes(self._order(self.customer, 10, term=self.risky))
        with self.assertRaises(AccessError), self.cr.savepoint():
            self.customer.with_user(self.salesperson).credit_payment_term_id = self.safe

    def test_who_ranks_and_who_writes_terms(self):
        accountant = self._user("chief", "account.group_account_manager")
        term = self.risky.with_user(accountant)
        with self.assertRaises(AccessError), self.cr.savepoint():
            term.credit_rank = 1
        term.name = "Renamed"
        term.write({"credit_rank": 5, "note": "as it was"})
        with self.assertRaises(AccessError), self.cr.savepoint():
            term.create({"name": "New", "credit_rank": 1})
        made = term.with_context(default_credit_rank=7).create({"name": "New"})
        self.assertEqual(made.credit_rank, 0)
        self.assertEqual(self.risky.copy().credit_rank, 0)
        controlled = self.risky.with_user(self.controller)
        controlled.credit_rank = 6
        with self.assertRaises(AccessError), self.cr.savepoint():
            controlled.name = "Longer"
        with self.assertRaises(AccessError), self.cr.savepoint():
            controlled.line_ids.nb_days = 90
        with self.assertRaises(AccessError), self.cr.savepoint():
            self.risky.with_user(self.salesperson).credit_rank = 1
        with (
            mute_logger("odoo.sql_db"),
            self.assertRaises(CheckViolation),
            self.cr.savepoint(),
        ):
            controlled.credit_rank = -1
            self.env.flush_all()

    def test_controllers_translate_no_term(self):
        term = self.safe.with_user(self.controller)
        name = term.name
        with self.assertRaisesRegex(AccessError, "only the risk rank"):
            term.update_field_translations("name", {"en_US": "In a year"})
        self.assertEqual(term.name, name)
