from dateutil.relativedelta import relativedelta

from odoo.tools import SQL

from odoo.addons.credit_collection.models.base.bulk import take_names

from .letter_case import LetterCase


class TestLetterCreate(LetterCase):
    """Letters of a batch: which items, which figures, exactly once."""

    def test_overdue_items_of_a_term(self):
        """1,000 in 30 % now and 70 % after 60 days, invoiced 40 days ago: 300 is overdue."""
        customer = self._customer("Instalments")
        term = self._term((30.0, 0), (70.0, 60))
        day = self._today(-40)
        invoice = self._invoice(customer, 1000.0, term=term, invoice_date=day)
        letter = self._write(customer)
        self.assertRecordValues(
            letter,
            [
                {
                    "state": "ready",
                    "amount_open": 300.0,
                    "amount_total": 300.0,
                    "amount_company": 300.0,
                    "amount_credit": 0.0,
                    "days_overdue": 40,
                    "item_count": 1,
                    "age_not_due": 700.0,
                    "age_30": 0.0,
                    "age_60": 300.0,
                    "age_90": 0.0,
                    "age_over": 0.0,
                    "run_id": self.collection_run.id,
                    "is_test": False,
                }
            ],
        )
        self.assertRecordValues(
            letter.line_ids,
            [
                {
                    "name": invoice.name,
                    "move_id": invoice.id,
                    "date_maturity": day,
                    "days_overdue": 40,
                    "amount_original": 300.0,
                    "amount": 300.0,
                    "chase": 300.0,
                    "level": 1,
                    "company_id": self.company.id,
                }
            ],
        )
        self.assertRegex(letter.name, r"^LTR/\d{4}/\d{5}$")

    def test_before_the_due_date(self):
        """Level -10 lists items due within ten days, not those due later or overdue."""
        customer = self._customer("Early")
        for days in (-11, -10, 0, 1):
            self._invoice(customer, 100.0 + days, days)
        letter = self._write(customer, "account_confirmation", level=-10)
        self.assertEqual(letter.line_ids.mapped("amount"), [100.0, 90.0])
        self.assertEqual(letter.days_overdue, 0)
        self.assertEqual(letter.line_ids.mapped("days_overdue"), [0, -10])

    def test_three_currencies(self):
        """A letter per currency, each with its own items; the company's amount at the books' rate."""
        customer = self._customer("World")
        euro, yen = self._rate("EUR", 0.8), self._rate("JPY", 100.0)
        self._invoice(customer, 100.0, 10)
        self._invoice(customer, 80.0, 35, currency=euro)
        self._invoice(customer, 4000.0, 95, currency=yen)
        letters = self.letters._create_for_run(
            self.collection_run,
            [
                {
                    "partner_id": customer.id,
                    "currency_id": currency.id,
                    "type_id": self._type("dunning_1").id,
                    "channel": "print",
                    "level": 1,
                }
                for currency in (self.company.currency_id, euro, yen)
            ],
        )
        self.assertRecordValues(
            letters.sorted("name"),
            [
                {"amount_total": 100.0, "amount_company": 100.0, "age_30": 100.0, "age_60": 0.0},
                {"amount_total": 80.0, "amount_company": 100.0, "age_30": 0.0, "age_60": 80.0},
                {"amount_total": 4000.0, "amount_company": 40.0, "age_30": 0.0, "age_60": 0.0},
            ],
        )
        self.assertEqual(letters.mapped("age_over"), [0.0, 0.0, 4000.0])
        self.assertEqual(len(set(letters.mapped("name"))), 3)

    def test_credits_pay_the_oldest(self):
        """Open 100 and 200, a credit note of 120 not applied: the letter asks for 180."""
        customer = self._customer("Credits")
        self._invoice(customer, 100.0, 50)
        self._invoice(customer, 200.0, 20)
        self._invoice(customer, 120.0, 5, move_type="out_refund")
        letter = self._write(customer)
        self.assertRecordValues(
            letter,
            [
                {
                    "amount_open": 200.0,
                    "amount_total": 180.0,
                    "amount_credit": 120.0,
                    "age_30": 180.0,
                    "age_60": 0.0,
                    "days_overdue": 20,
                }
            ],
        )
        self.assertRecordValues(
            letter.line_ids, [{"amount": 200.0, "net": 180.0, "chase": 180.0, "block_codes": False}]
        )

    def test_part_that_is_blocked(self):
        """Of 100, 40 contested: 60 is asked for and the line says why; a whole rest is not listed."""
        customer = self._customer("Contests")
        part = self._invoice(customer, 100.0, 10)
        whole = self._invoice(customer, 500.0, 12)
        lines = (part | whole).line_ids.filtered(lambda line: line.debit)
        select = SQL(
            "SELECT id AS move_line_id, CASE WHEN move_id = %s THEN 40.0 END AS amount,"
            " NULL::numeric AS start FROM account_move_line WHERE id IN %s",
            part.id,
            tuple(lines.ids),
        )
        self.patch(
            self.env.registry["credit.open.item"],
            "_get_block_selects",
            lambda self: {"dispute": select},
        )
        letter = self._write(customer)
        self.assertRecordValues(
            letter.line_ids,
            [{"move_id": part.id, "amount": 100.0, "chase": 60.0, "block_codes": "dispute"}],
        )
        self.assertEqual((letter.amount_open, letter.amount_total), (100.0, 60.0))

    def test_once_a_day(self):
        """Repeated, a run writes nothing; a test letter stands in nobody's way."""
        customer = self._customer("Once")
        self._invoice(customer, 100.0, 10)
        test = self._write(customer, run=self._run(is_test=True))
        self.assertTrue(test.is_test)
        letter = self._write(customer)
        self.assertEqual(len(letter), 1)
        self.assertFalse(self._write(customer))
        self.assertFalse(self._write(customer, run=self._run()))
        self.assertEqual(len(letter.line_ids), 1)
        letter._system().write({"state": "cancelled"})
        self.assertEqual(len(self._write(customer)), 1)

    def test_nothing_to_ask(self):
        """Items excluded from follow-up, in payment or not due give no letter and no line."""
        customer = self._customer("Quiet")
        self._invoice(customer, 100.0, 10).no_followup = True
        self._invoice(customer, 100.0, -10)
        self.assertFalse(self._write(customer))
        self.assertFalse(self.letters._create_for_run(self.collection_run, []))

    def test_names_by_year_and_without_gaps(self):
        """Numbers follow the settings of the sequence: by year of the run, and without gaps."""
        sequence = self.env.ref("credit_collection.ir_sequence_collection_letter").sudo()
        sequence.write({"use_date_range": True, "prefix": "L/%(range_year)s/"})
        day = self._today(0) - relativedelta(years=1)
        names = take_names(self.env, "collection.letter", self.company, day, 2)
        self.assertEqual(names, [f"L/{day.year}/00001", f"L/{day.year}/00002"])
        sequence.write({"use_date_range": False, "implementation": "no_gap", "number_next": 7})
        names = take_names(self.env, "collection.letter", self.company, day, 3)
        self.assertEqual([name[-5:] for name in names], ["00007", "00008", "00009"])
        self.assertEqual(sequence.number_next, 10)
