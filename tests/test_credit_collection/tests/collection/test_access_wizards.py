from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged

from .resolution.resolution_case import ResolutionCase


@tagged("post_install", "-at_install")
class TestAccessWizards(ResolutionCase):
    """Dialogs opened by a script on records of others show and do nothing."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.internal = cls._user("internal", "base.group_user")
        cls.portal = new_test_user(
            cls.env, login="portal_wizard", groups="base.group_portal", company_id=cls.company.id
        )
        cls.collector2 = cls._user("collector2", "credit_collection.group_collection_collector")
        cls.invoice = cls._invoice(cls.customer, 100.0, 40)
        cls.case = cls._case()
        cls.env.flush_all()

    def _fresh(self, record, user):
        """The record as a new request of the user finds it: nothing is in the cache."""
        self.env.flush_all()
        self.env.invalidate_all()
        return record.with_user(user)

    def _read_nothing(self, user, model, values, names):
        """Neither saved nor as a form that is being filled in does the dialog show the figures."""
        wizards = self.env[model].with_user(user)
        self.env.flush_all()
        self.env.invalidate_all()
        with self.assertRaises(UserError):
            wizard = wizards.create(values)
            self.fail(self._fresh(wizard, user).read(names))
        self.env.invalidate_all()
        spec = {name: {} for name in (*values, *names)}
        try:
            found = wizards.onchange(values, list(values), spec)["value"]
        except (AccessError, UserError):
            return
        for name in names:
            self.assertFalse(found.get(name), f"{model}.{name}")

    def test_log_of_a_foreign_case(self):
        values = {"case_id": self.case.id}
        self._read_nothing(
            self.salesperson2,
            "collection.case.log",
            values,
            ["amount_overdue", "amount_chase", "last_contact_text", "why", "phone", "item_ids"],
        )
        for name in ("promise_open", "promise_amount"):
            self._read_nothing(self.salesperson2, "collection.case.log", values, [name])

    def test_log_of_a_foreign_case_is_refused(self):
        """A dialog of one's own, turned to another case, logs nothing there."""
        mine = self._customer("Mine", user_id=self.salesperson2.id)
        self._invoice(mine, 10.0, 40)
        log = (
            self.env["collection.case.log"]
            .with_user(self.salesperson2)
            .create({"case_id": self._case(mine).id, "summary": "x"})
        )
        with self.assertRaises(AccessError):
            log.write({"case_id": self.case.id})
            log.action_log()

    def test_letter_to_a_foreign_customer(self):
        values = {
            "partner_id": self.customer.id,
            "company_id": self.company.id,
            "currency_id": self.company.currency_id.id,
        }
        hint = self.env["collection.letter.write"].with_user(self.salesperson2).create(values).hint
        self.assertNotIn("100", hint)
        mine = self.env["collection.letter.write"].with_user(self.salesperson).create(values).hint
        self.assertIn("100", mine)
        wizard = self.env["collection.letter.write"].with_user(self.salesperson2).create(values)
        for name in ("action_write", "action_send"):
            with self.subTest(name=name), self.assertRaises(AccessError):
                getattr(wizard, name)()

    def test_letter_beyond_the_portfolio(self):
        """Where collectors see their own cases only, they write to their own customers only."""
        self.company.sudo().collection_own_portfolio = True
        wizard = (
            self.env["collection.letter.write"]
            .with_user(self.collector2)
            .create(
                {
                    "partner_id": self.customer.id,
                    "company_id": self.company.id,
                    "currency_id": self.company.currency_id.id,
                }
            )
        )
        with self.assertRaises(AccessError):
            wizard.action_write()

    def test_dispute_dialog(self):
        self._read_nothing(
            self.salesperson2,
            "collection.dispute.open",
            {"move_id": self.invoice.id, "reason_id": self.contested.id, "amount": 1.0},
            ["amount_open"],
        )

    def test_close_and_assign_are_for_managers(self):
        closing = (
            self.env["collection.case.close"]
            .with_user(self.collector)
            .create({"case_ids": self.case.ids, "result": "other", "note": "x"})
        )
        with self.assertRaises(AccessError):
            closing.action_close()
        with self.assertRaises(AccessError):
            self.env["collection.case.assign"].with_user(self.collector).create(
                {"case_ids": self.case.ids, "user_id": self.collector2.id}
            )
        with self.assertRaises(UserError):
            self.env["collection.case.assign"].with_user(self.collection_manager).create(
                {"case_ids": self.case.ids, "user_id": self.portal.id}
            ).action_assign()

    def test_reason_and_exclusion_are_for_collection(self):
        reason = self.env["collection.reason"].search([], limit=1)
        for user in (self.salesperson, self.salesperson2, self.auditor, self.legal):
            for model, values in (
                ("collection.reason.set", {"reason_id": reason.id}),
                ("collection.exclusion", {"date_until": self._today(3), "reason": "x"}),
            ):
                with self.subTest(user=user.name, model=model), self.assertRaises(AccessError):
                    self.env[model].with_user(user).create(
                        {"move_ids": self.invoice.ids, **values}
                    ).action_apply()
        self.assertFalse(self.invoice.collection_excluded_until)

    def test_promise_beyond_the_limit(self):
        """The dialog keeps to how far ahead a collector may take promises."""
        limit = self.company.sudo().collection_promise_max_days

        def log(user):
            return (
                self.env["collection.case.log"]
                .with_user(user)
                .create(
                    {
                        "case_id": self.case.id,
                        "result": "promise",
                        "promise_amount": 100.0,
                        "promise_date": self._today(limit + 10),
                    }
                )
            )

        for user in (self.collector, self.salesperson):
            with self.subTest(user=user.name), self.assertRaisesRegex(UserError, "next"):
                log(user).action_log()
        log(self.collection_manager).action_log()
        self.assertEqual(len(self.case.promise_ids), 1)

    def test_end_of_a_foreign_promise(self):
        promise = (
            self.env["collection.promise"]
            .with_user(self.collector)
            ._register_promise(
                self.case.with_user(self.collector),
                [{"move_line_id": self._claims(self.invoice).id, "date_promised": self._today(3)}],
            )
        )
        for user in (
            self.salesperson,
            self.salesperson2,
            self.auditor,
            self.legal,
            self.accountant,
        ):
            for mode in ("cancel", "reject"):
                wizard = (
                    self.env["collection.end"]
                    .with_user(user)
                    .create(
                        {
                            "record": f"collection.promise,{promise.id}",
                            "mode": mode,
                            "note": "x",
                        }
                    )
                )
                with self.subTest(user=user.name, mode=mode), self.assertRaises(AccessError):
                    self._fresh(wizard, user).action_end()
        self.assertEqual(promise.state, "open")

    def test_dialogs_of_others(self):
        """A dialog of one user cannot be read or pressed by another one."""
        log = (
            self.env["collection.case.log"]
            .with_user(self.collector)
            .create({"case_id": self.case.id, "summary": "mine"})
        )
        with self.assertRaises(AccessError):
            self._fresh(log, self.collector2).read(["summary"])
        with self.assertRaises(AccessError):
            self._fresh(log, self.collector2).action_log()

    def test_nobody_without_a_role(self):
        for model in (
            "collection.case.log", "collection.contact.addition", "collection.end",
            "collection.exclusion", "collection.reason.set", "collection.dispute.open",
            "collection.letter.write", "collection.letter.resend", "collection.case.close",
            "collection.case.assign", "collection.allocation",
        ):  # fmt: skip
            for user in (self.internal, self.portal, self.env.ref("base.public_user")):
                with self.subTest(model=model, user=user.name):
                    self.assertFalse(self.env[model].with_user(user).has_access("create"))
