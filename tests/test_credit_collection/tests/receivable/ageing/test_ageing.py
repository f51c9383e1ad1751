from psycopg2.errors import UniqueViolation

from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tools import SQL, mute_logger

from .ageing_case import AgeingCase


@tagged("post_install", "-at_install")
class TestAgeing(AgeingCase):
    """Residuals of a day in worked examples."""

    def _amounts(self, day, partner):
        return [float(row["amount"]) for row in self._items(day, partner)]

    def test_a_payment_counts_from_its_day(self):
        customer = self._customer("Aged")
        invoice = self._dated(customer, 1000, "2025-01-10", due="2025-02-10")
        self._pay(invoice, 300, date="2025-03-05")
        self._pay(invoice, 700, date="2025-04-20")
        expected = {
            "2025-01-09": [], "2025-01-10": [1000], "2025-03-04": [1000], "2025-03-05": [700],
            "2025-04-19": [700], "2025-04-20": [],
        }  # fmt: skip
        for day, amounts in expected.items():
            with self.subTest(day=day):
                self.assertEqual(self._amounts(day, customer), amounts)
                self._ties(day)

    def test_columns_by_due_date_and_by_invoice_date(self):
        customer = self._customer("Aged")
        self._dated(customer, 100, "2025-01-01", due="2025-03-31")
        for day, days, column in (
            ("2025-03-31", 0, 0), ("2025-04-01", 1, 1), ("2025-04-30", 30, 1), ("2025-05-01", 31, 2),
            ("2025-06-30", 91, 4), ("2025-09-27", 180, 4), ("2025-09-28", 181, 5),
        ):  # fmt: skip
            with self.subTest(day=day):
                [row] = self._items(day, customer)
                self.assertEqual((row["days"], row["column_index"]), (days, column))
        [row] = self._items("2025-03-31", customer, basis="invoice")
        self.assertEqual((row["days"], row["column_index"]), (89, 3))
        with self.assertRaises(ValueError):
            self._items("2025-03-31", customer, basis="moon")

    def test_instalments_age_each_by_its_own_date(self):
        customer = self._customer("Aged")
        self._invoice(customer, 1000, term=self._term((30, 0), (70, 60)), invoice_date="2025-01-01")
        rows = self._items("2025-02-10", customer)
        self.assertEqual([(float(r["amount"]), r["days"]) for r in rows], [(300, 40), (700, -20)])

    def test_months_of_thirty_days(self):
        # P4-08: due 20 March, looked at on 20 June: 90 days, column 61–90; by the calendar 92
        customer = self._customer("Aged")
        self._dated(customer, 125000, "2025-01-20", due="2025-03-20")
        [row] = self._items("2025-06-20", customer)
        self.assertEqual((row["days"], row["column_index"]), (92, 4))
        self.company.sudo().receivable_days_method = "30/360"
        [row] = self._items("2025-06-20", customer)
        self.assertEqual((row["days"], row["column_index"]), (90, 3))

    def test_credits_pay_the_oldest_first(self):
        customer = self._customer("Aged")
        self._dated(customer, 100, "2025-01-01")
        self._dated(customer, 200, "2025-02-01")
        self._dated(customer, 50, "2025-02-10", move_type="out_refund")
        self._receive(customer, 80, date="2025-02-15")
        rows = self._items("2025-03-01", customer)
        self.assertEqual(
            [(float(r["amount"]), float(r["net"])) for r in rows],
            [(100, 0), (200, 170), (-50, 0), (-80, 0)],
        )
        self._receive(customer, 500, date="2025-02-20")
        nets = [float(r["net"]) for r in self._items("2025-03-01", customer)]
        self.assertEqual(nets, [0, 0, 0, 0, -330])

    def test_foreign_currency_and_its_exchange_difference(self):
        euro = self._rate("EUR", 2.0)
        self._rate("EUR", 4.0, date="2025-03-01")
        customer = self._customer("Abroad")
        invoice = self._dated(customer, 1000, "2025-01-10", currency=euro)  # 500
        self._pay(invoice, 400, date="2025-03-05", currency=euro)  # worth 100
        [row] = self._items("2025-03-04", customer)
        self.assertEqual((float(row["amount"]), float(row["amount_currency"])), (500, 1000))
        self._ties("2025-03-05")
        self._pay(invoice, 600, date="2025-05-01", currency=euro)  # worth 150
        rows = self._items("2025-04-30", customer)
        self.assertEqual(sum(float(r["amount_currency"]) for r in rows), 600)
        for day in ("2025-03-05", "2025-03-31", "2025-04-30", "2025-05-01", "2025-05-31"):
            with self.subTest(day=day):
                self._ties(day)
        self.assertFalse(self._items("2025-05-31", customer))

    def test_an_item_matched_with_a_draft_stays_open(self):
        """Odoo matches drafts too: they are not in the books."""
        customer = self._customer("Aged")
        invoice = self._dated(customer, 100, "2025-01-10")
        payment = self._receive(customer, 100, date="2025-01-20")
        lines = (invoice | payment.move_id).line_ids.filtered(
            lambda line: line.account_type == "asset_receivable"
        )
        lines.reconcile()
        self.assertFalse(self._items("2025-01-31", customer))
        self.env.cr.execute(
            "UPDATE account_move_line SET parent_state = 'draft' WHERE move_id = %s",
            [payment.move_id.id],
        )
        [row] = self._items("2025-01-31", customer)
        self.assertEqual(float(row["amount"]), 100)

    def test_an_entry_without_customer_is_in_the_total(self):
        receivable = self.company_data["default_account_receivable"]
        revenue = self.company_data["default_account_revenue"]
        before = self._ties("2025-06-30")
        self._entry((receivable, 70, None), (revenue, -70, None))
        self.assertEqual(self._ties("2025-06-30"), before + 70)

    def test_contacts_count_for_their_customer(self):
        customer = self._customer("Family")
        contact = self.env["res.partner"].create({"name": "Buyer", "parent_id": customer.id})
        self._dated(contact, 100, "2025-01-10")
        self.assertEqual(self._amounts("2025-01-31", customer), [100])

    def test_another_company_has_its_own_ageing(self):
        other = self.setup_other_company()["company"]
        self._dated(self._customer("Aged"), 100, "2025-01-10")
        self.assertEqual(self.ageing._get_items(other, self._day("2025-12-31")), [])

    def test_columns_of_a_company_replace_the_shared(self):
        columns = self.env["receivable.ageing.column"].with_user(self.administrator)
        shared = columns._get_columns(self.company)
        self.assertEqual(
            shared.mapped("name"), ["0 (not due)", "1–30", "31–60", "61–90", "91–180", "over 180"]
        )
        own = columns.create(
            [{"company_id": self.company.id, "days_from": days} for days in (0, 1, 8)]
        )
        self.assertEqual(columns._get_columns(self.company), own)
        self.assertEqual(own.mapped("name"), ["0 (not due)", "1–7", "over 7"])
        customer = self._customer("Aged")
        self._dated(customer, 100, "2025-01-10")
        [row] = self._items("2025-01-19", customer)
        self.assertEqual(row["column_index"], 2)
        with mute_logger("odoo.sql_db"), self.assertRaises(UniqueViolation):
            columns.create({"company_id": self.company.id, "days_from": 8})

    def test_no_columns_is_said(self):
        self.env["receivable.ageing.column"].sudo().search([]).unlink()
        with self.assertRaisesRegex(UserError, "no buckets"):
            self._items("2025-01-31")

    def test_other_kinds_come_by_the_hook(self):
        customer = self._customer("Payer by Note")
        model = type(self.env["receivable.ageing"])

        def selects(ageing, company, as_of):
            return {
                "note": SQL(
                    "SELECT 'note' AS kind, NULL::int AS move_line_id, NULL::int AS move_id,"
                    " %s AS partner_id, NULL::int AS account_id, %s AS currency_id,"
                    " '2025-01-20'::date AS date, '2025-01-20'::date AS date_invoice,"
                    " '2025-06-20'::date AS date_maturity, 90 AS days,"
                    " 125000.0 AS amount, 125000.0 AS amount_currency",
                    customer.id,
                    company.currency_id.id,
                )
            }

        self.patch(model, "_get_extra_selects", selects)
        [row] = self._items("2025-02-28", customer)
        self.assertEqual((row["kind"], row["days"], row["column_index"]), ("note", 90, 3))
        self.assertEqual(self._items("2025-02-28", customer, kinds=("receivable",)), [])
