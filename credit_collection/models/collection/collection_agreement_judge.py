from dateutil.relativedelta import relativedelta

from odoo import api, models
from odoo.tools import SQL

from .collection_promise_judge import REVIEW_DAYS


class CollectionAgreement(models.Model):
    """Whether agreements are kept, by what was really reconciled with their items."""

    _inherit = "collection.agreement"

    @api.model
    def _judge(self, company):
        """Judge the agreements of a company as the books are now; safe to repeat.

        What was paid on the items since the agreement, by date, is set against what was due
        in principal, oldest instalment first. Less than due after the days of grace: the
        instalment is missed, the agreement broken, its protection over (P1-10). All paid: it is
        kept, on the day the last money came. Credit notes and cancelled invoices count like
        payments; the fee does not.
        For `REVIEW_DAYS` a verdict follows the books: a bank statement entered late that shows
        the instalment was paid in time puts a broken agreement into force again, money taken
        back breaks a kept one. Not where a newer agreement covers its items.

        :return: the agreements whose state changed
        """
        rows = self.env.execute_query_dict(self._judge_sql(company))
        lines = self.env["collection.agreement.line"]._system()
        verdicts = {row["id"]: row for row in rows}
        touched = lines.browse(verdicts).agreement_id.with_env(lines.env).sorted()
        today = company._credit_today()
        changed = dict.fromkeys(("active", "kept", "broken"), touched.browse())
        for agreement in touched - touched._get_replaced():
            judged = [
                verdicts.get(line.id, {}).get("verdict", line.state) for line in agreement.line_ids
            ]
            state = "active"
            if "missed" in judged:
                state = "broken"
            elif set(judged) == {"paid"}:
                state = "kept"
            ended_before = agreement.state == state == "broken"
            for line, verdict in zip(agreement.line_ids, judged, strict=True):
                # What falls due after the end is nobody's instalment any more.
                late = ended_before and line.state == "open" and verdict == "missed"
                if line.id in verdicts and not late:
                    line.write({"state": verdict, "amount_paid": verdicts[line.id]["paid"]})
            if agreement.state != state:
                changed[state] |= agreement
        changed["active"]._drop_broken_work()
        changed["active"].write({"state": "active", "date_end": False, "end_note": False})
        for state in ("kept", "broken"):
            changed[state].write({"state": state, "date_end": today, "end_note": False})
        changed["active"]._after_revived()
        changed["broken"]._after_broken()
        for agreement in changed["kept"]:
            agreement._tell(self.env._("%s was kept: everything is paid.", agreement.name))
        all_changed = touched.browse().union(*changed.values())
        all_changed.case_id.filtered(lambda case: case.state == "open")._refresh()
        self._warn_unsigned(company, today)
        return self.browse(all_changed.ids)

    def _get_replaced(self):
        """Of agreements that have ended, those with an item that another covers, or did later."""
        ended = self.filtered(lambda agreement: agreement.state != "active")
        others = self.env["collection.agreement.item"].search(
            [
                ("move_line_id", "in", ended.item_ids.move_line_id.ids),
                ("state", "in", ("requested", "active", "kept", "broken")),
            ]
        )
        return ended.filtered(
            lambda agreement: any(
                other.move_line_id in agreement.item_ids.move_line_id
                and other.agreement_id != agreement
                and (other.state in ("requested", "active") or other.agreement_id.id > agreement.id)
                for other in others
            )
        )

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
                         WHERE agreement.company_id = %(company)s
                           AND (agreement.state = 'active'
                                OR agreement.state IN ('kept', 'broken')
                               AND agreement.date_end >= %(today)s - %(review)s)) line
                 CROSS JOIN LATERAL (
                       SELECT COALESCE(SUM(CASE WHEN aml.parent_state = 'cancel' THEN item.amount
                              ELSE GREATEST(item.amount - aml.amount_residual_currency
                                  - COALESCE((SELECT SUM(partial.debit_amount_currency)
                                                FROM account_partial_reconcile partial
                                               WHERE partial.debit_move_id = aml.id
                                                 AND partial.max_date > line.date_limit), 0),
                                  0) END), 0) AS amount
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
            review=REVIEW_DAYS,
        )

    def _drop_broken_work(self):
        """Take back the work that came of the day on which these were broken."""
        kind = self.env.ref("credit_collection.mail_activity_collection_promise")
        for agreement in self:
            # sudo: written by the run, for whomever
            activities = (
                agreement.sudo().activity_ids | agreement.sudo().case_id.activity_ids
            ).filtered(
                lambda activity, agreement=agreement: (
                    activity.activity_type_id == kind
                    and activity.date_deadline == agreement.date_end
                    and agreement.name in (activity.summary or "")
                )
            )
            activities.unlink()

    def _after_revived(self):
        """Tell who was told that it had ended."""
        for agreement in self:
            agreement._tell(
                self.env._(
                    "%s is in force again: as the books are now, every instalment due was paid in time.",
                    agreement.name,
                ),
                agreement._get_people() | agreement.requested_by_id,
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
