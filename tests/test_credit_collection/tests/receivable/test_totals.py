from odoo.fields import Command
from odoo.tests import tagged

from ..common import migration
from .note.note_case import NoteCase


@tagged("post_install", "-at_install")
class TestTotals(NoteCase):
    """What is called “Overdue” is one amount on every screen; with notes it says so."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.sudo().credit_mode = "off"
        cls.other = cls._customer("Half Paid")
        cls._invoice(cls.other, 900, date=cls._today(-40), invoice_date=cls._today(-40),
                     invoice_date_due=cls._today(-10))  # fmt: skip
        # on account, applied to nothing
        cls._entry((cls.bank_account, 250, None), (cls.receivable, -250, cls.other))
        cls.late = cls._invoice(
            cls.customer, 4000, date=cls._today(-90), invoice_date=cls._today(-90),
            invoice_date_due=cls._today(-60),
        )  # fmt: skip
        cls.disputed = cls._invoice(
            cls.customer, 700, date=cls._today(-50), invoice_date=cls._today(-50),
            invoice_date_due=cls._today(-20),
        )  # fmt: skip
        cls._invoice(cls.customer, 500)  # not due

    def _figure(self):
        day = self._today()
        wizard = self.env["insight.kpi.compute"].with_user(self.controller)
        wizard.create({"date_from": day, "date_to": day}).action_compute()
        return self.env["insight.kpi"].search(
            [("company_id", "=", self.company.id), ("scope", "=", "company")]
        )

    def _set_up(self):
        # a note of 3,000 for the invoice of 4,000: 1,000 of it is left
        [item] = self._items(self.late)
        self._note(
            self.late, 3000, date_received=self._today(-5),
            line_ids=[Command.create({"move_line_id": item.id, "amount": 3000})],
        )  # fmt: skip
        disputes = self.env["collection.dispute"].with_user(self.collector)
        reason = self.env.ref("credit_collection.collection_reason_quality")
        disputes._open({"move_id": self.disputed.id, "amount": 200, "reason_id": reason.id})
        self.env.flush_all()
        self.env.invalidate_all()

    def test_one_name_one_total(self):
        self._set_up()
        customers = self.customer | self.other
        ledger = self.env["collection.ledger"].search([("partner_id", "in", customers.ids)])
        overdue = sum(ledger.mapped("overdue"))
        self.assertEqual(overdue, 1000 + 700 + 650)
        cases = self.env["collection.case"].sudo()
        for customer in customers:
            rows = ledger.filtered(lambda r, c=customer: r.partner_id == c)
            self.assertEqual(customer.credit_overdue, sum(rows.mapped("overdue")))
            case = cases._system_create(
                [{"partner_id": customer.id, "company_id": self.company.id, "name": "CASE/T"}]
            )
            self.assertEqual(case.amount_overdue, customer.credit_overdue)
        figure = self._figure()
        self.assertEqual(figure.overdue_items, overdue)
        # the note stands late by its own maturity
        self.assertRecordValues(figure, [{"overdue": overdue + 3000, "closing_notes": 3000}])
        self.assertEqual(figure.closing, sum(ledger.mapped("amount")) + figure.closing_notes)
        for name, total, amount in (
            ("overdue_items", figure.overdue_items, "net"),
            ("overdue", figure.overdue, "net"),
            ("notes", figure.closing_notes, "amount"),
        ):
            action = getattr(figure, f"action_open_{name}")()
            opened = self.env[action["res_model"]].search(action["domain"])
            self.assertEqual(sum(opened.mapped(amount)), total, name)

    def test_no_two_totals_of_one_list_share_a_name(self):
        for model in self.env.values():
            if not model._name.startswith(("credit.", "collection.", "receivable.", "insight.")):
                continue
            names = [f.string for f in model._fields.values() if f.type == "monetary"]
            with self.subTest(model=model._name):
                self.assertEqual(len(names), len(set(names)))

    def test_figures_of_older_databases_get_the_totals(self):
        self._set_up()
        rows = self._figure() | self.env["insight.kpi"].search(
            [("company_id", "=", self.company.id)]
        )
        wanted = {row: (row.overdue_items, row.closing_notes) for row in rows}
        rows._system_write({"overdue_items": 0, "closing_notes": 0})
        migration("19.0.1.5.0", "post-figures").migrate(self.env.cr, "19.0.1.4.0")
        self.env.invalidate_all()
        self.assertEqual({row: (row.overdue_items, row.closing_notes) for row in rows}, wanted)
