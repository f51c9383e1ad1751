from dateutil.relativedelta import relativedelta

from odoo import api, models
from odoo.tools import SQL
from odoo.tools.date_utils import end_of, start_of

from ....engine.review import BREACH_MONTHS
from ....engine.scoring import years_between


class CreditPaymentBehaviour(models.AbstractModel):
    """How a customer pays and buys: every figure of the trade record, in one place (P5-03, P5-05).

    For assessments, reviews and charts. Nothing is stored; one query serves any number of
    customers and periods (credit_payment_behaviour_sql.py). Amounts are in company currency, dates inclusive.

    *Settled* is the amount that payments settled within the window, on the date of the payment (of the
    invoice, where money came before it), per instalment. Credit notes, write-offs and
    exchange differences settle nothing. A payment that went back is none (`engine/returns.py`):
    the items it had settled are owed again, due as before. Items past due and unpaid at the end of the
    window count as late so far, credits not applied taken off the oldest first: a customer who
    never pays is not on time. Paying early never makes up for paying late; days late are
    negative only where nothing is late (`engine.scoring.average_days_late`).
    """

    _name = "credit.payment.behaviour"
    _description = "Payment Behavior"

    @api.model
    def _get_figures(self, partners, company, as_of=None, months=12):
        """Return the trade record of customers over the `months` up to `as_of`.

        :param partners: customers; contacts count for their commercial partner
        :param as_of: last day of the window; today in the company's time zone by default
        :return: {commercial partner id: figures}, every customer with a row:
            date_from, date_to    the window
            days_late             days past due weighted by amount, items past due and unpaid
                                  at the end included; negative = before the due date;
                                  None when there is neither
            days_late_paid        the same of paid items only, None without payments
            days_to_pay           days from invoice to payment weighted by amount, or None
            paid_amount, paid_count       settled in the window; count of instalments
            overdue_amount        past due and unpaid at the end of the window
            sales, billed         invoiced in the window, credit notes taken off: without tax, and
                                  with tax, as it compares with payments
            first_invoice, cooperation_years   date or None, years by the calendar or None
            order_count, order_amount     orders confirmed in the window, tax included
            dispute_count         see `_get_dispute_counts`
        """
        as_of = as_of or company._credit_today()
        period = (as_of - relativedelta(months=months) + relativedelta(days=1), as_of)
        rows = self._get_periods(partners, company, [period])
        firsts = self._get_first_invoices(partners, company, as_of)
        disputes = self._get_dispute_counts(partners, company, *period)
        result = {}
        for partner in partners.commercial_partner_id:
            first = firsts.get(partner.id)
            result[partner.id] = {
                **rows[partner.id][0],
                "first_invoice": first,
                "cooperation_years": years_between(first, as_of) if first else None,
                "dispute_count": disputes.get(partner.id, 0),
            }
        return result

    @api.model
    def _get_series(self, partner, company, months=12, as_of=None):
        """Return figures of one customer per calendar month, oldest first, the current month last.

        :return: list of dicts like those of `_get_figures` without co-operation and disputes
        """
        as_of = as_of or company._credit_today()
        periods = [
            (start_of(day, "month"), min(end_of(day, "month"), as_of))
            for day in (as_of - relativedelta(months=back) for back in reversed(range(months)))
        ]
        return self._get_periods(partner, company, periods)[partner.commercial_partner_id.id]

    @api.model
    def _get_late_items(self, partners, company, months, as_of=None):
        """Return items that customers paid late, or not, in the `months` up to `as_of` (P4-05, P4-33).

        Late is later than the days of grace of the customer's grade; settled in the window, or
        past due and unpaid at its end, as everywhere in the trade record.

        :return: {commercial partner id: {journal item id: most days late}}
        """
        customers = partners.commercial_partner_id
        late = {customer.id: {} for customer in customers}
        if not customers.ids:
            return late
        as_of = as_of or company._credit_today()
        period = (as_of - relativedelta(months=months) + relativedelta(days=1), as_of)
        # sudo: the grace of a grade binds users who may not read the policy
        graces = [
            customer._credit_policy(company)._grace_days(customer.credit_grade_id)
            for customer in customers.sudo().with_company(company)
        ]
        self._flush_sources()
        rows = self.env.execute_query(
            SQL(
                """%(with)s
                SELECT item.partner_id, item.claim_id, MAX(item.late)
                  FROM (SELECT partner_id, claim_id, late FROM settled
                          JOIN period ON day BETWEEN date_from AND date_to
                         UNION ALL
                        SELECT partner_id, claim_id, late FROM overdue WHERE amount > 0) item
                  JOIN unnest(%(customers)s, %(graces)s) AS customer(id, grace)
                    ON customer.id = item.partner_id
                 WHERE item.late > customer.grace
                 GROUP BY item.partner_id, item.claim_id""",
                **{"with": self._with_sql(customers, company, [period])},
                customers=customers.ids,
                graces=graces,
            )
        )
        for partner_id, claim_id, days in rows:
            late[partner_id][claim_id] = days
        return late

    @api.model
    def _get_returned(self, partners, company, months=12):
        """Return {commercial partner id: {journal item id: amount}} of payments that went back lately.

        In company currency: those that the trade record takes back, and returns matched with the payment
        that they name, or with one of their amount. What it had settled is owed again: by the invoice,
        or by the item of the return, which is a receivable until it is paid; once in the exposure.
        """
        customers = partners.commercial_partner_id
        if not customers.ids:
            return {}
        self._flush_sources()
        amounts = {}
        for claim_id, _credit, amount, _settled in self._get_taken_amounts(customers, company):
            amounts[claim_id] = amounts.get(claim_id, 0.0) + float(amount)
        for claim_id, amount in self.env.execute_query(
            SQL(
                """SELECT claim.id, SUM(partial.amount)
                     FROM (%s) claim
                     JOIN account_move back ON back.id = claim.move_id
                     JOIN account_partial_reconcile partial ON partial.debit_move_id = claim.id
                     JOIN account_move_line credit ON credit.id = partial.credit_move_id
                     JOIN account_move credit_move ON credit_move.id = credit.move_id
                     JOIN account_journal credit_journal ON credit_journal.id = credit_move.journal_id
                    WHERE claim.is_return AND credit.date <= claim.date AND %s
                      AND (credit.balance = -claim.balance OR back.reversed_entry_id = credit_move.id)
                    GROUP BY claim.id""",
                self._claims_sql(customers, company),
                self._payment_sql("credit", "credit_move", "credit_journal"),
            )
        ):
            amounts[claim_id] = amounts.get(claim_id, 0.0) + float(amount)
        since = company._credit_today() - relativedelta(months=months)
        # sudo: a figure of the customer; who opens the items needs the rights
        items = self.env["account.move.line"].sudo().browse(amounts)
        return {
            customer.id: {item.id: amounts[item.id] for item in own}
            for customer, own in items.filtered(lambda item: item.date > since)
            .grouped(lambda item: item.partner_id.commercial_partner_id)
            .items()
        }

    @api.model
    def _get_periods(self, partners, company, periods):
        """Return {commercial partner id: figures per period, in the order of `periods`}.

        :param periods: list of (first day, last day)
        """
        customers = partners.commercial_partner_id
        found = {}
        if customers.ids and periods:
            self._flush_sources()
            for row in self.env.execute_query_dict(self._periods_sql(customers, company, periods)):
                found[row.pop("partner_id"), row.pop("n")] = row
        blank = {"paid_amount": 0.0, "paid_count": 0, "overdue_amount": 0.0, "sales": 0.0,
                 "billed": 0.0, "order_count": 0, "order_amount": 0.0, "days_late": None,
                 "days_late_paid": None, "days_to_pay": None}  # fmt: skip
        return {
            customer.id: [
                {"date_from": start, "date_to": end, **blank, **found.get((customer.id, n), {})}
                for n, (start, end) in enumerate(periods)
            ]
            for customer in customers
        }

    # ------------------------------------------------------------------ hooks

    @api.model
    def _get_dispute_counts(self, partners, company, date_from, date_to):
        """Return {commercial partner id: disputes in the window}. Empty here; collection overrides it."""
        return {}

    @api.model
    def _get_dispute_action(self, partner, company, date_from, date_to):
        """Return the action that opens those disputes, or False. Collection overrides it."""
        return False

    @api.model
    def _get_first_invoices(self, partners, company, as_of):
        """Return {commercial partner id: date of the first posted invoice}."""
        # sudo: invoices of the customer, for scores
        rows = (
            self.env["account.move"]
            .sudo()
            ._read_group(
                [*self._invoice_domain(partners, company), ("invoice_date", "<=", as_of)],
                ["commercial_partner_id"],
                ["invoice_date:min"],
            )
        )
        return {partner.id: first for partner, first in rows}

    @api.model
    def _invoice_domain(self, partners, company):
        return [
            ("move_type", "in", ("out_invoice", "out_receipt")),
            ("state", "=", "posted"),
            ("company_id", "in", company._credit_entity_ids()),
            ("commercial_partner_id", "in", partners.commercial_partner_id.ids),
        ]

    # ---- The documents behind each figure of the trade record, opened with the user's own rights.

    @api.model
    def _get_open_action(self, source, partner, company, date_from, date_to):
        """Return the action that opens the documents behind a figure.

        :param source: payment_speed, cooperation_years, orders, disputes or breaches
        :return: an action, or False where there is nothing to open
        """
        partner = partner.commercial_partner_id
        opener = {
            "payment_speed": self._open_settlements,
            "cooperation_years": self._open_invoices,
            "orders": self._open_orders,
            "disputes": self._get_dispute_action,
            "breaches": self._open_breaches,
        }.get(source)
        return opener(partner, company, date_from, date_to) if opener else False

    @api.model
    def _get_claim_ids(self, partner, company, date_from, date_to):
        """Return ids of the journal items settled in the window or past due and unpaid at its end."""
        self._flush_sources()
        rows = self.env.execute_query(
            SQL(
                """%s SELECT claim_id FROM settled JOIN period ON day BETWEEN date_from AND date_to
                      UNION SELECT claim_id FROM overdue""",
                self._with_sql(partner, company, [(date_from, date_to)]),
            )
        )
        return [row[0] for row in rows]

    @api.model
    def _open_breaches(self, partner, company, _date_from, date_to):
        """Open the late items of the two years up to a day."""
        late = self._get_late_items(partner, company, BREACH_MONTHS, date_to)
        return self._open_claims(
            self.env._("Late Items of %s", partner.display_name), list(late[partner.id])
        )

    @api.model
    def _open_settlements(self, partner, company, date_from, date_to):
        return self._open_claims(
            self.env._("Payments of %s", partner.display_name),
            self._get_claim_ids(partner, company, date_from, date_to),
        )

    @api.model
    def _open_claims(self, name, ids):
        return {
            "type": "ir.actions.act_window",
            "name": name,
            "res_model": "account.move.line",
            "view_mode": "list",
            "views": [
                (self.env.ref("credit_collection.account_move_line_view_list_behaviour").id, "list")
            ],
            "domain": [("id", "in", ids)],
        }

    @api.model
    def _open_invoices(self, partner, company, date_from, date_to):
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Invoices of %s", partner.display_name),
            "res_model": "account.move",
            "view_mode": "list,form",
            "domain": [*self._invoice_domain(partner, company), ("invoice_date", "<=", date_to)],
            "context": {"create": False},
        }

    @api.model
    def _open_orders(self, partner, company, date_from, date_to):
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Orders of %s", partner.display_name),
            "res_model": "sale.order",
            "view_mode": "list,form",
            "domain": [("id", "in", self._get_order_ids(partner, company, date_from, date_to))],
            "context": {"create": False},
        }

    @api.model
    def _get_order_ids(self, partner, company, date_from, date_to):
        self._flush_sources()
        rows = self.env.execute_query(
            SQL(
                """SELECT so.id FROM sale_order so
                     JOIN res_partner partner ON partner.id = so.partner_invoice_id
                    WHERE so.state = 'sale' AND so.company_id IN %s
                      AND partner.commercial_partner_id = %s AND %s BETWEEN %s AND %s""",
                company._credit_entity_ids(),
                partner.id,
                self._order_day_sql(company),
                date_from,
                date_to,
            )
        )
        return [row[0] for row in rows]
