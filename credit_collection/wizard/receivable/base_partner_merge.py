from odoo import api, models
from odoo.tools import SQL


class BasePartnerMergeAutomaticWizard(models.TransientModel):
    """Two customers become one: rows kept once per customer are added up."""

    _inherit = "base.partner.merge.automatic.wizard"

    @api.model
    def _update_foreign_keys(self, src_partners, dst_partner):
        # Odoo moves rows by SQL: a unique index would stop the merge.
        self._receivable_add_up(
            src_partners | dst_partner,
            dst_partner,
            "receivable.provision.specific",
            SQL("provision_id"),
            SQL(
                """exposure = total.exposure, amount = total.amount, reason = total.reason,
                   percent = CASE WHEN total.owed > 0
                                  THEN LEAST(100, 100.0 * total.amount / total.owed)
                                  ELSE kept.percent END"""
            ),
            SQL(
                """SUM(exposure) AS exposure, SUM(amount) AS amount,
                   SUM(GREATEST(exposure, 0)) AS owed, STRING_AGG(reason, '; ' ORDER BY id) AS reason"""
            ),
        )
        self._receivable_add_up(
            src_partners | dst_partner,
            dst_partner,
            "receivable.long.overdue",
            SQL("company_id, date"),
            SQL(
                """amount = sums.amount, total = sums.total, days = sums.days,
                   uncollectable_amount = sums.uncollectable, reason_id = sums.reason_id,
                   reason = sums.reason, action = sums.action, prevention = sums.prevention"""
            ),
            SQL(
                """SUM(amount) AS amount, SUM(total) AS total, MAX(days) AS days,
                   SUM(uncollectable_amount) AS uncollectable, MIN(reason_id) AS reason_id,
                   STRING_AGG(NULLIF(reason, ''), '; ' ORDER BY id) AS reason,
                   STRING_AGG(NULLIF(action, ''), '; ' ORDER BY id) AS action,
                   STRING_AGG(NULLIF(prevention, ''), '; ' ORDER BY id) AS prevention"""
            ),
            SQL("sums"),
        )
        return super()._update_foreign_keys(src_partners, dst_partner)

    @api.model
    def _receivable_add_up(self, partners, dst_partner, model, keys, sets, sums, alias=None):
        """Add the rows of these customers that are alike in `keys` up in one, and drop the others."""
        self.env[model].flush_model()
        self.env.execute_query(
            SQL(
                """
                WITH rows AS (
                    SELECT *, FIRST_VALUE(id) OVER (
                                  PARTITION BY %(keys)s ORDER BY partner_id <> %(dst)s, id) AS kept_id
                      FROM %(table)s WHERE partner_id IN %(partners)s),
                %(alias)s AS (
                    SELECT kept_id, %(sums)s FROM rows GROUP BY kept_id HAVING COUNT(*) > 1),
                changed AS (
                    UPDATE %(table)s kept SET %(sets)s FROM %(alias)s
                     WHERE kept.id = %(alias)s.kept_id)
                DELETE FROM %(table)s row USING rows
                 WHERE row.id = rows.id AND rows.id <> rows.kept_id
                RETURNING row.id
                """,
                keys=keys,
                dst=dst_partner.id,
                table=SQL.identifier(self.env[model]._table),
                partners=tuple(partners.ids),
                alias=alias or SQL("total"),
                sums=sums,
                sets=sets,
            )
        )
        self.env[model].invalidate_model()
