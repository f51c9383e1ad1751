from odoo import api, fields, models
from odoo.tools import SQL

from ...credit.exposure.res_partner_check import STATUSES
from ...credit.terms.res_partner import CONTROLS
from ..open_item.collection_ledger import AGE_BUCKETS, age_bucket_sql

AGES = {bucket: label for bucket, label in AGE_BUCKETS if bucket != "credit"}

# What the timeline of a form shows at once; the others are one click away.
TIMELINE_LIMIT = 100


def _age(bucket):
    return fields.Monetary(AGES[bucket], compute="_compute_ages", aggregator=None)


class CollectionCase(models.Model):
    """What a caller wants to know of the customer, from where it is defined; each opens its documents."""

    _inherit = "collection.case"

    amount_balance = fields.Monetary(
        "Balance",
        compute="_compute_customer",
        help="All that the customer owes, due or not, less unapplied payments and credits.",
    )
    credit_control = fields.Selection(CONTROLS, compute="_compute_customer")
    amount_limit = fields.Monetary(
        "Credit Limit", compute="_compute_customer", help="The effective limit."
    )
    credit_status = fields.Selection(STATUSES, compute="_compute_customer")
    amount_collected = fields.Monetary(
        "Collected",
        compute="_compute_amount_collected",
        help="Money received from the customer while the case was open, less what went back, in"
        " company currency.",
    )
    days_late = fields.Float(
        "Average Days Late",
        compute="_compute_customer",
        digits=(16, 0),
        aggregator=None,
        help="Of the last 12 months, weighted by amount, including what is overdue now. Negative ="
        " before the due date.",
    )
    has_days_late = fields.Boolean(compute="_compute_customer")
    date_last_payment = fields.Date("Last Payment on", compute="_compute_last_payment")
    amount_last_payment = fields.Monetary("Last Payment", compute="_compute_last_payment")
    last_payment_id = fields.Many2one(
        "account.move", "Entry of the Last Payment", compute="_compute_last_payment"
    )
    # To collect, by age: together, without what is not due, the amount to collect.
    age_current = _age("current")
    age_d030 = _age("d030")
    age_d060 = _age("d060")
    age_d090 = _age("d090")
    age_d180 = _age("d180")
    age_d365 = _age("d365")
    age_older = _age("older")
    timeline_ids = fields.One2many("collection.timeline", compute="_compute_timeline_ids")
    bounced_letter_id = fields.Many2one("collection.letter", compute="_compute_bounced_letter_id")

    @api.depends("partner_id", "company_id")
    def _compute_customer(self):
        names = (
            "amount_balance", "amount_limit", "credit_control", "credit_status", "days_late",
            "has_days_late",
        )  # fmt: skip
        for company, cases in self._saved(*names).grouped("company_id").items():
            figures = cases.partner_id._get_credit_figures(company)
            record = self.env["credit.payment.behaviour"]._get_figures(cases.partner_id, company)
            for case in cases:
                # sudo: who reads a case reads figures of its customer
                customer = case.partner_id.sudo().with_company(company)
                row = figures.get(customer.id, {})
                late = record.get(customer.id, {}).get("days_late")
                case.amount_balance = row.get("receivable", 0.0)
                case.amount_limit = row.get("credit_effective_limit", 0.0)
                case.credit_control = customer.credit_control or "none"
                case.credit_status = customer.credit_status
                case.days_late = late or 0.0
                case.has_days_late = late is not None

    @api.depends("partner_id", "company_id")
    def _compute_last_payment(self):
        names = ("date_last_payment", "amount_last_payment", "last_payment_id")
        for company, cases in self._saved(*names).grouped("company_id").items():
            found = self.env["credit.payment.behaviour"]._get_last_payments(
                cases.partner_id, company
            )
            for case in cases:
                day, amount, move_id = found.get(case.partner_id.id, (False, 0.0, False))
                case.date_last_payment = day
                case.amount_last_payment = amount
                case.last_payment_id = move_id

    @api.depends("partner_id", "company_id", "date_open", "date_close")
    def _compute_amount_collected(self):
        cases = self._saved("amount_collected")
        query = cases._as_query(ordered=False)
        found = dict(
            self.env.execute_query(
                query.select(
                    SQL.identifier(self._table, "id"),
                    self._field_to_sql(self._table, "amount_collected", query),
                )
            )
        )
        for case in cases:
            case.amount_collected = found.get(case.id, 0.0)

    @api.model
    def _collected_sql(self, alias, since=None, until=None):
        """Return SQL of the money received while a case was open, less what went back.

        In company currency, by the rule of the trade record for what is money received.

        :param alias: name of the table of cases
        :param since: first day, where a part of the time is asked for; `until`: last day
        """
        behaviour = self.env["credit.payment.behaviour"]
        behaviour._flush_sources()
        self.flush_model(["company_id", "date_close", "date_open", "partner_id"])
        return SQL(
            """(SELECT COALESCE(SUM(-aml.balance), 0)
                  FROM account_move_line aml
                  JOIN account_move move ON move.id = aml.move_id
                  JOIN account_journal journal ON journal.id = move.journal_id
                  JOIN res_partner payer ON payer.id = aml.partner_id
                 WHERE payer.commercial_partner_id = %(case)s.partner_id
                   AND %(root)s = %(case)s.company_id
                   AND aml.account_id IN %(accounts)s AND aml.parent_state = 'posted'
                   AND aml.date >= GREATEST(%(case)s.date_open, %(since)s)
                   AND aml.date <= LEAST(%(case)s.date_close, %(until)s::date, 'infinity')
                   AND CASE WHEN aml.balance < 0 THEN %(is_payment)s
                            ELSE aml.balance > 0 AND %(is_return)s END)""",
            case=SQL.identifier(alias),
            root=self.env["res.company"]._credit_root_sql(SQL("aml.company_id")),
            accounts=self.env["credit.exposure.line"]._receivable_accounts_sql(),
            since=since or None,
            until=until or None,
            is_payment=behaviour._payment_sql("aml", "move", "journal"),
            is_return=behaviour._return_sql("move", "journal"),
        )

    @api.depends("partner_id", "company_id")
    def _compute_ages(self):
        names = [f"age_{age}" for age in AGES]
        for company, cases in self._saved(*names).grouped("company_id").items():
            found = {}
            if cases.partner_id.ids:
                items = self.env["credit.open.item"]
                items._flush_sources()
                # sudo: sums over items that the user need not see one by one
                sql = items.sudo()._get_items_sql(company, cases.partner_id.ids)
                rows = self.env.execute_query(
                    SQL(
                        "SELECT item.partner_id, %s AS age, SUM(item.chase) FROM (%s) item"
                        " GROUP BY item.partner_id, age",
                        age_bucket_sql(SQL("item.days")),
                        sql,
                    )
                )
                found = {(partner, age): amount for partner, age, amount in rows}
            for case in cases:
                for age in AGES:
                    case[f"age_{age}"] = found.get((case.partner_id.id, age), 0.0)

    @api.depends_context("uid", "tz", "allowed_company_ids")
    @api.depends("partner_id", "company_id")
    def _compute_timeline_ids(self):
        for case in self:
            case.timeline_ids = self.env["collection.timeline"].search_fetch(
                case._get_customer_domain(), limit=TIMELINE_LIMIT
            )

    @api.depends_context("uid")
    @api.depends("letter_ids.state")
    def _compute_bounced_letter_id(self):
        found = self.env["collection.letter"].search(
            [("case_id", "in", self.ids), ("state", "in", ("bounced", "sent"))], order="id"
        )
        # A later letter that arrived says that the address is known again.
        by_case = {letter.case_id: letter for letter in found if not letter.is_test}
        for case in self:
            last = by_case.get(case)
            case.bounced_letter_id = last if last and last.state == "bounced" else False

    def _get_customer_domain(self):
        self.ensure_one()
        return [("partner_id", "=", self.partner_id.id), ("company_id", "=", self.company_id.id)]

    # ---- Each figure opens the documents behind it.

    def action_open_balance(self):
        """Open all that the customer owes in the receivables ledger, and the credits not applied."""
        self.ensure_one()
        return self._open_of_case("collection_ledger_action", self._get_customer_domain())

    def action_open_age(self):
        """Open the items to collect of one age, the context's `age_bucket`, in the receivables ledger."""
        self.ensure_one()
        age = self.env.context.get("age_bucket")
        return self._open_of_case(
            "collection_ledger_action",
            [
                *self._get_customer_domain(),
                ("age_bucket", "=", age if age in AGES else False),
                ("chase", ">", 0),
            ],
        )

    def action_open_credit(self):
        """Open the credit file of the customer."""
        self.ensure_one()
        self.check_access("read")
        return self.partner_id.action_open_credit_file()

    def action_open_days_late(self):
        """Open the items settled in the last 12 months, or past due and unpaid."""
        self.ensure_one()
        self.check_access("read")
        behaviour = self.env["credit.payment.behaviour"]
        window = behaviour._get_figures(self.partner_id, self.company_id)[self.partner_id.id]
        return behaviour._get_open_action(
            "payment_speed",
            self.partner_id,
            self.company_id,
            window["date_from"],
            window["date_to"],
        )

    def action_open_last_payment(self):
        """Open the last payment of the customer, or its entry.

        :raise UserError: there is none
        """
        self.ensure_one()
        self.check_access("read")
        move = self.last_payment_id
        # sudo: only which payment; its own rights are checked below
        document = move.sudo().origin_payment_id.sudo(False) or move
        document.ensure_one()
        document.check_access("read")
        return document.get_formview_action()

    def action_open_timeline(self):
        """Open all that went out to the customer and came in."""
        self.ensure_one()
        return self._open_of_case("collection_timeline_action", self._get_customer_domain())

    def action_letter_send_again(self):
        """Ask for another address for the letter that came back last.

        :raise UserError: none came back
        """
        self.ensure_one()
        self.check_access("read")
        return self.bounced_letter_id.action_send_again()
