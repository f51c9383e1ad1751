from ..resolution.resolution_case import ResolutionCase
from ..run.run_case import RunCase


class TestRightValues(RunCase, ResolutionCase):
    """Right values of the definition where they reach cases, letters and holds."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        for days, rate in ((400, 7.2), (10, 7.0), (0, 7.2)):
            cls.foreign = cls._rate("EUR", 1 / rate, date=cls._today(-days))
        cls.customer = cls._customer(limit=10**6, term=30)

    def _cases(self):
        self.env.flush_all()
        return self.env["collection.case"].search([("partner_id", "=", self.customer.id)])

    def _held(self, amount=100):
        order = self._order(self.customer, amount)
        order.with_user(self.salesperson).action_credit_confirm()
        return order.credit_state == "held"

    def _foreign_invoice(self):
        return self._invoice(
            self.customer, 100, 30, currency=self.foreign, invoice_date=self._today(-60)
        )

    def test_paid_in_its_currency_no_case_no_letter_no_hold(self):
        invoice = self._foreign_invoice()
        self._receive(self.customer, 100, currency=self.foreign, date=self._today(-5))
        self.assertEqual(self._chase(invoice), [0])
        self.assertFalse(self._decision(self.customer))
        self._run()
        self.assertFalse(self._cases())
        self.assertFalse(self._letters(self.customer))
        self.assertFalse(self._held())

    def test_letter_paid_in_full_at_another_rate_is_cancelled(self):
        self._foreign_invoice()
        self._run()
        letter = self._letters(self.customer)
        self.assertEqual((letter.state, letter.amount_total), ("ready", 100))
        self._rate("EUR", 1 / 7.1, date=self._today())
        self._receive(self.customer, 100, currency=self.foreign)
        letter._deliver()
        self.assertEqual(letter.state, "cancelled")

    def test_named_money_leaves_the_case_of_what_is_contested(self):
        old = self._invoice(self.customer, 300, 90)
        new = self._invoice(self.customer, 500, 20)
        self.env["collection.dispute"].with_user(self.collector)._open(
            {"move_id": old.id, "reason_id": self.contested.id, "amount": 300}
        )
        payment = self._receive(self.customer, 500)
        payment.move_id.ref = f"Pays {new.name}"
        self.assertEqual(self._chase(old) + self._chase(new), [0, 0])
        self._run()
        self.assertFalse(self._letters(self.customer))
        self.assertEqual(self._block_codes(old), {"dispute"})
        self.assertFalse(self._block_codes(new))
        self.assertEqual(sum(self._cases().mapped("amount_chase")), 0)

    def test_a_rest_of_a_cent_holds_no_order(self):
        self._pay(self._invoice(self.customer, 42.42, days_overdue=40), 42.41)
        self.assertFalse(self._held())
