from odoo.exceptions import AccessError, ValidationError
from odoo.tests import tagged

from .agreement_case import AgreementCase


@tagged("post_install", "-at_install")
class TestAgreement(AgreementCase):
    """The schedule of an agreement, the collector's authority, its approval and its document."""

    def test_thirty_percent_now(self):
        """P2-09: 30 % of 1,000.01 now, the rest in 15 days."""
        self._invoice(self.customer, 1000.01, 40)
        agreement = self._agreement(preset="down30")
        self.assertEqual(self._schedule(agreement), [(0, 0, 300, 0), (1, 15, 700.01, 0)])
        self.assertFalse(agreement.authority_note)

    def test_extension(self):
        """P2-09: 100,000 for 30 days more at 0.03 % a day cost 900."""
        self._invoice(self.customer, 100000, 40)
        agreement = self._agreement(preset="extension")
        self.assertEqual(self._schedule(agreement), [(1, 30, 100000, 900)])
        self.assertEqual(agreement.line_ids.amount_due, 100900)

    def test_six_instalments_fee_from_the_fourth(self):
        """P2-13: the fee of 10,000 at 0.02 % is 2.00 a day since the third was due."""
        self._invoice(self.customer, 60000, 40)
        agreement = self._agreement(preset="six_fee")
        self.assertEqual(agreement.line_ids.mapped("amount"), [10000] * 6)
        self.assertEqual(agreement.line_ids.mapped("fee")[:3], [0, 0, 0])
        third = agreement.line_ids[2].date_due
        for line in agreement.line_ids[3:]:
            self.assertEqual(line.fee, 2 * (line.date_due - third).days)
        self.assertFalse(agreement.fee_waived)

    def test_everything_overdue_is_covered(self):
        overdue = self._invoice(self.customer, 100, 40)
        self._pay(overdue, 40)
        other = self._invoice(self.customer, 200, 1)
        self._invoice(self.customer, 400, -10)
        self._invoice(self.customer, 800, 40, currency=self._rate("EUR", 2.0))
        agreement = self._agreement(item_ids=[])
        self.assertEqual(
            agreement.item_ids.move_line_id, self._claims(overdue) | self._claims(other)
        )
        self.assertEqual(agreement.amount_total, 260)

    def test_in_foreign_currency(self):
        eur = self._rate("EUR", 2.0)
        self._invoice(self.customer, 1000, 40, currency=eur)
        agreement = self._agreement(currency_id=eur.id)
        self.assertEqual(agreement.line_ids.mapped("amount"), [333.33, 333.33, 333.34])
        self.assertEqual(agreement.amount_company, 500)

    def test_the_schedule_follows_the_draft_and_is_then_frozen(self):
        self._invoice(self.customer, 900, 40)
        agreement = self._agreement()
        agreement.with_user(self.collector).write({"instalment_count": 2})
        self.assertEqual(agreement.line_ids.mapped("amount"), [450, 450])
        agreement.with_user(self.collector).action_request()
        self.assertEqual(agreement.state, "active")
        for vals in (
            {"instalment_count": 6},
            {"partner_id": self.salesperson.partner_id.id},
            {"state": "kept"},
            {"amount_total": 1},
        ):
            self.refused(lambda v=vals: agreement.with_user(self.collector).write(v), AccessError)
        for record in (agreement.line_ids[0], agreement.item_ids[0], agreement):
            self.refused(lambda r=record: r.with_user(self.collector).unlink(), AccessError)
        self.refused(
            lambda: (
                self.env["collection.agreement.item"]
                .with_user(self.collector)
                .create(
                    {
                        "agreement_id": agreement.id,
                        "move_line_id": self._claims(self._invoice(self.customer, 5, 40)).id,
                    }
                )
            ),
            AccessError,
        )

    def test_wrong_terms(self):
        self._invoice(self.customer, 900, 40)
        for values in (
            {"instalment_count": 0},
            {"instalment_count": 61},
            {"interval": 0},
            {"date_first": self._today(-1)},
            {"date": self._today(1), "date_first": self._today(30)},
            {"date": self._today(-9), "date_first": self._today(-1)},
            {"fee_rate": -0.01},
            {"fee_rate": 2},
            {"fee_from": 0},
            {"down_type": "percent", "down_percent": 100},
            {"down_type": "percent", "down_percent": 0},
            {"down_type": "fixed", "down_fixed": 900},
            {"down_type": "fixed", "down_fixed": 9, "down_date": self._today(-1)},
        ):
            with self.subTest(values=values):
                agreement = self._agreement(**values)
                self.refused(lambda a=agreement: a.with_user(self.collector).action_request())
                self.assertEqual(agreement.state, "draft")

    def test_nothing_to_cover(self):
        self._invoice(self.customer, 900, -10)
        agreement = self._agreement()
        self.assertIn("Add the items", agreement.schedule_error)
        self.refused(lambda: agreement.with_user(self.collector).action_request())
        self.refused(lambda: agreement.with_user(self.collector).action_fill_items())

    def test_items_of_others(self):
        stranger = self._invoice(self._customer("Other"), 100, 40)
        paid = self._invoice(self.customer, 100, 40)
        self._pay(paid)
        eur = self._invoice(self.customer, 100, 40, currency=self._rate("EUR", 2.0))
        for invoice in (stranger, paid, eur):
            self.refused(
                lambda i=invoice: self._agreement(
                    item_ids=[(0, 0, {"move_line_id": self._claims(i).id})]
                ),
                ValidationError,
            )

    def test_an_item_is_under_one_agreement(self):
        self._invoice(self.customer, 100, 40)
        drafts = [self._agreement() for _n in range(2)]
        drafts[0].with_user(self.collector).action_request()
        self.refused(
            lambda: drafts[1].with_user(self.collector).action_request(), words=(drafts[0].name,)
        )

    # ------------------------------------------------------------------ authority (P2-02)

    def test_within_the_authority_of_a_collector(self):
        invoice = self._invoice(self.customer, 100000, 40)
        agreement = self._in_force()
        self.assertFalse(agreement.review_ids)
        self.assertEqual(agreement.case_id, self.case)
        self.assertEqual(self._chase(invoice), [0])
        self.assertEqual(self._block_codes(invoice), {"agreement"})

    def test_beyond_it(self):
        self._invoice(self.customer, 100000.01, 40)
        agreement = self._agreement(instalment_count=7)
        for words in ("7 instalments", "100,000.01", "days until", "waived"):
            self.assertIn(words, agreement.authority_note)
        agreement.with_user(self.collector).action_request()
        self.assertEqual(agreement.state, "requested")
        self.assertEqual(len(agreement.review_ids), 2)

    def test_a_waived_fee_needs_approval(self):
        """Six instalments of 1,000 without the usual fee of 0.02 % from the fourth on."""
        self._invoice(self.customer, 6000, 40)
        agreement = self._agreement(instalment_count=6)
        third = agreement.line_ids[2].date_due
        usual = sum(0.2 * (line.date_due - third).days for line in agreement.line_ids[3:])
        self.assertAlmostEqual(agreement.fee_waived, usual)
        self.assertIn("waived", agreement.authority_note)
        self.company.sudo().collection_agreement_max_waiver = usual
        self.env.invalidate_all()
        self.assertFalse(agreement.authority_note)

    def test_approved_in_two_steps(self):
        invoice = self._invoice(self.customer, 200000, 40)
        agreement = self._agreement()
        agreement.with_user(self.collector).action_request()
        self.assertEqual(self._chase(invoice), [200000])
        for user in (self.collector, self.salesperson, self.finance_manager, self.administrator):
            with self.subTest(user=user.name):
                self.refused(lambda u=user: agreement.with_user(u).validate_tier(), AccessError)
        agreement.with_user(self.collection_manager).validate_tier()
        self.env.invalidate_all()
        self.assertEqual(agreement.state, "requested")
        agreement.with_user(self.finance_manager).validate_tier()
        self.env.invalidate_all()
        self.assertEqual(agreement.state, "active")
        self.assertEqual(self._chase(invoice), [0])

    def test_applicant_never_approves(self):
        self._invoice(self.customer, 200000, 40)
        agreement = self._agreement(user=self.collection_manager)
        second = self._user("second_manager", "credit_collection.group_collection_manager")
        agreement.with_user(self.collection_manager).action_request()
        self.refused(
            lambda: agreement.with_user(self.collection_manager).validate_tier(), AccessError
        )
        agreement.with_user(second).validate_tier()
        agreement.with_user(self.finance_manager).validate_tier()
        self.env.invalidate_all()
        self.assertEqual(agreement.state, "active")

    def test_roles_that_make_agreements(self):
        self._invoice(self.customer, 100, 40)
        for user in (self.salesperson, self.auditor, self.accountant, self.finance_manager):
            with self.subTest(user=user.name):
                self.refused(lambda u=user: self._agreement(user=u), AccessError)
        agreement = self._agreement(user=self.controller)
        self.refused(lambda: agreement.with_user(self.auditor).action_request(), AccessError)
        self.assertTrue(agreement.with_user(self.salesperson).read(["name"]))
        self.refused(lambda: agreement.with_user(self.salesperson2).read(["name"]), AccessError)

    def test_forged(self):
        self._invoice(self.customer, 200000, 40)
        for values in ({"state": "active"}, {"amount_total": 5}, {"sign_warned": True}):
            self.refused(lambda v=values: self._agreement(**v), AccessError)
        forger = self.env["collection.agreement"].with_user(self.collector)
        made = forger.with_context(default_state="active").create(
            {"partner_id": self.customer.id, "company_id": self.company.id}
        )
        self.assertEqual(made.state, "draft")

    # ------------------------------------------------------------------ effects, end, document

    def test_open_promises_give_way(self):
        invoice = self._invoice(self.customer, 100, 40)
        promise = (
            self.env["collection.promise"]
            .with_user(self.collector)
            ._register_promise(
                self.case.with_user(self.collector),
                [
                    {
                        "move_line_id": self._claims(invoice).id,
                        "date_promised": self._today(3),
                    }
                ],
            )
        )
        agreement = self._in_force()
        self.assertEqual(promise.state, "cancelled")
        self.assertIn(agreement.name, promise.cancel_note)

    def test_ended_by_hand(self):
        invoice = self._invoice(self.customer, 100, 40)
        agreement = self._in_force()
        self.refused(lambda: agreement.with_user(self.collector).action_cancel(), AccessError)
        action = agreement.with_user(self.collection_manager).action_cancel()
        self.env["collection.end"].with_context(**action["context"]).with_user(
            self.collection_manager
        ).create({"note": "Insolvent"}).action_end()
        self.assertEqual((agreement.state, agreement.end_note), ("cancelled", "Insolvent"))
        self.assertEqual(self._chase(invoice), [100])

    def test_signature(self):
        self._invoice(self.customer, 100, 40)
        agreement = self._in_force()
        self.refused(
            lambda: agreement.with_user(self.collector).write({"signed_date": self._today(1)}),
            ValidationError,
        )
        agreement.with_user(self.collector).write(
            {"signed_date": self._today(), "signed_by": "Mr Li"}
        )
        self.assertEqual(agreement.signed_by, "Mr Li")

    def test_unsigned_is_reported_once(self):
        self._invoice(self.customer, 100, 40)
        agreement = self._in_force()
        for _n in range(2):
            agreement.sudo()._system().write({"date": self._today(-8)})
            self._evaluate(agreement)
        activity = self.case.sudo().activity_ids
        self.assertEqual(len(activity), 1)
        self.assertIn("not signed", activity.summary)

    def test_paper(self):
        invoice = self._invoice(self.customer, 60000, 40)
        agreement = self._agreement(preset="six_fee", duties_company="Deliveries go on.")
        reports = self.env["ir.actions.report"].with_user(self.collector)
        html = reports._render_qweb_html(
            "credit_collection.report_collection_agreement", agreement.ids
        )[0].decode()
        for words in (
            "Repayment Agreement", invoice.name, "60,000.00", "10,000.00", "Deliveries go on.",
            "Signature and seal of the debtor", "Draft, not in force yet",
        ):  # fmt: skip
            self.assertIn(words, html)
        content, kind = (
            self.env["ir.actions.report"]
            .with_context(force_report_rendering=True)
            ._render_qweb_pdf("credit_collection.report_collection_agreement", agreement.ids)
        )
        self.assertEqual(kind, "pdf")
        self.assertTrue(content.startswith(b"%PDF"))
