from odoo.tests import tagged

from ..run.run_case import RunCase


@tagged("post_install", "-at_install")
class TestMovedCustomer(RunCase):
    """A customer becomes part of another one: its collector and contacts go along."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.customer = cls._customer("Branch", user_id=False)
        cls.parent = cls._customer("Head Office", user_id=False)

    def _claim(self, invoice):
        return invoice.line_ids.filtered(lambda line: line.account_type == "asset_receivable")

    def _promise(self, invoice):
        case = self._case(self.customer).with_user(self.collector)
        return (
            self.env["collection.promise"]
            .with_user(self.collector)
            ._register_promise(case, [{"move_line_id": self._claim(invoice).id,
                           "date_promised": self._today(3), "amount": 60}])
            .with_env(self.env)
        )  # fmt: skip

    def _move(self):
        self.customer.with_user(self.controller).sudo().write({"parent_id": self.parent.id})
        self.customer.with_user(self.controller).sudo().write({"is_company": False})
        self.env.flush_all()
        self.env.invalidate_all()
        self.assertEqual(self.customer.commercial_partner_id, self.parent)

    def test_the_case_goes_along(self):
        invoice = self._invoice(self.customer, 100, days_overdue=9)
        self._run()
        case = self._case(self.customer)
        case.with_user(self.collector).write({"is_evasive": True})
        promise = self._promise(invoice)
        self._move()
        self.assertEqual(self._case(self.parent), case)
        self.assertEqual(promise.partner_id, self.parent)
        self.assertEqual(promise.line_ids.partner_id, self.parent)
        run = self._run()
        self.assertRecordValues(
            case,
            [{"state": "open", "amount_overdue": 100, "amount_chase": 40, "is_evasive": True}],
        )
        self.assertFalse(run.close_count + run.open_count)
        self.assertEqual(self.parent.with_company(self.company).collection_case_id, case)

    def test_both_have_a_case(self):
        invoice = self._invoice(self.customer, 100, days_overdue=9)
        self._invoice(self.parent, 50, days_overdue=20)
        self._run()
        double, case = self._case(self.customer), self._case(self.parent)
        promise = self._promise(invoice)
        self._move()
        self._run()
        self.assertEqual((double.state, double.result), ("closed", "other"))
        self.assertEqual(promise.case_id, case)
        self.assertEqual(promise.partner_id, self.parent)
        self.assertRecordValues(
            case, [{"state": "open", "amount_overdue": 150, "amount_chase": 90}]
        )
