from odoo import api, fields, models
from odoo.tools import SQL

from .collection_contact import CONTACT_CHANNELS, CONTACT_RESULTS

# Fields that the SQL reads.
SOURCES = {
    "account.journal": ["type"],
    "account.move": ["journal_id", "move_type", "name", "ref"],
    "account.move.line": [
        "account_id", "amount_currency", "balance", "company_id", "currency_id", "date", "move_id",
        "parent_state", "partner_id",
    ],
    "collection.agreement": [
        "amount_total", "company_id", "currency_id", "date", "date_last", "name", "partner_id",
        "state", "user_id",
    ],
    "collection.case": ["company_id", "partner_id", "state", "user_id"],
    "collection.contact": [
        "channel", "company_id", "date", "direction", "letter_id", "partner_id", "person_id",
        "result", "summary", "user_id",
    ],
    "collection.dispute": [
        "amount", "company_id", "currency_id", "date", "deadline", "description", "opened_by_id",
        "partner_id", "state",
    ],
    "collection.letter": ["amount_total", "currency_id", "deadline"],
    "collection.promise": [
        "amount", "company_id", "currency_id", "date", "partner_id", "state", "user_id",
    ],
    "collection.promise.line": ["date_promised", "promise_id"],
    "collection.thanks": [
        "amount", "company_id", "currency_id", "partner_id", "recipient_id", "sent_at", "sent_by_id",
        "state", "subject",
    ],
    "credit.decision": ["company_id", "date", "note", "partner_id", "user_id"],
    "res.partner": ["commercial_partner_id"],
}  # fmt: skip

KINDS = [
    *CONTACT_CHANNELS,
    ("bounced", "Bounced"),
    ("payment", "Payment"),
    ("returned", "Returned or Refunded"),
    ("promise", "Promise"),
    ("dispute", "Dispute"),
    ("agreement", "Repayment Agreement"),
    ("decision", "Credit Decision"),
]


class CollectionTimeline(models.Model):
    """What went out to a customer and what came in, one row each: letters, contacts and answers,
    payments and notes on them, promises, disputes, agreements; and what was decided of its credit,
    without direction.

    A query over these documents; amounts are in their currency, positive. Payments are those of
    the trade record (`credit.payment.behaviour`); one that went back has a row for each way.
    """

    _name = "collection.timeline"
    _inherit = "credit.query.mixin"
    _description = "Timeline"
    _auto = False
    _order = "date desc, at desc, id desc"
    _depends = SOURCES

    partner_id = fields.Many2one("res.partner", "Customer", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    collector_id = fields.Many2one("res.users", readonly=True)
    case_id = fields.Many2one("collection.case", readonly=True)
    date = fields.Date(readonly=True)
    at = fields.Datetime("Time", readonly=True)
    kind = fields.Selection(KINDS, "Type", readonly=True)
    direction = fields.Selection([("out", "Out"), ("in", "In")], readonly=True)
    result = fields.Selection(CONTACT_RESULTS, readonly=True)
    text = fields.Text(readonly=True)
    amount = fields.Monetary(readonly=True, aggregator=None)
    currency_id = fields.Many2one("res.currency", readonly=True)
    date_until = fields.Date(
        "Until", readonly=True, help="Until when to pay, or to answer the dispute."
    )
    user_id = fields.Many2one("res.users", "By", readonly=True)
    person_id = fields.Many2one("res.partner", "With", readonly=True)
    res_model = fields.Char("Document Model", readonly=True)
    res_id = fields.Many2oneReference("Document", model_field="res_model", readonly=True)

    @property
    def _table_query(self):
        return SQL(
            """SELECT event.*, debt.user_id AS collector_id, debt.id AS case_id FROM (%s) event
                 LEFT JOIN LATERAL (
                      SELECT id, user_id FROM collection_case cas
                       WHERE cas.partner_id = event.partner_id AND cas.company_id = event.company_id
                       ORDER BY cas.state = 'open' DESC, cas.id DESC LIMIT 1) debt ON TRUE""",
            SQL(" UNION ALL ").join(self._get_selects().values()),
        )

    @api.model
    def _get_selects(self):
        """Return {source: SQL of its rows}; ids are the document's id * 8 + a digit of the source."""
        return {
            "contact": self._select_contacts(),
            "payment": self._select_payments(),
            "promise": self._select_resolution(
                "promise",
                2,
                user=SQL("user_id"),
                amount=SQL("amount"),
                until=SQL(
                    "(SELECT MAX(date_promised) FROM collection_promise_line line"
                    " WHERE line.promise_id = collection_promise.id)"
                ),
                text=SQL("NULL"),
            ),
            "dispute": self._select_resolution(
                "dispute",
                3,
                user=SQL("opened_by_id"),
                amount=SQL("amount"),
                until=SQL("deadline"),
                text=SQL("description"),
            ),
            "agreement": self._select_resolution(
                "agreement",
                4,
                user=SQL("user_id"),
                amount=SQL("amount_total"),
                until=SQL("date_last"),
                text=SQL("name"),
            ),
            "thanks": self._select_thanks(),
            "decision": self._select_decisions(),
        }

    @api.model
    def _select_contacts(self):
        """Select contacts, the letters that went out or came back among them."""
        return SQL(
            """SELECT contact.id::bigint * 8 AS id, contact.partner_id, contact.company_id,
                      (contact.date AT TIME ZONE 'UTC' AT TIME ZONE %(zone)s)::date AS date,
                      contact.date AS at,
                      CASE WHEN contact.result = 'bounced' THEN 'bounced'
                           WHEN letter.id IS NOT NULL THEN 'letter'
                           ELSE contact.channel END AS kind,
                      contact.direction, contact.result, contact.summary AS text,
                      letter.amount_total AS amount, letter.currency_id,
                      letter.deadline AS date_until, contact.user_id, contact.person_id,
                      CASE WHEN letter.id IS NULL THEN 'collection.contact'
                           ELSE 'collection.letter' END AS res_model,
                      COALESCE(letter.id, contact.id) AS res_id
                 FROM collection_contact contact
            LEFT JOIN collection_letter letter ON letter.id = contact.letter_id""",
            zone=self.env.tz.zone,
        )

    @api.model
    def _select_thanks(self):
        """Select notes that went out or came back."""
        return SQL(
            """SELECT note.id::bigint * 8 + 5 AS id, note.partner_id, note.company_id,
                      (note.sent_at AT TIME ZONE 'UTC' AT TIME ZONE %(zone)s)::date AS date,
                      note.sent_at AS at,
                      CASE WHEN note.state = 'bounced' THEN 'bounced' ELSE 'letter' END AS kind,
                      'out' AS direction,
                      CASE WHEN note.state = 'bounced' THEN 'bounced' ELSE 'sent' END AS result,
                      note.subject AS text, note.amount, note.currency_id, NULL::date AS date_until,
                      note.sent_by_id AS user_id, note.recipient_id AS person_id,
                      'collection.thanks' AS res_model, note.id AS res_id
                 FROM collection_thanks note
                WHERE note.state IN ('sent', 'printed', 'bounced')""",
            zone=self.env.tz.zone,
        )

    @api.model
    def _select_payments(self):
        """Select payments, and those that went back."""
        behaviour = self.env["credit.payment.behaviour"]
        return SQL(
            """SELECT aml.id::bigint * 8 + 1 AS id, partner.commercial_partner_id AS partner_id,
                      %(root)s AS company_id, aml.date, aml.date::timestamp AS at,
                      CASE WHEN aml.balance < 0 THEN 'payment' ELSE 'returned' END AS kind,
                      CASE WHEN aml.balance < 0 THEN 'in' ELSE 'out' END AS direction,
                      NULL AS result, CONCAT_WS(' ', move.name, move.ref) AS text,
                      ABS(aml.amount_currency) AS amount, aml.currency_id, NULL::date AS date_until,
                      NULL::int AS user_id, NULL::int AS person_id, 'account.move' AS res_model,
                      aml.move_id AS res_id
                 FROM account_move_line aml
                 JOIN account_move move ON move.id = aml.move_id
                 JOIN account_journal journal ON journal.id = move.journal_id
                 JOIN res_partner partner ON partner.id = aml.partner_id
                WHERE aml.account_id IN %(accounts)s AND aml.parent_state = 'posted'
                  AND CASE WHEN aml.balance < 0 THEN %(is_payment)s
                           ELSE aml.balance > 0 AND %(is_return)s END""",
            root=self.env["res.company"]._credit_root_sql(SQL("aml.company_id")),
            accounts=self.env["credit.exposure.line"]._receivable_accounts_sql(),
            is_payment=behaviour._payment_sql("aml", "move", "journal"),
            is_return=behaviour._return_sql("move", "journal"),
        )

    @api.model
    def _select_resolution(self, name, digit, **columns):
        """Select promises, disputes or agreements; drafts of agreements went to nobody yet.

        :param columns: SQL of user, amount, until and text
        """
        model = self.env[f"collection.{name}"]
        return SQL(
            """SELECT id::bigint * 8 + %(digit)s AS id, partner_id, company_id, date,
                      date::timestamp AS at, %(name)s AS kind, 'in' AS direction, NULL AS result,
                      %(text)s AS text, %(amount)s AS amount, currency_id, %(until)s AS date_until,
                      %(user)s AS user_id, NULL::int AS person_id, %(model)s AS res_model,
                      id AS res_id
                 FROM %(table)s WHERE state NOT IN ('draft', 'requested', 'rejected')""",
            digit=digit,
            name=name,
            model=model._name,
            table=SQL.identifier(model._table),
            **columns,
        )

    @api.model
    def _select_decisions(self):
        """Select decisions on the customer's credit; what each changed says its own `summary`."""
        return SQL(
            """SELECT id::bigint * 8 + 5 AS id, partner_id, company_id,
                      (date AT TIME ZONE 'UTC' AT TIME ZONE %s)::date AS date, date AS at,
                      'decision' AS kind, NULL AS direction, NULL AS result, note AS text,
                      NULL::numeric AS amount, NULL::int AS currency_id, NULL::date AS date_until,
                      user_id, NULL::int AS person_id, 'credit.decision' AS res_model, id AS res_id
                 FROM credit_decision""",
            self.env.tz.zone,
        )

    def action_open_document(self):
        """Open the letter, contact, payment, promise, dispute, agreement or decision of the row."""
        self.ensure_one()
        self.check_access("read")
        record = self.env[self.res_model].browse(self.res_id)
        record.check_access("read")
        return record.get_formview_action()
