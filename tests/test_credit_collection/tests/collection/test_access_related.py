from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .resolution.resolution_case import ResolutionCase

OURS = ("credit_", "collection_", "receivable_", "insight_", "days_overdue", "age_bucket")


@tagged("post_install", "-at_install")
class TestAccessRelated(ResolutionCase):
    """Related fields show nothing of a record that the user may not see, in any order of reading."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.invoice = cls._invoice(cls.customer, 100.0, 40)
        cls.case = cls._case()
        cls.env["collection.contact"].with_user(cls.collector).create(
            {"case_id": cls.case.id, "summary": "Secret words"}
        )
        cls.stage = cls.env["collection.stage"].sudo().search([("policy_id", "=", False)], limit=1)
        cls.case.sudo()._system().stage_id = cls.stage
        cls.collector2 = cls._user("collector2", "credit_collection.group_collection_collector")

    def _alone(self, record, name, warm=False):
        """A field read in a call of its own; `warm`: after the system read it in the same call."""
        self.env.flush_all()
        self.env.invalidate_all()
        if warm:
            record.sudo().read([name])
        try:
            return record.read([name], load=None)[0][name]
        except (AccessError, UserError):
            return "refused"

    def test_case_through_the_customer(self):
        names = (
            "collection_case_id", "collection_stage_id", "collection_last_contact",
            "collection_last_contact_text",
        )  # fmt: skip
        for name in names:
            for user in (self.collector2, self.collector, self.controller, self.salesperson):
                with self.subTest(name=name, user=user.name):
                    self.assertTrue(self._alone(self.customer.with_user(user), name))
        self.company.sudo().collection_own_portfolio = True
        for name in names:
            for user in (self.salesperson2, self.collector2):
                for warm in (False, True):
                    with self.subTest(name=name, user=user.name, warm=warm):
                        value = self._alone(self.customer.with_user(user), name, warm)
                        self.assertIn(value, (False, "refused"))
            with self.subTest(name=name):
                self.assertTrue(self._alone(self.customer.with_user(self.collector), name))

    def test_search_through_the_customer(self):
        """Nor is it found out by asking who has which words or stage."""
        partners = self.env["res.partner"].with_user(self.salesperson2)
        for domain in (
            [("collection_last_contact_text", "ilike", "secret")],
            [("collection_stage_id", "!=", False)],
            [("collection_last_contact", "!=", False)],
            [("collection_case_id", "!=", False)],
            [("collection_case_id.last_contact_text", "ilike", "secret")],
        ):
            self.env.flush_all()
            self.env.invalidate_all()
            with self.subTest(domain=domain):
                try:
                    found = partners.search([("id", "=", self.customer.id), *domain])
                except (AccessError, UserError, ValueError):
                    continue
                self.assertFalse(found)

    def test_case_through_the_invoice(self):
        """Lists of invoices are not filtered or grouped by cases that the user may not see."""
        domains = (
            [("collection_case_id", "=", self.case.id)], [("collection_case_id", "!=", False)],
            [("collection_stage_id", "=", self.stage.id)], [("collection_stage_id", "!=", False)],
        )  # fmt: skip
        for bound, user in (
            (False, self.collector2),
            (True, self.collector),
            (True, self.collector2),
        ):
            self.company.sudo().collection_own_portfolio = bound
            sees = not (bound and user == self.collector2)
            self.env.flush_all()
            self.env.invalidate_all()
            moves = self.env["account.move"].with_user(user)
            mine = [("id", "=", self.invoice.id)]
            for domain in domains:
                with self.subTest(bound=bound, user=user.name, domain=domain):
                    self.assertEqual(bool(moves.search([*mine, *domain])), sees)
            for name in ("collection_case_id", "collection_stage_id"):
                [(group, count)] = moves._read_group(mine, [name], ["__count"])
                with self.subTest(bound=bound, user=user.name, group=name):
                    self.assertEqual((bool(group), count), (sees, 1))

    def test_nothing_comes_from_the_cache(self):
        """Each field of ours says the same, whether the system read it before in the call or not."""
        self.company.sudo().collection_own_portfolio = True
        different = []
        for user in (self.salesperson2, self.collector2):
            for record in (self.customer, self.invoice):
                for name, field in record._fields.items():
                    if name.startswith(OURS) and not field.store:
                        mine = record.with_user(user)
                        cold, warm = (self._alone(mine, name, warm) for warm in (False, True))
                        if cold != warm:
                            different.append((user.name, record._name, name, cold, warm))
        self.assertEqual(different, [])
