from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import SQL, format_date

from ..mailing.collection_mailing_mixin import BATCH

# A payment booked later than this is history: nobody is thanked for it any more.
THANKS_DAYS = 14

KINDS = [
    ("overdue", "Payment of Overdue Items"),
    ("announced", "Payment That Was Promised"),
]


class CollectionThanks(models.Model):
    """A note to a customer whose payment came: thanks for what was overdue, or receipt of what was
    promised. Off unless the company says so; once per payment, whatever becomes of it.

    Written once the payment is applied to the items. One that is reversed, or not applied any more,
    before the note goes out is not spoken of.
    """

    _name = "collection.thanks"
    _description = "Thank-You Note"
    _inherit = ["collection.mailing.mixin"]
    _order = "date desc, id desc"
    _report = "credit_collection.action_report_collection_thanks"
    _mail_template = "credit_collection.mail_template_collection_thanks"

    kind = fields.Selection(KINDS, "Reason", required=True, readonly=True)
    move_id = fields.Many2one(
        "account.move", "Payment", required=True, readonly=True, index=True, ondelete="cascade"
    )
    currency_id = fields.Many2one("res.currency", required=True, readonly=True)
    amount = fields.Monetary(required=True, readonly=True, aggregator=None)
    date = fields.Date("Payment Received on", required=True, readonly=True)
    salesperson_id = fields.Many2one(related="partner_id.user_id", string="Salesperson")
    date_text = fields.Char(compute="_compute_texts")
    amount_text = fields.Char(compute="_compute_texts")
    pdf = fields.Binary(related="attachment_id.datas", string="Note")

    _waiting = models.Index("(id) WHERE state = 'ready'")
    _payment_once = models.UniqueIndex(
        "(move_id, partner_id, currency_id)", "There is a note about this payment already."
    )

    @api.depends("partner_id", "move_id")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for note in self:
            # sudo: the payment's number only
            note.display_name = self.env._(
                "Payment %(payment)s of %(customer)s",
                payment=note.sudo().move_id.name,
                customer=note.partner_id.name,
            )

    @api.depends("date", "amount", "currency_id", "lang")
    @api.depends_context("lang")
    def _compute_texts(self):
        for note in self:
            env = note.with_context(lang=note.lang or self.env.lang).env
            note.date_text = format_date(env, note.date, date_format="long")
            note.amount_text = note.currency_id.with_env(env).format(note.amount)

    # ------------------------------------------------------------------ what came

    @api.model
    def _get_payments_sql(self, company, moves=None):
        """Return SQL of payments that customers are told of: partner_id, move_id, currency_id, date,
        amount (currency of the payment, positive), kind.

        :param moves: only these entries, noted or not; None: recent ones without a note
        """
        behaviour = self.env["credit.payment.behaviour"]
        if moves is None:
            today = company._credit_today()
            since = max(today - timedelta(days=THANKS_DAYS), company.collection_thanks_since)
            which = SQL(
                """credit.date BETWEEN %s AND %s AND NOT EXISTS (
                       SELECT FROM collection_thanks known WHERE known.move_id = credit.move_id
                          AND known.partner_id = partner.commercial_partner_id)""",
                since,
                today,
            )
        else:
            which = SQL("credit.move_id IN %s", tuple(moves.ids) or (0,))
        return SQL(
            """
            SELECT partner_id, move_id, currency_id, date, SUM(amount) AS amount,
                   CASE WHEN bool_or(promised) THEN 'announced' ELSE 'overdue' END AS kind
              FROM (
                SELECT partner.commercial_partner_id AS partner_id, credit.move_id,
                       credit.currency_id, credit.date, -credit.amount_currency AS amount,
                       %(receipt)s AND EXISTS (
                           SELECT FROM account_partial_reconcile partial
                             JOIN collection_promise_line line
                               ON line.move_line_id = partial.debit_move_id
                              AND line.state <> 'cancelled'
                              AND credit.date BETWEEN line.date AND line.date_limit
                            WHERE partial.credit_move_id = credit.id) AS promised,
                       %(thanks)s AND EXISTS (
                           SELECT FROM account_partial_reconcile partial
                             JOIN account_move_line claim ON claim.id = partial.debit_move_id
                              AND claim.parent_state = 'posted'
                              AND COALESCE(claim.date_maturity, claim.date) < credit.date
                             JOIN account_move document ON document.id = claim.move_id
                              AND document.move_type IN ('out_invoice', 'out_receipt')
                            WHERE partial.credit_move_id = credit.id) AS late
                  FROM account_move_line credit
                  JOIN account_move move ON move.id = credit.move_id
                  JOIN account_journal journal ON journal.id = credit.journal_id
                  JOIN res_partner partner ON partner.id = credit.partner_id
                 WHERE credit.account_id IN %(accounts)s AND credit.company_id IN %(companies)s
                   AND credit.parent_state = 'posted' AND credit.amount_currency < 0
                   AND %(is_payment)s AND %(which)s) paid
             GROUP BY partner_id, move_id, currency_id, date
            HAVING bool_or(promised) OR bool_or(late)
             ORDER BY move_id, partner_id
            """,
            receipt=bool(company.collection_receipt),
            thanks=bool(company.collection_thanks),
            accounts=self.env["credit.exposure.line"]._receivable_accounts_sql(),
            companies=company._credit_entity_ids(),
            is_payment=behaviour._payment_sql("credit", "move", "journal"),
            which=which,
        )

    @api.model
    def _get_payments(self, company, moves=None):
        """Return rows of `_get_payments_sql` as dicts."""
        self.env["credit.payment.behaviour"]._flush_sources()
        self.env["account.partial.reconcile"].flush_model(["credit_move_id", "debit_move_id"])
        self.env["collection.promise.line"].flush_model()
        self.flush_model(["move_id", "partner_id"])
        return self.env.execute_query_dict(self._get_payments_sql(company, moves))

    @api.model
    def _create_due(self):
        """Write the notes of payments that came since, of each company that wants them."""
        companies = self.env["res.company"].search(
            [("parent_id", "=", False), ("collection_thanks_since", "!=", False)]
        )
        for company in companies:
            values = {"company_id": company.id, "channel": "mail"}
            self._system_create(
                [
                    {**row, **values, "amount": float(row["amount"])}
                    for row in self._get_payments(company)
                ]
            )

    @api.model
    def _cron_send(self, batch=BATCH):
        self._create_due()
        return super()._cron_send(batch)

    # ------------------------------------------------------------------ how it goes

    def _prepare_delivery(self, address=None, mail=None):
        """Look again: a payment that went back, or is applied otherwise by now, is not spoken of."""
        super()._prepare_delivery(address, mail)
        found = {
            (row["partner_id"], row["currency_id"]): row
            for row in self._get_payments(self.company_id, self.move_id)
        }
        row = found.get((self.partner_id.id, self.currency_id.id))
        if not row:
            self._cancel(
                self.env._(
                    "The payment went back or is applied to other items, or these notes were turned off."
                )
            )
            return False
        self._system_write({"kind": row["kind"], "amount": float(row["amount"])})
        return True

    def _may_send(self):
        return self.env.su or self.env.user._has_role("collector")

    def _get_subject(self):
        values = {"amount": self.amount_text, "date": self.date_text}
        if self.kind == "announced":
            return self.env._("Receipt of your payment of %(amount)s on %(date)s", **values)
        return self.env._("Thank you for your payment of %(amount)s on %(date)s", **values)

    def _get_opening(self):
        """Return the sentence that says what came, in the language of the context."""
        self.ensure_one()
        values = {"amount": self.amount_text, "date": self.date_text}
        if self.kind == "announced":
            return self.env._(
                "The payment that you promised has arrived: %(amount)s on %(date)s. Thank you.",
                **values,
            )
        return self.env._(
            "Thank you for your payment of %(amount)s, which we received on %(date)s.", **values
        )

    def _get_paid(self):
        """Return [(document, due date, amount applied)] of the invoices that the payment paid.

        Amounts in the currency of each document, formatted.
        """
        self.ensure_one()
        self.check_access("read")
        # sudo: documents of a customer whose note the user may read
        lines = self.sudo().move_id.line_ids.filtered(
            lambda line: line.partner_id.commercial_partner_id == self.partner_id
        )
        return [
            (
                partial.debit_move_id.move_id.name,
                format_date(self.env, partial.debit_move_id.date_maturity),
                partial.debit_currency_id.with_env(self.env).format(partial.debit_amount_currency),
            )
            for partial in lines.matched_debit_ids.sorted(
                lambda one: (one.debit_move_id.date_maturity or one.max_date, one.id)
            )
            if partial.debit_move_id.move_id.is_sale_document(include_receipts=True)
        ]

    def _get_paper_lang(self):
        """Return the language of the paper: as it went out, or would go out now."""
        self.ensure_one()
        # sudo: the customer's language, whoever reads the note
        return self.lang or self.sudo()._get_lang(self.partner_id)

    def action_open_payment(self):
        """Open the entry of the payment, for users who may read it."""
        self.ensure_one()
        self.check_access("read")
        self.move_id.check_access("read")
        return self.move_id.get_formview_action()
