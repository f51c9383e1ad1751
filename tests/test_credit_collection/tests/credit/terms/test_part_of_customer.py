from odoo.exceptions import AccessError
from odoo.tests import tagged

from ..hold.gate_case import GateCase


@tagged("post_install", "-at_install")
class TestPartOfCustomer(GateCase):
    """A partner becomes part of another customer: everyday work, unless it makes room."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.clerk = cls._user("clerk", "account.group_account_invoice,base.group_partner_manager")
        cls.other = cls._customer("Other")

    def _move(self, partner, parent):
        """Put a partner under a parent, or out on its own, as the clerk."""
        partner.with_user(self.clerk).write({"parent_id": parent.id if parent else False})

    def moves(self, partner, parent):
        self._move(partner, parent)
        self.assertEqual(partner.parent_id, parent or partner.browse())

    def stays(self, partner, parent):
        before = partner.parent_id
        with self.assertRaisesRegex(AccessError, "credit controllers"):
            self._move(partner, parent)
        partner.invalidate_recordset()
        self.assertEqual(partner.parent_id, before)
        # and the controller may
        partner.with_user(self.controller).write({"parent_id": parent.id if parent else False})
        self.assertEqual(partner.parent_id, parent or partner.browse())

    def _entry(self, partner, amount, days=0):
        """A journal item that carries a contact itself, not its customer; due `days` ago."""
        accounts = self.company_data
        entry = self.env["account.move"].create(
            {
                "date": self._today(-days),
                "line_ids": [
                    (0, 0, {"account_id": account.id, "partner_id": partner.id, "balance": balance})
                    for account, balance in (
                        (accounts["default_account_receivable"], amount),
                        (accounts["default_account_revenue"], -amount),
                    )
                ],
            }
        )
        entry.action_post()

    def _person(self, name="Person", **values):
        return self.env["res.partner"].create({"name": name, **values})

    # ------------------------------------------------------------------ nobody is limited

    def test_debtor_for_whom_nothing_is_decided(self):
        """As Odoo's own tests do it: an invoice is open, nobody decided anything."""
        debtor = self._person()
        self._invoice(debtor, 100)
        self.moves(debtor, self.other)
        self.assertEqual(self._exposure(self.other), 100)
        self.moves(debtor, None)

    def test_overdue_debtor_whose_new_customer_is_held_as_well(self):
        debtor = self._person()
        self._invoice(debtor, 100, days_overdue=200)
        self.moves(debtor, self.other)
        order = self._order(self.other, 10)
        self.refused(order.action_confirm)

    def test_order_of_a_contact_goes_along(self):
        contact = self._person(parent_id=self.other.id)
        self._order(contact, 900, confirm=True)
        third = self._customer("Third")
        self.moves(contact, third)
        self.assertEqual((self._exposure(self.other), self._exposure(third)), (0, 900))

    # ------------------------------------------------------------------ the new customer is limited

    def test_debtor_goes_under_a_limited_or_frozen_customer(self):
        """It takes room there and makes none: harmless."""
        for parent in (self.customer, self._customer("Frozen", control="frozen")):
            with self.subTest(parent=parent.name):
                debtor = self._person()
                self._invoice(debtor, 100)
                self.moves(debtor, parent)
                self.assertEqual(self._exposure(parent), 100)

    def test_credit_balance_goes_under_a_limited_customer(self):
        """Money of one would be room of another; more debt beside it does not hide it."""
        payer = self._person()
        self._invoice(payer, 500, move_type="out_refund")
        self._invoice(payer, 2000)
        self.stays(payer, self.customer)

    # ------------------------------------------------------------------ the old customer is limited

    def test_debt_leaves_a_limited_or_frozen_customer(self):
        for customer in (self.customer, self._customer("Frozen", control="frozen")):
            with self.subTest(customer=customer.name):
                contact = self._person(parent_id=customer.id)
                self._entry(contact, 100)
                self.stays(contact, self.other)

    def test_debt_leaves_on_its_own(self):
        contact = self._person(parent_id=self.customer.id)
        self._entry(contact, 100)
        self.stays(contact, None)

    def test_contact_without_debts_leaves_a_limited_customer(self):
        contact = self._person(parent_id=self.customer.id)
        self.moves(contact, self.other)

    def test_decided_customer_becomes_a_contact(self):
        for values in (
            {"control": "frozen"},
            {"control": "cash"},
            {"limit": 100},
            {"grade": "D"},
            {"control": "none", "credit_segment": "sme"},
        ):
            with self.subTest(values=values):
                decided = self._customer("Decided", is_company=False, **values)
                self.stays(decided, self.other)

    def test_member_of_a_group_becomes_a_contact(self):
        member = self._person()
        self.env["credit.group"].with_user(self.controller).create(
            {
                "name": "Group",
                "company_id": self.company.id,
                "limit": 100,
                "line_ids": [(0, 0, {"partner_id": p.id}) for p in (member, self.customer)],
            }
        )
        self.stays(member, self.other)

    def test_customers_are_cash_by_default(self):
        self.company.sudo().credit_default_control = "cash"
        debtor = self._person()
        self._invoice(debtor, 100)
        self.stays(debtor, self.other)

    # ------------------------------------------------------------------ holds

    def test_overdue_debt_does_not_leave_a_held_customer(self):
        customer = self._customer("Late")
        contact = self._person(parent_id=customer.id)
        self._entry(contact, 100, days=200)
        self.refused(self._order(customer, 10).action_confirm)
        self.stays(contact, self.other)

    def test_overdue_debtor_moves_to_a_customer_who_may_be_late(self):
        """Under a grade whose overdue items hold nothing."""
        grade = self._grade("A")
        self.env["credit.rule"].with_user(self.administrator).create(
            {
                "name": "Never",
                "rule_type": "overdue",
                "action": "off",
                "grade_ids": [(6, 0, grade.ids)],
            }
        )
        debtor = self._person()
        self._invoice(debtor, 100, days_overdue=200)
        self.stays(debtor, self._customer("Trusted", grade="A"))

    def test_order_on_hold_leaves(self):
        """A hold that the move would cure: the contact's order would be somebody else's."""
        contact = self._person(parent_id=self.customer.id)
        self._held(1600, partner=contact)
        self.stays(contact, self.other)

    # ------------------------------------------------------------------ off

    def test_off_refuses_nothing(self):
        frozen = self._customer("Frozen", control="frozen", is_company=False)
        self._invoice(frozen, 100)
        (self.env["res.company"].sudo().search([])).credit_mode = "off"
        self.moves(frozen, self.other)

    def test_off_in_one_company_only(self):
        """A decision of a company that is on counts, whatever company the user stands in."""
        frozen = self._customer("Frozen", control="frozen", is_company=False)
        elsewhere = (
            self.env["res.company"].sudo().create({"name": "Elsewhere", "credit_mode": "off"})
        )
        self.clerk.sudo().company_ids += elsewhere
        with self.assertRaises(AccessError):
            frozen.with_user(self.clerk).with_company(elsewhere).write({"parent_id": self.other.id})


@tagged("post_install", "-at_install")
class TestLimitByAccountants(GateCase):
    """Odoo's own credit limit: accountants keep it where credit control is off (P4-02)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.clerk = cls._user("clerk", "account.group_account_invoice,base.group_partner_manager")
        cls.seller = cls._user(
            "seller", "sales_team.group_sale_salesman,base.group_partner_manager"
        )

    def test_accountant_writes_the_limit_where_off(self):
        for mode in ("observe", "enforce"):
            self.company.sudo().credit_mode = mode
            with self.assertRaises(AccessError):
                self.customer.with_user(self.clerk).credit_limit = 5
        self.company.sudo().credit_mode = "off"
        self.customer.with_user(self.clerk).credit_limit = 5
        self.assertEqual(self.customer.sudo().credit_limit, 5)
        partner = self.env["res.partner"].with_user(self.clerk)
        self.assertEqual(partner.create({"name": "New", "credit_limit": 7}).credit_limit, 7)

    def test_salesperson_does_not_as_in_odoo(self):
        self.company.sudo().credit_mode = "off"
        with self.assertRaises(AccessError):
            self.customer.with_user(self.seller).credit_limit = 5
        with self.assertRaises(AccessError):
            self.env["res.partner"].with_user(self.seller).create(
                {"name": "New", "credit_limit": 7}
            )

    def test_off_elsewhere_opens_nothing_here(self):
        """The value is a company's own: a company that is off writes nothing here."""
        elsewhere = (
            self.env["res.company"].sudo().create({"name": "Elsewhere", "credit_mode": "off"})
        )
        self.clerk.sudo().company_ids += elsewhere
        self.customer.with_user(self.clerk).with_company(elsewhere).credit_limit = 5
        self.assertEqual(self.customer.sudo().with_company(self.company).credit_limit, 1000)
        with self.assertRaises(AccessError):
            self.customer.with_user(self.clerk).credit_limit = 5

    def test_commercial_entity_is_recomputed(self):
        """Typed in, it is ignored: Odoo's forms carry it along in developer mode."""
        rich = self._customer("Rich", limit=50000)
        self.customer.with_user(self.clerk).write({"commercial_partner_id": rich.id, "ref": "X"})
        self.assertEqual(self.customer.commercial_partner_id, self.customer)
        self.assertEqual(self.customer.ref, "X")
        partners = self.env["res.partner"].with_user(self.clerk)
        for model, values in (
            (partners, {"commercial_partner_id": rich.id}),
            (partners.with_context(default_commercial_partner_id=rich.id), {}),
        ):
            made = model.create({"name": "New", **values})
            self.assertEqual(made.commercial_partner_id, made)
