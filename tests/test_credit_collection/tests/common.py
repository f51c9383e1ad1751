import importlib.util
import os
from datetime import timedelta
from functools import cache, partial
from unittest.mock import patch

from odoo.fields import Command, Domain
from odoo.models import BaseModel
from odoo.tests import tagged
from odoo.tools import file_path

from odoo.addons.account.tests.common import AccountTestInvoicingCommon
from odoo.addons.base.tests.common import BaseCommon

GROUPS = {
    "salesperson": "sales_team.group_sale_salesman",
    "salesperson2": "sales_team.group_sale_salesman",
    "sales_manager": "sales_team.group_sale_manager,credit_collection.group_credit_sales_manager",
    "collector": "credit_collection.group_collection_collector",
    "controller": "credit_collection.group_credit_controller",
    "administrator": "credit_collection.group_credit_administrator",
    "finance_manager": "credit_collection.group_credit_finance_manager",
    "legal": "credit_collection.group_collection_legal",
    "general_manager": "credit_collection.group_credit_general_manager",
    "division_head": "credit_collection.group_credit_division",
    "treasury": "credit_collection.group_credit_treasury",
    "executive": "credit_collection.group_credit_executive",
    "auditor": "credit_collection.group_credit_auditor",
    "accountant": "account.group_account_invoice",
}


def migration(version, name):
    """Return a script of `migrations/`, loaded under a name of its own."""
    path = file_path(f"credit_collection/migrations/{version}/{name}.py")
    spec = importlib.util.spec_from_file_location(f"{version}_{name}", path)
    script = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(script)
    return script


def _is_of_records(value):
    """Whether a value is what `_detached` knows."""
    if isinstance(value, dict):
        value = tuple(value.values())
    if isinstance(value, tuple):
        return bool(value) and all(isinstance(part, BaseModel) for part in value)
    return isinstance(value, BaseModel)


def _detached(value):
    """A function that gives records, or a dict or a tuple of them, in another environment."""
    if isinstance(value, BaseModel):
        return lambda env: env[value._name].browse(value._ids)
    if isinstance(value, dict):
        parts = {key: _detached(part) for key, part in value.items()}
        return lambda env: {key: part(env) for key, part in parts.items()}
    parts = [_detached(part) for part in value]
    return lambda env: tuple(part(env) for part in parts)


@tagged("post_install", "-at_install")
class CreditCollectionCommon(AccountTestInvoicingCommon):
    """A company in Enforce, one user per role (`cls.salesperson`, …) and short helpers.

    Odoo gives the class a company of its own (`cls.company`, USD, chart of accounts) and
    an accountant with all rights as `cls.env.user`. Helpers act as the role that does the
    thing in life: orders as the salesperson, limits as the controller, invoices and
    payments as `cls.env.user`. Amounts are without tax, dates count from today.

    In a database that is thrown away afterwards (CC_THROWAWAY, which `make test` sets) company and
    people are committed once; each class begins with them as they were made.
    """

    chart_template = "generic_coa"
    # name of an attribute → function of an environment, of what was committed in this process
    _committed = {}

    @classmethod
    def _use_chart_template(cls, company, chart_template_ref=None):
        """See Odoo's; it looks at the templates of all modules 28 times, here once."""
        charts = type(cls.env["account.chart.template"])
        mapping = cache(partial(charts._get_chart_template_mapping, cls.env[charts._name]))
        looked_up = patch.object(
            charts, "_get_chart_template_mapping", lambda _self, get_all=False: mapping(get_all)
        )
        with looked_up:
            return super()._use_chart_template(company, chart_template_ref)

    @classmethod
    def get_default_groups(cls):
        return super().get_default_groups() | cls.quick_ref("sales_team.group_sale_manager")

    @classmethod
    def setUpClass(cls):
        if not os.environ.get("CC_THROWAWAY"):
            cls._make_company()
            return
        if not cls._committed:
            cls._commit_company()
        # Instead of what makes a company; classes of Odoo that build on it do their part.
        begin = classmethod(lambda own: own._begin_with_company())
        with patch.object(AccountTestInvoicingCommon, "setUpClass", begin):
            super().setUpClass()

    @classmethod
    def _begin_with_company(cls):  # pylint: disable=missing-return
        super(BaseCommon, cls).setUpClass()  # pylint: disable=super-method-mismatch
        cls.maxDiff, cls.tax_number = None, 0
        user = cls._committed["user"](cls.env)
        cls.env = cls.env(user=user, context={**cls.env.context, **cls.default_env_context()})
        for name, value in cls._committed.items():
            setattr(cls, name, value(cls.env))
        if missing := cls.get_default_groups() - cls.user.group_ids:
            cls.user.sudo().group_ids += missing

    @classmethod
    def _commit_company(cls):
        own = {"__module__": __name__, "_class_cleanups": []}
        maker = type("CompanyOfAllClasses", (CreditCollectionCommon,), own)
        try:
            maker._make_company()
            type(maker.cr).commit(maker.cr)  # that of the cursor itself is forbidden in tests
            for name, value in vars(maker).items():
                if _is_of_records(value):
                    cls._committed[name] = _detached(value)
        finally:
            maker.doClassCleanups()

    @classmethod
    def _make_company(cls):  # pylint: disable=missing-return
        super().setUpClass()  # pylint: disable=super-method-mismatch
        cls.company.sudo().write(
            {
                "credit_mode": "enforce",
                # Tests run at night as well.
                "collection_hour_from": 0.0,
                "collection_hour_to": 24.0,
            }
        )
        # At once: one by one they take twice as long.
        values = [cls._user_values(role, groups) for role, groups in GROUPS.items()]
        cls.roles = dict(zip(GROUPS, cls.env["res.users"].create(values), strict=True))
        for role, user in cls.roles.items():
            setattr(cls, role, user)
        # From the thresholds on (P4-04), in their order.
        cls.next_level = (cls.division_head, cls.treasury, cls.executive)
        cls.product_credit = cls._service("Advice")
        # Immediate payment, for orders that shall not break the rule of terms.
        cls.term_now = cls.env.ref("account.account_payment_term_immediate")

    @classmethod
    def _service(cls, name, **values):
        """A product without tax, invoiced by ordered quantity."""
        return cls.env["product.product"].create(
            {
                "name": name,
                "type": "service",
                "invoice_policy": "order",
                "list_price": 1.0,
                "taxes_id": [Command.clear()],
                **values,
            }
        )

    # ------------------------------------------------------------------ people

    @classmethod
    def _contested_reason(cls):
        """The root cause of a dispute that the people of sales decide on."""
        return (
            cls.env["collection.reason"]
            .sudo()
            .create(
                {
                    "name": "Wrong price (test)",
                    "category": "external",
                    "route": "sales",
                    "is_dispute": True,
                }
            )
        )

    @classmethod
    def _user(cls, role, groups, company=None, **values):
        """A user; the login, also its password, is the role and the company's id, so that classes
        do not collide.
        """
        return cls.env["res.users"].create(cls._user_values(role, groups, company, **values))

    @classmethod
    def _user_values(cls, role, groups, company=None, **values):
        company = company or cls.company
        login = f"{role}_{company.id}"
        names = ["base.group_user", *groups.split(",")]
        return {
            "login": login,
            "password": login.ljust(8, "x"),
            "name": role.replace("_", " ").title(),
            "email": f"{role[0]}.{role[0]}@example.com",
            "company_id": company.id,
            "company_ids": [Command.link(company.id)],
            "group_ids": [Command.set([cls.env.ref(name.strip()).id for name in names])],
            **values,
        }

    @classmethod
    def _customer(cls, name="Customer", limit=None, control=None, term=0, grade=None, **values):
        """A customer as the credit controller enters them.

        :param limit: approved limit; given, the customer is controlled by it, else unlimited
        :param term: approved term in days
        :param grade: code of a grade, "A" to "D"
        """
        values = {
            "name": name,
            "is_company": True,
            "email": "customer@example.com",
            "user_id": cls.salesperson.id,
            "credit_control": control or ("none" if limit is None else "limit"),
            "credit_limit": limit or 0.0,
            "credit_term_days": term,
            "credit_grade_id": cls._grade(grade).id if grade else False,
            **values,
        }
        partner = cls.env["res.partner"].with_user(cls.controller).create(values)
        return partner.with_env(cls.env)

    @classmethod
    def _decide(cls, partner, company=None, **values):
        """Change the decisions about a customer, as the controller does in the dialog."""
        own = partner.with_user(cls.controller).with_company(company or cls.company)
        own._credit_decide_by_hand(values, "manual", "As agreed")

    @classmethod
    def _grade(cls, code):
        return cls.env["credit.grade"].search([("code", "=", code)], limit=1)

    @classmethod
    def _term(cls, *lines):
        """A payment term: days, or (percent, days) per instalment, or dicts of line values."""
        values = []
        for line in lines:
            if isinstance(line, int):
                line = (100.0, line)
            if isinstance(line, tuple):
                line = {"value_amount": line[0], "nb_days": line[1]}
            values.append({"value": "percent", "value_amount": 100.0, "nb_days": 0, **line})
        return cls.env["account.payment.term"].create(
            {"name": f"Term {lines}", "line_ids": [Command.create(line) for line in values]}
        )

    @classmethod
    def _rate(cls, code, rate, date="2016-01-01", company=None):
        """A currency worth 1/rate of the company currency from `date` on; adds to older rates."""
        currency = cls._enable_currency(code)
        company = company or cls.company
        rates = cls.env["res.currency.rate"].sudo()
        known = rates.search(
            [
                ("currency_id", "=", currency.id),
                ("company_id", "=", company.id),
                ("name", "=", date),
            ]
        )
        if known:
            known.rate = rate
        else:
            rates.create(
                {
                    "name": date,
                    "rate": rate,
                    "currency_id": currency.id,
                    "company_id": company.id,
                }
            )
        return currency

    def _run_job(self, name):
        """Run a scheduled action of the add-on, as its button does."""
        with self.enter_registry_test_mode():
            self.env.ref(f"credit_collection.ir_cron_{name}").sudo().method_direct_trigger()
        self.env.invalidate_all()

    # --------------------------------------------------------------- documents

    @classmethod
    def _today(cls, days=0):
        # As the company counts it: from 16:00 UTC on it is the next day in China.
        return cls.company._credit_today() + timedelta(days=days)

    @classmethod
    def _order(
        cls, partner, amount, user=None, term=None, currency=None, confirm=False, qty=1.0, **values
    ):
        """A quotation of one untaxed line worth `amount`, by default of the salesperson.

        :param confirm: confirmed for true, by the method that every entry point calls in the end
        """
        user = user or cls.salesperson
        values = {
            "partner_id": partner.id,
            "user_id": user.id,
            "payment_term_id": term.id if term else False,
            "order_line": [cls._line(amount / qty, qty)],
            **values,
        }
        if currency:
            values.setdefault("pricelist_id", cls._pricelist(currency).id)
        order = cls.env["sale.order"].with_user(user).create(values)
        if confirm:
            order.action_confirm()
        return order.with_env(cls.env)

    @classmethod
    def _pricelist(cls, currency):
        """Odoo takes the currency of an order from its price list."""
        return cls.env["product.pricelist"].create(
            {
                "name": f"List in {currency.name}",
                "currency_id": currency.id,
                "company_id": cls.company.id,
            }
        )

    @classmethod
    def _line(cls, price, qty=1.0, **values):
        """Command for one line of an order or an invoice."""
        product = values.pop("product", cls.product_credit)
        name = "quantity" if values.pop("invoice", False) else "product_uom_qty"
        return Command.create(
            {"product_id": product.id, "price_unit": price, name: qty, "tax_ids": False, **values}
        )

    @classmethod
    def _invoice(
        cls, partner, amount, days_overdue=0, post=True, currency=None, term=None,
        move_type="out_invoice", **values,
    ):  # fmt: skip
        """An invoice that is due `days_overdue` days ago (negative: due in so many days).

        With a `term` the instalments follow from it, counted from `invoice_date` (today).
        """
        due = cls._today(-days_overdue)
        values = {
            "move_type": move_type,
            "partner_id": partner.id,
            "invoice_date": cls._today() if term else min(due, cls._today()),
            "invoice_payment_term_id": term.id if term else False,
            "currency_id": (currency or cls.company.currency_id).id,
            "invoice_line_ids": [cls._line(amount, invoice=True)],
            **values,
        }
        if not term:
            values.setdefault("invoice_date_due", due)
        move = cls.env["account.move"].create(values)
        if post:
            move.action_post()
        return move

    @classmethod
    def _bill_order(cls, order, post=True, final=False):
        """Invoice all that the order has to invoice now, `final` with its down payments deducted."""
        move = order.with_env(cls.env)._create_invoices(final=final)
        if post:
            move.action_post()
        return move

    @classmethod
    def _down_payment(cls, order, amount, post=True):
        """Invoice a fixed down payment of `amount` in the order's currency."""
        wizard = cls.env["sale.advance.payment.inv"].create(
            {
                "sale_order_ids": [Command.set(order.ids)],
                "advance_payment_method": "fixed",
                "fixed_amount": amount,
            }
        )
        move = wizard._create_invoices(order.with_env(cls.env))
        if post:
            move.action_post()
        return move

    @classmethod
    def _pay(cls, invoice, amount=None, date=None, currency=None):
        """Pay an invoice (all of it without `amount`), as a person does in Invoicing."""
        values = {"payment_date": date or cls._today()}
        if currency:
            values["currency_id"] = currency.id
        if amount is not None:
            values["amount"] = amount
        wizard = (
            cls.env["account.payment.register"]
            .with_context(active_model="account.move", active_ids=invoice.ids)
            .create(values)
        )
        return wizard._create_payments()

    @classmethod
    def _receive(cls, partner, amount, currency=None, date=None):
        """Money of a customer that is applied to no invoice."""
        payment = cls.env["account.payment"].create(
            {
                "payment_type": "inbound",
                "partner_type": "customer",
                "partner_id": partner.id,
                "amount": amount,
                "currency_id": (currency or cls.company.currency_id).id,
                "journal_id": cls.company_data["default_journal_bank"].id,
                "date": date or cls._today(),
            }
        )
        payment.action_post()
        return payment

    # ----------------------------------------------------------------- figures

    def _lines(self, partner, company=None, kind=None):
        """The ledger of exposure of a customer in one company."""
        self.env.flush_all()
        self.env.invalidate_all()
        domain = [
            ("partner_id", "=", partner.commercial_partner_id.id),
            ("company_id", "=", (company or self.company).id),
        ]
        if kind:
            domain.append(("kind", "=", kind))
        return self.env["credit.exposure.line"].sudo().search(domain)

    def _figures(self, partner, company=None):
        """The partner, fresh from the database, in `company`, read as the superuser."""
        self.env.flush_all()
        self.env.invalidate_all()
        return partner.sudo().with_company(company or self.company)

    def _exposure(self, partner, company=None):
        """Exposure of a customer; always equal to the sum of the lines that count."""
        exposure = self._figures(partner, company).credit_exposure
        lines = self._lines(partner, company).filtered("counts")
        currency = (company or self.company).currency_id
        self.assertEqual(currency.compare_amounts(exposure, sum(lines.mapped("amount"))), 0)
        return currency.round(exposure)

    def _hold(self, order):
        """The holds of an order, newest first."""
        return self.env["credit.hold"].sudo().search([("order_id", "=", order.id)])

    def _set_rules(self, *values_list):
        """Make these the only rules of the company: dicts of rule values, `hold` by default."""
        # A template stays as it ships: policies are copied from it.
        of_template = Domain("policy_id.state", "=", "template")
        self.env["credit.rule"].sudo().search(~of_template).write({"active": False})
        return (
            self.env["credit.rule"]
            .sudo()
            .create(
                [
                    {"name": values["rule_type"], "company_id": self.company.id, **values}
                    for values in values_list
                ]
            )
        )
