from odoo.exceptions import AccessError, ValidationError
from odoo.tests import tagged

from ..resolution.resolution_case import ResolutionCase


@tagged("post_install", "-at_install")
class TestExclusion(ResolutionCase):
    """Excluded from collection for a time with a reason; overdue reasons and faults."""

    def _wizard(self, invoices, user, **values):
        action = invoices.with_user(user).action_collection_exclude()
        return (
            self.env[action["res_model"]]
            .with_user(user)
            .with_context(**action["context"])
            .create(values)
        )

    def test_excluded_and_included_later(self):
        invoices = self._invoice(self.customer, 100, 40) | self._invoice(self.customer, 50, 40)
        for user in (self.collector, self.accountant, self.controller):
            with self.subTest(user=user.name):
                self._wizard(
                    invoices, user, date_until=self._today(10), reason="Being reconciled"
                ).action_apply()
                self.assertEqual([self._chase(i) for i in invoices], [[0], [0]])
                self.assertEqual(invoices[0].collection_exclusion_reason, "Being reconciled")
                self._wizard(invoices, user).action_apply()
                self.assertEqual([self._chase(i) for i in invoices], [[100], [50]])

    def test_refused(self):
        invoice = self._invoice(self.customer, 100, 40)
        self.company.sudo().collection_exclusion_max_days = 30
        for values, words in (
            ({"date_until": self._today(10)}, ("why",)),
            ({"date_until": self._today(10), "reason": "  "}, ("why",)),
            ({"date_until": self._today(-1), "reason": "x"}, ("past",)),
            ({"date_until": self._today(31), "reason": "x"}, ("30 days",)),
        ):
            with self.subTest(values=values):
                self.refused(
                    lambda v=values: self._wizard(invoice, self.collector, **v).action_apply(),
                    ValidationError,
                    words,
                )
        self.assertFalse(invoice.collection_excluded_until)
        self.refused(
            lambda: invoice.with_user(self.accountant).write(
                {"collection_excluded_until": self._today(5)}
            ),
            ValidationError,
        )

    def test_allowed_roles(self):
        invoice = self._invoice(self.customer, 100, 40, invoice_user_id=self.salesperson.id)
        for user in (self.salesperson, self.auditor, self.legal):
            with self.subTest(user=user.name):
                own = invoice.with_user(user)
                self.refused(lambda o=own: o.action_collection_exclude(), AccessError)
                self.refused(
                    lambda o=own: o._exclude_from_collection(self._today(5), "x"), AccessError
                )
                self.refused(
                    lambda u=user: (
                        self.env["collection.exclusion"]
                        .with_user(u)
                        .create(
                            {
                                "move_ids": invoice.ids,
                                "date_until": self._today(5),
                                "reason": "x",
                            }
                        )
                        .action_apply()
                    ),
                    AccessError,
                )
                self.refused(
                    lambda o=own: o.write({"collection_excluded_until": self._today(5)}),
                    AccessError,
                )

    def test_overdue_reason_and_fault(self):
        """P3-05, P3-12: by the collector, who writes no invoices otherwise."""
        invoice = self._invoice(self.customer, 100, 40)
        reason = self.env.ref("credit_collection.collection_reason_late_invoice")
        action = invoice.with_user(self.collector).action_collection_reason()
        self.env[action["res_model"]].with_user(self.collector).with_context(
            **action["context"]
        ).create(
            {
                "reason_id": reason.id,
                "note": "Sent in May",
                "fault_unit": "Billing",
                "fault_user_id": self.accountant.id,
            }
        ).action_apply()
        self.assertRecordValues(
            invoice,
            [
                {
                    "collection_reason_id": reason.id,
                    "collection_reason_category": "internal",
                    "collection_reason_note": "Sent in May",
                    "collection_fault_unit": "Billing",
                    "collection_fault_user_id": self.accountant.id,
                }
            ],
        )
        self.assertEqual(reason.move_count, 1)
        opened = reason.with_user(self.collector).action_open_invoices()
        self.assertEqual(self.env["account.move"].search(opened["domain"]), invoice)
        self.refused(
            lambda: invoice.with_user(self.salesperson)._set_collection_reason(
                {"collection_reason_note": "x"}
            ),
            AccessError,
        )
        self.refused(
            lambda: invoice.with_user(self.collector).write({"collection_reason_note": "x"}),
            AccessError,
        )

    def test_the_set_takes_nothing_else(self):
        invoice = self._invoice(self.customer, 100, 40)
        invoice.with_user(self.collector)._set_collection_reason(
            {"collection_reason_note": "x", "ref": "forged"}
        )
        self.assertFalse(invoice.ref)

    def test_reasons_ship_in_both_categories(self):
        reasons = self.env["collection.reason"].search([])
        self.assertEqual(set(reasons.mapped("category")), {"internal", "external", "both"})
        self.assertEqual(
            set(reasons.mapped("route")), {"accounting", "collector", "sales", "measures"}
        )

    def test_roles_that_edit_reasons(self):
        reason = self.env["collection.reason"].search([], limit=1)
        for user in (
            self.collector, self.accountant, self.salesperson, self.collection_manager,
        ):  # fmt: skip
            self.refused(lambda u=user: reason.with_user(u).write({"name": "x"}), AccessError)
        reason.with_user(self.administrator).write({"sequence": 5})
