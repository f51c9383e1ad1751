import random

from ..run.run_case import RunCase

SEEDS = range(4)


class TestItem(RunCase):
    """Open items and what of them may be chased, against a sum made by hand from the documents."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.currencies = [
            cls.company.currency_id, cls._rate("EUR", 2.0), cls._rate("JPY", 150.0)
        ]  # fmt: skip
        cls.terms = [None, cls._term((30, 0), (30, 30), (40, 60))]

    def _books(self, rng):
        """A customer with invoices, instalments, part payments, credit notes, loose money."""
        customer = self._customer(f"Random {rng.random()}")
        contact = self.env["res.partner"].create({"name": "Contact", "parent_id": customer.id})
        moves = self.env["account.move"]
        for _number in range(8):
            term = rng.choice(self.terms)
            currency = rng.choice(self.currencies)
            partner = rng.choice([customer, contact])
            amount = rng.randint(10, 9999) * (100 if currency.name == "JPY" else 1)
            dates = {"invoice_date": self._today(-rng.randint(0, 90))} if term else {}
            days = rng.randint(-20, 120)
            moves |= self._invoice(partner, amount, days, currency=currency, term=term, **dates)
        for move in moves:
            if rng.random() < 0.4:
                share = rng.choice([0.25, 0.5, 1.0])
                self._pay(
                    move,
                    move.currency_id.round(move.amount_residual * share),
                    currency=move.currency_id,
                )
        if rng.random() < 0.7:
            self._receive(customer, rng.randint(1, 4000), currency=rng.choice(self.currencies))
        if rng.random() < 0.7:
            self._invoice(customer, rng.randint(1, 2000), move_type="out_refund")
        if rng.random() < 0.5:
            rng.choice(moves).line_ids.no_followup = True
        return customer

    def _by_hand(self, customer):
        """{item id: (days, net, chase)}: credits pay the oldest item first (P4-14)."""
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
        credit = -sum(line.amount_residual for line in lines if line.amount_residual < 0)
        found = {}
        open_lines = lines.filtered(lambda line: line.amount_residual > 0)
        for line in open_lines.sorted(lambda line: (line.date_maturity, line.id)):
            used = min(credit, line.amount_residual)
            credit -= used
            net = line.amount_residual - used
            rests = line.no_followup or line.move_id.payment_state in ("paid", "in_payment")
            found[line.id] = ((today - line.date_maturity).days, net, 0 if rests else net)
        return found

    def test_random_books(self):
        for seed in SEEDS:
            customer = self._books(random.Random(seed))
            self.env.flush_all()
            items = self.env["collection.item"].sudo()._get_items(self.company, customer.ids)
            expected = self._by_hand(customer)
            self.assertEqual({item["move_line_id"] for item in items}, expected.keys())
            for item in items:
                days, net, chase = expected[item["move_line_id"]]
                with self.subTest(seed=seed, item=item["move_line_id"]):
                    self.assertEqual(item["days"], days)
                    self.assertAlmostEqual(float(item["net"]), net, 2)
                    self.assertAlmostEqual(float(item["chase"]), chase, 2)
            row = self._decision(customer).get(customer.id)
            overdue = sum(net for days, net, _chase in expected.values() if days > 0)
            self.assertAlmostEqual(float(row["overdue"]) if row else 0.0, overdue, 2)
            chased = [days for days, _net, chase in expected.values() if days > 0 and chase > 0]
            self.assertEqual(row and row["days"], max(chased, default=None))
            everybody = self.env["collection.item"].sudo()._get_items(self.company)
            of_customer = [item for item in everybody if item["partner_id"] == customer.id]
            self.assertEqual(of_customer, items)
