from dateutil.relativedelta import relativedelta

from odoo import api, models
from odoo.tools import SQL


class CollectionAgreement(models.Model):
    """Whether agreements are kept, by what was really reconciled with their items."""

    _inherit = "collection.agreement"

    @api.model
    def _judge(self, company):
        """Judge the agreements in force of a company as the books are now; safe to repeat.

        What was paid on the items since the agreement, by date, is set against what was due
        in principal, oldest instalment first. Less than due after the days of grace: the
        instalment is missed, the agreement broken, its protection over (P1-10). All paid: it is
        kept, on the day the last money came. Credit notes count like payments; the fee does not.

        :return: the agreements that ended
        """
        rows = self.env.execute_query_dict(self._judge_sql(company))
        lines = self.env["collection.agreement.line"]._system()
        for row in rows:
            lines.browse(row["id"]).write({"state": row["verdict"], "amount_paid": row["paid"]})
        today = company._credit_today()
        touched = lines.browse([row["id"] for row in rows]).agreement_id.with_env(lines.env)
        broken = touched.filtered(lambda a: "missed" in a.line_ids.mapped("state"))
        kept = (touched - broken).filtered(lambda a: set(a.line_ids.mapped("state")) == {"paid"})
        kept.write({"state": "kept", "date_end": today})
        broken.write({"state": "broken", "date_end": today})
        broken._after_broken()
        for agreement in kept:
            agreement._tell(self.env._("%s was kept: everything is paid.", agreement.name))
        cases = (broken | kept).case_id.filtered(lambda case: case.state == "open")
        cases._refresh()
        self._warn_unsigned(company, today)
        return self.browse((broken | kept).ids)

    @api.model
    def _judge_sql(self, company):
        """SQL of the instalments that need a change: id, verdict, paid (in time, on this one)."""
        self.env["collection.item"]._flush_sources()
        self.env["account.partial.reconcile"].flush_model(
            ["debit_amount_currency", "debit_move_id", "max_date"]
        )
        for model in (self._name, f"{self._name}.line", f"{self._name}.item"):
            self.env[model].flush_model()
        return SQL(
            """
            SELECT * FROM (
                SELECT line.id, line.number, line.state, line.amount_paid, line.agreement_id,
                       LEAST(line.amount, GREATEST(paid.amount - line.due + line.amount, 0)) AS paid,
                       CASE WHEN paid.amount >= line.due THEN 'paid'
                            WHEN line.date_limit < %(today)s THEN 'missed'
                            ELSE 'open' END AS verdict
                  FROM (SELECT line.*, SUM(line.amount) OVER (
                                   PARTITION BY line.agreement_id ORDER BY line.number) AS due
                          FROM collection_agreement agreement
                          JOIN collection_agreement_line line ON line.agreement_id = agreement.id
                         WHERE agreement.state = 'active'
                           AND agreement.company_id = %(company)s) line
                 CROSS JOIN LATERAL (
                       SELECT COALESCE(SUM(GREATEST(
                                  item.amount - aml.amount_residual_currency
                                  - COALESCE((SELECT SUM(partial.debit_amount_currency)
                                                FROM account_partial_reconcile partial
                                               WHERE partial.debit_move_id = aml.id
                                                 AND partial.max_date > line.date_limit), 0),
                                  0)), 0) AS amount
                         FROM collection_agreement_item item
                         JOIN account_move_line aml ON aml.id = item.move_line_id
                        WHERE item.agreement_id = line.agreement_id
                       OFFSET 0) paid
            ) judged
             WHERE verdict <> state OR paid IS DISTINCT FROM amount_paid
             ORDER BY agreement_id, number
            """,
            today=SQL("%s::date", company._credit_today()),
            company=company.id,
        )

    def _after_broken(self):
        """Tell collector, salesperson and head; the collector gets work."""
        for agreement in self:
            missed = agreement.line_ids.filtered(lambda line: line.state == "missed")[:1]
            note = self.env._(
                "Instalment %(number)s of %(amount)s, due on %(date)s, was not paid.",
                number=missed.number,
                amount=agreement.currency_id.format(missed.amount),
                date=missed.date_due,
            )
            agreement.end_note = note
            agreement._tell(
                self.env._(
                    "%(agreement)s is broken. %(note)s", agreement=agreement.name, note=note
                ),
                agreement._get_people() | agreement.requested_by_id,
            )
        self._schedule_work(
            "credit_collection.mail_activity_collection_promise",
            lambda agreement: self.env._("%s is broken", agreement.name),
        )

    @api.model
    def _warn_unsigned(self, company, today):
        """Remind the collectors, once, of agreements in force that nobody signed in time."""
        late = self.search(
            [
                ("company_id", "=", company.id),
                ("state", "=", "active"),
                ("signed_date", "=", False),
                ("sign_warned", "=", False),
                ("date", "<", today - relativedelta(days=company.collection_agreement_sign_days)),
            ]
        )
        late._system().write({"sign_warned": True})
        late._schedule_work(
            "credit_collection.mail_activity_collection_promise",
            lambda agreement: self.env._("%s is not signed yet", agreement.name),
        )
