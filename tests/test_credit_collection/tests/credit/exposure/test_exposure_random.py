import random
from decimal import Decimal

from odoo.addons.credit_collection.engine import set_off

from ...common import CreditCollectionCommon

SEEDS = range(6)
STEPS = 16


def _decimal(amount, places=6):
    return Decimal(repr(round(amount, places)))


class TestExposureRandom(CreditCollectionCommon):
    """Random books against a sum made from the test's actions and the documents' own fields."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.sudo().credit_mode = "off"
        cls.euro = cls._rate("EUR", 2.0)
        cls.yen = cls._rate("JPY", 150.0)
        cls.goods = cls._service("Goods", invoice_policy="delivery")

    def _book(self, rng):
        """Books of one customer: the test's knowledge of each document it made."""
        customer = self._customer(f"Random {rng.random()}")
        contact = self.env["res.partner"].create({"name": "Contact", "parent_id": customer.id})
        return {
            "rng": rng,
            "customer": customer,
            "partners": customer | contact,
            # order: [quantity, price in company currency, quantity invoiced]
            "orders": {},
            "moves": self.env["account.move"],
            "payments": self.env["account.payment"],
        }

    # ---------------------------------------------------------- actions

    def _currency(self, rng):
        return rng.choice([self.company.currency_id, self.euro, self.yen])

    def _do_order(self, book):
        rng = book["rng"]
        qty, price = rng.randint(1, 9), rng.randint(1, 500) * 10
        currency = self._currency(rng)
        order = self._order(
            rng.choice(book["partners"]),
            0,
            currency=currency,
            order_line=[self._line(price, qty, product=self.goods)],
            confirm=True,
        )
        rate = {self.euro: 2.0, self.yen: 150.0}.get(currency, 1.0)
        book["orders"][order] = [qty, price / rate, 0]

    def _do_bill_order(self, book):
        open_orders = [order for order, (qty, _p, done) in book["orders"].items() if done < qty]
        if not open_orders:
            return self._do_order(book)
        order = book["rng"].choice(open_orders)
        qty, _price, done = book["orders"][order]
        now = book["rng"].randint(1, qty - done)
        order.order_line.qty_delivered = done + now
        book["moves"] |= self._bill_order(order, post=book["rng"].random() < 0.6)
        book["orders"][order][2] = done + now

    def _do_cancel_order(self, book):
        clean = [order for order, (_q, _p, done) in book["orders"].items() if not done]
        if clean:
            order = book["rng"].choice(clean)
            order._action_cancel()
            del book["orders"][order]

    def _do_invoice(self, book):
        rng = book["rng"]
        book["moves"] |= self._invoice(
            rng.choice(book["partners"]),
            rng.randint(1, 100_000) / 10,
            days_overdue=rng.randint(-60, 200),
            currency=self._currency(rng),
            post=rng.random() < 0.7,
            move_type=rng.choice(["out_invoice", "out_invoice", "out_refund"]),
        )

    def _do_instalments(self, book):
        rng = book["rng"]
        book["moves"] |= self._invoice(
            book["customer"],
            rng.randint(1, 1000) * 10,
            term=self._term((30, 0), (30, 30), (40, 60)),
            invoice_date=self._today(-rng.randint(0, 100)),
            currency=self._currency(rng),
        )

    def _do_pay(self, book):
        rng = book["rng"]
        due = book["moves"].filtered(
            lambda move: move.state == "posted" and move.amount_residual > 1
        )
        if due:
            invoice = rng.choice(due)
            share = rng.choice([0.2, 0.5, 1.0])
            book["payments"] |= self._pay(
                invoice,
                invoice.currency_id.round(invoice.amount_residual * share),
                currency=invoice.currency_id,
            )

    def _do_receive(self, book):
        rng = book["rng"]
        book["payments"] |= self._receive(
            rng.choice(book["partners"]), rng.randint(1, 5000), currency=self._currency(rng)
        )

    def _do_reset(self, book):
        posted = book["moves"].filtered(
            lambda move: move.state == "posted" and move.payment_state == "not_paid"
        )
        if posted:
            book["rng"].choice(posted).button_draft()

    def _do_rate(self, book):
        """Changes of tomorrow's prices change nothing in the books."""
        self._rate(
            "CHF", book["rng"].uniform(0.5, 5), date=f"20{book['rng'].randint(17, 25)}-03-01"
        )

    # ------------------------------------------------------------ expectations

    def _expected(self, book):
        total = sum(
            (qty - done) * price for qty, price, done in book["orders"].values() if qty > done
        )
        for move in book["moves"]:
            if move.state == "posted":
                total += move.amount_residual_signed
            elif move.state == "draft" and move.move_type == "out_invoice":
                total += move.amount_total_signed
        # Money of the customer that settled nothing yet.
        for payment in book["payments"]:
            account = payment.destination_account_id
            items = payment.move_id.line_ids.filtered(
                lambda i, account=account: i.account_id == account
            )
            for item in items:
                applied = sum(item.matched_debit_ids.mapped("amount"))
                given_back = sum(item.matched_credit_ids.mapped("amount"))
                total += item.balance + applied - given_back
        return total

    def test_random_books(self):
        for seed in SEEDS:
            rng = random.Random(seed)
            book = self._book(rng)
            actions = [
                self._do_order, self._do_order, self._do_bill_order, self._do_bill_order,
                self._do_cancel_order, self._do_invoice, self._do_invoice, self._do_instalments,
                self._do_pay, self._do_pay, self._do_receive, self._do_reset, self._do_rate,
            ]  # fmt: skip
            history = []
            for _step in range(STEPS):
                action = rng.choice(actions)
                history.append(action.__name__)
                action(book)
            with self.subTest(seed=seed):
                # A cent per document: each is rounded by itself.
                self.assertAlmostEqual(
                    self._exposure(book["customer"]),
                    self._expected(book),
                    delta=0.01 * STEPS,
                    msg=f"after {history}",
                )
                self._check_overdue(book)

    def _check_overdue(self, book):
        """Past due after the set-off, and the days of the oldest instalment that it leaves."""
        today = self.company._credit_today()
        own = self.company.currency_id
        items = self.env["account.move.line"].search(
            [
                ("partner_id", "in", book["partners"].ids),
                ("account_type", "=", "asset_receivable"),
                ("parent_state", "=", "posted"),
                ("reconciled", "=", False),
            ]
        )
        owed = items.filtered(lambda item: item.amount_residual_currency > 0)
        currencies = items.currency_id
        found = set_off.set_off(
            [
                set_off.Item(
                    item.id, item.currency_id.id, item.date_maturity,
                    _decimal(item.amount_residual_currency),
                    original=_decimal(item.amount_currency),
                )
                for item in owed
            ],
            [
                set_off.Credit(item.id, item.currency_id.id, _decimal(-item.amount_residual_currency))
                for item in items - owed
                if item.amount_residual_currency
            ],
            {
                currency.id: _decimal(
                    currencies._get_conversion_rate(own, currency, self.company, today), 12
                )
                for currency in currencies
            },
            {currency.id: currency.decimal_places for currency in currencies},
        )  # fmt: skip
        due, oldest = 0.0, 0
        for item in owed.filtered(lambda item: item.date_maturity < today):
            net = float(found[item.id][0])
            due += net * item.amount_residual / item.amount_residual_currency
            if net:
                oldest = max(oldest, (today - item.date_maturity).days)
        figures = self._figures(book["customer"])
        self.assertAlmostEqual(figures.credit_overdue, due, delta=0.02)
        self.assertEqual(figures.credit_days_overdue, oldest)
