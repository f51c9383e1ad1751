"""One cell of books, made through Odoo itself: ten customers with all that customers do.

`multiply.py` copies the cell row by row, so every stored column of the large books is one
that Odoo computed. Run in a database with Odoo alone:
`python -m bench.seed DATABASE INVOICES ORDERS`, both numbers per cell.
"""

import sys
from datetime import timedelta

from odoo import fields
from odoo.fields import Command

from bench import session

CUSTOMERS = 10
DRAFTS = 3
#: Tables that are copied, in an order in which nobody minds.
CLONED = (
    "res_partner", "sale_order", "sale_order_line", "account_move", "account_payment",
    "account_full_reconcile", "account_partial_reconcile", "account_move_line",
)  # fmt: skip


class Cell:
    """Builder of the cell; the index of a document decides its peculiarities."""

    def __init__(self, env):
        self.env = env
        self.today = fields.Date.today()
        self.company = env.company
        if not self.company.chart_template:
            env["account.chart.template"].try_loading("generic_coa", self.company)
        self.euro = self._foreign_currency()
        self.pricelist = env["product.pricelist"].create(
            {"name": "Bench abroad", "currency_id": self.euro.id}
        )
        self.terms = [self._term(parts) for parts in (1, 2, 3)]
        self.product = env["product.product"].create(
            {
                "name": "Bench service",
                "type": "service",
                "invoice_policy": "order",
                "list_price": 100.0,
                "taxes_id": [Command.set(self.company.account_sale_tax_id.ids)],
            }
        )
        self._user(session.SALESPERSON, "sales_team.group_sale_salesman")
        self._user(session.ACCOUNTANT, "account.group_account_invoice")

    def _foreign_currency(self):
        code = "EUR" if self.company.currency_id.name != "EUR" else "USD"
        currency = (
            self.env["res.currency"].with_context(active_test=False).search([("name", "=", code)])
        )
        currency.active = True
        currency.rate_ids.unlink()
        self.env["res.currency.rate"].create(
            {
                "currency_id": currency.id,
                "name": self.today - timedelta(days=1500),
                "rate": 0.8,
                "company_id": self.company.id,
            }
        )
        return currency

    def _term(self, parts):
        shares = [round(100.0 / parts, 2)] * (parts - 1)
        shares.append(100.0 - sum(shares))
        return self.env["account.payment.term"].create(
            {
                "name": f"Bench {parts} x 30 days",
                "line_ids": [
                    Command.create(
                        {"value": "percent", "value_amount": share, "nb_days": 30 * (i + 1)}
                    )
                    for i, share in enumerate(shares)
                ],
            }
        )

    def _user(self, login, group):
        # Signs in to nothing; the password is never used.
        self.env["res.users"].create(
            {
                "login": login,
                "name": login,
                "group_ids": [
                    Command.link(self.env.ref("base.group_user").id),
                    Command.link(self.env.ref(group).id),
                ],
            }
        )

    def mark(self):
        """Remember the records of before: only later ones are copied."""
        self.env.flush_all()
        self.env.cr.execute("CREATE TABLE bench_mark (name varchar PRIMARY KEY, last int)")
        for table in CLONED:
            self.env.cr.execute(
                f'INSERT INTO bench_mark SELECT %s, COALESCE(MAX(id), 0) FROM "{table}"', [table]
            )

    # ------------------------------------------------------------------ documents

    def partners(self):
        # 0-2 may buy, 3-7 have little room or are late, 8 and 9 are over their limit.
        limits = [9e7] * 3 + [5e4] * 5 + [100.0] * 2
        self.customers = self.env["res.partner"].create(
            [
                {
                    "name": f"Customer {i}",
                    "is_company": True,
                    "customer_rank": 1,
                    "credit_limit": limit,
                }
                for i, limit in enumerate(limits)
            ]
        )
        self.contacts = self.env["res.partner"].create(
            [
                {"name": f"Contact {i}", "parent_id": customer.id, "type": kind}
                for i, customer in enumerate(self.customers)
                for kind in (["contact", "invoice"] if i % 2 else ["invoice"])
            ]
        )

    def _address(self, i):
        customer = self.customers[i % CUSTOMERS]
        return customer.child_ids[:1] if i % 7 == 3 else customer

    def _age(self, i):
        """Days since document `i`: a third is open, and half of that overdue but for the first three."""
        if i % 3:
            return 45 + (i * 37) % 700
        if i % CUSTOMERS < 3 or i % 2:
            return (i * 7) % 28
        return 40 + (i * 13) % 160

    def _date(self, i):
        return self.today - timedelta(days=self._age(i))

    def _reference(self, i):
        return "paid" if i % 3 else "open"

    def order(self, i, mark=False, customer=None, lines=3):
        return {
            "partner_id": (customer or self._address(i)).id,
            "user_id": self.env["res.users"].search([("login", "=", session.SALESPERSON)]).id,
            "pricelist_id": self.pricelist.id if not mark and i % 8 == 5 else False,
            "client_order_ref": mark or f"PO {i}",
            "payment_term_id": self.terms[i % 2].id,
            "date_order": fields.Datetime.now() - timedelta(days=self._age(i)),
            "order_line": [
                Command.create(
                    {
                        "product_id": self.product.id,
                        "product_uom_qty": 2 + line,
                        "price_unit": 100 + 10 * i + line,
                    }
                )
                for line in range(lines)
            ],
        }

    def orders(self, count):
        """Two thirds invoiced, the rest in part, with a down payment, or not at all."""
        orders = self.env["sale.order"].create([self.order(i) for i in range(count)])
        dates = [order.date_order for order in orders]
        orders.action_confirm()
        invoices = {}
        for i, order in enumerate(orders):
            order.date_order = dates[i]
            if i % 3 != 2:
                invoices[i] = order._create_invoices()
            elif i % 4 == 0:
                invoice = order._create_invoices()
                invoice.invoice_line_ids[:1].quantity -= 1
                invoice.invoice_line_ids[1:2].unlink()
                invoices[i] = invoice
            elif i % 4 == 1:
                wizard = self.env["sale.advance.payment.inv"].with_context(
                    active_model="sale.order", active_ids=order.ids
                )
                wizard.create(
                    {"advance_payment_method": "percentage", "amount": 30}
                ).create_invoices()
                invoices[i] = order.invoice_ids
        for i, invoice in invoices.items():
            invoice.write({"invoice_date": self._date(i), "ref": self._reference(i)})
        return self.env["account.move"].union(*invoices.values())

    def invoice(self, i, move_type="out_invoice"):
        foreign = i % 11 == 5
        return {
            "move_type": move_type,
            "partner_id": self._address(i).id,
            "invoice_date": self._date(i),
            "ref": self._reference(i),
            "currency_id": (self.euro if foreign else self.company.currency_id).id,
            "invoice_payment_term_id": self.terms[1 if i % 6 == 1 else 2 if i % 15 == 2 else 0].id,
            "invoice_line_ids": [
                Command.create(
                    {"product_id": self.product.id, "quantity": 1 + line, "price_unit": 50.0 + i}
                )
                for line in range(2)
            ],
        }

    def pay(self, invoices, share=1.0):
        """Pay a share of each invoice, and apply the payment."""
        payments = self.env["account.payment"].create(
            [
                {
                    "payment_type": "inbound",
                    "partner_type": "customer",
                    "partner_id": invoice.commercial_partner_id.id,
                    "amount": round(invoice.amount_total * share, 2),
                    "currency_id": invoice.currency_id.id,
                    "date": invoice.invoice_date + timedelta(days=20),
                }
                for invoice in invoices
            ]
        )
        payments.action_post()
        for invoice, payment in zip(invoices, payments, strict=True):
            lines = (invoice | payment.move_id).line_ids
            lines.filtered(lambda li: li.account_type == "asset_receivable").reconcile()

    def unapplied(self):
        """Payments and a credit note not applied, and an entry booked on a contact."""
        payments = self.env["account.payment"].create(
            [
                {
                    "payment_type": "inbound",
                    "partner_type": "customer",
                    "partner_id": self.customers[i].id,
                    "amount": 37.0 * (i + 1),
                    "currency_id": (self.euro if i == 5 else self.company.currency_id).id,
                }
                for i in (2, 5, 8)
            ]
        )
        payments.action_post()
        self.env["account.move"].create(
            [self.invoice(i, "out_refund") for i in (4, 7)]
        ).action_post()
        account = self.customers[6].property_account_receivable_id
        journals = self.env["account.journal"]
        other = journals.search([("type", "=", "sale")], limit=1).default_account_id
        self.env["account.move"].create(
            {
                "move_type": "entry",
                "line_ids": [
                    Command.create(
                        {
                            "account_id": account.id,
                            "partner_id": self.customers[6].child_ids[:1].id,
                            "debit": 250.0,
                        }
                    ),
                    Command.create({"account_id": other.id, "credit": 250.0}),
                ],
            }
        ).action_post()


def build(env, invoices, orders):
    """All of the cell; the numbers are those of ten customers."""
    cell = Cell(env)
    cell.mark()
    cell.partners()
    posted = cell.orders(orders)
    rest = max(invoices - len(posted), 0)
    posted |= env["account.move"].create([cell.invoice(i) for i in range(rest)])
    posted.action_post()
    paid = posted.filtered(lambda m: m.ref == "paid")
    cell.pay(paid)
    cell.pay((posted - paid).filtered(lambda m: m.id % 7 == 0), 0.4)
    cell.unapplied()
    drafts = [cell.invoice(i) for i in range(DRAFTS)]
    drafts.append(cell.invoice(4, "out_refund"))
    env["account.move"].create([{**d, "invoice_date": cell.today} for d in drafts])
    env["sale.order"].create(
        [
            cell.order(0, session.PASSING, cell.customers[0]),
            cell.order(9, session.FAILING, cell.customers[9]),
        ]
    )


if __name__ == "__main__":
    session.start()
    with session.environment(sys.argv[1], commit=True) as environment:
        build(environment, int(sys.argv[2]), int(sys.argv[3]))
