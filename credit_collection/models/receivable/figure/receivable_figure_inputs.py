from collections import defaultdict

from dateutil.relativedelta import relativedelta

from odoo import api, models
from odoo.fields import Domain
from odoo.tools import SQL

from .receivable_figure import COUNT_BACK_MONTHS

SALES_TYPES = ("out_invoice", "out_refund", "out_receipt")

MONEY_JOURNALS = ("bank", "cash", "credit")

SALES = ("collect", "discount", "endorse")


class ReceivableFigure(models.Model):
    """The sources of the figures' inputs: domains that open them, and their sums."""

    _inherit = "receivable.figure"

    # ------------------------------------------------------------------ domains

    @api.model
    def _get_group_partner_ids(self):
        """Return customers that are companies of this database: sales inside the group."""
        # sudo: every company counts, whichever the user sees
        companies = self.env["res.company"].sudo()
        companies = companies.browse(companies._credit_timezones())
        return companies.partner_id.commercial_partner_id.ids

    @api.model
    def _get_sales_domain(self, company, month, months=1):
        """Return posted sales documents of `months` months up to the one that ends on `month`."""
        return Domain(
            [
                ("company_id", "in", company._credit_entity_ids()),
                ("state", "=", "posted"),
                ("move_type", "in", SALES_TYPES),
                ("date", ">=", month + relativedelta(months=1 - months, day=1)),
                ("date", "<=", month),
                ("commercial_partner_id", "not in", self._get_group_partner_ids()),
            ]
        )

    @api.model
    def _get_item_domain(self, company):
        return Domain(
            [
                ("company_id", "in", company._credit_entity_ids()),
                ("parent_state", "=", "posted"),
                ("account_id.account_type", "=", "asset_receivable"),
            ]
        )

    @api.model
    def _get_due_domain(self, company, first, last):
        """Return instalments of invoices whose due date lies in the period."""
        return self._get_item_domain(company) & Domain(
            [
                ("move_id.move_type", "in", ("out_invoice", "out_receipt")),
                ("display_type", "=", "payment_term"),
                ("date_maturity", ">=", first),
                ("date_maturity", "<=", last),
            ]
        )

    @api.model
    def _get_collected_domain(self, company, first, last):
        """Return the domain of receivables paid in the period, by money or by notes turned into it."""
        money = self._get_item_domain(company) & Domain(
            [
                ("journal_id.type", "in", MONEY_JOURNALS),
                ("date", ">=", first),
                ("date", "<=", last),
            ]
        )
        return self._add_notes(money, company, first, last)

    @api.model
    def _get_written_off_domain(self, company, first, last):
        """Return receivable items of entries that touch allowance or bad-debt expense as well."""
        accounts = company._receivable_account("allowance", False) | company._receivable_account(
            "expense", False
        )
        touching = self._get_item_domain(company) & Domain(
            [
                ("move_id.line_ids.account_id", "in", accounts.ids),
                ("date", ">=", first),
                ("date", "<=", last),
            ]
        )
        return self._add_writeoffs(touching, company, first, last)

    # ------------------------------------------------------------------ sums

    @api.model
    def _get_inputs(self, company, months):
        """Return {(month, scope, user id): {input: amount}} for the months given by their last days.

        A handful of queries per month, whatever the number of salespeople and documents.
        """
        result = defaultdict(lambda: defaultdict(float))

        def add(month, user, name, amount):
            result[month, "company", False][name] += amount
            result[month, "user", user or False][name] += amount

        today = company._credit_today()
        for month in months:
            result[month, "company", False]["closing"] += 0.0
            first = month + relativedelta(day=1)
            for user, values in self._sum_ageing(company, min(month, today)).items():
                for name, amount in values.items():
                    add(month, user, name, amount)
            for user, values in self._sum_ageing(company, first - relativedelta(days=1)).items():
                add(month, user, "opening", values["closing"])
                add(month, user, "opening_group", values["closing_group"])
            for name, domain, sign in (
                ("due", self._get_due_domain(company, first, month), 1),
                ("collected", self._get_collected_domain(company, first, month), -1),
                ("written_off", self._get_written_off_domain(company, first, month), -1),
            ):
                for user, amount in self._sum_items(domain).items():
                    add(month, user, name, sign * amount)
            collected = self._get_collected_domain(company, first, month)
            for user, amount in self._sum_prepaid(company, collected).items():
                add(month, user, "prepaid", amount)
        self._add_sales(company, months, result)
        return result

    @api.model
    def _sum_prepaid(self, company, collected):
        """Return {salesperson: money received before the invoice that it pays} of receipts (P1-16).

        Without an invoice yet it counts where the customer owed nothing of an earlier day.

        :param collected: domain of the receipts
        """
        # sudo: figures of the company count every item of its books
        items = self.env["account.move.line"].sudo()
        items.flush_model()
        self.env["account.partial.reconcile"].flush_model()
        receipts = items._search(
            collected & Domain("balance", "<", 0) & self._get_item_domain(company)
        )
        rows = self.env.execute_query(
            SQL(
                """
                WITH receipt AS MATERIALIZED (
                    SELECT item.id, item.date, item.amount_residual, item.account_id,
                           partner.commercial_partner_id AS partner_id
                      FROM account_move_line item
                 LEFT JOIN res_partner partner ON partner.id = item.partner_id
                     WHERE item.id IN %(receipts)s)
                SELECT customer.user_id, SUM(prepaid.amount)
                  FROM (SELECT receipt.partner_id, partial.amount
                          FROM receipt
                          JOIN account_partial_reconcile partial ON partial.credit_move_id = receipt.id
                          JOIN account_move_line debit ON debit.id = partial.debit_move_id
                          JOIN account_move move ON move.id = debit.move_id
                         WHERE move.move_type IN ('out_invoice', 'out_receipt')
                           AND debit.date > receipt.date
                     UNION ALL
                        SELECT receipt.partner_id, -receipt.amount_residual
                          FROM receipt
                         WHERE receipt.amount_residual < 0
                           AND NOT EXISTS (
                               SELECT 1 FROM account_move_line debit
                                 JOIN res_partner partner ON partner.id = debit.partner_id
                                WHERE partner.commercial_partner_id = receipt.partner_id
                                  AND debit.account_id = receipt.account_id
                                  AND debit.parent_state = 'posted' AND debit.amount_residual > 0
                                  AND debit.date <= receipt.date)) prepaid
             LEFT JOIN res_partner customer ON customer.id = prepaid.partner_id
                 GROUP BY customer.user_id
                """,
                receipts=receipts.subselect(),
            )
        )
        return {user: float(amount) for user, amount in rows}

    @api.model
    def _sum_ageing(self, company, day):
        """Return {salesperson: closing, closing_group, closing_notes, overdue, overdue_items} of a day."""
        ageing = self.env["receivable.ageing"]
        ageing._flush_sources()
        self.env["res.partner"].flush_model(["user_id"])
        rows = self.env.execute_query_dict(
            SQL(
                """
                SELECT partner.user_id, SUM(item.amount) AS closing,
                       SUM(item.amount) FILTER (WHERE item.partner_id IN %(group)s) AS closing_group,
                       SUM(item.amount) FILTER (WHERE item.kind = 'note') AS closing_notes,
                       SUM(item.net) FILTER (WHERE item.days > 0 AND item.net > 0
                             AND COALESCE(item.partner_id, 0) NOT IN %(group)s) AS overdue,
                       SUM(item.net) FILTER (WHERE %(is_overdue_item)s) AS overdue_items
                  FROM (%(items)s) item LEFT JOIN res_partner partner ON partner.id = item.partner_id
                 GROUP BY partner.user_id
                """,
                group=tuple(self._get_group_partner_ids()) or (0,),
                items=ageing._get_items_sql(company, day),
                is_overdue_item=SQL(
                    "item.kind = 'receivable' AND item.net > 0 AND item.date_maturity < %s", day
                ),
            )
        )
        return {row.pop("user_id"): {k: v or 0.0 for k, v in row.items()} for row in rows}

    @api.model
    def _by_user(self, query, amount):
        """Return {salesperson of the customer: sum} over documents or items with a `partner_id`."""
        alias = query.table
        partner = query.make_alias(alias, "own_partner")
        query.add_join(
            "LEFT JOIN",
            partner,
            "res_partner",
            SQL("%s = %s", SQL.identifier(partner, "id"), SQL.identifier(alias, "partner_id")),
        )
        customer = query.make_alias(alias, "own_customer")
        query.add_join(
            "LEFT JOIN",
            customer,
            "res_partner",
            SQL(
                "%s = %s",
                SQL.identifier(customer, "id"),
                SQL.identifier(partner, "commercial_partner_id"),
            ),
        )
        user = SQL.identifier(customer, "user_id")
        query.groupby = user
        return dict(self.env.execute_query(query.select(user, SQL("SUM(%s)", amount))))

    @api.model
    def _sum_items(self, domain):
        # sudo: figures of the company count every item of its books
        items = self.env["account.move.line"].sudo()
        items.flush_model()
        query = items._search(domain)
        return self._by_user(query, SQL.identifier(query.table, "balance"))

    @api.model
    def _sum_sales(self, company, month):
        """Return ({salesperson: sales without tax}, {salesperson: with tax}) of one month."""
        # sudo: figures of the company count every invoice of its books
        moves = self.env["account.move"].sudo()
        moves.flush_model()
        return tuple(
            self._by_user(query, SQL.identifier(query.table, column))
            for column in ("amount_untaxed_signed", "amount_total_signed")
            for query in [moves._search(self._get_sales_domain(company, month))]
        )

    @api.model
    def _add_sales(self, company, months, result):
        """Add sales of each month, of the two before, and the history that count-back needs."""
        windows = {
            month: [month + relativedelta(months=-n, day=31) for n in range(COUNT_BACK_MONTHS)]
            for month in months
        }
        sums = {
            day: self._sum_sales(company, day) for day in {d for w in windows.values() for d in w}
        }
        for month, window in windows.items():
            users = {user or False for day in window[:3] for user in sums[day][0]}
            users |= {user for found, scope, user in result if found == month and scope == "user"}
            for scope, user in [("company", False), *(("user", user) for user in users)]:
                net, gross = (
                    [
                        sum(sums[day][taxed].values())
                        if scope == "company"
                        else sums[day][taxed].get(user or None, 0.0)
                        for day in window
                    ]
                    for taxed in (0, 1)
                )
                values = result[month, scope, user]
                values["sales"], values["sales_1"], values["sales_2"] = net[:3]
                values["history"] = gross
                values["sales_gross"] = gross[0]
                values["sales_quarter"] = sum(gross[:3])

    # ------------------------------------------------------------------ opening the balances

    def action_open_closing(self):
        """Open the ageing at the end of the month, or of the day it was computed in it."""
        return self._open_ageing(self._get_closing_day())

    def action_open_overdue(self):
        """Open overdue items at the end of the month, net of credits; without the group."""
        action = self._open_ageing(self._get_closing_day())
        group = self._get_group_partner_ids()
        action["domain"] += [("days", ">", 0), ("net", ">", 0), ("partner_id", "not in", group)]
        return action

    def action_open_overdue_items(self):
        """Open overdue items at the end of the month, net of credits; without notes."""
        day = self._get_closing_day()
        action = self._open_ageing(day)
        action["domain"] += [
            ("kind", "=", "receivable"), ("net", ">", 0), ("date_maturity", "<", day),
        ]  # fmt: skip
        return action

    def action_open_notes(self):
        """Open the notes on hand at the end of the month."""
        action = self._open_ageing(self._get_closing_day())
        action["domain"] += [("kind", "=", "note")]
        return action

    def action_open_group(self):
        """Open the debts of companies of this database at the end of the month."""
        action = self._open_ageing(self._get_closing_day())
        action["domain"] += [("partner_id", "in", self._get_group_partner_ids())]
        return action

    def action_open_opening(self):
        """Open the ageing at the end of the month before."""
        self.ensure_one()
        return self._open_ageing(self.date_from - relativedelta(days=1))

    def _get_closing_day(self):
        self.ensure_one()
        return self.date_closing or self.date

    def _open_ageing(self, day):
        self.ensure_one()
        self.check_access("read")
        report = self.env["receivable.ageing.report"].create(
            {"company_id": self.company_id.id, "date": day}
        )
        action = report.action_open_items()
        action["domain"] = list(action["domain"])
        if self.scope == "user":
            action["domain"].append(("user_id", "=", self.user_id.id))
        return action

    # ---- Notes, write-offs and recoveries in the figures, each counted once.
    #
    # collected    a note when it is collected, discounted or endorsed, not when it is received: until
    #              then it stands in the closing receivables. One that comes back is taken off again.
    #              Money for a written-off claim is collected; its recovery entry is nothing more.
    # written off  receivables of write-offs, whatever account bore the loss, less those
    #              cancelled and receipts in kind (P2-14); of other entries those on
    #              the accounts of bad debts, money apart.

    @api.model
    def _get_document_moves(self, model, company, first, last, domain=Domain.TRUE):
        """Return entries and reversals of documents that were booked in a period (ids)."""
        within = Domain.OR(
            Domain(f"{name}.date", ">=", first) & Domain(f"{name}.date", "<=", last)
            for name in ("move_id", "reverse_move_id")
        )
        # sudo: the figure counts every document of the books
        found = (
            self.env[model].sudo().search(Domain("company_id", "=", company.id) & within & domain)
        )
        return found, (found.move_id | found.reverse_move_id).ids

    @api.model
    def _add_notes(self, domain, company, first, last):
        steps, sold = self._get_document_moves(
            "receivable.note.step", company, first, last, Domain("kind", "in", SALES)
        )
        _steps, back = self._get_document_moves(
            "receivable.note.step",
            company,
            first,
            last,
            Domain("kind", "=", "dishonour")
            & Domain("state_before", "in", ("discounted", "endorsed")),
        )
        period = Domain("date", ">=", first) & Domain("date", "<=", last)
        if sold:
            receipts = steps.note_id.step_ids.filtered(lambda step: step.kind == "receive")
            items = receipts.move_id.line_ids.filtered(lambda item: item.balance > 0)
            domain |= (
                period
                & Domain("parent_state", "=", "posted")
                & Domain("move_id", "in", sold)
                & Domain("account_id", "in", items.account_id.ids)
            )
        if back:
            domain |= period & self._get_item_domain(company) & Domain("move_id", "in", back)
        return domain

    @api.model
    def _add_writeoffs(self, domain, company, first, last):
        domain &= Domain("journal_id.type", "not in", MONEY_JOURNALS)
        _found, recovered = self._get_document_moves("receivable.recovery", company, first, last)
        if recovered:
            domain &= Domain("move_id", "not in", recovered)
        found, written = self._get_document_moves("receivable.writeoff", company, first, last)
        if written:
            period = Domain("date", ">=", first) & Domain("date", "<=", last)
            domain |= period & self._get_item_domain(company) & Domain("move_id", "in", written)
            settled = found.filtered(lambda w: w._get_settled_amount())
            for account, writeoffs in settled.grouped("settlement_account_id").items():
                domain |= (
                    period
                    & Domain("move_id", "in", (writeoffs.move_id | writeoffs.reverse_move_id).ids)
                    & Domain("account_id", "=", account.id)
                )
        return domain
