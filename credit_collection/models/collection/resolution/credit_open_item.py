from odoo import api, models
from odoo.tools import SQL

# Fields that the selects below read beyond the sources of `credit.open.item`.
BLOCK_SOURCES = {
    "account.move": ["collection_excluded_until"],
    "collection.agreement.item": [
        "move_line_id",
        "state",
        "amount",
        "amount_left_out",
        "credited_start",
    ],
    "collection.dispute": ["amount", "credited_start", "move_id", "state"],
    "collection.promise.line": ["amount", "date_limit", "move_line_id", "residual_start", "state"],
}


class CreditOpenItem(models.AbstractModel):
    """The blocked part of an open item today: disputed, promised, under agreement, excluded."""

    _inherit = "credit.open.item"

    @api.model
    def _get_block_selects(self):
        return {
            **super()._get_block_selects(),
            "dispute": self._select_block_dispute(),
            "promise": self._select_block_promise(),
            "agreement": self._select_block_agreement(),
            "excluded": self._select_block_excluded(),
        }

    @api.model
    def _contested_partners_sql(self):
        return SQL(
            "SELECT dispute.partner_id FROM collection_dispute dispute WHERE dispute.state = 'open'"
        )

    @api.model
    def _flush_sources(self):
        result = super()._flush_sources()
        for model, names in BLOCK_SOURCES.items():
            self.env[model].flush_model(names)
        return result

    @api.model
    def _select_block_dispute(self):
        """Select the contested amount of an invoice, on its open instalments, earliest due first.

        Credit notes matched with the invoice since it was contested, or that name it, have settled
        their part. What is paid, or set off by money that names it, cannot be contested: the
        contested amount lies on what is open after that.
        """
        return SQL(
            """
            SELECT item.move_line_id,
                   LEAST(item.residual, item.contested - item.before) AS amount,
                   NULL::numeric AS start
              FROM (
                SELECT aml.id AS move_line_id, %(left_over)s AS residual,
                       dispute.contested
                       - COALESCE(SUM(named.notes) OVER (PARTITION BY aml.move_id), 0) AS contested,
                       COALESCE(SUM(%(left_over)s) OVER (
                           PARTITION BY aml.move_id ORDER BY aml.date_maturity, aml.id
                           ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0) AS before
                  FROM (SELECT dispute.move_id,
                               SUM(dispute.amount) - GREATEST(
                                   (%(credited)s) - MIN(COALESCE(dispute.credited_start, 0)), 0)
                               AS contested
                          FROM collection_dispute dispute
                         WHERE dispute.state = 'open' GROUP BY dispute.move_id) dispute
                  JOIN account_move_line aml ON aml.move_id = dispute.move_id
             LEFT JOIN registered ON registered.move_line_id = aml.id
             LEFT JOIN named ON named.move_line_id = aml.id
                 WHERE aml.account_id IN %(accounts)s AND aml.parent_state = 'posted'
                   AND aml.reconciled IS NOT TRUE AND aml.amount_residual_currency > 0
              ) item
             WHERE item.before < item.contested
            """,
            credited=self._credited_sql(SQL("dispute.move_id")),
            left_over=self._left_over_sql(SQL("aml.amount_residual_currency")),
            accounts=self.env["credit.exposure.line"]._receivable_accounts_sql(),
        )

    @api.model
    def _credited_sql(self, move):
        """Return the amount that credit notes matched with an invoice took off it, in its currency.

        Those made from a dispute have settled theirs and count for no other.
        """
        return SQL(
            """
            SELECT COALESCE(SUM(partial.debit_amount_currency), 0)
              FROM account_move_line owed
              JOIN account_partial_reconcile partial ON partial.debit_move_id = owed.id
              JOIN account_move_line credit ON credit.id = partial.credit_move_id
              JOIN account_move note ON note.id = credit.move_id AND note.move_type = 'out_refund'
               AND note.collection_dispute_id IS NULL
             WHERE owed.move_id = %s
            """,
            move,
        )

    @api.model
    def _select_block_promise(self):
        """Select amounts promised and not yet paid, until the day of grace has passed."""
        return SQL(
            """
            SELECT line.move_line_id, line.amount, line.residual_start AS start
              FROM collection_promise_line line
             WHERE line.state = 'open' AND line.date_limit >= %s
            """,
            self.env["res.company"]._credit_today_sql("line"),
        )

    @api.model
    def _select_block_agreement(self):
        """Select items of active agreements, which are blocked: the agreement has its own due dates.

        Whole, or without the disputed part that it leaves out.
        """
        return SQL(
            """
            SELECT item.move_line_id,
                   CASE WHEN item.amount_left_out > 0 THEN item.amount END AS amount,
                   CASE WHEN item.amount_left_out > 0
                        THEN item.amount + (%s) END AS start
              FROM collection_agreement_item item WHERE item.state = 'active'
            """,
            self.env["collection.agreement.item"]._left_out_sql("item"),
        )

    @api.model
    def _select_block_excluded(self):
        """Select invoices excluded from collection, until the day agreed on, included."""
        return SQL(
            """
            SELECT aml.id AS move_line_id, NULL::numeric AS amount, NULL::numeric AS start
              FROM account_move move
              JOIN account_move_line aml ON aml.move_id = move.id
             WHERE move.collection_excluded_until >= %s
               AND aml.account_id IN %s AND aml.reconciled IS NOT TRUE
            """,
            self.env["res.company"]._credit_today_sql("move"),
            self.env["credit.exposure.line"]._receivable_accounts_sql(),
        )
