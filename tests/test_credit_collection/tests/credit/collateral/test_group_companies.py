from odoo.exceptions import AccessError, ValidationError
from odoo.fields import Command
from odoo.tests import tagged

from .group_case import GroupCompaniesCase


@tagged("post_install", "-at_install")
class TestGroupOverCompanies(GroupCompaniesCase):
    """A limit shared in two companies: what is owed in one leaves less in the other."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.group = cls._shared(5000)

    def test_open_in_one_company_binds_in_the_other(self):
        self._invoice(self.customer, 3000, days_overdue=-30)
        message = self.refused(self._their_order(2000.01).action_confirm)
        self.assertIn("combined exposure of $ 3,000.00", message.replace("\xa0", " "))
        self.assertIn("It counts in 2 companies.", message)
        self.refused(self._their_order(2000.01, partner=self.sister).action_confirm)
        self._their_order(2000, partner=self.sister, confirm=True)
        self.assertEqual(self._figures(self.customer).credit_available, 0)
        self.assertEqual(self._figures(self.customer, self.theirs).credit_available, 0)
        self.assertEqual(self._figures(self.sister).credit_status, "held_limit")
        self.assertEqual(self._figures(self.sister, self.theirs).credit_status, "held_limit")
        self.refused(self._order(self.sister, 0.01).action_confirm)

    def test_one_company_alone_is_as_before(self):
        self._invoice(self.customer, 3000, days_overdue=-30)
        self.group.with_user(self.both_controller).company_ids = self.company
        self._their_order(9000, confirm=True)
        self.assertEqual(self._figures(self.sister).credit_available, 2000)
        self.assertEqual(self._figures(self.sister, self.theirs).credit_available, 0)
        self.assertFalse(self._figures(self.sister, self.theirs).credit_group_id)

    def test_payment_in_one_company_clears_the_hold_in_the_other(self):
        invoice = self._invoice(self.sister, 4000, days_overdue=-30)
        order, hold = self._held(1500, partner=self.customer, user=self.their_salesperson)
        self.assertEqual(hold.company_id, self.theirs)
        self.assertEqual(hold.over_limit, 500)
        wizard = (
            self.env["account.payment.register"]
            .with_user(self.accountant)
            .with_context(
                active_model="account.move",
                active_ids=invoice.ids,
                allowed_company_ids=self.company.ids,
            )
            .create({"payment_date": self._today(), "amount": 500})
        )
        self.assertNotIn(self.theirs, self.accountant.company_ids)
        wizard._create_payments()
        self.env.flush_all()
        self.assertEqual(hold.state, "cleared")
        self._as(order, self.their_salesperson).action_confirm()
        self.assertEqual(order.state, "sale")

    def test_cancelled_order_in_one_company_clears_the_hold_in_the_other(self):
        first = self._order(self.sister, 4000, confirm=True)
        _order, hold = self._held(1500, partner=self.customer, user=self.their_salesperson)
        first.with_user(self.salesperson)._action_cancel()
        self.assertEqual(hold.state, "cleared")

    def test_company_taken_off_clears_its_holds(self):
        self._invoice(self.sister, 4000, days_overdue=-30)
        _order, hold = self._held(1500, partner=self.customer, user=self.their_salesperson)
        self.group.with_user(self.both_controller).company_ids = self.company
        self.assertEqual(hold.state, "cleared")

    def test_confirmations_wait_for_each_other_in_both_companies(self):
        locks = self.env["credit.lock"].sudo()
        self._their_order(100, confirm=True)
        found = locks.search([("partner_id", "in", (self.customer | self.sister).ids)])
        pairs = {(lock.partner_id, lock.company_id) for lock in found}
        self.assertEqual(
            pairs,
            {(p, c) for p in self.customer | self.sister for c in self.company | self.theirs},
        )

    def test_invoice_without_order_is_counted(self):
        self._their_invoice(self.sister, 4500)
        self.refused(self._order(self.customer, 500.01).action_confirm)
        self._order(self.customer, 500, confirm=True)

    # ------------------------------------------------------------------ screens

    def test_form_shows_the_use_of_each_company(self):
        self._invoice(self.customer, 3000, days_overdue=-30)
        self._their_order(1200, partner=self.sister, confirm=True)
        group = self._as(self.group, self.both_controller)
        self.assertRecordValues(
            group,
            [{"exposure": 4200, "exposure_elsewhere": 0, "available": 800, "usage": 84.0}],
        )
        self.assertEqual(group.line_ids.mapped("exposure"), [3000, 1200])
        self.assertEqual(group.company_count, 2)
        table = str(group.use_table).replace("\xa0", " ")
        for text in (self.company.name, "Theirs Ltd", "$ 3,000.00", "$ 1,200.00", "$ 4,200.00"):
            self.assertIn(text, table)
        self.assertNotIn("Other companies", table)
        action = group.action_open_exposure()
        lines = group.env["credit.exposure.line"].search(action["domain"])
        self.assertEqual(sum(lines.mapped("amount")), 4200)
        action = group.line_ids[1].action_open_exposure()
        lines = group.env["credit.exposure.line"].search(action["domain"])
        self.assertEqual(lines.mapped("amount"), [1200])

    def test_selected_companies_decide_what_is_shown_not_the_sum(self):
        self._invoice(self.customer, 3000, days_overdue=-30)
        self._their_order(1200, partner=self.sister, confirm=True)
        group = self._as(self.group, self.both_controller)
        group = group.with_context(allowed_company_ids=self.theirs.ids)
        self.assertRecordValues(group, [{"exposure": 4200, "exposure_elsewhere": 3000}])
        self.assertEqual(group.line_ids.mapped("exposure"), [0, 1200])

    def test_customer_says_whose_limit_decides(self):
        self._their_order(4000, partner=self.sister, confirm=True)
        self._decide(self.customer, credit_control="limit", credit_limit=9000)
        text = self._figures(self.customer).credit_group_use.replace("\xa0", " ")
        self.assertEqual(
            text,
            "$ 4,000.00 of $ 5,000.00 used. It counts in 2 companies."
            " It leaves less than the customer's own limit, so it decides.",
        )
        self.assertIn("the shared limit alone decides", self._figures(self.sister).credit_group_use)
        self._decide(self.customer, credit_limit=900)
        text = self._figures(self.customer).credit_group_use
        self.assertIn("The customer's own limit leaves less", text)
        self.assertFalse(self._figures(self._customer("Alone")).credit_group_use)
        customer = self._as(self.customer, self.their_salesperson)
        self.assertEqual(customer.credit_group_id, self.group)
        self.assertIn("It counts in 2 companies.", customer.credit_group_use)

    def test_credit_file_on_paper_says_it(self):
        self._their_order(4000, partner=self.sister, confirm=True)
        customer = self._as(self.customer, self.controller)
        report = customer.env["ir.actions.report"]
        html = report._render_qweb_html("credit_collection.action_report_credit_file", customer.ids)
        self.assertIn("It counts in 2 companies.", html[0].decode())

    # ------------------------------------------------------------------ what is refused

    def test_one_shared_limit_per_company(self):
        message = self.refused(
            lambda: self._shared(
                10,
                self.sister,
                name="Second",
                company_id=self.theirs.id,
                company_ids=[Command.set(self.theirs.ids)],
            ),
            ValidationError,
        )
        self.assertIn("Sister already shares the limit of Holding", message)
        group = self.group.with_user(self.both_controller)
        group.company_ids = self.company
        second = self._shared(
            10, self.sister, company_id=self.theirs.id, company_ids=[Command.set(self.theirs.ids)]
        )
        self.refused(
            lambda: group.write({"company_ids": [Command.link(self.theirs.id)]}), ValidationError
        )
        self.assertEqual(self._figures(self.sister)._credit_group(self.theirs), second)
        self.assertEqual(self._figures(self.sister)._credit_group(self.company), self.group)

    def test_lead_company_is_one_of_them(self):
        group = self.group.with_user(self.both_controller)
        message = self.refused(
            lambda: group.write({"company_ids": [Command.set(self.theirs.ids)]}), ValidationError
        )
        self.assertIn(self.company.name, message)
        group.company_ids = self.company
        group.company_id = self.theirs
        self.assertEqual(self.group.company_ids, self.company | self.theirs)

    def test_branch_stands_for_no_company(self):
        branch = (
            self.env["res.company"].sudo().create({"name": "Shop", "parent_id": self.company.id})
        )
        self.both_controller.sudo().company_ids |= branch
        group = self.group.with_user(self.both_controller)
        message = self.refused(
            lambda: group.write({"company_ids": [Command.link(branch.id)]}), ValidationError
        )
        self.assertIn("Shop is a branch", message)

    def test_currency_without_rate(self):
        yen = (
            self.env["res.currency"].with_context(active_test=False).search([("name", "=", "MWK")])
        )
        yen.active = True
        yen.rate_ids.unlink()
        self.company.currency_id.sudo().rate_ids.unlink()
        group = self.group.with_user(self.both_controller)
        message = self.refused(lambda: group.write({"currency_id": yen.id}), ValidationError)
        self.assertIn("no exchange rate between MWK and USD", message)

    def test_new_limit_is_in_the_currency_of_its_lead(self):
        self.assertEqual(self.group.currency_id, self.company.currency_id)
        euro = self._rate("EUR", 0.5)
        self._rate("EUR", 0.5, company=self.theirs)
        group = self.group.with_user(self.both_controller)
        group.currency_id = euro
        group.company_id = self.theirs
        self.assertEqual(self.group.currency_id, euro)

    def test_merged_customers_keep_one_limit_per_company(self):
        double = self._customer("Double")
        group = self.group.with_user(self.both_controller)
        group.line_ids.filtered(lambda m: m.partner_id == self.sister).unlink()
        self._shared(10, double, name="Second", company_ids=[Command.set(self.company.ids)])
        wizard = self.env["base.partner.merge.automatic.wizard"].with_user(self.both_controller)
        wizard.sudo()._merge((self.customer | double).ids, double)
        self.env.invalidate_all()
        self.assertEqual(double._credit_group(self.company).name, "Second")
        self.assertFalse(double._credit_group(self.theirs))

    def test_credit_file_begins_where_the_limit_counts(self):
        self.company.sudo().credit_mode = "off"
        new = self.env["res.partner"].create({"name": "New Member", "is_company": True})
        self.assertFalse(new._credit_filter_filed())
        self._shared(10, new, name="Second")
        self.assertEqual(new._credit_filter_filed(), new)

    def test_payer_of_the_same_shared_limit_is_known(self):
        order = self._their_order(10, partner_invoice_id=self.sister.id)
        self.assertFalse(order.sudo()._credit_unnamed_payer())

    # ------------------------------------------------------------------ who changes it

    def test_only_with_access_to_all_companies(self):
        for user in (self.controller, self.their_controller):
            with self.subTest(user=user.name):
                group = self._as(self.group, user)
                self.assertEqual(group.limit, 5000)
                for change in (
                    {"limit": 6000},
                    {"name": "Mine"},
                    {"active": False},
                    {"company_ids": [Command.unlink(self.theirs.id)]},
                    {"company_id": self.theirs.id},
                    {"line_ids": [Command.clear()]},
                    {"line_ids": [Command.create({"partner_id": self._customer("New").id})]},
                ):
                    message = self.refused(lambda g=group, c=change: g.write(c), AccessError)
                    self.assertIn("counts in 2 companies, of which 1 are not open to you", message)
                self.refused(group.unlink, AccessError)
                self.refused(group.line_ids[0].unlink, AccessError)
                self.refused(
                    lambda g=group: g.line_ids[0].write({"partner_id": self._customer("New").id}),
                    AccessError,
                )
                self.refused(
                    lambda u=user: self._shared(1, self._customer("New"), user=u), AccessError
                )
        self._as(self.group, self.both_controller).limit = 6000
        self.assertEqual(self.group.limit, 6000)

    def test_own_limit_is_not_carried_into_a_closed_company(self):
        own = self._shared(
            1,
            self._customer("New"),
            user=self.controller,
            company_ids=[Command.set(self.company.ids)],
        )
        own = self._as(own, self.controller)
        self.refused(
            lambda: own.write({"company_ids": [Command.link(self.theirs.id)]}), AccessError
        )
        self.refused(lambda: own.write({"company_id": self.theirs.id}), AccessError)
        line = own.line_ids
        self.refused(lambda: line.write({"group_id": self.group.id}), AccessError)
