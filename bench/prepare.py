"""Settings of a copy of the books: `python -m bench.prepare SIDE DATABASE [ADD-ONS]`.

Both sides count the same documents and really block: ours in Enforce, the rival with
every component of the risk included. For the daily run (`collect`, `collect-rival`) due dates
are moved back, so that every customer is overdue.
"""

import sys

import psycopg2

from odoo.fields import Command

from bench import session

INCLUDES = (
    "risk_invoice_draft_include", "risk_invoice_open_include", "risk_invoice_unpaid_include",
    "risk_account_amount_include", "risk_account_amount_unpaid_include", "risk_sale_order_include",
)  # fmt: skip
HOLDS = 40
#: Shared limits, and customers of each.
GROUPS, MEMBERS = 50, 4
#: Days by which due dates of open items go back for the daily run.
BACK = 23


def prepare_ours(database):
    """Enforce for everybody, a group for the accountant, and some orders already held."""
    with session.environment(database, commit=True) as env:
        company = env.company
        company.credit_mode = "enforce"
        env.cr.execute(
            """UPDATE res_partner SET credit_control = jsonb_build_object(%(id)s, 'limit'),
                      credit_term_days = jsonb_build_object(%(id)s, 90)
                WHERE customer_rank > 0 OR parent_id IN (
                      SELECT id FROM res_partner WHERE customer_rank > 0)""",
            {"id": str(company.id)},
        )
        _limits(env)
        _salesperson(env)
        env.invalidate_all()
        accountant = env["res.users"].search([("login", "=", session.ACCOUNTANT)])
        accountant.group_ids += env.ref("credit_collection.group_credit_user")
        failing = [("client_order_ref", "=", session.FAILING)]
        orders = env["sale.order"].search(failing, limit=HOLDS)
        orders.action_credit_confirm()
        if env["sale.order"].search_count([("credit_state", "=", "held")]) != len(orders):
            raise AssertionError("Orders over the limit were not held: nothing would be measured.")


def _limits(env):
    """A tenth of the customers has a limit in another currency; some share one."""
    company = env.company
    (abroad,) = env["product.pricelist"].search([("currency_id", "!=", company.currency_id.id)])
    env.cr.execute(
        """UPDATE res_partner
              SET credit_limit_currency_id = jsonb_build_object(%(id)s, %(abroad)s),
                  credit_limit_amount = jsonb_build_object(
                      %(id)s, ROUND((credit_limit->>%(id)s)::numeric * 0.8, 2))
            WHERE customer_rank > 0 AND (name = 'Customer 3' OR name LIKE 'Customer 3 %%')""",
        {"id": str(company.id), "abroad": abroad.currency_id.id},
    )
    env.registry.clear_cache()
    env.cr.execute(
        """SELECT id FROM res_partner WHERE customer_rank > 0 AND name LIKE 'Customer 4%%'
            ORDER BY id LIMIT %s""",
        [GROUPS * MEMBERS],
    )
    ids = [id_ for (id_,) in env.cr.fetchall()]
    env["credit.group"].create(
        [
            {
                "name": f"Group {first}",
                "limit": 1e5,
                "line_ids": [
                    Command.create({"partner_id": id_}) for id_ in ids[first : first + MEMBERS]
                ],
            }
            for first in range(0, len(ids), MEMBERS)
        ]
    )


def _salesperson(env):
    """One customer in twenty is the salesperson's."""
    seller = env["res.users"].search([("login", "=", session.SALESPERSON)])
    env.cr.execute(
        "UPDATE res_partner SET user_id = %s WHERE customer_rank > 0 AND id %% 20 = 0", [seller.id]
    )


def prepare_rival(database):
    """Every component counts towards the limit."""
    with session.environment(database, commit=True) as env:
        columns = ", ".join(f"{name} = TRUE" for name in INCLUDES)
        env.cr.execute(f"UPDATE res_partner SET {columns} WHERE customer_rank > 0")


def _all_late(env):
    """Every customer overdue, with an address to write to."""
    env.cr.execute(
        """UPDATE account_move_line line SET date_maturity = date_maturity - %s
             FROM account_account account
            WHERE account.id = line.account_id AND account.account_type = 'asset_receivable'
              AND line.reconciled IS NOT TRUE""",
        [BACK],
    )
    env.cr.execute("UPDATE res_partner SET email = 'customer@example.com' WHERE customer_rank > 0")
    env.invalidate_all()


def prepare_collect(database):
    """The ladder for customers without a policy, as it ships."""
    with session.environment(database, commit=True) as env:
        _all_late(env)
        accountant = env["res.users"].search([("login", "=", session.ACCOUNTANT)])
        accountant.group_ids += env.ref("credit_collection.group_collection_manager")


def prepare_collect_rival(database):
    """OCA's policy of three levels for the company."""
    with session.environment(database, commit=True) as env:
        _all_late(env)
        policy = env.ref("account_credit_control.credit_control_3_time")
        policy.account_ids = env["account.account"].search(
            [("account_type", "=", "asset_receivable")]
        )
        env.company.credit_policy_id = policy


def prepare_goods(database):
    """Orders of five lines, confirmed before the add-on comes, whose goods are ready to leave."""
    with session.environment(database, commit=True) as env:
        env["res.users"].create(
            {
                "login": session.WAREHOUSE,
                "name": session.WAREHOUSE,
                "group_ids": [
                    Command.link(env.ref("base.group_user").id),
                    Command.link(env.ref("stock.group_stock_user").id),
                ],
            }
        )
        warehouse = env["stock.warehouse"].search([], limit=1)
        products = env["product.product"].create(
            [
                {"name": f"Bench goods {i}", "is_storable": True, "list_price": 10.0}
                for i in range(5)
            ]
        )
        for product in products:
            env["stock.quant"]._update_available_quantity(product, warehouse.lot_stock_id, 10000)
        passing = env["sale.order"].search(
            [("client_order_ref", "=", session.PASSING)], limit=HOLDS
        )
        orders = env["sale.order"].create(
            [
                {
                    "name": f"{session.DELIVERED} {i}",
                    "partner_id": order.partner_id.id,
                    "order_line": [
                        Command.create({"product_id": product.id, "product_uom_qty": 2})
                        for product in products
                    ],
                }
                for i, order in enumerate(passing)
            ]
        )
        orders.action_confirm()
        orders.picking_ids.action_assign()


def prepare_reports(_database):
    """Nothing to set: OCA's reports take the books as they are."""


SIDES = {
    "goods": prepare_goods,
    "ours": prepare_ours,
    "rival": prepare_rival,
    "collect": prepare_collect,
    "collect-rival": prepare_collect_rival,
    "reports": prepare_reports,
}


def vacuum(database):
    """Fresh statistics, and no dead rows of the settings above."""
    connection = psycopg2.connect(dbname=database)
    connection.autocommit = True
    with connection.cursor() as cr:
        cr.execute("VACUUM ANALYZE")
    connection.close()


if __name__ == "__main__":
    side, name = sys.argv[1:3]
    session.start(sys.argv[3:])
    SIDES[side](name)
    vacuum(name)
