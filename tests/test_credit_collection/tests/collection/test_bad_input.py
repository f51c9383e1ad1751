import math

from odoo import fields
from odoo.exceptions import UserError
from odoo.tests import tagged

from .resolution.resolution_case import ResolutionCase

LONG = "很长的话😀" * 20000  # 100,000 characters


@tagged("post_install", "-at_install")
class TestBadInput(ResolutionCase):
    """Figures that are none, texts without end, customers and people that are gone."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.invoice = cls._invoice(cls.customer, 100.0, 40)
        cls.case = cls._case()

    def _register_promise(self, **row):
        return (
            self.env["collection.promise"]
            .with_user(self.collector)
            ._register_promise(
                self.case.with_user(self.collector),
                [
                    {
                        "move_line_id": self._claims(self.invoice).id,
                        "date_promised": self._today(3),
                        **row,
                    }
                ],
            )
        )

    def _open(self, **vals):
        return (
            self.env["collection.dispute"]
            .with_user(self.collector)
            ._open({"move_id": self.invoice.id, "reason_id": self.contested.id, **vals})
        )

    def test_amounts(self):
        for amount in (-1.0, 0.0, 1e18, math.nan, math.inf, -math.inf, 0.001):
            with self.subTest(amount=amount), self.assertRaises(UserError):
                self._register_promise(amount=amount)
            with self.subTest(dispute=amount), self.assertRaises(UserError):
                self._open(amount=amount)

    def test_days(self):
        for day in ("1900-01-01", "9999-12-31", self._today(-1), False):
            with self.subTest(day=day), self.assertRaises(UserError):
                self._register_promise(date_promised=day)
        for day in ("1900-01-01", "9999-12-31", self._today(-1), self._today(400), False):
            with self.subTest(pause=day), self.assertRaises(UserError):
                self.case.with_user(self.collector)._do_pause(fields.Date.to_date(day), "Holidays")

    def test_long_texts(self):
        contact = (
            self.env["collection.contact"]
            .with_user(self.collector)
            .create({"case_id": self.case.id, "summary": LONG})
        )
        self.assertEqual(contact.summary, LONG)
        self.assertEqual(self.case.last_contact_text, LONG)
        dispute = self._open(description=LONG, amount=1.0)
        self.assertEqual(dispute.description, LONG)
        self.assertTrue(self.case.with_user(self.collector).why is not None)

    def test_agreement_amounts(self):
        for values in (
            {"down_type": "fixed", "down_fixed": -5.0},
            {"down_type": "percent", "down_percent": 100.0},
            {"fee_rate": 2.0},
            {"instalment_count": 10**6},
            {"interval": -1},
            {"date_first": "9999-12-31"},
        ):
            with self.subTest(values=values):
                agreements = self.env["collection.agreement"].with_user(self.collector)
                try:
                    agreement = agreements.create({"partner_id": self.customer.id, **values})
                    agreement.action_request()
                except UserError:
                    continue
                self.assertEqual(agreement.state, "requested", "beyond a collector's authority")

    # ------------------------------------------------------------------ gone

    def test_invoice_back_to_draft_and_deleted(self):
        """A promise ends with its item; a contested invoice cannot be deleted."""
        promise = self._register_promise()
        self.invoice.button_draft()
        self.invoice.name = False
        self.invoice.unlink()
        self.env.flush_all()
        self.env.invalidate_all()
        self.assertFalse(promise.line_ids)
        self.assertEqual((promise.state, promise.amount), ("cancelled", 0.0))

    def test_contested_invoice_is_kept(self):
        dispute = self._open()
        self.invoice.button_draft()
        self.env["collection.dispute"].sudo()._system()._close_settled(self.company)
        self.assertEqual(dispute.state, "cancelled")

    def test_archived_partner_and_user(self):
        self.customer.sudo().active = False
        self.assertTrue(self._register_promise())
        self.collector.sudo().active = False
        self.assertTrue(self.case.user_id.active)

    def test_company_without_calendar(self):
        self.company.sudo().resource_calendar_id = False
        self.assertTrue(self._open(amount=5.0).deadline)

    def test_customer_with_a_case_is_kept(self):
        with self.assertRaises(Exception) as caught, self.env.cr.savepoint():
            self.case.partner_id.sudo().unlink()
            self.env.flush_all()
        self.assertTrue(caught.exception)

    # ------------------------------------------------------------------ merged customers

    def _merge(self, src, dst):
        wizard = self.env["base.partner.merge.automatic.wizard"].sudo().create({})
        self.env.flush_all()
        wizard._merge((src | dst).ids, dst)
        self.env.flush_all()
        self.env.invalidate_all()

    def test_merged_customers(self):
        """Two open cases become one; open work goes on in it, nothing is lost."""
        src = self._customer("Twin")
        invoice = self._invoice(src, 30.0, 40)
        double = self._case(src, name="DOUBLE")
        letters = self._letters(self.customer, self.case) | self._letters(src, double)
        self.assertEqual(len(letters), 2)
        contact = (
            self.env["collection.contact"]
            .with_user(self.collector)
            .create({"case_id": double.id, "summary": "said"})
        )
        promise = (
            self.env["collection.promise"]
            .with_user(self.collector)
            ._register_promise(
                double.with_user(self.collector),
                [{"move_line_id": self._claims(invoice).id, "date_promised": self._today(3)}],
            )
        )
        self._merge(src, self.customer)
        self.assertFalse(src.exists())
        self.assertEqual(len(letters.exists()), 2)
        self.assertEqual((double.exists().state, double.partner_id), ("closed", self.customer))
        self.assertEqual((self.case.state, self.case.partner_id), ("open", self.customer))
        self.assertEqual(contact.exists().partner_id, self.customer)
        self.assertEqual((promise.case_id, promise.partner_id), (self.case, self.customer))
        self.assertEqual(promise.line_ids.case_id, self.case)
        self.assertEqual(self.case.amount_overdue, 130.0)

    def test_merge_of_two_sources(self):
        first, second = self._customer("First"), self._customer("Second")
        self._invoice(first, 1.0, 40)
        cases = self._case(first, name="F") | self._case(second, name="S")
        empty = self._customer("Empty")
        wizard = self.env["base.partner.merge.automatic.wizard"].sudo().create({})
        self.env.flush_all()
        wizard._merge((first | second | empty).ids, empty)
        self.env.invalidate_all()
        self.assertEqual(cases.mapped("partner_id"), empty)
        self.assertEqual(sorted(cases.mapped("state")), ["closed", "open"])

    def _letters(self, partner, case):
        run = (
            self.env["collection.run"]
            .sudo()
            .search([("company_id", "=", self.company.id)], limit=1)
        ) or self.env["collection.run"].sudo()._system().create(
            {"company_id": self.company.id, "date": self._today(), "state": "running"}
        )
        kind = self.env.ref("credit_collection.collection_letter_type_payment_reminder")
        return (
            self.env["collection.letter"]
            .sudo()
            ._create_for_run(
                run,
                [
                    {
                        "case_id": case.id,
                        "partner_id": partner.id,
                        "currency_id": self.company.currency_id.id,
                        "type_id": kind.id,
                        "channel": "print",
                        "level": 1,
                    }
                ],
            )
            .with_env(self.env)
        )
