from datetime import date

from freezegun import freeze_time
from psycopg2.errors import CheckViolation

from odoo.exceptions import ValidationError
from odoo.tests import Form
from odoo.tools import mute_logger

from ...common import CreditCollectionCommon


@freeze_time("2026-02-10 04:00:00")
class TestClosingDay(CreditCollectionCommon):
    """Orders are to be invoiced by the next closing day, ours or the customer's (P4-23)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.month_end = cls._term({"delay_type": "days_after_end_of_month", "nb_days": 30})
        cls.by_days = cls._term(30)
        cls.plain = cls._customer("Plain")
        cls.early = cls._customer("Early", credit_closing_day=25)

    def _due(self, partner, term=None, **values):
        order = self._order(partner, 100, term=term or self.month_end, confirm=True, **values)
        self.env.invalidate_all()
        self.assertEqual(order.invoice_status, "to invoice")
        return order

    def test_ours_the_customers_and_both(self):
        self.assertEqual(self._due(self.plain).credit_invoice_by, date(2026, 2, 28))
        order = self._due(self.early)
        self.assertEqual(
            (order.credit_invoice_by, order.credit_closing_day), (date(2026, 2, 25), 25)
        )
        for day, by in (
            ("2026-02-25 04:00:00", date(2026, 2, 25)),
            ("2026-02-26 04:00:00", date(2026, 2, 28)),
            ("2026-03-01 04:00:00", date(2026, 3, 25)),
        ):
            with freeze_time(day):
                order.invalidate_recordset()
                self.assertEqual(order.credit_invoice_by, by)
        self.company.sudo().credit_closing_day = 20
        order.invalidate_recordset()
        self.assertEqual(order.credit_invoice_by, date(2026, 2, 20))

    def test_a_day_the_month_does_not_have(self):
        self.early.credit_closing_day = 30
        self.company.sudo().credit_closing_day = 5
        order = self._due(self.early)
        self.assertEqual(order.credit_invoice_by, date(2026, 2, 28))

    def test_only_where_the_term_counts_from_the_month_end(self):
        order = self._due(self.early, self.by_days)
        self.assertEqual(
            (order.credit_invoice_by, order.credit_closing_day), (date(2026, 2, 28), 0)
        )
        self._decide(self.early, credit_control="limit", credit_limit=9000.0, credit_term_days=60)
        self._decide(self.early, credit_term_start="month_end")
        order.invalidate_recordset()
        self.assertEqual(order.credit_invoice_by, date(2026, 2, 25))
        contact = self.env["res.partner"].create({"name": "Desk", "parent_id": self.early.id})
        self.assertEqual(self._due(contact).credit_closing_day, 25)

    def test_the_same_day_as_ours_is_once_a_month(self):
        self.company.sudo().credit_closing_day = 25
        order = self._due(self.early)
        self.assertEqual(
            (order.credit_invoice_by, order.credit_closing_day), (date(2026, 2, 25), 0)
        )

    def test_nothing_to_invoice_has_no_day(self):
        order = self._due(self.plain)
        self._bill_order(order)
        self.env.invalidate_all()
        self.assertFalse(order.credit_invoice_by)
        self.assertFalse(self._order(self.plain, 5).credit_invoice_by)

    def test_list_is_searched_sorted_and_grouped(self):
        plain, early = self._due(self.plain), self._due(self.early)
        orders = self.env["sale.order"].with_user(self.salesperson)
        mine = [("id", "in", (plain | early).ids)]
        self.assertEqual(orders.search(mine, order="credit_invoice_by, id"), early | plain)
        self.assertEqual(orders.search([*mine, ("credit_invoice_by", "<=", "2026-02-27")]), early)
        self.assertEqual(orders.search([*mine, ("credit_invoice_by", "<=", "today +16d")]), early)
        self.assertEqual(orders.search([*mine, ("credit_closing_day", ">", 0)]), early)
        self.assertEqual(orders.search([*mine, ("credit_closing_day", "=", 0)]), plain)
        self.assertEqual(orders.search([*mine, ("credit_invoice_by", "=", False)]), orders)
        groups = orders.formatted_read_group(
            mine, ["credit_invoice_by:day"], ["__count"], order="credit_invoice_by:day"
        )
        self.assertEqual([group["__count"] for group in groups], [1, 1])

    def test_salespeople_are_told_three_days_before(self):
        orders = self._due(self.early) | self._due(self.early)
        other = self._due(self.plain)
        notices = [("model", "=", "sale.order"), ("message_type", "=", "user_notification")]
        messages = self.env["mail.message"].sudo()
        for day, count in (("21", 0), ("22", 1), ("23", 0)):
            known = messages.search(notices)
            with freeze_time(f"2026-02-{day} 04:00:00"):
                self.env["sale.order"]._credit_notify_closing(self.company)
            new = messages.search(notices) - known
            self.assertEqual(len(new), count, day)
            for name in orders.mapped("name") if count else ():
                self.assertIn(name, str(new.body))
                self.assertNotIn(other.name, str(new.body))
                self.assertEqual(new.partner_ids, self.salesperson.partner_id)

    def test_closing_day_of_a_month(self):
        with self.assertRaises(ValidationError), self.cr.savepoint():
            self.plain.credit_closing_day = 32
        with (
            mute_logger("odoo.sql_db"),
            self.assertRaises(CheckViolation),
            self.cr.savepoint(),
        ):
            self.company.sudo().credit_closing_day = 0
            self.env.flush_all()

    def test_salesperson_enters_it(self):
        self.salesperson.sudo().group_ids += self.quick_ref("base.group_partner_manager")
        with Form(self.plain.with_user(self.salesperson)) as form:
            form.credit_closing_day = 20
        self.assertEqual(self.plain.credit_closing_day, 20)
