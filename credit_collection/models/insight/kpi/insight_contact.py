from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from ...collection.case.collection_case_schedule import PATHS
from ...collection.case.collection_contact import CONTACT_CHANNELS, CONTACT_RESULTS

# Money that comes within these days of a contact counts as its success.
YIELD_DAYS = 7

# Contacts of so many months are shown.
MONTHS = 24

SOURCES = {
    "account.account": ["account_type"],
    "account.move.line": ["balance", "company_id", "date", "parent_state", "partner_id"],
    "collection.case": ["company_id", "date_close", "date_open", "partner_id", "stage_id", "user_id"],
    "collection.contact": [
        "addition_to_id", "case_id", "channel", "company_id", "date", "is_automatic", "is_complaint",
        "letter_id", "partner_id", "path", "result",
    ],
    "collection.letter": ["stage_id", "type_id"],
    "mail.message": ["date", "model", "res_id"],
    "mail.tracking.value": ["field_id", "mail_message_id", "new_value_integer", "old_value_integer"],
    "res.partner": ["commercial_partner_id"],
}  # fmt: skip


class InsightContact(models.Model):
    """A contact or letter, and the money that came of it (P2-20).

    Money received within seven days belongs to the last contact before it, each receipt once,
    whatever it pays. Stage and collector are those that the case had then, by its history; of a
    letter the stage is its own. The path is what the case pursued when the contact was logged.
    """

    _name = "insight.contact"
    _inherit = "credit.query.mixin"
    _description = "Success of a Contact"
    _auto = False
    _order = "date desc, id desc"
    _rec_name = "contact_id"
    _depends = SOURCES

    contact_id = fields.Many2one("collection.contact", readonly=True)
    case_id = fields.Many2one("collection.case", readonly=True)
    partner_id = fields.Many2one("res.partner", "Customer", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    date = fields.Date(readonly=True)
    user_id = fields.Many2one(
        "res.users", "Collector", readonly=True, help="Who had the case at the time."
    )
    channel = fields.Selection(CONTACT_CHANNELS, readonly=True)
    result = fields.Selection(CONTACT_RESULTS, readonly=True)
    stage_id = fields.Many2one("collection.stage", readonly=True)
    letter_type_id = fields.Many2one("collection.letter.type", readonly=True)
    path = fields.Selection(PATHS, readonly=True)
    is_complaint = fields.Boolean("Complaint", readonly=True)
    amount = fields.Monetary(
        "Received within 7 Days", readonly=True, help="After this contact and before the next."
    )
    success = fields.Float(
        "Success (%)", readonly=True, aggregator="avg", help="100 where money came, else 0."
    )

    @property
    def _table_query(self):
        # sudo: which companies there are; record rules say whose rows a user reads
        roots = self.env["res.company"].sudo().search([("parent_id", "=", False)])
        return self._get_contacts_sql(
            roots, self.env.company._credit_today() - relativedelta(months=MONTHS)
        )

    @api.model
    def _flush_sources(self):
        for model, names in SOURCES.items():
            self.env[model].flush_model(names)

    @api.model
    def _get_contacts_sql(self, companies, first):
        """Select contacts of legal entities from a day on, with what came of them."""
        root = self.env["res.company"]._credit_root_sql(SQL("line.company_id"))
        last = max(company._credit_today() for company in companies)
        # sudo: money counts, whoever may read the entries
        items = self.env["account.move.line"].sudo()
        receipts = items._search(
            Domain.OR(
                self.env["insight.kpi"]._get_collected_domain(company, first, last)
                for company in companies
            )
        )
        return SQL(
            """
            WITH stage AS (%(stages)s), holder AS (%(holders)s),
            contact AS (
                SELECT contact.*, LEAD(contact.day) OVER (
                           PARTITION BY contact.partner_id, contact.company_id
                           ORDER BY contact.date, contact.id) AS next_day
                  FROM (SELECT contact.*, %(day)s AS day
                          FROM collection_contact contact
                         WHERE contact.addition_to_id IS NULL) contact
                 WHERE contact.day >= %(first)s),
            money AS (
                SELECT contact.id, SUM(receipt.amount) AS amount
                  FROM contact
                  JOIN (SELECT partner.commercial_partner_id AS partner_id, %(root)s AS company_id,
                               line.date, -line.balance AS amount
                          FROM account_move_line line
                          JOIN res_partner partner ON partner.id = line.partner_id
                         WHERE line.id IN %(receipts)s) receipt
                    ON receipt.partner_id = contact.partner_id
                   AND receipt.company_id = contact.company_id
                   AND receipt.date BETWEEN contact.day AND contact.day + %(days)s
                   AND receipt.date < COALESCE(contact.next_day, 'infinity')
                 GROUP BY contact.id)
            SELECT contact.id, contact.id AS contact_id, contact.case_id, contact.partner_id,
                   contact.company_id, contact.day AS date, holder.value AS user_id,
                   contact.channel, contact.result,
                   COALESCE(letter.stage_id, stage.value) AS stage_id,
                   letter.type_id AS letter_type_id, contact.path,
                   COALESCE(contact.is_complaint, FALSE) AS is_complaint,
                   COALESCE(money.amount, 0) AS amount,
                   CASE WHEN money.amount > 0 THEN 100.0 ELSE 0.0 END AS success
              FROM contact
         LEFT JOIN collection_letter letter ON letter.id = contact.letter_id
         LEFT JOIN money ON money.id = contact.id
         LEFT JOIN stage ON stage.case_id = contact.case_id
               AND contact.date >= stage.since AND contact.date < stage.until
         LEFT JOIN holder ON holder.case_id = contact.case_id
               AND contact.date >= holder.since AND contact.date < holder.until
             WHERE contact.company_id IN %(companies)s
            """,
            stages=self._case_history_sql("stage_id"),
            holders=self._case_history_sql("user_id"),
            day=self._day_sql(SQL("contact.date"), SQL("contact.company_id")),
            first=first,
            root=root,
            receipts=receipts.subselect(),
            days=YIELD_DAYS,
            companies=tuple(companies.ids),
        )

    @api.model
    def _day_sql(self, moment, company):
        """Return SQL of the day of a moment, in the time zone of its company."""
        zones = self.env["res.company"]._credit_timezones()
        cases = SQL(" ").join(SQL("WHEN %s THEN %s", id_, zone) for id_, zone in zones.items())
        return SQL(
            "(%s AT TIME ZONE 'UTC' AT TIME ZONE CASE %s %s ELSE 'UTC' END)::date",
            moment,
            company,
            cases,
        )

    @api.model
    def _case_history_sql(self, name):
        """Select what a tracked field of a case was, and when: case_id, value, since, until.

        From the chatter; `since` and `until` are moments in UTC, the first begins with the case and
        the last has no end.
        """
        field = self.env["ir.model.fields"]._get("collection.case", name)
        return SQL(
            """
            SELECT known.case_id, known.value, known.since,
                   LEAD(known.since, 1, 'infinity') OVER (
                       PARTITION BY known.case_id ORDER BY known.since, known.n) AS until
              FROM (SELECT kase.id AS case_id, 0 AS n, '-infinity'::timestamp AS since,
                           CASE WHEN first.id IS NULL THEN kase.%(name)s
                                ELSE NULLIF(first.old_value_integer, 0) END AS value
                      FROM collection_case kase
                 LEFT JOIN LATERAL (
                           SELECT value.id, value.old_value_integer
                             FROM mail_message message
                             JOIN mail_tracking_value value ON value.mail_message_id = message.id
                            WHERE message.model = 'collection.case' AND message.res_id = kase.id
                              AND value.field_id = %(field)s
                            ORDER BY value.id LIMIT 1) first ON TRUE
                 UNION ALL
                    SELECT message.res_id, value.id, message.date, NULLIF(value.new_value_integer, 0)
                      FROM mail_tracking_value value
                      JOIN mail_message message ON message.id = value.mail_message_id
                     WHERE value.field_id = %(field)s AND message.model = 'collection.case') known
            """,
            name=SQL.identifier(name),
            field=field.id,
        )

    def action_open_case(self):
        """Open the case of this contact."""
        self.ensure_one()
        self.case_id.check_access("read")
        return self.case_id.get_formview_action()
