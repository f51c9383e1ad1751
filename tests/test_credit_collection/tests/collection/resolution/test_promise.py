from datetime import timedelta

from odoo.exceptions import AccessError
from odoo.tests import tagged

from .resolution_case import ResolutionCase


@tagged("post_install", "-at_install")
class TestPromise(ResolutionCase):
    """A promise is taken with its limits, blocks its amount, and is evaluated by reconciliations."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.case = cls._case()
        cls.company.sudo().write(
            {"collection_promise_grace_days": 2, "collection_promise_max_days": 30}
        )

    def _register_promise(self, *rows, user=None, case=None):
        """Take a promise: rows are (invoice or line, days ahead[, amount])."""
        values = []
        for target, days, *amount in rows:
            line = self._claims(target)[:1] if target._name == "account.move" else target
            values.append(
                {
                    "move_line_id": line.id,
                    "date_promised": self._today(days),
                    **({"amount": amount[0]} if amount else {}),
                }
            )
        promises = (
            self.env["collection.promise"]
            .with_user(user or self.collector)
            ._register_promise((case or self.case).with_user(user or self.collector), values)
        )
        return promises.with_env(self.env)

    def _evaluate(self, days=0):
        """Judge as the day would be `days` later: promises move back by as much."""
        lines = self.env["collection.promise.line"].sudo()
        if days:
            for line in lines.search([("company_id", "=", self.company.id)]):
                line._system().write(
                    {
                        "date_promised": line.date_promised - timedelta(days=days),
                        "date_limit": line.date_limit - timedelta(days=days),
                    }
                )
        self.env.flush_all()
        changed = lines._evaluate(self.company)
        self.env.invalidate_all()
        return changed

    # ------------------------------------------------------------------ taken

    def test_what_may_be_chased_is_promised_by_default(self):
        invoice = self._invoice(self.customer, 1000, 40)
        self._pay(invoice, 300)
        promise = self._register_promise((invoice, 5))
        self.assertRecordValues(
            promise,
            [
                {
                    "state": "open",
                    "amount": 700,
                    "date_next": self._today(5),
                    "user_id": self.collector.id,
                    "case_id": self.case.id,
                }
            ],
        )
        self.assertEqual(promise.line_ids.date_limit, self._today(7))
        self.assertEqual(self._chase(invoice), [0])
        self.assertEqual(self._block_codes(invoice), {"promise"})

    def test_one_promise_per_currency(self):
        usd = self._invoice(self.customer, 1000, 40)
        eur = self._invoice(self.customer, 500, 40, currency=self._rate("EUR", 2.0))
        promises = self._register_promise((usd, 5), (eur, 6, 200))
        self.assertEqual(
            sorted((p.currency_id.name, p.amount) for p in promises), [("EUR", 200), ("USD", 1000)]
        )
        self.assertEqual(self._chase(eur), [300])

    def test_refusals(self):
        invoice = self._invoice(self.customer, 1000, 40)
        stranger = self._invoice(self._customer("Other"), 1000, 40)
        for rows, words in (
            ((), ()),
            (((invoice, 5, 0),), ("above zero",)),
            (((invoice, 5, -1),), ("above zero",)),
            (((invoice, 5, 1000.01),), ("1,000.00", "1,000.01")),
            (((invoice, -1),), ("past",)),
            (((invoice, 31),), ("30 days",)),
            (((stranger, 5),), ("not an open item",)),
            (((invoice, 5), (invoice, 6)), ("only once",)),
        ):
            with self.subTest(rows=rows):
                self.refused(lambda r=rows: self._register_promise(*r), words=words)
        self._register_promise((invoice, 30))
        self.refused(lambda: self._register_promise((invoice, 10)), words=(invoice.name, "already"))

    def test_a_manager_may_look_further_ahead(self):
        invoice = self._invoice(self.customer, 1000, 40)
        promise = self._register_promise((invoice, 60), user=self.collection_manager)
        self.assertEqual(promise.date_next, self._today(60))

    def test_roles_that_register_promises(self):
        invoice = self._invoice(self.customer, 1000, 40)
        for user in (self.salesperson, self.auditor, self.finance_manager):
            with self.subTest(user=user.name):
                self.refused(
                    lambda u=user: self._register_promise((invoice, 5), user=u), AccessError
                )
        self._register_promise((invoice, 5), user=self.controller)

    def test_nothing_is_written_by_hand(self):
        invoice = self._invoice(self.customer, 1000, 40)
        promise = self._register_promise((invoice, 5))
        for user in (self.collector, self.collection_manager, self.administrator):
            for record, vals in (
                (promise, {"user_id": user.id}),
                (promise.line_ids, {"state": "kept"}),
                (promise.line_ids, {"date_limit": self._today(90)}),
            ):
                with self.subTest(user=user.name, vals=vals):
                    self.refused(
                        lambda u=user, r=record, v=vals: (
                            r.with_user(u).with_context(credit_collection_system=True).write(v)
                        ),
                        AccessError,
                    )
            self.refused(lambda u=user: promise.with_user(u).unlink(), AccessError)
            self.refused(
                lambda u=user: (
                    self.env["collection.promise"]
                    .with_user(u)
                    .create({"partner_id": self.customer.id})
                ),
                AccessError,
            )

    def test_one_total_goes_to_the_oldest(self):
        old = self._invoice(self.customer, 300, 60)
        new = self._invoice(self.customer, 500, 30)
        promises = self.env["collection.promise"].with_user(self.collector)
        rows = promises._allocate(self.case.with_user(self.collector), 450, self._today(5))
        self.assertEqual(
            [(row["move_line_id"], row["amount"]) for row in rows],
            [(self._claims(old).id, 300), (self._claims(new).id, 150)],
        )
        promise = promises._register_promise(self.case.with_user(self.collector), rows)
        self.assertEqual(promise.amount, 450)
        self.assertEqual(self._chase(new), [350])
        self.refused(
            lambda: promises._allocate(self.case.with_user(self.collector), 351, self._today(5)),
            words=("350.00",),
        )

    # ------------------------------------------------------------------ evaluated

    def test_kept_as_soon_as_it_is_paid(self):
        invoice = self._invoice(self.customer, 1000, 40)
        promise = self._register_promise((invoice, 5, 600))
        self._pay(invoice, 599.99)
        self._evaluate()
        self.assertEqual((promise.state, promise.amount_paid), ("open", 599.99))
        self._pay(invoice, 0.01)
        self.assertEqual(self._evaluate(), promise.line_ids)
        self.assertEqual((promise.state, promise.amount_paid), ("kept", 600))
        self.assertFalse(self._evaluate())
        self.assertFalse(self.case.broken_promise_count)

    def test_broken_after_the_days_of_grace(self):
        invoice = self._invoice(self.customer, 1000, 40)
        promise = self._register_promise((invoice, 0, 600))
        self._evaluate(2)
        self.assertEqual(promise.state, "open")
        self.assertEqual(self._chase(invoice), [400])
        self._evaluate(1)
        self.assertEqual(promise.state, "broken")
        self.assertTrue(promise.is_broken)
        self.assertEqual(self._chase(invoice), [1000])
        self.assertEqual(self.case.broken_promise_count, 1)
        tasks = self.case.sudo().activity_ids
        activity = tasks.filtered(lambda task: task.user_id == self.collector)
        self.assertIn("was broken", activity.summary)
        # The head of sales learns of it, too (P1-08).
        self.assertEqual((tasks - activity).user_id, self.company._collection_sales_head())
        counts = self.env["res.partner"]._get_broken_promise_counts(self.customer, self.company)
        self.assertEqual(counts, {self.customer.id: 1})
        # A second run on the same day changes nothing.
        self.assertFalse(self._evaluate())
        self.assertEqual(self.case.sudo().activity_ids, tasks)

    def test_partly_kept(self):
        invoice = self._invoice(self.customer, 1000, 40)
        promise = self._register_promise((invoice, 0, 600))
        self._pay(invoice, 250, date=self._today(-3))
        self._evaluate(3)
        self.assertEqual((promise.state, promise.amount_paid), ("partly", 250))
        self.assertFalse(self.case.broken_promise_count)

    def test_one_promise_is_counted_once_however_many_items(self):
        invoices = [self._invoice(self.customer, 100, 40) for _n in range(3)]
        promise = self._register_promise(*[(invoice, 0) for invoice in invoices])
        self._pay(invoices[0], date=self._today(-3))
        self._evaluate(3)
        self.assertEqual(promise.state, "broken")
        self.assertEqual(sorted(promise.line_ids.mapped("state")), ["broken", "broken", "kept"])
        self.assertEqual(self.case.broken_promise_count, 1)

    def test_paid_too_late(self):
        """The date of the payment decides, not the day on which somebody looks."""
        invoice = self._invoice(self.customer, 1000, 40)
        promise = self._register_promise((invoice, 0, 600))
        self._evaluate(3)
        self._pay(invoice, 600)
        self._evaluate()
        self.assertEqual(promise.state, "broken")

    def test_a_statement_imported_late_puts_it_right(self):
        invoice = self._invoice(self.customer, 1000, 40)
        promise = self._register_promise((invoice, 0, 600))
        self._evaluate(5)
        self.assertEqual(promise.state, "broken")
        self._pay(invoice, 600, date=self._today(-4))
        self._evaluate()
        self.assertEqual(promise.state, "kept")
        self.assertFalse(self.case.broken_promise_count)

    def test_a_payment_that_comes_back(self):
        invoice = self._invoice(self.customer, 1000, 40)
        promise = self._register_promise((invoice, 0, 600))
        self._pay(invoice, 600)
        self._evaluate()
        self._claims(invoice).remove_move_reconcile()
        self._evaluate(1)
        self.assertEqual(promise.state, "kept")
        self._evaluate(2)
        self.assertEqual(promise.state, "broken")

    def test_a_credit_note_counts_like_a_payment(self):
        invoice = self._invoice(self.customer, 1000, 40)
        promise = self._register_promise((invoice, 5))
        refund = self._invoice(self.customer, 1000, 0, move_type="out_refund")
        (self._claims(invoice) | self._claims(refund)).reconcile()
        self._evaluate()
        self.assertEqual(promise.state, "kept")

    def test_its_invoice_is_cancelled(self):
        """Nothing is owed, so nothing is promised; in draft it waits for the correction."""
        invoice = self._invoice(self.customer, 1000, 40)
        promise = self._register_promise((invoice, 5))
        invoice.button_draft()
        self._evaluate(20)
        self.assertEqual(promise.state, "open")
        invoice.button_cancel()
        self._evaluate()
        self.assertEqual(promise.state, "cancelled")
        self.assertFalse(self.case.broken_promise_count)

    def test_foreign_currency(self):
        """600 of 1,000 EUR promised; paid in EUR at another rate: the euros count."""
        eur = self._rate("EUR", 2.0)
        invoice = self._invoice(self.customer, 1000, 40, currency=eur)
        promise = self._register_promise((invoice, 5, 600))
        self._rate("EUR", 4.0, date=self._today())
        self._pay(invoice, 600, currency=eur)
        self._evaluate()
        self.assertEqual((promise.state, promise.amount_paid), ("kept", 600))

    def test_the_run_evaluates_first(self):
        invoice = self._invoice(self.customer, 1000, 40)
        promise = self._register_promise((invoice, 0, 600))
        promise.line_ids.sudo()._system().write({"date_limit": self._today(-1)})
        run = (
            self.env["collection.run"]
            .sudo()
            ._system()
            .create({"company_id": self.company.id, "date": self._today()})
        )
        run._before_decide()
        self.assertEqual(promise.state, "broken")

    # ------------------------------------------------------------------ cancelled

    def test_cancelled_with_a_reason(self):
        invoice = self._invoice(self.customer, 1000, 40)
        promise = self._register_promise((invoice, 5))
        self.refused(lambda: promise.with_user(self.auditor).action_cancel(), AccessError)
        action = promise.with_user(self.collector).action_cancel()
        wizards = self.env["collection.end"].with_context(**action["context"])
        self.refused(lambda: wizards.with_user(self.collector).create({"note": " "}).action_end())
        self.refused(
            lambda: wizards.with_user(self.auditor).create({"note": "No"}).action_end(), AccessError
        )
        wizards.with_user(self.collector).create({"note": "Wrong invoice"}).action_end()
        self.assertEqual((promise.state, promise.cancel_note), ("cancelled", "Wrong invoice"))
        self.assertEqual(self._chase(invoice), [1000])
        self._register_promise((invoice, 10))

    # ------------------------------------------------------------------ who sees it

    def test_own_portfolio(self):
        other = self._user("collector2", "credit_collection.group_collection_collector")
        invoice = self._invoice(self.customer, 1000, 40)
        promise = self._register_promise((invoice, 5))
        promises = self.env["collection.promise"].search([("id", "=", promise.id)])
        self.assertTrue(promises.with_user(other).search([("id", "=", promise.id)]))
        self.company.sudo().collection_own_portfolio = True
        for user, seen in (
            (other, 0),
            (self.collector, 1),
            (self.collection_manager, 1),
            (self.controller, 1),
            (self.salesperson, 1),
            (self.salesperson2, 0),
        ):
            with self.subTest(user=user.name):
                self.assertEqual(
                    len(promises.with_user(user).search([("id", "=", promise.id)])), seen
                )
