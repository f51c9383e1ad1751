from datetime import timedelta

from odoo import fields
from odoo.exceptions import UserError, ValidationError
from odoo.tests import tagged

from .letter_case import LetterCase


@tagged("post_install", "-at_install")
class TestLetterTruth(LetterCase):
    """A letter states what is true of its customer, gives the days of its type, and goes in its turn."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.sudo().write({"collection_hour_from": 0.0, "collection_hour_to": 24.0})
        cls.customer = cls._customer("Customer")
        cls.invoice = cls._invoice(cls.customer, 100.0, 40)
        cls.case = cls._case(cls.customer)

    @classmethod
    def _text(cls, name):
        return cls.env.ref(f"credit_collection.collection_letter_text_{name}").sudo()

    def _chosen(self, letter):
        return self.env["collection.letter.text"].sudo()._find_for(letter)

    def _by_hand(self, code, **values):
        return (
            self.env["collection.letter.write"]
            .with_user(self.collector)
            .with_context(active_model="collection.case", active_ids=self.case.ids)
            .create({"type_id": self._type(code).id, **values})
        )

    def _written(self, code, **values):
        return self.letters.browse(self._by_hand(code, **values).action_write()["res_id"])

    def _sent(self, code, **values):
        letter = self._written(code, **values)
        letter.with_user(self.collector).action_send()
        self.assertEqual(letter.state, "sent")
        return letter

    # ------------------------------------------------------------------ interest, costs, supply

    def _contract(self, **claims):
        document = self.env["credit.document"].sudo().create(
            {
                "partner_id": self.customer.id,
                "company_id": self.company.id,
                "type_id": self.env["credit.document.type"].sudo().create({"name": "Contract"}).id,
                "attachment_ids": [(0, 0, {"name": "contract.pdf", "raw": b"%PDF"})],
                **claims,
            }
        )  # fmt: skip
        return document

    def test_interest_only_by_contract(self):
        """The firm text speaks of interest and costs: an accepted contract must grant both."""
        self.customer.sudo().credit_risk_level = "high"
        letter = self._write(self.customer, "dunning_1")
        self.assertEqual(self._chosen(letter), self._text("dunning_1"))
        contract = self._contract(claim_interest=True, claim_costs=True)
        self.assertEqual(self._chosen(letter), self._text("dunning_1"), "not accepted yet")
        contract.with_user(self.controller).action_accept()
        self.assertEqual(self._chosen(letter), self._text("dunning_1_high"))
        self.assertIn("interest", letter._get_wording()["closing"])
        contract.claim_costs = False
        self.assertEqual(self._chosen(letter), self._text("dunning_1"))
        contract.write({"claim_costs": True, "date_valid": self._today(-1)})
        self.assertEqual(self._chosen(letter), self._text("dunning_1"), "ran out")

    def test_interest_by_policy(self):
        self.customer.sudo().credit_risk_level = "high"
        letter = self._write(self.customer, "dunning_2")
        policy = self.env["credit.policy"].sudo()._system().create(
            {"name": "Policy", "code": "P", "company_id": self.company.id, "state": "active",
             "claim_interest": True, "claim_costs": True}
        )  # fmt: skip
        self.assertEqual(self.customer._credit_policy(self.company), policy)
        self.assertEqual(self._chosen(letter), self._text("dunning_2"), "no stop of supply")
        policy.claim_stop = True
        self.assertEqual(self._chosen(letter), self._text("dunning_2_high"))

    # ------------------------------------------------------------------ our earlier letter

    def test_earlier_letter_only_where_one_went_out(self):
        """Looked up when it is sent: about these items, arrived, with its date."""
        letter = self._write(self.customer, "collection_notice")
        self.assertNotIn("We wrote to you", letter._get_wording()["opening"])
        reminder = self._sent("payment_reminder")
        self.assertIn("We wrote to you on", letter._get_wording()["opening"])
        self.assertIn(reminder.date_text, letter._get_wording()["opening"])
        reminder._bounce("unknown")
        letter.with_user(self.collector).action_send()
        self.assertNotIn("We wrote to you", letter.opening)

    def test_letter_on_other_items_is_no_earlier_letter(self):
        self._sent("payment_reminder")
        later = self._invoice(self.customer, 70.0, 30)
        wizard = self._by_hand("collection_notice", move_ids=[(6, 0, later.ids)])
        letter = self.letters.browse(wizard.action_write()["res_id"])
        self.assertNotIn("We wrote to you", letter._get_wording()["opening"])

    def test_no_true_text(self):
        """By hand it is refused when written, of a run when sent; each says why."""
        self._text("collection_notice").active = False
        with self.assertRaisesRegex(UserError, "whose statements are true"):
            self._by_hand("collection_notice").action_write()
        letter = self._write(self.customer, "collection_notice")
        letter._try_deliver()
        self.assertEqual(letter.state, "ready")
        self.assertIn("whose statements are true", letter.failure)

    def test_placeholder_of_an_earlier_letter_needs_the_tick(self):
        text = self._text("payment_reminder")
        with self.assertRaisesRegex(ValidationError, "Earlier Letter"):
            text.write({"subject": "Our letter of {{ object.earlier_date_text }}"})
        text.write({"subject": "Of {{ object.earlier_date_text }}", "claim_reminder": True})

    # ------------------------------------------------------------------ deadlines

    def test_deadline_of_type_and_segment(self):
        """Working days from the day it goes out; the text of a segment may give more."""
        letter = self._write(self.customer, "dunning_1")
        letter._system().write({"date": self._today(-9)})

        def day(days):
            return self.company._collection_add_workdays(self._today(), days)

        self.assertEqual(letter._prepare_wording()["deadline"], day(7))
        letter.type_id.deadline_days = 3
        self.assertEqual(letter._prepare_wording()["deadline"], day(3))
        self._text("dunning_1").deadline_days = 12
        letter.with_user(self.collector).action_send()
        self.assertEqual(letter.deadline, day(12))
        self.assertEqual(
            [self._type(code).deadline_days for code in ("dunning_final", "before_action")],
            [10, 10],
        )
        self.assertEqual(self._text("dunning_final_individual").deadline_days, 22)

    def test_wrong_deadline(self):
        for days in (-1, 91):
            with self.subTest(days), self.assertRaises(ValidationError):
                self._text("dunning_1").deadline_days = days

    # ------------------------------------------------------------------ in their turn

    def _ladder(self):
        stages = self.env["collection.stage"].sudo()
        for day, code in ((1, "payment_reminder"), (8, "dunning_1"), (31, "dunning_2")):
            stages.create(
                {"name": code, "days_from": day, "days_to": day + 6,
                 "letter_type_id": self._type(code).id}
            )  # fmt: skip
        return stages

    def test_a_skipped_stage_needs_a_reason(self):
        self._ladder()
        wizard = self._by_hand("dunning_2")
        self.assertIn("skips “Payment Reminder” and “First Demand”", wizard.jump)
        for name in ("action_write", "action_send"):
            with self.assertRaisesRegex(UserError, "Give a reason"):
                getattr(wizard, name)()
        letter = self._written("dunning_2", jump_reason="Insolvency is near.")
        self.assertEqual(letter.jump_reason, "Insolvency is near.")
        self.assertIn("Insolvency is near.", self.case.message_ids[0].body)

    def test_a_running_deadline_needs_a_reason(self):
        """Letters of rising severity on one day: the customer may still pay by the first."""
        self._ladder()
        self.assertFalse(self._by_hand("payment_reminder").jump)
        letter = self._sent("payment_reminder")
        wizard = self._by_hand("dunning_1")
        self.assertIn(letter.name, wizard.jump)
        with self.assertRaisesRegex(UserError, "may still pay until"):
            wizard.action_write()
        letter._system().write({"deadline": self._today(-1)})
        self.assertFalse(self._by_hand("dunning_1").jump)
        self.assertFalse(self._by_hand("payment_reminder").jump, "no milder one is out of turn")

    def test_the_letter_of_the_stage_is_in_turn(self):
        stages = self._ladder()
        self.case._system().write({"stage_id": stages.search([("name", "=", "dunning_2")]).id})
        self.assertFalse(self._by_hand("dunning_2").jump)

    def test_what_went_out_lately_is_shown(self):
        self.assertFalse(self._by_hand("payment_reminder").recent_note)
        letter = self._sent("payment_reminder")
        for note in (
            self._by_hand("dunning_1").recent_note,
            self._written("payment_reminder").recent_note,
        ):
            self.assertIn("last 7 days", note)
            self.assertIn(letter.name, note)
        letter._system().write({"sent_at": fields.Datetime.now() - timedelta(days=8)})
        self.assertFalse(self._by_hand("dunning_1").recent_note)
        self.assertFalse(self._by_hand("overdue_notice").recent_note)
