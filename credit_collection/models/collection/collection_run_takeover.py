from odoo import api, models
from odoo.tools import SQL

TOLD_TASK = "mail_activity_takeover_told"
# Cases filed at a time, so that memory stays flat on a first day.
BATCH = 500


class CollectionRun(models.Model):
    """After a run: takeover by age (P3-06), weekly follow-up of key customers (P2-18)."""

    _inherit = "collection.run"

    def _after_apply(self):
        result = super()._after_apply()
        for run in self:
            # A test sends to its user only and gives nobody work.
            if not run.is_test:
                self.env["collection.case"].sudo()._apply_takeover(run.company_id)
                self.env["collection.case"].sudo()._follow_up_key_customers(run.company_id)
        return result


class CollectionCase(models.Model):
    _inherit = "collection.case"

    @api.model
    def _apply_takeover(self, company):
        """Tell the head of cases over three months, file those over six. Again: no change."""
        tell, take = company.collection_takeover_tell_days, company.collection_takeover_days
        bounds = [days for days in (tell, take) if days]
        if not bounds:
            return
        self.flush_model(["partner_id", "company_id", "state", "takeover_state"])
        items = self.env["collection.item"].sudo()
        items._flush_sources()
        rows = self.env.execute_query(
            SQL(
                """SELECT kase.id, oldest.days, kase.takeover_state
                     FROM collection_case kase
                     JOIN (SELECT item.partner_id, MAX(item.days) AS days
                             FROM (%s) item WHERE item.net > 0
                         GROUP BY item.partner_id) oldest ON oldest.partner_id = kase.partner_id
                    WHERE kase.company_id = %s AND kase.state = 'open'
                      AND kase.takeover_state <> 'taken' AND oldest.days > %s
                 ORDER BY oldest.days DESC, kase.id""",
                items._get_items_sql(company),
                company.id,
                min(bounds),
            )
        )
        taken = [case for case, days, _state in rows if take and days > take]
        told = [
            case
            for case, days, state in rows
            if tell and days > tell and state == "none" and not (take and days > take)
        ]
        self.browse(told)._tell_head(company)
        for start in range(0, len(taken), BATCH):
            self.env["collection.filing"]._file_mandatory(self.browse(taken[start : start + BATCH]))

    def _tell_head(self, company):
        if not self:
            return
        deadline = company._collection_add_workdays(company._credit_today(), 3)
        for team, cases in self.grouped("team_id").items():
            self.env["collection.task"]._assign(
                cases,
                company._collection_head(team),
                TOLD_TASK,
                lambda case: case.env._(
                    "%s: overdue for long, organise help for the collector", case.partner_id.name
                ),
                deadline,
            )
        self._system().with_context(tracking_disable=len(self) > 1).write(
            {"takeover_state": "told"}
        )

    # ------------------------------------------------------------------ key customers

    @api.model
    def _get_key_customers(self, company):
        """Ids of customers with an open case and yearly sales of at least the threshold (P2-18).

        Sales are those of `res.partner._credit_monthly_sales`, over the last twelve full months.
        """
        partners = self.search([("company_id", "=", company.id), ("state", "=", "open")]).partner_id
        # sudo: the run reads the sales of every customer
        groups = (
            self.env["account.move"]
            .sudo()
            ._read_group(
                partners._credit_sales_domain(company, 12, company._credit_today()),
                ["commercial_partner_id"],
                having=[("amount_total_signed:sum", ">=", company.collection_key_sales)],
            )
        )
        return [partner.id for (partner,) in groups]
