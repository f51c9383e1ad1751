from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, timedelta

from odoo import api, models
from odoo.tools import SQL

from ....engine.ageing import column_of, days_between


@dataclass(frozen=True)
class Applied:
    """What a movement or an open item was applied to, until the day of the statement."""

    name: str
    amount: float  #: in the currency of the account, positive


@dataclass(frozen=True)
class Row:
    """A movement of the period, or an open item: one per installment."""

    move_id: int  #: journal entry
    kind: str  #: key of `receivable.statement._get_kinds`
    name: str
    ref: str
    date: date
    date_maturity: date
    days: int  #: past due on the day of the statement, negative before
    original: float  #: amount of the item, credits negative
    amount: float  #: movement: what it adds to the balance; open item: what is open of it
    balance: float = 0.0  #: of the account, after a movement
    applied: tuple[Applied, ...] = ()


@dataclass
class Account:
    """The account of a customer in one currency; amounts in that currency."""

    currency: models.Model
    opening: float = 0.0  #: open on the day before the period
    closing: float = 0.0  #: open on the last day
    movements: list[Row] = field(default_factory=list)
    items: list[Row] = field(default_factory=list)
    notes: list[Row] = field(default_factory=list)
    ages: list[float] = field(default_factory=list)  #: what is owed, by bucket
    credit: float = 0.0  #: payments and credit notes not applied, negative or zero
    accrued: float = 0.0  #: late interest not billed yet, no part of the balance; where it is shown

    @property
    def charged(self):
        """Return the sum of movements that raise the balance."""
        return self.currency.round(sum(max(row.amount, 0.0) for row in self.movements))

    @property
    def credited(self):
        """Return the sum of movements that lower the balance, positive."""
        return self.currency.round(-sum(min(row.amount, 0.0) for row in self.movements))

    @property
    def overdue(self):
        """Return what is owed and past due, before credits not applied."""
        owed = (row.amount for row in self.items if row.days > 0)
        return self.currency.round(sum(max(amount, 0.0) for amount in owed))

    @property
    def interest(self):
        """Return what is open of interest and fees: a part of the balance."""
        return self.currency.round(sum(r.amount for r in self.items if r.kind == "interest"))

    @property
    def noted(self):
        """Return the sum of notes on hand: no part of the balance."""
        return self.currency.round(sum(row.amount for row in self.notes))


class ReceivableStatement(models.AbstractModel):
    """Accounts of customers over a period, as the books stood on its last day.

    What is open on a day comes from `receivable.ageing`, so that a statement and the ageing of
    that day agree to the cent in each currency. Movements are the posted items of the period,
    one per instalment, and what a reconciliation takes from one account and not back within it:
    money in another currency, or of another customer. Thus opening + movements = closing.
    """

    _name = "receivable.statement"
    _description = "Statement of Account"

    @api.model
    def _get_kinds(self):
        """Return {key: name} of what stands in a statement, in the language of the context."""
        return {
            "invoice": self.env._("Invoice"),
            "refund": self.env._("Credit note"),
            "payment": self.env._("Payment"),
            "entry": self.env._("Entry"),
            "applied": self.env._("Applied elsewhere"),
            "note": self.env._("Note"),
            "interest": self.env._("Interest and fees"),
        }

    @api.model
    def _get_accounts(self, company, partners, start, end):
        """Return the accounts of customers; the number of queries does not depend on theirs.

        The caller has checked that the user may see them.

        :param company: the company of the books, or a branch of it
        :param partners: commercial partners
        :param start: first day of the period (date)
        :param end: last day (date), as of which items are open
        :return: {partner id: [Account]}, the company's currency first; none for a customer without
            balance, movement and note
        """
        self.env["receivable.ageing"]._flush_sources()
        self.env["account.move"].flush_model(["name", "ref", "move_type"])
        self.env["receivable.interest"].flush_model(["move_id"])
        company = company._credit_root()
        accounts = defaultdict(dict)

        def account(row):
            found = accounts[row["partner_id"]]
            if row["currency_id"] not in found:
                currency = self.env["res.currency"].browse(row["currency_id"])
                found[row["currency_id"]] = Account(currency)
            return found[row["currency_id"]]

        for row in self._query(self._opening_sql(company, partners, start)):
            account(row).opening = row["amount"]
        applied, elsewhere = self._get_applied(company, partners, start, end)
        method = company.sudo().receivable_days_method  # sudo: a setting
        buckets = self.env["receivable.ageing.column"]._get_columns(company)
        starts = buckets.mapped("days_from")
        for row in self._query(self._items_sql(company, partners, end)):
            days = row["days"]  # of a note, days are counted already
            if days is None:
                days = days_between(row["date_maturity"], end, method)
            item = self._make_row(row, applied, days)
            own = account(row)
            own.ages = own.ages or [0.0] * len(starts)
            if item.kind == "note":
                own.notes.append(item)
                continue
            own.closing += item.amount
            own.items.append(item)
            if item.amount < 0:
                own.credit += item.amount
            else:
                own.ages[column_of(item.days, starts)] += item.amount
        movements = self._query(self._movements_sql(company, partners, start, end)) + elsewhere
        for row in sorted(movements, key=lambda r: (r["date"], r["sequence"], r["id"])):
            days = days_between(row["date_maturity"], end, method)
            account(row).movements.append(self._make_row(row, applied, days))
        self._add_accrued(company, partners, end, accounts)
        result = {}
        for partner_id, found in accounts.items():
            kept = [self._finish(one, len(starts)) for one in found.values()]
            kept = [one for one in kept if one.movements or one.items or one.notes]
            own = company.currency_id
            kept.sort(key=lambda one: (one.currency != own, one.currency.name))
            if kept:
                result[partner_id] = kept
        return result

    @api.model
    def _add_accrued(self, company, partners, end, accounts):
        """Add late interest that is not billed yet to accounts, where the company shows it."""
        if not company.receivable_interest_shown:
            return
        items = {}
        accrual = self.env["receivable.interest.accrual"]
        for row in accrual._get_periods(company, end, partners):
            key = (row["partner_id"], row["currency_id"], row["move_line_id"])
            items[key] = items.get(key, 0.0) + float(row["amount"])
        for (partner_id, currency_id, _item), amount in items.items():
            one = accounts.get(partner_id, {}).get(currency_id)
            if one:
                one.accrued = one.currency.round(one.accrued + one.currency.round(amount))

    @api.model
    def _query(self, query):
        return self.env.execute_query_dict(query)

    @api.model
    def _make_row(self, row, applied, days):
        names = ("move_id", "kind", "date", "date_maturity", "original", "amount")
        return Row(
            **{name: row[name] for name in names},
            name=row["name"] or "",
            ref=row["ref"] or "",
            days=days,
            applied=tuple(applied.get(row["id"], ())),
        )

    @api.model
    def _finish(self, account, count):
        """Round the sums of an account, and write the balance after each movement."""
        currency = account.currency
        for name in ("opening", "closing", "credit"):
            setattr(account, name, currency.round(getattr(account, name)))
        account.ages = [currency.round(amount) for amount in account.ages or [0.0] * count]
        balance, rows = account.opening, []
        for row in account.movements:
            balance = currency.round(balance + row.amount)
            rows.append(Row(**{**vars(row), "balance": balance}))
        account.movements = rows
        return account

    # ------------------------------------------------------------------ SQL

    @api.model
    def _opening_sql(self, company, partners, start):
        """Select balances on the day before the period: partner_id, currency_id, amount."""
        return SQL(
            "SELECT partner_id, currency_id, SUM(amount_currency) AS amount FROM (%s) item"
            " GROUP BY partner_id, currency_id HAVING SUM(amount_currency) <> 0",
            self.env["receivable.ageing"]._get_book_sql(
                company, start - timedelta(days=1), partners
            ),
        )

    @api.model
    def _items_sql(self, company, partners, end):
        """Select open items and notes of a day, oldest due date first."""
        ageing = self.env["receivable.ageing"]
        selects = [
            ageing._get_book_sql(company, end, partners),
            *(
                SQL("SELECT * FROM (%s) extra WHERE partner_id IN %s", select, tuple(partners.ids) or (0,))
                for select in ageing._get_extra_selects(company, end).values()
            ),
        ]  # fmt: skip
        return SQL(
            """
            SELECT item.move_line_id AS id, item.move_id, item.partner_id, item.currency_id, item.days,
                   item.date_invoice AS date, item.date_maturity, item.amount_currency AS amount,
                   COALESCE(line.amount_currency, item.amount_currency) AS original,
                   CASE WHEN item.kind = 'receivable' THEN %(kind)s ELSE item.kind END AS kind,
                   move.name, move.ref
              FROM (%(items)s) item
              JOIN account_move move ON move.id = item.move_id
         LEFT JOIN account_move_line line ON line.id = item.move_line_id
             WHERE item.amount_currency <> 0
             ORDER BY item.date_maturity, item.move_id, item.move_line_id
            """,
            kind=self._kind_sql(),
            items=SQL(" UNION ALL ").join(SQL("(%s)", select) for select in selects),
        )

    @api.model
    def _kind_sql(self):
        """Return SQL of the kind of `move`, a key of `_get_kinds`."""
        return SQL(
            """CASE WHEN EXISTS (SELECT FROM receivable_interest charge WHERE charge.move_id = move.id)
                    THEN 'interest'
                    WHEN move.move_type IN ('out_invoice', 'out_receipt') THEN 'invoice'
                    WHEN move.move_type = 'out_refund' THEN 'refund'
                    WHEN move.origin_payment_id IS NOT NULL OR move.statement_line_id IS NOT NULL
                    THEN 'payment' ELSE 'entry' END"""
        )

    @api.model
    def _movements_sql(self, company, partners, start, end):
        """Select posted items of the period, with their whole amounts."""
        return SQL(
            """
            SELECT line.id, line.move_id, partner.commercial_partner_id AS partner_id,
                   line.currency_id, line.date, COALESCE(line.date_maturity, line.date) AS date_maturity,
                   line.amount_currency AS amount, line.amount_currency AS original, %(kind)s AS kind,
                   move.name, COALESCE(NULLIF(move.ref, ''), CASE WHEN move.move_type = 'entry'
                                                                  THEN line.name END) AS ref,
                   0 AS sequence
              FROM account_move_line line
              JOIN account_move move ON move.id = line.move_id
              JOIN res_partner partner ON partner.id = line.partner_id
             WHERE line.account_id IN %(accounts)s AND line.company_id IN %(companies)s
               AND line.parent_state = 'posted' AND line.amount_currency <> 0
               AND line.date BETWEEN %(start)s AND %(end)s %(whose)s
            """,
            kind=self._kind_sql(),
            accounts=self.env["credit.exposure.line"]._receivable_accounts_sql(),
            companies=company._credit_entity_ids(),
            start=start,
            end=end,
            whose=self.env["receivable.ageing"]._whose_sql(partners),
        )

    @api.model
    def _get_applied(self, company, partners, start, end):
        """Return what items were applied to, and movements of the period out of it.

        A reconciliation of two items of one customer in one currency moves nothing in their
        account. Of others each account has its side as a movement of the day.

        :return: ({journal item id: [Applied]}, rows as those of `_movements_sql`)
        """
        ageing = self.env["receivable.ageing"]
        side = """
            SELECT applied.id, applied.max_date, line.id AS line_id, other.move_id AS other_id,
                   line.move_id, line.partner_id, line.currency_id, line.account_id, line.company_id,
                   %(sign)s AS amount
              FROM (%(applied)s) applied
              JOIN account_move_line line ON line.id = applied.%(own)s
              JOIN account_move_line other ON other.id = applied.%(other)s
             WHERE TRUE %(whose)s
        """
        rows = self._query(
            SQL(
                """
                WITH outside AS MATERIALIZED (%(outside)s)
                SELECT side.id AS partial_id, side.line_id, side.move_id, side.max_date AS date,
                       partner.commercial_partner_id AS partner_id, side.currency_id, side.amount,
                       own.name AS own_name, other.name AS other_name
                  FROM ((%(debit)s) UNION ALL (%(credit)s)) side
                  JOIN res_partner partner ON partner.id = side.partner_id
                  JOIN account_move own ON own.id = side.move_id
                  JOIN account_move other ON other.id = side.other_id
                 WHERE side.amount <> 0 AND side.account_id IN %(accounts)s
                   AND side.company_id IN %(companies)s
                 ORDER BY side.max_date, side.id, side.line_id
                """,
                outside=ageing._outside_sql(),
                accounts=self.env["credit.exposure.line"]._receivable_accounts_sql(),
                companies=company._credit_entity_ids(),
                **{
                    own: SQL(
                        side,
                        sign=SQL(sign),
                        applied=ageing._applied_sql(end),
                        own=SQL.identifier(f"{own}_move_id"),
                        other=SQL.identifier(f"{other}_move_id"),
                        whose=ageing._whose_sql(partners),
                    )
                    for own, other, sign in (
                        ("debit", "credit", "-applied.debit_amount_currency"),
                        ("credit", "debit", "applied.credit_amount_currency"),
                    )
                },
            )
        )
        applied, sums = defaultdict(list), defaultdict(float)
        for row in rows:
            applied[row["line_id"]].append(Applied(row["other_name"] or "", abs(row["amount"])))
            if row["date"] >= start:
                sums[row["partial_id"], row["partner_id"], row["currency_id"]] += row["amount"]
        elsewhere = []
        for row in rows:
            key = row["partial_id"], row["partner_id"], row["currency_id"]
            amount = sums.pop(key, 0.0)
            if self.env["res.currency"].browse(row["currency_id"]).is_zero(amount):
                continue
            elsewhere.append(
                {
                    **row,
                    "id": 0,
                    "kind": "applied",
                    "date_maturity": row["date"],
                    "amount": amount,
                    "original": amount,
                    "name": row["own_name"],
                    "ref": row["other_name"],
                    "sequence": 1,
                }
            )
        return applied, elsewhere
