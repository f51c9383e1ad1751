import base64
from datetime import timedelta
from unittest.mock import patch

from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import tagged

from ...collection.letter.letter_case import LetterCase
from ...collection.resolution.agreement_case import AgreementCase
from ...common import migration


class FeeNotes:
    """Notes until a day, of the system."""

    def _lines(self, partner, day=None):
        notes = self.env["receivable.interest"].sudo()
        found = notes._propose(self.company, day or self._today(), partner)
        return found.line_ids


@tagged("post_install", "-at_install")
class TestAgreementFees(FeeNotes, AgreementCase):
    """Fees of agreements and extensions are charged as their instalments fall due (P2-09, P2-13)."""

    def _due(self, agreement, days):
        """The schedule as if it had been agreed on `days` ago."""
        agreement = agreement.sudo()._system()
        agreement.date_active -= timedelta(days=days)
        for line in agreement.line_ids:
            line.date_due -= timedelta(days=days)

    def test_an_extension_of_30_days(self):
        self.company.sudo().collection_agreement_max_amount = 1000000
        self._invoice(self.customer, 100000, 40)
        agreement = self._in_force(preset="extension")
        self.assertFalse(self._lines(self.customer), "not due yet")
        self._due(agreement, 30)
        line = self._lines(self.customer)
        self.assertEqual((line.kind, line.amount), ("agreement", 900))
        self.assertFalse(self._lines(self.customer), "once")
        self.assertIn(agreement.name, line.calculation)
        line.note_id.action_cancel()
        self.assertEqual(self._lines(self.customer).amount, 900)

    def test_six_instalments(self):
        """60,000 in six parts; the fee of the 4th to the 6th: 2.00 a day since the third."""
        self._invoice(self.customer, 60000, 40)
        agreement = self._in_force(preset="six_fee")
        third, fees = agreement.line_ids[2].date_due, agreement.line_ids.mapped("fee")
        for number, line in enumerate(agreement.line_ids.sudo()._system(), 1):
            # months of 30 days
            line.date_due = self._today(30 * number)
            line.fee = fees[number - 1] and 2.0 * 30 * (number - 3)
        self.assertTrue(third)
        self._due(agreement, 120)
        self.assertEqual(self._lines(self.customer).mapped("amount"), [60])
        self._due(agreement, 60)
        later = self._lines(self.customer)
        self.assertEqual(later.mapped("amount"), [120, 180])
        charged = (
            self.env["receivable.interest.line"]
            .sudo()
            .search([("agreement_line_id", "in", agreement.line_ids.ids)])
        )
        self.assertEqual(sum(charged.mapped("amount")), 360)

    def test_an_ended_agreement_charges_only_what_fell_due_before(self):
        self._invoice(self.customer, 60000, 40)
        agreement = self._in_force(preset="six_fee")
        self._due(agreement, 200)
        agreement.sudo()._system_write(
            {"state": "broken", "date_end": agreement.line_ids[3].date_due}
        )
        self.assertEqual(self._lines(self.customer).agreement_line_id, agreement.line_ids[3])


@tagged("post_install", "-at_install")
class TestLetterFees(FeeNotes, LetterCase):
    """A fee per letter: never for the first one about an item, once per letter and item."""

    def setUp(self):
        super().setUp()
        self.customer = self._customer("Reminded")
        self._type("dunning_1").receivable_fee = 5
        self._type("dunning_2").receivable_fee = 10
        self.minute = 0

    def _sent(self, code, days=0):
        """A letter about everything open, as it stands after it went out."""
        self.minute += 1
        items = self.env["account.move.line"].search(
            [
                ("partner_id", "=", self.customer.id),
                ("account_type", "=", "asset_receivable"),
                ("reconciled", "=", False),
            ]
        )
        return self.letters._system_create(
            {
                "partner_id": self.customer.id,
                "company_id": self.company.id,
                "currency_id": self.company.currency_id.id,
                "type_id": self._type(code).id,
                "channel": "mail",
                "state": "sent",
                "date": self._today(-days),
                "sent_at": f"2026-01-01 00:{self.minute:02}:00",
                "level": self.minute,
                "line_ids": [
                    Command.create({"move_line_id": item.id, "move_id": item.move_id.id})
                    for item in items
                ],
            }
        )

    def test_the_first_letter_costs_nothing(self):
        self._invoice(self.customer, 100, 40)
        self._sent("dunning_1")
        self.assertFalse(self._lines(self.customer))
        second = self._sent("dunning_2")
        line = self._lines(self.customer)
        self.assertEqual((line.kind, line.amount, line.letter_id), ("letter", 10, second))
        self.assertFalse(self._lines(self.customer), "once per letter")
        self._sent("dunning_2")
        self.assertFalse(self._lines(self.customer), "once per item and type")
        self._invoice(self.customer, 100, 40)
        self._sent("payment_reminder")
        self._sent("dunning_2")
        self.assertEqual(self._lines(self.customer).amount, 10, "a new item")

    def test_letters_before_the_fee_cost_nothing(self):
        self._invoice(self.customer, 100, 40)
        self._sent("dunning_1")
        self._sent("dunning_2", days=1)
        self.assertFalse(self._lines(self.customer))

    def test_a_letter_names_accrued_interest(self):
        term = (
            self.env["receivable.interest.term"]
            .sudo()
            .create({"name": "1%", "kind": "fixed", "rate": 1})
        )
        self.company.sudo().receivable_interest_term_id = term
        self._invoice(self.customer, 36500, 40)
        letter = self._write(self.customer, "dunning_2")
        self.assertEqual(letter.interest_text, self.company.currency_id.format(40))
        text = self.env.ref("credit_collection.collection_letter_text_dunning_2").sudo()
        self.assertIn("object.interest_text", text.placeholders)

    def test_a_waived_fee_stays_waived(self):
        self._invoice(self.customer, 100, 40)
        self._sent("dunning_1")
        self._sent("dunning_2")
        line = self._lines(self.customer)
        line.write({"amount_waived": 10, "waive_reason": "Goodwill"})
        self.company.sudo().collection_agreement_max_waiver = 100
        line.note_id.with_user(self.collector).action_request()
        with self.assertRaises(UserError):
            line.note_id.with_user(self.accountant).action_post()
        self.assertFalse(self._lines(self.customer))

    # ------------------------------------------------------------------ named in the letter

    def _html(self, letter):
        report = self.env["ir.actions.report"]
        name = "credit_collection.report_collection_letter"
        return str(report._render_qweb_html(name, letter.ids)[0], "utf-8")

    def test_the_letter_names_what_the_note_charges(self):
        self._invoice(self.customer, 100, 40)
        letter = self._write(self.customer, "dunning_2")
        self.assertFalse(letter.fee_text, "the first about its items")
        self.assertNotIn("A fee of", self._html(letter))
        letter._cancel("another one")
        self._sent("dunning_1")
        letter = self._write(self.customer, "dunning_2", run=self._run())
        self.assertEqual(letter.fee_text, self.company.currency_id.format(10))
        self.assertRegex(self._html(letter), r"A fee of .{0,12}10\.00 is charged")
        letter._deliver()
        self.assertEqual((letter.state, letter.receivable_fee), ("sent", 10))
        self._type("dunning_2").receivable_fee = 99
        line = self._lines(self.customer)
        self.assertEqual((line.letter_id, line.amount), (letter, 10), "what the letter named")
        self.assertIn(letter.name, line.calculation)

    def test_one_that_repeats_names_none(self):
        self._invoice(self.customer, 100, 40)
        self._sent("dunning_1")
        self._sent("dunning_2")
        letter = self._write(self.customer, "dunning_2")
        self.assertFalse(letter.fee_text)
        letter._deliver()
        self.assertEqual(self._lines(self.customer).letter_id.receivable_fee, 0)
        self.assertNotIn(letter, self._lines(self.customer).letter_id)

    def test_an_sms_names_no_fee_and_costs_nothing(self):
        self._invoice(self.customer, 100, 40)
        self._sent("dunning_1")
        self._sent("dunning_2")._system_write({"channel": "sms"})
        self.assertFalse(self._lines(self.customer))

    def test_its_text_may_name_it(self):
        text = self.env.ref("credit_collection.collection_letter_text_dunning_2").sudo()
        text.closing = "<p>Fee: {{ object.fee_text }}</p>"
        self._invoice(self.customer, 100, 40)
        self._sent("dunning_1")
        letter = self._write(self.customer, "dunning_2")
        letter._deliver()
        self.assertIn("10.00", letter.closing)

    # ------------------------------------------------------------------ the fee of a lawyer

    def _signed(self, cost, claims=("claim_costs",)):
        """A lawyer's letter with the fee that its recording names."""
        self._invoice(self.customer, 1000, 40)
        letter = self._sent("lawyer")
        firm = self.env["res.partner"].create({"name": "Ames & Partners"})
        letter._system_write({"firm_id": firm.id})
        wizard = self.env["collection.letter.signed"].with_user(self.collector)
        wizard = wizard.create(
            {
                "letter_id": letter.id,
                "file": base64.b64encode(b"%PDF signed"),
                "file_name": "signed.pdf",
                "receivable_cost": cost,
            }
        )
        letters = type(self.env["collection.letter"])
        with patch.object(letters, "_get_true_claims", lambda letter: set(claims)):
            wizard.action_record()
        return letter

    def test_a_lawyers_fee_is_charged_with_approval(self):
        letter = self._signed(300)
        line = self._lines(self.customer)
        self.assertRecordValues(line, [{"kind": "cost", "amount": 300, "letter_id": letter.id}])
        self.assertIn("Ames", line.calculation)
        self.assertFalse(self._lines(self.customer), "once")
        self.company.sudo().collection_agreement_max_waiver = 100000
        note = line.note_id.with_user(self.controller)
        self.assertIn("300.00", note.authority_note)
        note.action_request()
        self.assertEqual(note.state, "requested", "whatever the authority")
        with self.assertRaises(UserError):
            note.action_approve()

    def test_who_recorded_the_fee_does_not_approve_it(self):
        letter = self._signed(300)
        self.assertEqual(letter.sudo().receivable_cost_user_id, self.collector)
        letter.sudo()._system_write({"firm_ref": "A-1"})  # the system writes the letter later
        note = self._lines(self.customer).note_id
        self.assertIn(self.collector, note.sudo()._get_excluded_deciders())

    def test_an_update_knows_who_recorded_a_fee(self):
        letter = self._signed(300)
        letter.sudo().with_user(self.collector)._system_write({"receivable_cost_user_id": False})
        self.env.flush_all()
        migration("19.0.1.10.0", "post-authors").migrate(self.env.cr, "19.0.1.9.0")
        self.env.invalidate_all()
        self.assertEqual(letter.sudo().receivable_cost_user_id, self.collector)

    def test_waived_fees_of_a_customer_add_up(self):
        """The limit of 10.00 holds for the fees of a customer within a year, not for each note."""
        self.company.sudo().collection_agreement_max_waiver = 10
        for cost, waived, words in ((300, 6, "6.00"), (400, 6, "12.00")):
            self._signed(cost)
            line = self._lines(self.customer)
            note = line.note_id.with_user(self.controller)
            note.line_ids.write({"amount_waived": waived, "waive_reason": "Goodwill"})
            text = note.sudo()._get_authority_gap()
            self.assertEqual(f"{words} waived" in text, words == "12.00", text)
            note.action_request()
        first = note.sudo().search([("partner_id", "=", self.customer.id)], order="id", limit=1)
        first._system_write({"date": first.date - timedelta(days=400)})
        self.assertFalse("12.00 waived" in note.sudo()._get_authority_gap(), "Older than a year.")

    def test_no_fee_without_a_contract_or_policy_that_grants_costs(self):
        with self.assertRaisesRegex(UserError, "neither the contract"):
            self._signed(300, claims=())
        with self.assertRaisesRegex(UserError, "not below zero"):
            self._signed(-1)
        self.assertFalse(self._signed(0).receivable_cost)
        self.assertFalse(self._lines(self.customer))
