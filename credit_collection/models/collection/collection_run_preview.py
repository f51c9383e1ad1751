from odoo import models
from odoo.tools import SQL

from .collection_run_apply import PLAN


class CollectionRun(models.Model):
    """The preview of a run: the lines it would write, from the same decision."""

    _inherit = "collection.run"

    def _do_preview(self):
        """List what a run would do now, customer by customer; nothing else changes."""
        lines = self.env["collection.run.line"]._system()
        self.line_ids.unlink()
        self.date = self.company_id._credit_today()
        self.message = self._get_guard_message()
        self._decide()
        self.env.execute_query(
            SQL(
                """
                INSERT INTO collection_run_line (
                    run_id, company_id, partner_id, case_id, user_id, action, stage_from_id,
                    stage_id, days_overdue, amount_overdue, amount_chase, is_key, letter_type_id,
                    letter_count, has_activity, skip, create_uid, write_uid, create_date, write_date)
                SELECT %(run)s, %(company)s, plan.partner_id, plan.case_id, plan.user_id,
                       plan.case_action, plan.case_stage_id, plan.stage_id,
                       COALESCE(plan.days, plan.days_all, 0), plan.overdue, plan.chase, plan.is_key,
                       CASE WHEN plan.letter_currency_ids IS NOT NULL THEN stage.letter_type_id END,
                       COALESCE(array_length(plan.letter_currency_ids, 1), 0), plan.activity,
                       plan.skip, %(uid)s, %(uid)s, %(now)s, %(now)s
                  FROM %(plan)s plan
             LEFT JOIN collection_stage stage ON stage.id = plan.stage_id
                 ORDER BY plan.chase DESC, plan.partner_id
             RETURNING id
                """,
                run=self.id,
                company=self.company_id.id,
                uid=self.env.uid,
                now=SQL("now() AT TIME ZONE 'UTC'"),
                plan=PLAN,
            )
        )
        self.env.cr.execute(SQL("DROP TABLE %s", PLAN))
        lines.invalidate_model()
        self.invalidate_recordset(["line_ids"])
        self.write(self._get_counts())
