from odoo import api, models
from odoo.tools import SQL

# What the selects below read beyond the sources of `collection.item`.
REST_SOURCES = {
    "account.move": ["collection_leave_out_until"],
    "collection.agreement.item": ["move_line_id", "state"],
    "collection.dispute": ["amount", "move_id", "state"],
    "collection.promise.line": ["amount", "date_limit", "move_line_id", "residual_start", "state"],
}


class CollectionItem(models.AbstractModel):
    """What of an open item rests today: disputed, promised, under agreement, left out."""

    _inherit = "collection.item"

    @api.model
    def _get_rest_selects(self):
        return {
            **super()._get_rest_selects(),
            "dispute": self._select_rest_dispute(),
            "promise": self._select_rest_promise(),
            "agreement": self._select_rest_agreement(),
            "left_out": self._select_rest_left_out(),
        }

    @api.model
    def _flush_sources(self):
        result = super()._flush_sources()
        for model, names in REST_SOURCES.items():
            self.env[model].flush_model(names)
        return result

    @api.model
    def _select_rest_dispute(self):
        """The contested amount of an invoice, on its open instalments, earliest due first."""
        return SQL(
            """
            SELECT item.move_line_id,
                   LEAST(item.residual, item.contested - item.before) AS amount
              FROM (
                SELECT aml.id AS move_line_id, aml.amount_residual_currency AS residual,
                       dispute.contested,
                       COALESCE(SUM(aml.amount_residual_currency) OVER (
                           PARTITION BY aml.move_id ORDER BY aml.date_maturity, aml.id
                           ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0) AS before
                  FROM (SELECT move_id, SUM(amount) AS contested
                          FROM collection_dispute WHERE state = 'open' GROUP BY move_id) dispute
                  JOIN account_move_line aml ON aml.move_id = dispute.move_id
                 WHERE aml.account_id IN %s AND aml.parent_state = 'posted'
                   AND aml.reconciled IS NOT TRUE AND aml.amount_residual_currency > 0
              ) item
             WHERE item.before < item.contested
            """,
            self.env["credit.exposure.line"]._receivable_accounts_sql(),
        )

    @api.model
    def _select_rest_promise(self):
        """What is promised and not yet paid, until the day of grace has passed."""
        return SQL(
            """
            SELECT line.move_line_id,
                   GREATEST(line.amount - GREATEST(line.residual_start
                                                   - aml.amount_residual_currency, 0), 0) AS amount
              FROM collection_promise_line line
              JOIN account_move_line aml ON aml.id = line.move_line_id
             WHERE line.state = 'open' AND line.date_limit >= %s
            """,
            self.env["res.company"]._credit_today_sql("line"),
        )

    @api.model
    def _select_rest_agreement(self):
        """Items of an agreement in force rest whole: the agreement says what is due and when."""
        return SQL(
            "SELECT move_line_id, NULL::numeric AS amount"
            " FROM collection_agreement_item WHERE state = 'active'"
        )

    @api.model
    def _select_rest_left_out(self):
        """Invoices left out of collection, until the day agreed on, included."""
        return SQL(
            """
            SELECT aml.id AS move_line_id, NULL::numeric AS amount
              FROM account_move move
              JOIN account_move_line aml ON aml.move_id = move.id
             WHERE move.collection_leave_out_until >= %s
               AND aml.account_id IN %s AND aml.reconciled IS NOT TRUE
            """,
            self.env["res.company"]._credit_today_sql("move"),
            self.env["credit.exposure.line"]._receivable_accounts_sql(),
        )
