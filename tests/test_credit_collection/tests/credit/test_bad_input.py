from contextlib import suppress

from psycopg2 import IntegrityError

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tools import mute_logger

from ..common import CreditCollectionCommon

DECISIONS = {
    "credit_limit": 5000.0,
    "credit_control": "none",
    "credit_term_days": 60,
    "credit_segment": "large",
    "credit_review_date": "2030-01-01",
    "credit_risk_level": "low",
}
#: Keys that open something in Odoo, in an OCA add-on, or sound as if they could.
FORGED = {
    "tracking_disable": True,
    "install_mode": True,
    "import_file": True,
    "bypass_risk": True,
    "skip_validation_check": True,
    "bypass_credit": True,
    "active_test": False,
    "su": True,
}


class TestBadInput(CreditCollectionCommon):
    """Bad input: a clear message, nothing saved, nothing rendered as HTML."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.customer = cls._customer(limit=1000, term=30, grade="B")

    def assert_refused(self, records, values, *words, error=ValidationError):
        """Refused with a message that says these words, and nothing of it saved."""
        before = records.sudo().read(list(values))
        with self.assertRaises(error) as caught, self.cr.savepoint():
            records.write(values)
            self.env.flush_all()
        for word in words:
            self.assertIn(word, str(caught.exception))
        self.env.invalidate_all()
        self.assertEqual(records.sudo().read(list(values)), before)

    # ----------------------------------------------------------------- customers

    def test_absurd_limits(self):
        customer = self.customer.sudo()
        self.assert_refused(customer, {"credit_limit": -0.01}, "Credit Limit", "Customer")
        self.assert_refused(customer, {"credit_limit": -5000}, "-5000")

    def test_limits_that_are_no_numbers(self):
        """JSON-RPC takes NaN and Infinity; the database would refuse them in its own words."""
        customer = self.customer.with_user(self.controller)
        with mute_logger("odoo.sql_db"):
            for value in (float("nan"), float("inf"), float("-inf")):
                with self.subTest(value=value):
                    self.assert_refused(customer, {"credit_limit": value}, "Credit Limit")

    def test_absurd_terms(self):
        customer = self.customer.sudo()
        for days in (-1, 3651, 999_999):
            self.assert_refused(customer, {"credit_term_days": days}, "Approved Term", str(days))

    def test_absurd_dates(self):
        customer = self.customer.with_user(self.controller)
        for date in ("1900-01-01", "2199-12-31", "9999-12-31"):
            self.assert_refused(customer, {"credit_review_date": date}, "Credit Review", date)

    def test_bad_customer_is_not_created(self):
        partners = self.env["res.partner"].with_user(self.controller)
        with self.assertRaises(ValidationError), self.cr.savepoint():
            partners.create({"name": "Never", "credit_control": "limit", "credit_limit": -1})
        self.assertFalse(partners.search([("name", "=", "Never")]))

    def test_unknown_control(self):
        with self.assertRaises(ValueError):
            self._decide(self.customer, credit_control="generous")

    def test_currency_of_the_limit_cannot_be_archived(self):
        with self.assertRaises(UserError), self.cr.savepoint():
            self.company.currency_id.sudo().active = False
            self.env.flush_all()

    def test_order_in_an_archived_currency_is_checked_all_the_same(self):
        euro = self._rate("EUR", 2.0)
        order = self._order(self.customer, 2000.02, currency=euro)
        euro.sudo().active = False
        with self.assertRaises(UserError), self.cr.savepoint():
            order.with_user(self.salesperson).action_confirm()
        self.assertEqual(order.state, "draft")

    # ------------------------------------------------------- rules, grades, company

    def test_prepayment_share_is_a_percentage(self):
        grade = self._grade("B").with_user(self.administrator)
        for share in (-1, 100.5, 1000):
            self.assert_refused(grade, {"prepayment_percent": share})

    def test_negative_thresholds(self):
        rules = self.env["credit.rule"].with_user(self.administrator)
        for rule_type, field in (
            ("overdue", "days"),
            ("overdue", "amount_min"),
            ("limit", "tolerance_percent"),
            ("limit", "tolerance_amount"),
            ("term", "days"),
        ):
            values = {"name": "Bad", "rule_type": rule_type, "days": 1, field: -1}
            with self.subTest(rule_type=rule_type, field=field):
                with self.assertRaisesRegex(ValidationError, "Bad"), self.cr.savepoint():
                    rules.create(values)

    def test_overdue_rule_without_threshold(self):
        rules = self.env["credit.rule"].with_user(self.administrator)
        with self.assertRaisesRegex(ValidationError, "no threshold"), self.cr.savepoint():
            rules.create({"name": "Bad", "rule_type": "overdue", "amount_min": 0})
        rule = rules.create({"name": "Good", "rule_type": "overdue", "days": 1, "amount_min": 0})
        self.assert_refused(rule, {"days": 0}, "no threshold")

    def test_tolerance_that_is_no_limit_any_more(self):
        rule = self._set_rules({"rule_type": "limit"}).with_user(self.administrator)
        self.assert_refused(rule, {"tolerance_percent": 10_000}, "tolerance")

    def test_rules_need_their_type(self):
        rules = self.env["credit.rule"].with_user(self.administrator)
        with (
            self.assertRaises(IntegrityError),
            mute_logger("odoo.sql_db"),
            self.cr.savepoint(),
        ):
            rules.create({"name": "Bad"})

    @mute_logger("odoo.sql_db")
    def test_company_settings(self):
        company = self.company.sudo()
        for values in ({"credit_release_days": 0}, {"credit_release_days": 366}):
            self.assert_refused(company, values, "Release Valid")
        for values in ({"credit_alert_percent": 101}, {"credit_alert_percent": -1}):
            self.assert_refused(company, values, "Utilization Alert")
        self.assert_refused(company, {"credit_controller_id": self.salesperson.id}, "Controller")

    def test_only_administrators_edit_rules_and_grades(self):
        rule, grade = self._set_rules({"rule_type": "limit"}), self._grade("B")
        for user in (self.salesperson, self.sales_manager, self.controller, self.accountant):
            with self.subTest(user=user.name):
                for records, values in ((rule, {"action": "off"}), (grade, {"code": "Z"})):
                    self.assert_refused(records.with_user(user), values, error=AccessError)

    # --------------------------------------------------------------- who decides

    def test_only_controllers_decide(self):
        """P4-02: Finance enters limits and terms, not Sales; a context key changes nothing."""
        decisions = {**DECISIONS, "credit_grade_id": self._grade("A").id}
        others = set(self.roles.values()) - {self.controller, self.administrator}
        for user in sorted(others, key=lambda user: user.id):
            for name, value in decisions.items():
                customer = self.customer.with_user(user)
                with self.subTest(user=user.name, field=name):
                    self.assert_refused(customer, {name: value}, error=AccessError)
                    forged = customer.with_context(**FORGED)
                    self.assert_refused(forged, {name: value}, error=AccessError)

    def test_an_administrator_of_odoo_is_no_controller(self):
        self.assertTrue(self.env.user.has_group("base.group_system"))
        self.assert_refused(self.customer, {"credit_limit": 5000}, error=AccessError)

    def test_salesperson_creates_customers_without_credit(self):
        partners = self.env["res.partner"].with_user(self.sales_manager).with_context(**FORGED)
        for name, value in {**DECISIONS, "credit_control": "limit"}.items():
            with self.subTest(field=name), self.assertRaises(AccessError), self.cr.savepoint():
                partners.create({"name": "Mine", name: value})
        self.assertFalse(partners.search([("name", "=", "My Records")]))

    def assert_no_credit(self, partners):
        """Creating a customer with them is refused, or gives them no credit."""
        try:
            with self.cr.savepoint():
                partner = partners.with_user(self.sales_manager).create({"name": "Mine"}).sudo()
        except AccessError:
            return
        self.env.flush_all()
        self.env.invalidate_all()
        for name in (*DECISIONS, "credit_grade_id"):
            self.assertFalse(partner[name], name)

    def test_defaults_in_the_context_give_no_credit(self):
        for name, value in {**DECISIONS, "credit_grade_id": self._grade("A").id}.items():
            with self.subTest(field=name):
                self.assert_no_credit(
                    self.env["res.partner"].with_context(**{f"default_{name}": value})
                )

    def test_a_user_s_own_defaults_give_no_credit(self):
        """Defaults that any user can keep with Odoo's "Set Default Values"."""
        defaults = self.env["ir.default"].with_user(self.sales_manager)
        defaults.set("res.partner", "credit_limit", 5000.0, user_id=True)
        defaults.set("res.partner", "credit_control", "limit", user_id=True)
        self.assert_no_credit(self.env["res.partner"])

    def test_a_copy_takes_no_credit_along(self):
        copy = self.customer.with_user(self.sales_manager).copy().sudo()
        self.assertEqual((copy.credit_limit, copy.credit_term_days), (0, 0))
        self.assertFalse(copy.credit_grade_id)

    def test_odoo_s_own_switch_does_not_drop_the_limit(self):
        with suppress(AccessError), self.cr.savepoint():
            self.customer.with_user(self.accountant).use_partner_credit_limit = False
            self.env.flush_all()
        self.assertEqual(self._figures(self.customer).credit_limit, 1000)

    def test_editors_see_it(self):
        self.assertTrue(self.customer.with_user(self.controller).credit_can_edit)
        self.assertFalse(self.customer.with_user(self.salesperson).credit_can_edit)

    def test_old_and_new_value_in_the_chatter(self):
        customer = self.customer.with_user(self.controller).with_context(
            tracking_disable=False, mail_notrack=False
        )
        self.env.flush_all()
        self.cr.precommit.run()
        messages = customer.sudo().message_ids
        customer._credit_decide_by_hand(
            {
                "credit_limit": 2000,
                "credit_control": "cash",
                "credit_term_days": 45,
                "credit_grade_id": self._grade("C").id,
            },
            "manual",
            "As agreed",
        )
        self.env.flush_all()
        self.cr.precommit.run()
        message = customer.sudo().message_ids - messages
        self.assertEqual(message.author_id, self.controller.partner_id)
        values = {
            value["fieldInfo"]["changedField"]: (value["oldValue"], value["newValue"])
            for value in message.tracking_value_ids._tracking_value_format()
        }
        self.assertEqual(values["Credit Limit"], (1000, 2000))
        self.assertEqual(values["Approved Term (Days)"], (30, 45))
        self.assertEqual(values["Credit Control"], ("Credit Limit", "Cash Only"))
        self.assertEqual(
            values["Credit Grade"], (self._grade("B").display_name, self._grade("C").display_name)
        )
