from odoo.exceptions import AccessError
from odoo.tests import tagged

from .resolution.resolution_case import ResolutionCase


@tagged("post_install", "-at_install")
class TestScreens(ResolutionCase):
    """Collection data on the screens of customers and invoices."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.late = cls._invoice(cls.customer, 1000, days_overdue=40)
        cls.split = cls._invoice(
            cls.customer, 600, term=cls._term((50, 0), (50, 60)), invoice_date=cls._today(-20)
        )
        cls.future = cls._invoice(cls.customer, 300, days_overdue=-5)
        cls.stage = cls.env["collection.stage"].sudo().search([], limit=1)
        cls.case = cls._case(stage_id=cls.stage.id)
        cls.all = cls.late | cls.split | cls.future

    def _find(self, *domain):
        moves = self.env["account.move"].with_user(self.accountant)
        return moves.search([("id", "in", self.all.ids), *domain])

    def test_invoice_figures(self):
        self.assertRecordValues(
            self.all.with_user(self.accountant),
            [
                {"days_overdue": 40, "age_bucket": "d060", "collection_case_id": self.case.id},
                {"days_overdue": 20, "age_bucket": "d030", "collection_case_id": self.case.id},
                {"days_overdue": 0, "age_bucket": "current", "collection_case_id": False},
            ],
        )
        self.assertEqual(self.late.collection_stage_id, self.stage)
        self._pay(self.late)
        self.env.invalidate_all()
        self.assertEqual(self.late.days_overdue, 0)
        self.assertFalse(self.late.collection_stage_id)

    def test_invoice_search(self):
        self.assertEqual(self._find(("days_overdue", ">", 30)), self.late)
        self.assertEqual(self._find(("days_overdue", ">", 0)), self.late | self.split)
        self.assertEqual(self._find(("days_overdue", "=", 0)), self.future)
        self.assertEqual(self._find(("days_overdue", "!=", 0)), self.late | self.split)
        self.assertEqual(self._find(("days_overdue", "<", 30)), self.split | self.future)
        self.assertEqual(self._find(("days_overdue", ">=", 0)), self.all)
        self.assertEqual(self._find(("age_bucket", "=", "d060")), self.late)
        self.assertEqual(self._find(("collection_case_id", "!=", False)), self.late | self.split)
        self.assertEqual(self._find(("collection_case_id", "=", False)), self.future)
        self.assertEqual(
            self._find(("collection_stage_id", "=", self.stage.id)), self.late | self.split
        )

    def test_invoice_groups(self):
        moves = self.env["account.move"].with_user(self.accountant)
        domain = [("id", "in", self.all.ids)]
        self.assertEqual(
            dict(moves._read_group(domain, ["age_bucket"], ["__count"])),
            {"d060": 1, "d030": 1, "current": 1},
        )
        stages = moves._read_group(domain, ["collection_stage_id"], ["__count"])
        self.assertEqual({stage.id: count for stage, count in stages}, {self.stage.id: 2, False: 1})
        description = moves.fields_get(["collection_stage_id", "age_bucket", "days_overdue"])
        self.assertTrue(all(field["groupable"] for field in description.values()))
        ordered = moves.search(domain, order="days_overdue desc")
        self.assertEqual(ordered[0], self.late)

    def test_invoice_promise(self):
        self.env["collection.promise"].with_user(self.collector)._register_promise(
            self.case,
            [{"move_line_id": self._claims(self.late).id, "date_promised": self._today(4)}],
        )
        self.assertEqual(
            self.late.with_user(self.accountant).collection_promise_date, self._today(4)
        )

    def test_customer(self):
        customer = self._figures(self.customer).with_user(self.collector)
        self.assertEqual(customer.collection_case_id, self.case)
        self.assertEqual(customer.collection_stage_id, self.stage)
        self.env["collection.promise"].with_user(self.collector)._register_promise(
            self.case,
            [{"move_line_id": self._claims(self.late).id, "date_promised": self._today(4)}],
        )
        self.env.invalidate_all()
        self.assertEqual(customer.collection_promise_open_count, 1)
        self.assertEqual(customer.collection_promise_broken_count, 0)
        found = self.env["res.partner"].with_user(self.collector).search(
            [("collection_case_id", "!=", False), ("id", "=", self.customer.id)]
        )  # fmt: skip
        self.assertEqual(found, self.customer)

    def test_roles_that_assign_collectors(self):
        for user in (self.collection_manager, self.controller):
            self.assertTrue(self.customer.with_user(user).collection_can_assign)
        for user in (self.collection_manager, self.controller):
            self.customer.with_user(user).write({"collection_user_id": self.collector.id})
            self.customer.with_user(user).write({"collection_user_id": False})
        seller = self.salesperson
        seller.sudo().group_ids |= self.env.ref("base.group_partner_manager")
        self.assertFalse(self.customer.with_user(seller).collection_can_assign)
        with self.assertRaises(AccessError):
            self.customer.with_user(seller).write({"collection_user_id": self.collector.id})
        with self.assertRaises(AccessError):
            self.env["res.partner"].with_user(seller).create(
                {"name": "Mine", "collection_user_id": self.collector.id}
            )

    def test_views_load_for_every_role(self):
        views = {
            "collection.case": ["list", "kanban", "form", "activity", "calendar", "pivot", "graph"],
            "collection.ledger": ["list", "kanban", "pivot", "graph"],
            "collection.contact": ["list", "kanban", "form", "graph"],
            "account.move": ["list", "form"],
            "res.partner": ["form"],
        }
        for user in self.roles.values():
            for model, kinds in views.items():
                if not self.env[model].with_user(user).has_access("read"):
                    continue
                for kind in kinds:
                    self.env[model].with_user(user).get_view(view_type=kind)
                self.env[model].with_user(user).get_view(view_type="search")
