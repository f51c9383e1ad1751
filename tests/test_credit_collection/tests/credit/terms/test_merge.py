from odoo.fields import Command

from ..application.application_case import ApplicationCase


class TestMerge(ApplicationCase):
    """Two customers that turn out to be one are merged, whatever is open about both."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.controller.group_ids += cls.quick_ref("base.group_partner_manager")
        cls.double = cls._customer("Double", limit=9000, term=30)
        cls._decide(cls.customer, credit_control="limit", credit_limit=5000, credit_term_days=30)

    def _merge(self):
        wizard = self.env["base.partner.merge.automatic.wizard"].with_user(self.controller).sudo()
        self.env.flush_all()
        wizard.create({})._merge((self.double | self.customer).ids, self.customer)
        self.env.flush_all()
        self.env.invalidate_all()
        self.assertFalse(self.double.exists())

    def test_both_had_orders_on_credit(self):
        for partner in (self.customer, self.double):
            self._order(partner, 400, term=self.term_now, confirm=True)
        self._merge()
        self.assertEqual(self._figures(self.customer).credit_exposure, 800)
        self.assertEqual(self._terms()[:2], ("limit", 5000))
        order = self._order(self.customer, 4200, term=self.term_now, confirm=True)
        self.assertEqual(order.state, "sale")
        self.assertEqual(
            self.env["credit.lock"].sudo().search_count([("partner_id", "=", self.customer.id)]), 1
        )

    def test_documents(self):
        papers = self._promise_documents(self.double)
        file = self.env["ir.attachment"].create({"name": "licence.pdf", "raw": b"x"})
        papers[0].attachment_ids = file
        kinds = papers.type_id
        self._merge()
        stay = self.env["credit.document"].search([("partner_id", "=", self.customer.id)])
        self.assertEqual(stay.type_id, kinds)
        self.assertEqual(len(stay), len(kinds))
        self.assertIn(file, stay.attachment_ids)
        self.assertEqual(papers.exists().partner_id, self.customer)

    def test_assessments_and_applications(self):
        assessments, applications = (
            self.env["credit.assessment"].sudo(),
            self.env["credit.application"].sudo(),
        )
        for partner in (self.customer, self.double):
            assessments |= (
                assessments.with_user(self.controller)
                .sudo()
                ._system()
                .create({"partner_id": partner.id, "kind": "yearly", "review_key": "2026"})
            )
            application = self._application(
                partner_id=partner.id, kind="change", formula="manual", control="limit", limit=9999
            )
            application.sudo()._system().review_key = "2026Q3"
            applications |= self._request(application)
        self._merge()
        self.assertEqual(assessments.partner_id, self.customer)
        self.assertEqual(assessments.mapped("state"), ["draft", "cancelled"])
        self.assertEqual(assessments.mapped("review_key"), ["2026", False])
        self.assertEqual(applications.partner_id, self.customer)
        self.assertEqual(applications.mapped("state"), ["requested", "cancelled"])
        self.assertEqual(applications.mapped("review_key"), ["2026Q3", False])

    def test_warnings(self):
        warnings = self.env["credit.warning"].sudo()._system()
        for partner in (self.customer, self.double):
            warnings |= warnings.create(
                {
                    "partner_id": partner.id,
                    "company_id": self.company.id,
                    "kind": "orders_drop",
                    "date": self._today(),
                }
            )
        self._merge()
        self.assertEqual(warnings.partner_id, self.customer)
        self.assertEqual(warnings.mapped("state"), ["open", "done"])

    def test_shared_limit(self):
        fellow = self._customer("Fellow", limit=9000)
        groups = self.env["credit.group"].with_user(self.controller)
        groups = groups.create(
            [
                {
                    "name": partner.name,
                    "company_id": self.company.id,
                    "limit": 1000,
                    "line_ids": [Command.create({"partner_id": one.id}) for one in members],
                }
                for partner, members in (
                    (self.double, [self.double, fellow]),
                    (self.customer, [self.customer]),
                )
            ]
        )
        self.assertEqual(self.double._credit_group(self.company), groups[0])
        self._merge()
        self.assertEqual(self.customer._credit_group(self.company), groups[1])
        self.assertEqual(groups[0].line_ids.partner_id, fellow)

    def test_shared_limit_of_a_leaving_member(self):
        group = (
            self.env["credit.group"]
            .with_user(self.controller)
            .create(
                {
                    "name": "G",
                    "company_id": self.company.id,
                    "limit": 1000,
                    "line_ids": [Command.create({"partner_id": self.double.id})],
                }
            )
        )
        self.assertFalse(self.customer._credit_group(self.company))
        self._merge()
        self.assertEqual(self.customer._credit_group(self.company), group)
