from dateutil.relativedelta import relativedelta

from odoo import api, models
from odoo.fields import Domain
from odoo.tools import SQL

from .insight_kpi import MONEY_JOURNALS, PAID_RESULTS

SALES_TYPES = ("out_invoice", "out_refund", "out_receipt")

SALES = ("collect", "discount", "endorse")


class InsightKpi(models.Model):
    """The sources of the inputs: domains, and the actions that open them."""

    _inherit = "insight.kpi"

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

    @api.model
    def _overdue_item_sql(self, day):
        """Return the condition that a row `item` of the ageing is overdue, as in the ledger.

        :param day: the day of the ageing, or SQL of it
        """
        return SQL("item.kind = 'receivable' AND item.net > 0 AND item.date_maturity < %s", day)

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
        return self._open_overdue_items(self._get_closing_day())

    def action_open_opening_overdue(self):
        """Open the items that were overdue at the end of the month before."""
        self.ensure_one()
        return self._open_overdue_items(self.date_from - relativedelta(days=1))

    def _open_overdue_items(self, day):
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

    def _get_held_partner_ids(self, day):
        """Return ids of the customers whose cases the collector of the row had on a day."""
        return [
            id_
            for (id_,) in self.env.execute_query(
                SQL(
                    "SELECT partner_id FROM (%(holders)s) holder"
                    " WHERE user_id = %(user)s AND since <= %(day)s AND until > %(day)s",
                    holders=self._holders_sql(self.company_id),
                    user=self.user_id.id,
                    day=day,
                )
            )
        ]

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
        elif self.scope == "team":
            action["domain"].append(("user_id.sale_team_id", "=", self.team_id.id))
        elif self.scope == "collector":
            action["domain"].append(("partner_id", "in", self._get_held_partner_ids(day)))
        return action

    # ------------------------------------------------------------------ opening what collecting brought

    def action_open_paid(self):
        """Open the invoice items of which something was paid in the month."""
        matched = (
            Domain("max_date", ">=", self.date_from)
            & Domain("max_date", "<=", self.date)
            & Domain("credit_move_id.journal_id.type", "in", MONEY_JOURNALS)
        )
        domain = self._get_item_domain(self.company_id) & Domain(
            [
                ("move_id.move_type", "in", ("out_invoice", "out_receipt")),
                ("matched_credit_ids", "any", matched),
            ]
        )
        return self._open(
            self.env._("Invoices Paid"),
            "account.move.line",
            domain & self._get_user_domain("partner_id"),
        )

    def action_open_promises(self):
        """Open the promises for days of the month that were judged."""
        domain = Domain(
            [
                ("company_id", "=", self.company_id.id),
                ("state", "in", ("kept", "partly", "broken")),
                ("date_promised", ">=", self.date_from),
                ("date_promised", "<=", self.date),
            ]
        )
        return self._open(
            self.env._("Promises"),
            "collection.promise.line",
            domain & self._get_unit_domain("user_id"),
        )

    def action_open_disputes(self):
        """Open the disputes of the month: open at its end, or settled in it."""
        domain = Domain(
            [("company_id", "=", self.company_id.id), ("date", "<=", self._get_closing_day())]
        ) & (Domain("date_close", "=", False) | Domain("date_close", ">=", self.date_from))
        return self._open(
            self.env._("Disputes"),
            "collection.dispute",
            domain & self._get_unit_domain("case_id.user_id"),
        )

    def action_open_cases(self):
        """Open the cases closed in the month by payment, archived ones as well."""
        domain = Domain(
            [
                ("company_id", "=", self.company_id.id),
                ("result", "in", PAID_RESULTS),
                ("date_close", ">=", self.date_from),
                ("date_close", "<=", self.date),
            ]
        )
        action = self._open(
            self.env._("Cases Paid"),
            "collection.case",
            domain & self._get_unit_domain("user_id"),
            "list,form",
        )
        return {**action, "context": {"create": False, "active_test": False}}

    def action_open_contacts(self):
        """Open the contacts of the month with the money that came of them."""
        domain = Domain(
            [
                ("company_id", "=", self.company_id.id),
                ("date", ">=", self.date_from),
                ("date", "<=", self.date),
            ]
        )
        return self._open(
            self.env._("Contacts"),
            "insight.contact",
            domain & self._get_unit_domain("user_id"),
            "list,pivot",
        )

    def _get_unit_domain(self, collector):
        """Return the condition on documents of collecting.

        :param collector: path to their collector
        """
        if self.scope == "collector":
            return Domain(collector, "=", self.user_id.id)
        return self._get_user_domain("partner_id")

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
