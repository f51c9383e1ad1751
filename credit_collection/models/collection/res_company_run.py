from datetime import timedelta

import pytz

from odoo import fields, models
from odoo.tools import SQL

ASSIGN_ORDERS = [
    ("territory", "Customer's Collector, Territory, Salesperson, in Turn"),
    ("salesperson", "Customer's Collector, Salesperson, Territory, in Turn"),
]


class ResCompany(models.Model):
    """How the daily run of collection works in a company, and what keeps its letters back."""

    _inherit = "res.company"

    collection_run_mode = fields.Selection(
        [("manual", "By Hand"), ("automatic", "Every Day")],
        "Collection Run",
        default="manual",
        required=True,
        help="Every Day: the run works by itself once a day. By hand: somebody looks at a preview"
        " and starts it.",
        prefetch="collection",
    )
    collection_run_hour = fields.Float(
        "Run at",
        default=6.0,
        help="Time of day in the company's time zone, or soon after.",
        prefetch="collection",
    )
    # P2-21
    collection_hour_from = fields.Float("Contact from", default=8.0, prefetch="collection")
    collection_hour_to = fields.Float(
        "Contact until",
        default=20.0,
        help="Letters go out between these hours only, in the company's time zone.",
        prefetch="collection",
    )
    collection_contact_max = fields.Integer(
        "Contacts per Customer at Most",
        default=7,
        help="Letters and contacts that were logged; 0 = no limit.",
        prefetch="collection",
    )
    collection_contact_days = fields.Integer("Within Days", default=7, prefetch="collection")
    collection_bank_guard_days = fields.Integer(
        "Bank Guard (Days)",
        default=7,
        help="No letter goes while a bank or cash journal was not reconciled for more than so many"
        " days: what customers paid may be there. 0 = off.",
        prefetch="collection",
    )
    collection_assign_order = fields.Selection(
        ASSIGN_ORDERS, "Who Collects", default="territory", required=True, prefetch="collection"
    )

    _collection_hours_range = models.Constraint(
        "CHECK(collection_run_hour >= 0 AND collection_run_hour < 24 AND collection_hour_from >= 0"
        " AND collection_hour_from < collection_hour_to AND collection_hour_to <= 24)",
        "Hours lie between 0:00 and 24:00, and the first is before the last.",
    )
    _collection_limits_positive = models.Constraint(
        "CHECK(collection_contact_max >= 0 AND collection_contact_days BETWEEN 1 AND 365"
        " AND collection_bank_guard_days >= 0)",
        "Limits of contacts and of the bank guard cannot be negative; contacts count within 1 to"
        " 365 days.",
    )

    def _collection_hour(self):
        """Time of day in the company's time zone, in hours."""
        self.ensure_one()
        zone = pytz.timezone(self._credit_timezones().get(self.id, "UTC"))
        now = pytz.utc.localize(fields.Datetime.now()).astimezone(zone)
        return now.hour + now.minute / 60.0

    def _collection_may_contact_now(self):
        """Whether letters may go out at this time of the day (P2-21)."""
        self.ensure_one()
        return self.collection_hour_from <= self._collection_hour() < self.collection_hour_to

    def _collection_guard_journals(self):
        """Journals with bank lines whose newest reconciled line is too old: no letters go."""
        self.ensure_one()
        journals = self.env["account.journal"].sudo()
        if not self.collection_bank_guard_days:
            return journals
        self.env["account.bank.statement.line"].flush_model()
        self.env["account.move"].flush_model(["state", "date"])
        rows = self.env.execute_query(
            SQL(
                """
                SELECT line.journal_id
                  FROM account_bank_statement_line line
                  JOIN account_move move ON move.id = line.move_id AND move.state = 'posted'
                  JOIN account_journal journal ON journal.id = line.journal_id AND journal.active
                 WHERE line.company_id = %s
                 GROUP BY line.journal_id
                HAVING COALESCE(MAX(move.date) FILTER (WHERE line.is_reconciled), '1900-01-01') < %s
                """,
                self.id,
                self._credit_today() - timedelta(days=self.collection_bank_guard_days),
            )
        )
        return journals.browse(row[0] for row in rows)


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    collection_run_mode = fields.Selection(related="company_id.collection_run_mode", readonly=False)
    collection_run_hour = fields.Float(related="company_id.collection_run_hour", readonly=False)
    collection_hour_from = fields.Float(related="company_id.collection_hour_from", readonly=False)
    collection_hour_to = fields.Float(related="company_id.collection_hour_to", readonly=False)
    collection_contact_max = fields.Integer(
        related="company_id.collection_contact_max", readonly=False
    )
    collection_contact_days = fields.Integer(
        related="company_id.collection_contact_days", readonly=False
    )
    collection_bank_guard_days = fields.Integer(
        related="company_id.collection_bank_guard_days", readonly=False
    )
    collection_assign_order = fields.Selection(
        related="company_id.collection_assign_order", readonly=False
    )
    collection_own_portfolio = fields.Boolean(
        related="company_id.collection_own_portfolio", readonly=False
    )
