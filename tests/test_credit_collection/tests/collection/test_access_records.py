from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tests import new_test_user, tagged

from .resolution.resolution_case import ResolutionCase

# Written by people in no way, or in a few fields only.
MODELS = (
    "collection.case", "collection.contact", "collection.promise", "collection.promise.line",
    "collection.agreement", "collection.agreement.line", "collection.agreement.item",
    "collection.dispute", "collection.letter", "collection.letter.line", "collection.run",
    "collection.run.line", "collection.confirmation", "collection.confirmation.line",
    "collection.filing", "collection.filing.item", "collection.filing.evidence",
    "collection.ledger", "collection.team", "collection.stage", "collection.escalation",
    "collection.reason", "collection.letter.type", "collection.letter.text", "collection.task",
    "collection.timeline",
)  # fmt: skip
EVERYTHING = ("read", "write", "create", "unlink")


@tagged("post_install", "-at_install")
class TestAccessRecords(ResolutionCase):
    """Values written by hand, as a user and as a script would send them."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.internal = cls._user("internal", "base.group_user")
        cls.portal = new_test_user(
            cls.env, login="portal_debtor", groups="base.group_portal", company_id=cls.company.id
        )
        cls.public = cls.env.ref("base.public_user")
        cls.collector2 = cls._user("collector2", "credit_collection.group_collection_collector")
        cls.invoice = cls._invoice(cls.customer, 100.0, 40)
        cls.case = cls._case()
        cls.other = cls._customer("Other", user_id=cls.salesperson2.id)
        cls.other_invoice = cls._invoice(cls.other, 50.0, 40)
        cls.other_case = cls._case(cls.other, cls.collector2)

    def _contact(self, user, **values):
        return (
            self.env["collection.contact"]
            .with_user(user)
            .create({"case_id": self.case.id, **values})
        )

    def _promise(self, user=None, invoice=None, case=None, **context):
        return (
            self.env["collection.promise"]
            .with_user(user or self.collector)
            .with_context(**context)
            ._register_promise(
                (case or self.case).with_user(user or self.collector).with_context(**context),
                [
                    {
                        "move_line_id": self._claims(invoice or self.invoice).id,
                        "date_promised": self._today(3),
                    }
                ],
            )
        )

    def _dispute(self, **context):
        return (
            self.env["collection.dispute"]
            .with_user(self.collector)
            .with_context(**context)
            ._open({"move_id": self.invoice.id, "reason_id": self.contested.id})
        )

    # ------------------------------------------------------------------ without a role

    def test_nothing_without_a_role(self):
        for user in (self.internal, self.portal, self.public):
            for model in MODELS:
                for operation in EVERYTHING:
                    with self.subTest(user=user.name, model=model, operation=operation):
                        self.assertFalse(self.env[model].with_user(user).has_access(operation))

    def test_readers_only_read(self):
        for role in ("auditor", "general_manager", "executive"):
            user = getattr(self, role)
            for model in MODELS:
                if model in ("collection.ledger", "collection.stage", "collection.escalation",
                             "collection.task"):  # fmt: skip
                    continue
                with self.subTest(role=role, model=model):
                    self.assertFalse(self.env[model].with_user(user).has_access("unlink"))
                    self.assertFalse(self.env[model].with_user(user).has_access("create"))

    # ------------------------------------------------------------------ fields of a parent

    def test_what_follows_is_not_typed(self):
        """Customer and company of a contact are those of its case, whatever a client sends."""
        for values in ({"partner_id": self.other.id}, {"company_id": self.env.company.id + 1000}):
            with self.subTest(values=values), self.assertRaises(AccessError):
                self._contact(self.collector, **values)

    def test_what_follows_has_no_default(self):
        contacts = (
            self.env["collection.contact"]
            .with_user(self.collector)
            .with_context(default_partner_id=self.other.id)
        )
        contact = contacts.create({"case_id": self.case.id})
        self.assertEqual(contact.partner_id, self.customer)
        self.env["ir.default"].with_user(self.collector).set(
            "collection.contact", "partner_id", self.other.id, user_id=True
        )
        contact = self._contact(self.collector)
        self.assertEqual(contact.partner_id, self.customer)

    def test_agreement_item_follows(self):
        """Stored copies of the agreement's company and state are not typed either."""
        agreement = (
            self.env["collection.agreement"]
            .with_user(self.collector)
            .create({"partner_id": self.customer.id, "item_ids": []})
        )
        agreement.item_ids.unlink()
        values = {"agreement_id": agreement.id, "move_line_id": self._claims(self.invoice).id}
        items = self.env["collection.agreement.item"].with_user(self.collector)
        with self.assertRaises(AccessError):
            items.create({**values, "state": "active"})
        with self.assertRaises(AccessError):
            agreement.write({"item_ids": [Command.create({**values, "state": "active"})]})
        item = items.with_context(default_state="active").create(values)
        self.assertEqual(item.state, "draft")

    # ------------------------------------------------------------------ default_ keys and the system

    def test_defaults_do_not_reach_the_system(self):
        """Records the system writes for a user start with the system's defaults, not their context."""
        promise = self._promise(
            default_state="kept", default_cancel_note="x", default_amount_paid=9
        )
        self.assertEqual(promise.line_ids.mapped("state"), ["open"])
        self.assertEqual((promise.state, promise.cancel_note), ("open", False))
        self.assertFalse(promise.line_ids.amount_paid)
        dispute = self._dispute(default_state="accepted", default_decision="x", default_user_id=1)
        self.assertEqual((dispute.state, dispute.decision), ("open", False))

    def test_own_defaults_do_not_reach_the_system(self):
        for model, field, value in (
            ("collection.promise.line", "state", "kept"),
            ("collection.promise", "cancel_note", "x"),
        ):
            self.env["ir.default"].with_user(self.collector).set(model, field, value, user_id=True)
        promise = self._promise()
        self.assertEqual(promise.line_ids.mapped("state"), ["open"])
        self.assertFalse(promise.cancel_note)

    def test_forged_sentinel(self):
        for forged in (True, 1, "system", object()):
            case = self.case.with_user(self.collector).with_context(credit_collection_system=forged)
            with self.subTest(forged=forged), self.assertRaises(AccessError):
                case.write({"state": "closed"})
            with self.assertRaises(AccessError):
                case.env["collection.promise"].sudo().create({"partner_id": self.customer.id})

    # ------------------------------------------------------------------ closed entry points of records

    def test_case_is_closed_to_people(self):
        case = self.case.with_user(self.collection_manager)
        promise = self._promise()
        for values in (
            {"state": "closed"}, {"stage_id": False}, {"rank": 9.0}, {"rank_facts": {}},
            {"takeover_state": "taken"}, {"muted_until": "2030-01-01"}, {"is_key": True},
            {"partner_id": self.other.id}, {"company_id": 1}, {"broken_promise_count": 0},
            {"last_contact_text": "x"}, {"date_last_contact": False}, {"date_special_team": False},
            {"contact_ids": [Command.create({"summary": "x"})]},
            {"promise_ids": [Command.create({"partner_id": self.customer.id})]},
            {"promise_ids": [Command.update(promise.id, {"state": "kept"})]},
            {"promise_ids": [Command.delete(promise.id)]},
            {"letter_ids": [Command.create({"name": "x"})]},
            {"dispute_ids": [Command.clear()]}, {"run_line_ids": [Command.clear()]},
            {"filing_ids": [Command.create({})]}, {"escalation_ids": [Command.clear()]},
        ):  # fmt: skip
            with self.subTest(values=values), self.assertRaises(AccessError):
                case.write(values)
            with self.subTest(web_save=values), self.assertRaises(AccessError):
                case.web_save(values, {"id": {}})
        with self.assertRaises(AccessError):
            case.unlink()
        with self.assertRaises(AccessError):
            case.copy()
        with self.assertRaises(AccessError):
            case.env["collection.case"].create({"partner_id": self.customer.id})
        with self.assertRaises(AccessError):
            case.env["collection.case"].name_create("x")

    def test_import_writes_nothing(self):
        cases = self.env["collection.case"].with_user(self.collection_manager)
        result = cases.load(
            ["partner_id/.id", "company_id/.id", "state"],
            [[str(self.customer.id), str(self.company.id), "closed"]],
        )
        self.assertFalse(result["ids"])
        result = cases.load([".id", "state"], [[str(self.case.id), "closed"]])
        self.assertFalse(result["ids"])
        self.assertEqual(self.case.state, "open")

    def test_promise_and_dispute_are_closed(self):
        promise, dispute = self._promise(), self._dispute()
        for user in (self.collector, self.collection_manager, self.controller, self.administrator):
            for record, values in (
                (promise, {"state": "kept"}),
                (promise, {"line_ids": [Command.update(promise.line_ids.id, {"amount": 1.0})]}),
                (promise.line_ids, {"state": "kept"}),
                (promise.line_ids, {"date_promised": self._today(300)}),
                (dispute, {"state": "rejected"}),
                (dispute, {"amount": 1.0}),
                (dispute, {"deadline": self._today(300)}),
                (dispute, {"opened_by_id": user.id}),
            ):
                with self.subTest(user=user.name, values=values), self.assertRaises(AccessError):
                    record.with_user(user).write(values)
            for record in (promise, promise.line_ids, dispute):
                with self.assertRaises(AccessError):
                    record.with_user(user).unlink()
                with self.assertRaises(AccessError):
                    record.with_user(user).copy()

    def test_contact_of_somebody_else(self):
        contact = self._contact(self.collector, summary="said")
        for user in (self.collector2, self.salesperson, self.collection_manager):
            with self.subTest(user=user.name), self.assertRaises(AccessError):
                contact.with_user(user).write({"summary": "never said"})
        for values in ({"case_id": self.other_case.id}, {"user_id": self.collector2.id},
                       {"is_automatic": True}, {"date": "2020-01-01 00:00:00"}):  # fmt: skip
            with self.subTest(values=values), self.assertRaises(AccessError):
                contact.with_user(self.collector).write(values)
        with self.assertRaises(AccessError):
            contact.with_user(self.collection_manager).unlink()
        # A salesperson logs for their own customers only.
        with self.assertRaises(AccessError):
            self._contact(self.salesperson2)
        for key in ("default_case_id",):
            with self.assertRaises(UserError):
                self.env["collection.contact"].with_user(self.salesperson2).with_context(
                    **{key: self.case.id}
                ).create({"summary": "x"})

    def test_conduct_counts_defaults(self):
        """Hours of contact hold for a date that comes as a default, too (P2-21)."""
        self.company.sudo().write({"collection_hour_from": 8.0, "collection_hour_to": 18.0})
        contacts = self.env["collection.contact"].with_user(self.collector)
        night = f"{self._today(-2)} 03:00:00"
        self.company.sudo().partner_id.tz = "UTC"
        self.customer.sudo().tz = "UTC"
        with self.assertRaises(UserError):
            contacts.create({"case_id": self.case.id, "date": night})
        with self.assertRaises(UserError):
            contacts.with_context(default_date=night, default_case_id=self.case.id).create(
                {"summary": "x"}
            )

    # ------------------------------------------------------------------ who gets the case

    def test_collectors_do_not_assign(self):
        """A collector takes a case for themselves; the manager assigns it to others."""
        case = self.case.with_user(self.collector2)
        with self.assertRaises(AccessError):
            case.write({"user_id": self.salesperson2.id})
        with self.assertRaises(AccessError):
            case.write({"user_id": False})
        case.action_assign_to_me()
        self.assertEqual(self.case.user_id, self.collector2)
        with self.assertRaises(ValidationError):
            self.case.with_user(self.collection_manager).write({"user_id": self.portal.id})
        self.case.with_user(self.collection_manager).write({"user_id": self.collector.id})
        self.assertEqual(self.case.user_id, self.collector)

    def test_collector_of_a_customer(self):
        partners = self._user("partners", "base.group_partner_manager")
        with self.assertRaises(AccessError):
            self.customer.with_user(partners).write({"collection_user_id": self.collector2.id})
        with self.assertRaises(AccessError):
            self.env["res.partner"].with_user(partners).create(
                {"name": "x", "collection_user_id": self.collector2.id}
            )
        with self.assertRaises(AccessError):
            self.env["res.partner"].with_user(partners).with_context(
                default_collection_user_id=self.collector2.id
            ).create({"name": "x"})

    # ------------------------------------------------------------------ activities

    def test_follow_up_is_confirmed_by_whom_it_was_asked(self):
        """A collector's own activity confirms nothing for Finance (P2-18)."""
        kind = self.env.ref("credit_collection.mail_activity_weekly_finance")
        activity = self.case.with_user(self.collector).activity_schedule(
            activity_type_id=kind.id, user_id=self.collector.id, date_deadline=self._today()
        )
        activity.with_user(self.collector).action_done()
        self.assertFalse(self.case.date_followup_finance)
