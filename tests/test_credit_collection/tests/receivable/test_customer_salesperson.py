from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tests import tagged

from ..common import CreditCollectionCommon


@tagged("post_install", "-at_install")
class TestCustomerSalesperson(CreditCollectionCommon):
    """Credit control and heads of sales assign customers with a credit file."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        makers = cls.env.ref("base.group_partner_manager").sudo()
        makers.user_ids += cls.salesperson | cls.salesperson2 | cls.accountant | cls.collector
        cls.customer = cls._customer("Filed", limit=1000.0)
        cls.mine = cls._customer("Mine", control="none", user_id=cls.salesperson2.id)
        cls.fresh = cls._fresh("Fresh")

    @classmethod
    def _fresh(cls, name, **values):
        """A customer about whom credit control knows nothing."""
        return (
            cls.env["res.partner"]
            .sudo()
            .create({"name": name, "is_company": True, "user_id": cls.salesperson.id, **values})
        )

    def _paper(self, partner, **values):
        kind = self.env["credit.document.type"].sudo().search([], limit=1)
        return (
            self.env["credit.document"]
            .sudo()
            .create(
                {
                    "partner_id": partner.id,
                    "company_id": self.company.id,
                    "type_id": kind.id,
                    **values,
                }
            )
        )

    def _refused(self, call, *customers):
        before = {customer: customer.user_id for customer in customers or self.customer}
        self.env.flush_all()
        with self.assertRaises(AccessError), self.cr.savepoint():
            call()
            self.env.flush_all()
        self.env.invalidate_all()
        for customer, user in before.items():
            self.assertEqual(customer.sudo().user_id, user)

    def _as_request(self, user):
        """Odoo runs commands on partners as the user of the request: here that is `user`."""
        self.env.flush_all()
        self.patch(self.env.transaction, "default_env", self.env(user=user))

    def _as(self, user, partner=None):
        return (partner or self.customer).with_user(user)

    # ------------------------------------------------------------------ content of a file

    def test_each_kind_of_file(self):
        """A decision, exposure, a hold, an application, a case, documents … each is a file."""
        model = self.env["res.partner"]
        companies = {"company_id": self.company.id}
        makers = {
            "decision": lambda p: self._decide(p, credit_control="limit", credit_limit=5.0),
            "exposure": lambda p: self._invoice(p, 10.0),
            "paper": self._paper,
            "archived paper": lambda p: self._paper(p, active=False),
            "application": lambda p: (
                self.env["credit.application"]
                .with_user(self.salesperson)
                .create({"partner_id": p.id})
            ),
            "assessment": lambda p: (
                self.env["credit.assessment"]
                .with_user(self.controller)
                .create({"partner_id": p.id})
            ),
            "case": lambda p: (
                self.env["collection.case"]
                .sudo()
                ._system()
                .create({"partner_id": p.id, **companies})
            ),
        }
        for kind, make in makers.items():
            partner = self._fresh(kind)
            self.env.flush_all()
            self.assertFalse(partner._credit_filter_filed(), kind)
            make(partner)
            self.env.flush_all()
            with self.subTest(kind=kind):
                self.assertEqual(partner._credit_filter_filed(), partner)
                self._refused(
                    lambda p=partner: self._as(self.salesperson2, p).write(
                        {"user_id": self.salesperson2.id}
                    ),
                    partner,
                )
        self.assertFalse(model._credit_filter_filed())

    def test_every_model_with_a_customer_counts(self):
        """A model about customers, whose rules ask for the salesperson, is part of the file."""
        named = set(self.env["res.partner"]._credit_file_models())
        rules = self.env["ir.rule"].sudo().search([("domain_force", "like", "partner_id.user_id")])
        for model in rules.model_id.mapped("model"):
            if model.split(".")[0] in ("credit", "collection", "receivable"):
                partner = self.env[model]._fields.get("partner_id")
                if partner and partner.store and self.env[model]._auto and not partner.related:
                    self.assertIn(model, named)

    # ------------------------------------------------------------------ refused

    def test_no_self_service(self):
        mine = {"user_id": self.salesperson2.id}
        for user in (self.salesperson2, self.salesperson, self.accountant, self.collector):
            self._refused(lambda u=user: self._as(u).write(mine))
            self._refused(lambda u=user: self._as(u).web_save(mine, {"user_id": {}}))
            self._refused(lambda u=user: self._as(u).write({"user_id": False}))
        # Customers without one are not taken over either.
        self.customer.sudo().user_id = False
        self._refused(lambda: self._as(self.salesperson2).write(mine))

    def test_many_at_once(self):
        both = self.fresh | self.customer
        self._refused(
            lambda: self._as(self.salesperson2, both).write({"user_id": self.salesperson2.id}),
            self.fresh,
            self.customer,
        )

    def test_import(self):
        data = [[str(self.customer.id), self.salesperson2.name]]
        for context in ({}, {"credit_import": True}):
            model = self.env["res.partner"].with_user(self.salesperson2).with_context(**context)
            result = model.load([".id", "user_id"], data)
            self.assertFalse(result["ids"])
            self.assertTrue(result["messages"])
            self.assertEqual(self.customer.user_id, self.salesperson)

    def test_nested(self):
        """A customer reached by a command on another record."""
        self._as_request(self.salesperson2)
        other = self._as(self.salesperson2, self.mine)
        vals = {"user_id": self.salesperson2.id}
        self._refused(lambda: other.write({"child_ids": [Command.update(self.customer.id, vals)]}))
        self._refused(
            lambda: other.create(
                {"name": "Head", "is_company": True, "user_id": self.salesperson2.id,
                 "child_ids": [Command.link(self.customer.id), Command.update(self.customer.id, vals)]}
            )
        )  # fmt: skip

    def test_under_a_parent(self):
        """Odoo gives a person without salesperson that of the company it is put under."""
        person = self._fresh("Person", is_company=False, user_id=False)
        self._paper(person)
        for vals in ({"parent_id": self.mine.id}, {"parent_id": self.mine.id, "type": "other"}):
            self._refused(lambda v=vals: self._as(self.salesperson2, person).write(v), person)
        self._as_request(self.salesperson2)
        head = self._as(self.salesperson2, self.mine)
        self._refused(lambda: head.write({"child_ids": [Command.link(person.id)]}), person)

    def test_case_of_a_part(self):
        """An open case follows a person to the company it is put under: not to one's own."""
        person = self._fresh("Debtor", is_company=False)
        case = (
            self.env["collection.case"]
            .sudo()
            ._system()
            .create({"partner_id": person.id, "company_id": self.company.id})
        )
        self.env.flush_all()
        self._refused(
            lambda: self._as(self.salesperson2, person).write({"parent_id": self.mine.id}), person
        )
        self.assertEqual(case.partner_id, person)
        # Changes without a gain are everyday work.
        self._as(self.accountant, person).parent_id = self.mine
        self.assertEqual(case.partner_id, self.mine)

    def test_merge(self):
        """A file does not change hands by a merge, whoever stays."""
        filed = self._customer("Filed Too")
        for target in (self.mine, filed):
            wizard = self.env["base.partner.merge.automatic.wizard"].with_user(self.salesperson2)
            self._refused(
                lambda t=target, w=wizard: w._merge((self.mine | filed).ids, t), filed, self.mine
            )
        self._paper(self.fresh)
        lost = self._fresh("Lost", user_id=self.salesperson2.id)
        wizard = self.env["base.partner.merge.automatic.wizard"].with_user(self.salesperson2)
        self._refused(lambda: wizard._merge((lost | self.fresh).ids, lost), self.fresh, lost)

    def test_another_company(self):
        """A file in one company counts, whatever company the user works in."""
        foreign = self.env["res.company"].sudo().create({"name": "Foreign"})
        stranger = self._user(
            "stranger", "sales_team.group_sale_salesman,base.group_partner_manager", foreign,
            company_ids=[Command.set(foreign.ids)],
        )  # fmt: skip
        self._refused(lambda: self._as(stranger).write({"user_id": stranger.id}))

    # ------------------------------------------------------------------ allowed

    def test_everyday_work(self):
        """New customers, customers without a file, other fields, a form that sends all along."""
        user = self.salesperson2
        model = self.env["res.partner"].with_user(user)
        new = model.create({"name": "New", "is_company": True, "user_id": user.id})
        self.assertEqual(new.user_id, user)
        new = model.with_context(default_user_id=user.id).create({"name": "New 2"})
        self.assertEqual(new.user_id, user)
        self._as(user, self.fresh).user_id = user
        self.assertEqual(self.fresh.user_id, user)
        self._as(user).write({"phone": "1", "user_id": self.salesperson.id})
        self._as(user).write({"child_ids": [Command.create({"name": "Contact"})]})
        contact = self.customer.child_ids
        self._as(user, contact).user_id = user
        self.assertEqual(contact.user_id, user)

    def test_allowed_roles(self):
        leads = self._user(
            "leads", "sales_team.group_sale_salesman_all_leads,base.group_partner_manager"
        )
        makers = self.env.ref("base.group_partner_manager").sudo()
        makers.user_ids += self.controller | self.sales_manager | self.administrator
        for user in (leads, self.sales_manager, self.controller, self.administrator):
            with self.subTest(user=user.name):
                self.customer.sudo().user_id = self.salesperson
                self.env.flush_all()
                self._as(user).user_id = self.salesperson2
                self.assertEqual(self.customer.user_id, self.salesperson2)

    def test_change_is_logged(self):
        """With the names of both, by the tracking of the customer's chatter."""
        self.env.flush_all()
        self.cr.precommit.run()
        before = self.customer.message_ids
        self._as(self.controller).user_id = self.salesperson2
        self.env.flush_all()
        self.cr.precommit.run()
        tracked = (self.customer.message_ids - before).sudo().tracking_value_ids
        values = tracked.filtered(lambda value: value.field_id.name == "user_id")
        self.assertEqual(values.old_value_char, self.salesperson.name)
        self.assertEqual(values.new_value_char, self.salesperson2.name)

    def test_mode_off(self):
        """A company that does not use credit control refuses nothing."""
        self.company.sudo().credit_mode = "off"
        self._invoice(self.customer, 10.0)
        self._as(self.salesperson2).user_id = self.salesperson2
        self.assertEqual(self.customer.user_id, self.salesperson2)
