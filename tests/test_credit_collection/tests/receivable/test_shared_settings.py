from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import tagged

from ..common import CreditCollectionCommon

# Records that every company reads, and one of them: {model: values of a new one}.
SHARED = {
    "collection.reason": {"name": "X", "category": "internal", "route": "collector"},
    "collection.letter.type": {"name": "X", "code": "x"},
    "collection.stage": {"name": "X", "days_from": -80, "days_to": -79},
    "collection.escalation": {"name": "X", "days_over": 5},
    "receivable.writeoff.reason": {"name": "X"},
    "credit.document.type": {"name": "X"},
    "credit.grade": {"name": "X", "code": "X"},
    "credit.scorecard": {"name": "X"},
    "receivable.ageing.column": {"name": "X"},
    "credit.rule": {"name": "X", "rule_type": "overdue"},
}
ROLES = (
    "salesperson", "sales_manager", "collector", "controller", "finance_manager", "legal",
    "general_manager", "executive", "auditor", "accountant", "manager",
)  # fmt: skip


@tagged("post_install", "-at_install")
class TestSharedSettings(CreditCollectionCommon):
    """A company changes its own records; shared ones are for administrators."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.roles["manager"] = cls.manager = cls._user(
            "manager", "credit_collection.group_collection_manager"
        )
        cls.foreign = cls.env["res.company"].sudo().create({"name": "Foreign"})
        companies = {"company_ids": [Command.set(cls.foreign.ids)]}
        cls.strangers = [
            cls._user(
                f"foreign_{role}", f"credit_collection.group_{group}", cls.foreign, **companies
            )
            for role, group in (
                ("manager", "collection_manager"),
                ("legal", "collection_legal"),
                ("general", "credit_general_manager"),
            )
        ]
        cls.texts = cls.env["collection.letter.text"]
        cls.shared_text = cls.env.ref("credit_collection.collection_letter_text_lawyer")

    def _refused(self, call):
        with self.assertRaises(UserError), self.cr.savepoint():
            call()
            self.env.flush_all()
        self.env.invalidate_all()

    def _shared(self, model):
        records = self.env[model].sudo().with_context(active_test=False)
        domain = [("company_id", "=", False)] if "company_id" in records._fields else []
        if "policy_id" in records._fields:
            domain += [("policy_id", "=", False)]
        found = records.search(domain, limit=1) or records.create(SHARED[model])
        return found.with_env(self.env)

    # ------------------------------------------------------------------ shared by all

    def test_administrators_alone_change_what_all_share(self):
        for model, values in SHARED.items():
            record = self._shared(model)
            for role in ROLES:
                user = self.roles[role]
                changes = [lambda r: r.write({"active": False}), lambda r: r.write({"name": "Y"}),
                           lambda r: r.unlink(), lambda r: r.copy(),
                           lambda r: r.web_save({"name": "Y"}, {"name": {}}),
                           lambda r: r.update_field_translations("name", {"en_US": "Y"}),
                           lambda r, v=values: r.create(v)]  # fmt: skip
                for number, change in enumerate(changes):
                    with self.subTest(model=model, role=role, change=number):
                        self._refused(lambda r=record, u=user, c=change: c(r.with_user(u)))
            with self.subTest(model=model):
                record.with_user(self.administrator).write({"name": "Administrator's"})

    def test_legal_asks_for_its_word(self):
        """Legal may ask to approve a letter; to let go of it is for an administrator of Legal."""
        kind = self._shared("collection.letter.type")
        kind.sudo().needs_legal = False
        kind.with_user(self.legal).needs_legal = True
        self.assertTrue(kind.needs_legal)
        for values in ({"needs_legal": False}, {"needs_legal": True, "name": "Y"}):
            self._refused(lambda v=values: kind.with_user(self.legal).write(v))
        self._refused(lambda: kind.with_user(self.administrator).write({"needs_legal": False}))
        both = self._user(
            "both",
            "credit_collection.group_credit_administrator,credit_collection.group_collection_legal",
        )
        kind.with_user(both).needs_legal = False

    # ------------------------------------------------------------------ wordings

    def _own_text(self, user, **values):
        return self.texts.with_user(user).create(
            {"type_id": self.shared_text.type_id.id, "subject": "Ours", **values}
        )

    def test_shared_wordings(self):
        for user in (self.manager, self.legal, *self.strangers):
            text = self.shared_text.with_user(user)
            for call in (
                lambda t=text: t.write({"subject": "x"}),
                lambda t=text: t.write({"active": False}),
                lambda t=text: t.write({"company_id": self.company.id}),
                lambda t=text: t.update_field_translations("subject", {"en_US": "x"}),
                lambda t=text: t.unlink(),
                lambda u=user: self._own_text(u, company_id=False),
                lambda u=user: (
                    self.texts.with_user(u)
                    .with_context(default_company_id=False)
                    .create({"type_id": self.shared_text.type_id.id, "subject": "x"})
                ),
            ):
                self._refused(call)
        self.shared_text.with_user(self.administrator).subject = "All"
        self.assertFalse(self._own_text(self.administrator).company_id)

    def test_own_wordings(self):
        for user in (self.manager, self.legal):
            text = self._own_text(user)
            self.assertEqual(text.company_id, self.company)
            text.subject = "Ours, better"
            self._refused(lambda t=text: t.write({"company_id": False}))
            self._refused(lambda t=text: t.write({"company_id": self.foreign.id}))
            copy = self.shared_text.with_user(user).copy()
            self.assertEqual(copy.company_id, self.company)
            for stranger in self.strangers:
                self.assertFalse(self.texts.with_user(stranger).search([("id", "=", text.id)]))
                self._refused(lambda t=text, s=stranger: t.with_user(s).read(["subject"]))
                self._refused(lambda t=text, s=stranger: t.with_user(s).write({"subject": "x"}))
                self._refused(lambda t=text, s=stranger: t.with_user(s).unlink())
                approval = self.env["collection.letter.approval"].sudo()._add_missing(text)[:1]
                self._refused(lambda a=approval, s=stranger: a.with_user(s).action_approve())
            text.unlink()

    def test_own_wording_goes_out(self):
        """A company's own words come before those of all; another's never go out."""
        customer = self._customer("Customer")
        kind = self.env["collection.letter.type"].sudo().create({"name": "K", "code": "k"})
        texts = self.texts.sudo()
        every = texts.create({"type_id": kind.id, "subject": "All", "company_id": False})
        texts.create({"type_id": kind.id, "subject": "Theirs", "company_id": self.foreign.id})
        letter = self.env["collection.letter"].sudo().new(
            {"type_id": kind.id, "partner_id": customer.id, "company_id": self.company.id}
        )  # fmt: skip
        self.assertEqual(texts._find_for(letter), every)
        own = texts.create({"type_id": kind.id, "subject": "Ours", "company_id": self.company.id})
        self.assertEqual(texts._find_for(letter), own)

    # ------------------------------------------------------------------ parts of policies

    def _policy(self, company):
        return (
            self.env["credit.policy"]
            .sudo()
            .create({"name": "P", "code": f"P{company.id}", "company_id": company.id})
        )

    def test_parts_of_policies(self):
        """A ladder of a company's policy is that company's; of a policy for all, administrators'."""
        models = {
            "collection.stage": {"name": "S", "days_from": 1, "days_to": 9},
            "collection.escalation": {"name": "E", "days_over": 5},
        }
        own, shared = self._policy(self.company), self._policy(self.env["res.company"])
        for model, values in models.items():
            part = self.env[model].sudo().create({**values, "policy_id": own.id})
            everybody = self.env[model].sudo().create({**values, "policy_id": shared.id})
            for user in (self.manager, self.general_manager):
                with self.subTest(model=model, user=user.name):
                    part.with_user(user).name = "Mine"
                    self._refused(lambda p=everybody, u=user: p.with_user(u).write({"name": "x"}))
                    for policy in (shared, shared.browse()):
                        self._refused(
                            lambda p=part, u=user, o=policy: p.with_user(u).write(
                                {"policy_id": o.id}
                            )
                        )
            for user in self.strangers:
                with self.subTest(model=model, user=user.name):
                    self._refused(lambda p=part, u=user: p.with_user(u).read(["name"]))
                    self._refused(lambda p=part, u=user: p.with_user(u).write({"name": "x"}))
                    self._refused(lambda p=part, u=user: p.with_user(u).unlink())
            everybody.with_user(self.administrator).name = "All"

    def test_policy_for_all_companies(self):
        shared = self._policy(self.env["res.company"])
        own = self._policy(self.company)
        own.with_user(self.general_manager).name = "Ours"
        self._refused(lambda: shared.with_user(self.general_manager).write({"name": "x"}))
        self._refused(lambda: shared.with_user(self.general_manager).action_request())
        self._refused(lambda: own.with_user(self.general_manager).write({"company_id": False}))
        shared.with_user(self.administrator).name = "All"
        with self.assertRaises(AccessError):
            self.env["credit.policy"].with_user(self.general_manager).create(
                {"name": "N", "code": "N", "company_id": False}
            )
