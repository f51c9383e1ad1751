import random
from decimal import Decimal

from odoo.addons.credit_collection.engine import set_off

from ..run.run_case import RunCase

SEEDS = range(12)


def _money(amount):
    return Decimal(repr(round(amount, 6)))


class TestItem(RunCase):
    """Open items and the amounts to ask for, against `engine.set_off` fed from the documents."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.currencies = [
            cls.company.currency_id, cls._rate("EUR", 2.0), cls._rate("JPY", 150.0)
        ]  # fmt: skip
        # The rate of the day is none at which anything was booked.
        for currency, rate in zip(cls.currencies[1:], (1.9, 171.3), strict=True):
            cls.env["res.currency.rate"].sudo().create(
                {
                    "name": cls._today(),
                    "rate": rate,
                    "currency_id": currency.id,
                    "company_id": cls.company.id,
                }
            )
        cls.terms = [None, cls._term((30, 0), (30, 30), (40, 60))]
        cls.contested = cls._contested_reason()

    def _books(self, rng):
        """A customer with all that may happen to invoices before a payment is applied."""
        customer = self._customer(f"Random {rng.random()}")
        contact = self.env["res.partner"].create({"name": "Contact", "parent_id": customer.id})
        moves = self.env["account.move"]
        for _number in range(7):
            term = rng.choice(self.terms)
            currency = rng.choice(self.currencies)
            partner = rng.choice([customer, contact])
            amount = rng.randint(10, 9999) * (100 if currency.name == "JPY" else 1)
            dates = {"invoice_date": self._today(-rng.randint(0, 90))} if term else {}
            days = rng.randint(-20, 120)
            moves |= self._invoice(partner, amount, days, currency=currency, term=term, **dates)
        for move in moves:
            if rng.random() < 0.3:
                share = rng.choice([0.25, 0.5, 1.0])
                self._pay(
                    move,
                    move.currency_id.round(move.amount_residual * share),
                    currency=move.currency_id,
                )
        self._happen(rng, customer, moves.filtered("amount_residual"))
        return customer

    def _happen(self, rng, customer, moves):
        """Exclusions, disputes, promises, loose money and credit notes, some naming an invoice."""
        for move in moves:
            what = rng.random()
            if what < 0.15:
                move.line_ids.no_followup = True
            elif what < 0.3:
                move.write(
                    {
                        "collection_excluded_until": self._today(9),
                        "collection_exclusion_reason": "Agreed",
                    }
                )
            elif what < 0.5:
                self.env["collection.dispute"]._open(
                    {
                        "move_id": move.id,
                        "reason_id": self.contested.id,
                        "amount": move.currency_id.round(
                            move.amount_residual * rng.choice([0.2, 0.7, 1.0])
                        ),
                    }
                )
        self._promise_some(rng, customer)
        for _number in range(rng.randint(0, 3)):
            currency = rng.choice(self.currencies)
            amount = rng.randint(1, 6000) * (100 if currency.name == "JPY" else 1)
            if rng.random() < 0.7:
                loose = self._receive(
                    customer, amount, currency=currency, date=self._today(-rng.randint(0, 40))
                ).move_id
            else:
                loose = self._invoice(customer, amount, currency=currency, move_type="out_refund")
            if moves and rng.random() < 0.6:
                named = rng.sample(list(moves), min(len(moves), rng.randint(1, 2)))
                loose.ref = "Pays " + ", ".join(move.name for move in named)

    def _promise_some(self, rng, customer):
        case = self.env["collection.case"].sudo().search([("partner_id", "=", customer.id)])
        if not case:
            case = (
                self.env["collection.case"]
                .sudo()
                ._system()
                .create(
                    {
                        "name": "CASE",
                        "partner_id": customer.id,
                        "company_id": self.company.id,
                        "user_id": self.collector.id,
                        "date_open": self._today(),
                    }
                )
            )
        for row in self.env["credit.open.item"].sudo()._get_items(self.company, customer.ids):
            if row["chase_currency"] > 0 and rng.random() < 0.3:
                currency = self.env["res.currency"].browse(row["currency_id"])
                amount = currency.round(float(row["chase_currency"]) * rng.choice([0.5, 1.0]))
                if currency.compare_amounts(amount, 0) > 0:
                    self.env["collection.promise"].sudo()._register_promise(
                        case.with_env(self.env),
                        [
                            {
                                "move_line_id": row["move_line_id"],
                                "amount": amount,
                                "date_promised": self._today(5),
                            }
                        ],
                    )

    # ------------------------------------------------------------------ by hand

    def _by_hand(self, customer):
        """{item id: (days, open after the set-off, to ask)} in the currency of the item."""
        today = self.company._credit_today()
        family = self.env["res.partner"].search([("commercial_partner_id", "=", customer.id)])
        lines = self.env["account.move.line"].search(
            [
                ("partner_id", "in", family.ids),
                ("account_type", "=", "asset_receivable"),
                ("parent_state", "=", "posted"),
                ("reconciled", "=", False),
            ]
        )
        owed = lines.filtered(lambda line: line.amount_residual_currency > 0).sorted(
            lambda line: (line.date_maturity, line.id)
        )
        own = self.company.currency_id
        found = set_off.set_off(
            [self._item(line) for line in owed],
            [
                set_off.Credit(
                    line.id,
                    line.currency_id.name,
                    _money(-line.amount_residual_currency),
                    line.move_id.move_type == "out_refund",
                    frozenset(
                        item.id
                        for item in owed
                        if item.move_id.name
                        in (line.move_id.ref or "").split(" ", 1)[-1].split(", ")
                    ),
                )
                for line in lines - owed
                if line.amount_residual_currency < 0
            ],
            {
                currency.name: Decimal(
                    repr(
                        self.env["res.currency"]._get_conversion_rate(
                            own, currency, self.company, today
                        )
                    )
                )
                for currency in self.currencies
            },
            {currency.name: currency.decimal_places for currency in self.currencies},
        )
        return {line.id: ((today - line.date_maturity).days, *found[line.id]) for line in owed}

    def _item(self, line):
        disputes = self.env["collection.dispute"].search(
            [("move_id", "=", line.move_id.id), ("state", "=", "open")]
        )
        promised = self.env["collection.promise.line"].search(
            [("move_line_id", "=", line.id), ("state", "=", "open")]
        )
        return set_off.Item(
            line.id,
            line.currency_id.name,
            line.date_maturity,
            _money(line.amount_residual_currency),
            whole=bool(line.no_followup or line.move_id.collection_excluded_until),
            contested=_money(sum(disputes.mapped("amount"))),
            invoice=line.move_id.id,
            original=_money(line.amount_currency),
            turn=self._turn(line),
            promised=tuple((_money(each.amount), _money(each.residual_start)) for each in promised),
        )

    def _turn(self, line):
        """1 of what the company lets unnamed money pay second."""
        order = self.company.receivable_payment_order
        is_charged = line.move_id in self.charged
        return int({"oldest": False, "principal": is_charged, "interest": not is_charged}[order])

    def _charge_some(self, rng, customer):
        """Some invoices are those of interest notes."""
        self.charged = self.env["account.move"].search(
            [("commercial_partner_id", "=", customer.id), ("move_type", "=", "out_invoice")]
        )
        self.charged = self.charged.filtered(lambda move: rng.random() < 0.4)
        self.env["receivable.interest"]._system_create(
            [
                {
                    "partner_id": customer.id,
                    "company_id": self.company.id,
                    "currency_id": move.currency_id.id,
                    "date": self._today(),
                    "date_to": self._today(),
                    "state": "posted",
                    "move_id": move.id,
                }
                for move in self.charged
            ]
        )

    def test_random_books(self):
        for seed in SEEDS:
            rng = random.Random(seed)
            customer = self._books(rng)
            self._charge_some(rng, customer)
            for order in ("oldest", "principal", "interest"):
                self.company.sudo().receivable_payment_order = order
                with self.subTest(order=order):
                    self._compare(seed, customer)

    def test_two_companies_may_differ(self):
        """One query for companies with orders of their own."""
        other = self.env["res.company"].create({"name": "Interest first"})
        self.company.sudo().receivable_payment_order = "principal"
        other.sudo().receivable_payment_order = "interest"
        customer = self._books(rng := random.Random(3))
        self._charge_some(rng, customer)
        self.env.flush_all()
        items = self.env["credit.open.item"].sudo()
        query = items._get_items_sql(self.company + other, customer.ids)
        found = {
            row["move_line_id"]: row["net_currency"] for row in self.env.execute_query_dict(query)
        }
        alone = items._get_items(self.company, customer.ids)
        self.assertEqual(found, {row["move_line_id"]: row["net_currency"] for row in alone})

    def _compare(self, seed, customer):
        self.env.flush_all()
        items = self.env["credit.open.item"].sudo()._get_items(self.company, customer.ids)
        expected = self._by_hand(customer)
        self.assertEqual({item["move_line_id"] for item in items}, expected.keys())
        overdue = 0
        asked_days = []
        for item in items:
            days, net, chase = expected[item["move_line_id"]]
            with self.subTest(seed=seed, item=item["move_line_id"]):
                self.assertEqual(item["days"], days)
                self.assertAlmostEqual(float(item["net_currency"]), float(net), 2)
                self.assertAlmostEqual(float(item["chase_currency"]), float(chase), 2)
                self.assertGreaterEqual(item["net_currency"], item["chase_currency"])
                self.assertGreaterEqual(item["chase_currency"], 0)
            if days > 0:
                share = float(item["amount"]) / float(item["amount_currency"])
                overdue += float(net) * share
                asked_days += [days] if chase > 0 else []
        row = self._decision(customer).get(customer.id)
        self.assertAlmostEqual(float(row["overdue"]) if row else 0.0, overdue, 2)
        self.assertAlmostEqual(self._figures(customer).credit_overdue, overdue, 2)
        found = self.env["res.partner"].search(
            [("credit_overdue", ">", 0), ("id", "=", customer.id)]
        )
        self.assertEqual(bool(found), overdue > 0.001)
        self.assertEqual(row and row["days"], max(asked_days, default=None))
        everybody = self.env["credit.open.item"].sudo()._get_items(self.company)
        of_customer = [item for item in everybody if item["partner_id"] == customer.id]
        self.assertEqual(of_customer, items)
