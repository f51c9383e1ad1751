from odoo import api, models
from odoo.tools import SQL

# Fields that the SQL below reads.
NOTE_SOURCES = {
    "account.move": ["date"],
    "receivable.note": ["amount", "company_id", "currency_id", "date_maturity", "partner_id"],
    "receivable.note.line": ["amount", "date_due", "date_invoice", "days_overdue", "note_id"],
    "receivable.note.step": ["company_id", "date", "kind", "move_id", "note_id",
                             "reverse_move_id", "state"],
}  # fmt: skip

# Steps with which a note leaves the books.
LEAVING = ("collect", "discount", "endorse", "dishonour")


class ReceivableAgeing(models.AbstractModel):
    """Notes count as receivables until they are paid, discounted or endorsed (P4-08)."""

    _inherit = "receivable.ageing"

    @api.model
    def _flush_sources(self):
        result = super()._flush_sources()
        for model, names in NOTE_SOURCES.items():
            self.env[model].flush_model(names)
        return result

    @api.model
    def _has_notes(self, company):
        # sudo: an ageing counts every note of the books
        steps = self.env["receivable.note.step"].sudo()
        return bool(steps.search_count([("company_id", "=", company._credit_root().id)], limit=1))

    @api.model
    def _get_extra_selects(self, company, as_of):
        selects = super()._get_extra_selects(company, as_of)
        if self._has_notes(company):
            selects = {**selects, "note": self._get_note_sql(company, as_of)}
        return selects

    @api.model
    def _effective_steps_sql(self, company, as_of):
        """Return steps whose entries stood in the books of a day: one undone later did, too."""
        return SQL(
            """
            SELECT step.id, step.note_id, step.kind, step.date, step.move_id
              FROM receivable_note_step step
         LEFT JOIN account_move reversal ON reversal.id = step.reverse_move_id
             WHERE step.company_id = %(company)s AND step.date <= %(as_of)s
               AND step.move_id IS NOT NULL
               AND (step.state = 'done' OR reversal.date > %(as_of)s)
            """,
            company=company._credit_root().id,
            as_of=as_of,
        )

    @api.model
    def _get_note_sql(self, company, as_of):
        """Select notes held on a day, one row per invoice paid, and one of a note's excess over these.

        A row has the due date of the invoice and the days overdue by the note
        (P4-08), whatever the day; the excess over the invoices counts from the note's maturity.
        A note booked anew after its receipt was undone stands twice on days before the reversal,
        as in the books; the invoices are those it names now. Amounts add up to what notes
        receivable stand at in the books.
        """
        return SQL(
            """
            WITH step AS MATERIALIZED (%(steps)s),
            held AS (
                SELECT receipt.note_id, receipt.date, receipt.move_id, item.account_id,
                       item.balance, item.amount_currency
                  FROM step receipt
                  JOIN (SELECT move_id, MIN(account_id) AS account_id, SUM(balance) AS balance,
                               SUM(amount_currency) AS amount_currency
                          FROM account_move_line
                         WHERE balance > 0 AND move_id IN (SELECT move_id FROM step)
                         GROUP BY move_id) item ON item.move_id = receipt.move_id
                 WHERE receipt.kind = 'receive'
                   AND NOT EXISTS (SELECT FROM step later WHERE later.note_id = receipt.note_id
                                      AND later.kind IN %(leaving)s AND later.id > receipt.id)
            ),
            named AS (
                SELECT held.move_id, line.date_invoice, line.date_due, line.days_overdue, line.id,
                       held.amount_currency AS whole,
                       SUM(line.amount) OVER upto - line.amount AS since,
                       SUM(line.amount) OVER upto AS upto
                  FROM held JOIN receivable_note_line line ON line.note_id = held.note_id
                WINDOW upto AS (PARTITION BY held.move_id ORDER BY line.id)
            ),
            part AS (
                SELECT move_id, date_invoice, date_due, days_overdue, since, LEAST(upto, whole) AS upto
                  FROM named WHERE since < whole
             UNION ALL
                SELECT held.move_id, held.date, note.date_maturity, NULL,
                       COALESCE(MAX(named.upto), 0), held.amount_currency
                  FROM held
                  JOIN receivable_note note ON note.id = held.note_id
             LEFT JOIN named ON named.move_id = held.move_id
                 GROUP BY held.move_id, held.date, note.date_maturity, held.amount_currency
                HAVING held.amount_currency > COALESCE(MAX(named.upto), 0)
            )
            SELECT 'note' AS kind, NULL::int AS move_line_id, held.move_id,
                   partner.commercial_partner_id AS partner_id, held.account_id, note.currency_id,
                   held.date, part.date_invoice, part.date_due AS date_maturity,
                   part.days_overdue AS days,
                   ROUND(held.balance * part.upto / held.amount_currency, %(digits)s)
                   - ROUND(held.balance * part.since / held.amount_currency, %(digits)s)
                   AS amount, part.upto - part.since AS amount_currency
              FROM held
              JOIN receivable_note note ON note.id = held.note_id
              JOIN part ON part.move_id = held.move_id
         LEFT JOIN res_partner partner ON partner.id = note.partner_id
            """,
            steps=self._effective_steps_sql(company, as_of),
            leaving=LEAVING,
            digits=company.currency_id.decimal_places,
        )

    @api.model
    def _get_contingent(self, company, as_of):
        """Return {note id: amount} of notes discounted or endorsed that may come back after a day.

        Apart from the ageing: the money is there, the debt returns when the note is not paid.
        Amounts are those at which the notes stood in the books, in company currency.
        """
        self._flush_sources()
        return dict(
            self.env.execute_query(
                SQL(
                    """
                    WITH step AS MATERIALIZED (%(steps)s)
                    SELECT note.id, SUM(item.balance)
                      FROM step receipt
                      JOIN receivable_note note ON note.id = receipt.note_id
                      JOIN account_move_line item ON item.move_id = receipt.move_id AND item.balance > 0
                     WHERE receipt.kind = 'receive' AND note.date_maturity >= %(as_of)s
                       AND EXISTS (SELECT FROM step sale WHERE sale.note_id = note.id
                                      AND sale.kind IN ('discount', 'endorse'))
                       AND NOT EXISTS (SELECT FROM step back WHERE back.note_id = note.id
                                          AND back.kind = 'dishonour')
                     GROUP BY note.id
                    """,
                    steps=self._effective_steps_sql(company, as_of),
                    as_of=as_of,
                )
            )
        )
