from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import tagged

from ..common import CreditCollectionCommon


@tagged("post_install", "-at_install")
class TestMovedToCompany(CreditCollectionCommon):
    """Records of the user's company are not moved into another one, to count there."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.customer = cls._customer("Customer", limit=10.0)
        cls.other = cls._customer("Other", user_id=cls.salesperson2.id)
        cls.target = cls.env["res.company"].sudo().create({"name": "Target"})
        cls.manager = cls._user("manager", "credit_collection.group_collection_manager")

    def _refused(self, record, user, values):
        for how in ("write", "web_save", "load"):
            with (
                self.subTest(model=record._name, how=how, values=values),
                self.assertRaises(UserError),
                self.cr.savepoint(),
            ):
                mine = record.with_user(user)
                if how == "write":
                    mine.write(values)
                elif how == "web_save":
                    mine.web_save(values, {})
                else:
                    names = [f"{name}/.id" for name in values]
                    result = mine.load(
                        [".id", *names], [[str(record.id), *map(str, values.values())]]
                    )
                    if not result["ids"]:
                        raise UserError(result["messages"][0]["message"])
                self.env.flush_all()
            self.env.invalidate_all()

    def test_each_model(self):
        makers = {
            "credit.security": (self.controller, {
                "name": "G 1", "partner_id": self.customer.id, "value": 1000.0,
            }),
            "credit.assessment": (self.controller, {"partner_id": self.customer.id}),
            "credit.group": (self.controller, {"name": "Shared", "limit": 5.0}),
            "credit.assessment.group": (self.administrator, {
                "name": "Group", "user_id": self.salesperson.id,
                "account_manager_ids": [Command.set(self.salesperson.ids)],
            }),
            "collection.team": (self.manager, {"name": "T", "head_id": self.manager.id}),
            "receivable.provision": (self.accountant, {"date": self._today()}),
            "receivable.ageing.column": (self.administrator, {
                "name": "C", "days_from": 9000, "company_id": self.company.id,
            }),
            "credit.scorecard": (self.administrator, {
                "name": "S", "company_id": self.company.id,
            }),
            "credit.policy": (self.general_manager, {
                "name": "P", "code": "P", "company_id": self.company.id,
            }),
            "credit.document": (self.salesperson, {
                "partner_id": self.customer.id,
                "type_id": self.env["credit.document.type"].sudo().search([], limit=1).id,
            }),
            "credit.application": (self.salesperson, {"partner_id": self.customer.id}),
        }  # fmt: skip
        for model, (user, values) in makers.items():
            fields = self.env[model]._fields
            values = {name: value for name, value in values.items() if name in fields}
            record = self.env[model].with_user(user).create(values)
            self.env.flush_all()
            self._refused(record, user, {"company_id": self.target.id})
            self.assertEqual(record.sudo().company_id, self.company)

    def test_every_model_that_people_write(self):
        """A model with a company of its own that a role may write asks again after a move."""
        guards = [self.registry[f"credit.{name}.mixin"] for name in ("company", "customer")]
        for name, model in self.registry.items():
            company = model._fields.get("company_id")
            if (
                name.split(".")[0] not in ("credit", "collection", "receivable")
                or model._abstract or model._transient or not model._auto
                or not company or not company.store or company.related
            ):  # fmt: skip
                continue
            if any(issubclass(model, guard) for guard in guards):
                continue
            writers = self.env["ir.model.access"].sudo().search(
                [("model_id.model", "=", name), ("perm_write", "=", True)]
            )  # fmt: skip
            # Else the company is the system's.
            self.assertTrue(not writers or hasattr(model, "_check_protected_write"), name)
            if writers:
                for record in self.env[name].sudo().search([], limit=5):
                    self.assertNotIn("company_id", record._get_open_fields(), name)

    def test_an_assessment_keeps_its_customer(self):
        """Its head does not point it at another customer, to read that one's file."""
        assessment = (
            self.env["credit.assessment"]
            .with_user(self.controller)
            .create({"partner_id": self.customer.id, "user_id": self.salesperson.id})
        )
        head = assessment.with_user(self.salesperson)
        head.note = "Prepared"
        self._refused(assessment, self.salesperson, {"partner_id": self.other.id})
        assessment.with_user(self.controller).partner_id = self.other
        users = [Command.set(self.salesperson2.ids)]
        head.reviewer_ids = users
