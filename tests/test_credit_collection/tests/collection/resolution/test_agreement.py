from odoo.exceptions import AccessError, ValidationError
from odoo.tests import Form, tagged

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
        """Refused where they are entered; a draft keeps the schedule that it had."""
        self._invoice(self.customer, 900, 40)
        draft = self._agreement()
        for values in (
            {"instalment_count": 0},
            {"instalment_count": -3},
            {"instalment_count": 500},
            {"date_first": "2020-01-01"},
            {"date_first": "2090-01-01"},
            {"down_type": "percent", "down_percent": 150},
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
                self.refused(lambda v=values: self._agreement(**v), ValidationError)
                self.refused(
                    lambda v=values: draft.with_user(self.collector).write(v), ValidationError
                )
                self.assertEqual(len(draft.line_ids), 3)

    def test_largest_fee_of_the_company(self):
        self._invoice(self.customer, 900, 40)
        self.refused(lambda: self._agreement(fee_rate=0.06), ValidationError, ("0.05%",))
        self.company.sudo().collection_agreement_max_fee_rate = 0.06
        self.assertEqual(self._agreement(fee_rate=0.06).fee_rate, 0.06)

    def test_opens_filled_in(self):
        """Items and schedule are there before it is saved, in the currency that is overdue."""
        invoice = self._invoice(self.customer, 900, 40, currency=self._rate("EUR", 2.0))
        self._invoice(self.customer, 50, -9)
        form = Form(
            self.env["collection.agreement"]
            .with_user(self.collector)
            .with_context(default_partner_id=self.customer.id)
        )
        self.assertEqual(form.currency_id, invoice.currency_id)
        self.assertEqual(len(form.item_ids), 1)
        self.assertEqual(len(form.line_ids), 3)
        form.instalment_count = 2
        self.assertEqual(len(form.line_ids), 2)
        form.instalment_count = 500
        self.assertEqual(len(form.line_ids), 2, "wrong terms leave the schedule as it was")
        form.instalment_count = 2
        agreement = form.save()
        self.assertEqual(agreement.item_ids.move_line_id, self._claims(invoice))
        self.assertEqual(agreement.line_ids.mapped("amount"), [450, 450])

    def _dispute(self, invoice, amount):
        return (
            self.env["collection.dispute"]
            .with_user(self.collector)
            ._open({"move_id": invoice.id, "amount": amount, "reason_id": self.contested.id})
            .with_env(self.env)
        )

    def test_disputed_parts_are_left_out_and_named(self):
        """300 of 1,000 and all of 200 are disputed: 700 are agreed on, 500 named."""
        invoice = self._invoice(self.customer, 1000, 40)
        whole = self._invoice(self.customer, 200, 40)
        self._dispute(invoice, 300)
        self._dispute(whole, 200)
        agreement = self._agreement(instalment_count=1)
        self.assertEqual(agreement.item_ids.move_id, invoice)
        self.assertEqual((agreement.amount_total, agreement.item_ids.amount_left_out), (700, 300))
        for words in (invoice.name, "300.00", whole.name, "200.00"):
            self.assertIn(words, agreement.left_out_note)
        agreement.with_user(self.collector).action_request()
        self.assertEqual(self._chase(invoice), [0])
        self._pay(invoice, 700)
        self._evaluate(agreement)
        self.assertEqual(agreement.state, "kept")

    def test_credit_note_for_the_disputed_part_pays_no_instalment(self):
        invoice = self._invoice(self.customer, 1000, 40)
        dispute = self._dispute(invoice, 300)
        agreement = self._agreement(instalment_count=1)
        agreement.with_user(self.collector).action_request()
        refund = self._invoice(self.customer, 300, 0, move_type="out_refund")
        (self._claims(refund) | self._claims(invoice)).sudo().reconcile()
        self.env.invalidate_all()
        self.assertEqual(agreement.amount_paid, 0)
        self._evaluate(agreement)
        self.assertEqual((agreement.state, agreement.line_ids.amount_paid), ("active", 0))
        self.assertEqual(self._chase(invoice), [0])
        self._pay(invoice, 700)
        self._evaluate(agreement)
        self.assertEqual(agreement.state, "kept")
        self.assertTrue(dispute.exists())

    def test_rejected_dispute_is_asked_for_beside_the_agreement(self):
        invoice = self._invoice(self.customer, 1000, 40)
        dispute = self._dispute(invoice, 300)
        agreement = self._agreement(instalment_count=1)
        agreement.with_user(self.collector).action_request()
        dispute.sudo()._do_reject("Delivered in full.")
        self.assertEqual(self._chase(invoice), [300])
        self.assertEqual(agreement.amount_paid, 0)

    def test_activate_shows_the_schedule_and_asks(self):
        self._invoice(self.customer, 900, 40)
        agreement = self._agreement()
        action = agreement.with_user(self.collector).action_activate()
        self.assertEqual((action["target"], agreement.state), ("new", "draft"))
        dialog = (
            self.env["collection.agreement.activate"]
            .with_user(self.collector)
            .with_context(**action["context"])
            .create({})
        )
        self.assertEqual(dialog.line_ids, agreement.line_ids)
        dialog.action_confirm()
        self.assertEqual((agreement.state, agreement.date_active), ("active", self._today()))

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
        for words in ("7 installments", "100,000.01", "days until", "waived"):
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

    def test_who_wrote_its_terms_does_not_approve_it(self):
        self._invoice(self.customer, 200000, 40)
        agreement = self._agreement()
        second = self._user("second_manager", "credit_collection.group_collection_manager")
        agreement.with_user(second).note = "Paid from the sale of the plant"
        agreement.with_user(self.collector).note = "Paid from the sale."  # written over
        agreement.with_user(self.collector).action_request()
        self.refused(lambda: agreement.with_user(second).validate_tier(), AccessError)
        agreement.with_user(self.collection_manager).validate_tier()

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
        agreement.sudo()._system().write({"date_active": self._today(-1)})
        self.assertFalse(agreement.with_user(self.collector).can_cancel)
        self.refused(lambda: agreement.with_user(self.collector).action_cancel(), AccessError)
        action = agreement.with_user(self.collection_manager).action_cancel()
        self.env["collection.end"].with_context(**action["context"]).with_user(
            self.collection_manager
        ).create({"note": "Insolvent"}).action_end()
        self.assertEqual((agreement.state, agreement.end_note), ("cancelled", "Insolvent"))
        self.assertEqual(self._chase(invoice), [100])

    def test_collector_cancels_on_the_same_day(self):
        invoice = self._invoice(self.customer, 100, 40)
        agreement = self._in_force()
        other = self._user("collector2", "credit_collection.group_collection_collector")
        self.refused(lambda: agreement.with_user(other).action_cancel(), AccessError)
        action = agreement.with_user(self.collector).action_cancel()
        self.env["collection.end"].with_context(**action["context"]).with_user(
            self.collector
        ).create({"note": "Wrong amount"}).action_end()
        self.assertEqual(agreement.state, "cancelled")
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

    def _since(self, agreement, days):
        agreement.sudo()._system().write({"date_active": self._today(-days)})
        self._evaluate(agreement)

    def test_unsigned_is_reported_once(self):
        self._invoice(self.customer, 100, 40)
        agreement = self._in_force()
        self._since(agreement, 4)
        self.assertFalse(self.case.sudo().activity_ids)
        for _n in range(2):
            self._since(agreement, 6)
        activity = self.case.sudo().activity_ids
        self.assertEqual(len(activity), 1)
        self.assertIn("not signed", activity.summary)

    def test_without_the_signed_copy_it_lapses(self):
        """Within 7 days of activation; the copy counts, not the name and day of the signature."""
        invoice = self._invoice(self.customer, 100, 40)
        agreement = self._in_force()
        agreement.with_user(self.collector).write(
            {"signed_date": self._today(), "signed_by": "Mr Li"}
        )
        self._since(agreement, 7)
        self.assertEqual(agreement.state, "active")
        self._since(agreement, 8)
        self.assertEqual(agreement.state, "lapsed")
        self.assertIn("No signed copy", agreement.end_note)
        self.assertEqual(self._chase(invoice), [100])
        self.assertIn(self.collector.partner_id, self._notified(agreement))

    def test_with_the_signed_copy_it_stays(self):
        self._invoice(self.customer, 100, 40)
        agreement = self._in_force()
        file = (
            self.env["ir.attachment"]
            .with_user(self.collector)
            .create({"name": "signed.pdf", "raw": b"%PDF"})
        )
        agreement.with_user(self.collector).write({"signed_attachment_ids": [(4, file.id)]})
        self._since(agreement, 30)
        self.assertEqual(agreement.state, "active")

    def test_zero_days_need_no_copy(self):
        self.company.sudo().collection_agreement_sign_days = 0
        self._invoice(self.customer, 100, 40)
        agreement = self._in_force()
        self._since(agreement, 90)
        self.assertEqual(agreement.state, "active")

    def test_clauses_are_a_template(self):
        """Edited by an administrator, with the grace period; what was signed stays as it was."""
        self._invoice(self.customer, 100, 40)
        former = self._in_force()
        clauses = str(former._get_wording()["closing"])
        self.assertIn("a grace period of 2 days", clauses)
        self.assertIn("The acknowledgment of debt remains in force", clauses)
        text = self.env.ref("credit_collection.collection_letter_text_agreement")
        text = text.with_user(self.administrator)
        with self.assertRaisesRegex(ValidationError, "is not known"):
            text.write({"closing": "<p>{{ object.deadline_text }}</p>"})
        text.write({"closing": "<p>Ours for {{ object.partner_id.name }}.</p>"})
        self.assertEqual(str(former._get_wording()["closing"]), clauses)
        self._invoice(self.customer, 100, 40)
        later = self._agreement()
        self.assertIn(f"Ours for {self.customer.name}.", later._get_wording()["closing"])

    def test_signatures_stand_with_the_last_clause(self):
        self._invoice(self.customer, 100, 40)
        agreement = self._agreement()
        clauses = agreement._split_clauses("<p>One.</p><p>Two.</p>")
        self.assertEqual([str(part) for part in clauses], ["<p>One.</p>", "<p>Two.</p>"])
        html = str(
            self.env["ir.actions.report"]._render_qweb_html(
                "credit_collection.report_collection_agreement", agreement.ids
            )[0],
            "utf-8",
        )
        block = html.rindex("page-break-inside: avoid")
        self.assertLess(block, html.index("Changes must be in writing"))
        self.assertLess(html.index("Changes must be in writing"), html.index("For the debtor:"))

    def test_paper(self):
        invoice = self._invoice(self.customer, 60000, 40)
        agreement = self._agreement(preset="six_fee", duties_company="Deliveries go on.")
        reports = self.env["ir.actions.report"].with_user(self.collector)
        html = reports._render_qweb_html(
            "credit_collection.report_collection_agreement", agreement.ids
        )[0].decode()
        for words in (
            "Repayment Agreement", invoice.name, "60,000.00", "10,000.00", "Deliveries go on.",
            "For the debtor: authorized signature", "DRAFT – not binding",
        ):  # fmt: skip
            self.assertIn(words, html)
        content, kind = (
            self.env["ir.actions.report"]
            .with_context(force_report_rendering=True)
            ._render_qweb_pdf("credit_collection.report_collection_agreement", agreement.ids)
        )
        self.assertEqual(kind, "pdf")
        self.assertTrue(content.startswith(b"%PDF"))
