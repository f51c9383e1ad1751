from odoo import api, models
from odoo.tools import SQL


class BasePartnerMergeAutomaticWizard(models.TransientModel):
    """Two customers become one: the debts of both are one open case, and nothing is lost."""

    _inherit = "base.partner.merge.automatic.wizard"

    @api.model
    def _update_foreign_keys(self, src_partners, dst_partner):
        # Odoo moves rows by SQL; a unique index would stop the merge, or have rows deleted.
        self._collection_merge_cases(src_partners, dst_partner)
        self._collection_merge_letters(src_partners, dst_partner)
        self._collection_merge_mailed(src_partners, dst_partner)
        return super()._update_foreign_keys(src_partners, dst_partner)

    @api.model
    def _collection_merge_cases(self, src_partners, dst_partner):
        """Close the source customer's open case where the target keeps one."""
        # sudo: users who merge contacts may have no rights in collection
        cases = self.env["collection.case"].sudo()
        partners = dst_partner | src_partners
        found = cases.search([("partner_id", "in", partners.ids), ("state", "=", "open")])
        for company, group in found.grouped("company_id").items():
            # the case of the target, else the oldest one
            kept = group.sorted(lambda c: (c.partner_id != dst_partner, c.id))[:1]
            duplicates = group - kept
            if not duplicates:
                continue
            self._collection_join(duplicates, kept)
            kept.message_post(
                body=self.env._(
                    "%(cases)s: the customers were merged.",
                    cases=", ".join(duplicates.mapped("name")),
                )
            )
            if company.credit_controller_id and not kept.user_id:
                kept._reassign()
        self.env.flush_all()

    @api.model
    def _collection_join(self, duplicates, kept):
        """Close cases of a customer that another one goes on for."""
        duplicates._do_close("other", self.env._("Merged into %s.", kept.name))
        duplicates._system_write({"muted_until": False})
        self._collection_move_resolutions(duplicates, kept)

    @api.model
    def _collection_move_resolutions(self, duplicates, kept):
        """Move open records to the case that stays; closed ones stay where they were."""
        for model, domain in (
            ("collection.promise", [("state", "=", "open")]),
            ("collection.agreement", [("state", "in", ("draft", "requested", "active"))]),
            ("collection.dispute", [("state", "=", "open")]),
            ("collection.letter", [("state", "in", ("ready", "sent", "bounced"))]),
        ):
            # sudo: users who merge contacts may have no rights in collection
            records = self.env[model].sudo().search([("case_id", "in", duplicates.ids), *domain])
            self.env.flush_all()
            self.env.execute_query(
                SQL(
                    "UPDATE %s SET case_id = %s WHERE id IN %s RETURNING id",
                    SQL.identifier(records._table),
                    kept.id,
                    tuple(records.ids) or (0,),
                )
            )
            records.invalidate_recordset(["case_id"])
        # sudo: users who merge contacts may have no rights in collection
        self.env["collection.promise.line"].sudo().search(
            [("promise_id.case_id", "=", kept.id)]
        ).modified(["promise_id"])

    @api.model
    def _collection_merge_mailed(self, src_partners, dst_partner):
        """Keep both documents of a mailing; one of them no longer counts as what goes once."""
        registry = self.env.registry
        for name in sorted(registry.descendants(["collection.mailing.document.mixin"], "_inherit")):
            model = self.env[name]
            if model._abstract:
                continue
            model.flush_model()
            self.env.execute_query(
                SQL(
                    """
                    UPDATE %(table)s SET is_started = FALSE,
                           state = CASE WHEN state = 'ready' THEN 'cancelled' ELSE state END
                     WHERE id IN (
                        SELECT id FROM (
                            SELECT id, ROW_NUMBER() OVER (
                                       PARTITION BY company_id, %(once)s
                                       ORDER BY state = 'ready', partner_id <> %(kept)s, id) AS number
                              FROM %(table)s
                             WHERE partner_id IN %(partners)s AND is_started
                               AND state <> 'cancelled') twin
                         WHERE twin.number > 1)
                    RETURNING id
                    """,
                    table=SQL.identifier(model._table),
                    once=SQL(", ").join(SQL.identifier(field) for field in model._once),
                    kept=dst_partner.id,
                    partners=tuple((dst_partner | src_partners).ids),
                )
            )
            model.invalidate_model()

    @api.model
    def _collection_merge_letters(self, src_partners, dst_partner):
        """Keep both letters of the same day, run and currency; one of them loses its run."""
        self.env["collection.letter"].flush_model()
        self.env.execute_query(
            SQL(
                """
                UPDATE collection_letter SET run_id = NULL
                 WHERE id IN (
                    SELECT id FROM (
                        SELECT id, ROW_NUMBER() OVER (
                                   PARTITION BY company_id, currency_id, date
                                   ORDER BY partner_id <> %s, id) AS number
                          FROM collection_letter
                         WHERE partner_id IN %s AND run_id IS NOT NULL
                           AND is_test IS NOT TRUE AND state <> 'cancelled') twin
                     WHERE twin.number > 1)
                RETURNING id
                """,
                dst_partner.id,
                tuple((dst_partner | src_partners).ids),
            )
        )
        self.env["collection.letter"].invalidate_model(["run_id"])
