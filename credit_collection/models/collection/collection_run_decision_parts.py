from datetime import timedelta

from dateutil.relativedelta import relativedelta

from odoo import api, models
from odoo.tools import SQL

from .collection_run_decision import LOOK_BACK_MONTHS

# Days for which a payment announced and not in the books keeps letters back.
PAYMENT_DAYS = 30


class CollectionRun(models.Model):
    """The parts of the decision: ladder, escalation, letters so far, money on its way."""

    _inherit = "collection.run"

    @api.model
    def _decision_customer_sql(self, company):
        """What the decision reads of a customer `partner`: ladder, risk level, grade."""
        # sudo: the decision is the system's, whoever asks for a preview
        partners = self.env["res.partner"].sudo().with_company(company)
        policies = self.env["credit.policy"].sudo()
        found = policies._in_force(company.id)
        with_stages = set(
            self.env["collection.stage"].sudo().search([("policy_id", "!=", False)]).policy_id.ids
        )
        ladder = {
            key: policy_id if policy_id in with_stages else 0 for key, policy_id in found.items()
        }
        versions = policies.search([("root_id", "in", [k for k in ladder if isinstance(k, int)])])
        own = SQL(", ").join(
            SQL("(%s, %s)", version.id, ladder[version.root_id.id]) for version in versions
        )
        segments = [
            SQL("WHEN %s THEN %s", key, policy_id)
            for key, policy_id in ladder.items()
            if isinstance(key, str) and key != "company"
        ]
        by_segment = (
            SQL(
                "CASE %s %s END",
                partners._field_to_sql("partner", "credit_segment"),
                SQL(" ").join(segments),
            )
            if segments
            else SQL("NULL::int")
        )
        return {
            "own": SQL("(VALUES %s)", own or SQL("(0, 0)")),
            "ladder": SQL("COALESCE(own.policy_id, %s, %s)", by_segment, ladder.get("company", 0)),
            "risk": partners._field_to_sql("partner", "credit_risk_level"),
            "grade": partners._field_to_sql("partner", "credit_grade_id"),
        }

    @api.model
    def _decision_escalations_sql(self, company, today):
        """Escalation rules that hold, per customer of `placed` (P2-06): every condition at once."""
        return SQL(
            """
            SELECT placed.partner_id, bool_or(rule.is_key) AS is_key, array_agg(rule.id) AS ids
              FROM placed
              JOIN collection_escalation rule
                ON rule.active AND COALESCE(rule.policy_id, 0) = placed.ladder
             WHERE placed.overdue > 0
               AND (COALESCE(rule.days_over, 0) = 0 OR placed.days_all > rule.days_over)
               AND (COALESCE(rule.share_over, 0) = 0
                    OR placed.total * 100 > rule.share_over::numeric * placed.total_all)
               AND CASE rule.grade_condition
                   WHEN 'grades' THEN EXISTS (
                        SELECT 1 FROM collection_escalation_credit_grade_rel rel
                         WHERE rel.collection_escalation_id = rule.id
                           AND rel.credit_grade_id = placed.grade_id)
                   WHEN 'lowered' THEN EXISTS (
                        SELECT 1 FROM credit_decision decision
                          JOIN credit_grade before ON before.id = decision.old_grade_id
                          JOIN credit_grade after ON after.id = decision.new_grade_id
                         WHERE decision.partner_id = placed.partner_id
                           AND decision.company_id = %(company)s AND decision.date >= %(since)s
                           AND after.sequence > before.sequence)
                   ELSE TRUE END
             GROUP BY placed.partner_id
            """,
            company=company.id,
            since=today - relativedelta(months=LOOK_BACK_MONTHS),
        )

    @api.model
    def _decision_letters_sql(self, company, today, contact_from):
        """Letters to customers so far: last one before today, number within the contact limit."""
        quiet = self.env["collection.stage"].sudo().search([]).mapped("quiet_days")  # pylint: disable=no-search-all
        first = min(contact_from, today - timedelta(days=max(quiet, default=0)))
        return SQL(
            """
            SELECT letter.partner_id,
                   MAX(letter.date) FILTER (WHERE letter.date < %(today)s) AS date_before,
                   COUNT(*) FILTER (WHERE letter.date >= %(contact_from)s
                                      AND letter.date < %(today)s) AS count
              FROM collection_letter letter
              JOIN collection_letter_type type ON type.id = letter.type_id
             WHERE letter.company_id = %(company)s AND letter.date >= %(first)s
               AND letter.state <> 'cancelled' AND letter.is_test IS NOT TRUE
               AND type.audience = 'customer'
             GROUP BY letter.partner_id
            """,
            today=today,
            contact_from=contact_from,
            company=company.id,
            first=first,
        )

    @api.model
    def _decision_due_sql(self, company, today):
        """Currencies in which a letter is due: an item was not asked for at this level yet, or
        the letter is to be repeated. Before the due date `chase` is what such a letter is about."""
        return SQL(
            """
            SELECT found.partner_id, SUM(found.chase) AS chase,
                   array_agg(found.currency_id ORDER BY found.currency_id)
                   FILTER (WHERE found.date_last IS DISTINCT FROM %(today)s
                             AND (found.fresh OR found.repeat_days > 0
                                  AND %(today)s - found.date_last >= found.repeat_days)
                          ) AS currency_ids
              FROM (
                SELECT item.partner_id, item.currency_id, SUM(item.chase) AS chase,
                       bool_or(asked.level IS NULL OR asked.level < placed.level) AS fresh,
                       MAX(asked.date_last) AS date_last, MAX(placed.repeat_days) AS repeat_days
                  FROM placed
                  JOIN item ON item.partner_id = placed.partner_id AND item.chase > 0
                   AND CASE WHEN placed.level >= 0 THEN item.days > 0
                            ELSE item.days BETWEEN placed.level AND 0 END
             LEFT JOIN (
                    SELECT line.move_line_id, MAX(line.level) AS level, MAX(letter.date) AS date_last
                      FROM collection_letter_line line
                      JOIN collection_letter letter ON letter.id = line.letter_id
                     WHERE line.company_id = %(company)s AND letter.state <> 'cancelled'
                       AND letter.is_test IS NOT TRUE
                       AND line.move_line_id IN (SELECT item.move_line_id FROM item
                                                  WHERE item.chase > 0)
                     GROUP BY line.move_line_id) asked ON asked.move_line_id = item.move_line_id
                 WHERE placed.has_letter
                 GROUP BY item.partner_id, item.currency_id) found
             GROUP BY found.partner_id
            """,
            today=SQL("%s::date", today),
            company=company.id,
        )

    @api.model
    def _decision_money_sql(self, company, today):
        """Customers whose money may be on its way: unmatched bank lines, payments not booked."""
        return SQL(
            """
            SELECT found.partner_id, MIN(found.reason) AS reason
              FROM (
                SELECT partner.commercial_partner_id AS partner_id, 'bank_line' AS reason
                  FROM account_bank_statement_line line
                  JOIN account_move move ON move.id = line.move_id AND move.state = 'posted'
                  JOIN res_partner partner ON partner.id = line.partner_id
                 WHERE line.company_id = %(company)s AND line.is_reconciled IS NOT TRUE
                   AND line.amount > 0
             UNION ALL
                SELECT partner.commercial_partner_id, 'payment'
                  FROM account_payment payment
                  JOIN res_partner partner ON partner.id = payment.partner_id
                 WHERE payment.company_id = %(company)s AND payment.state = 'in_process'
                   AND payment.move_id IS NULL AND payment.payment_type = 'inbound'
                   AND payment.date >= %(since)s) found
             GROUP BY found.partner_id
            """,
            company=company.id,
            since=today - timedelta(days=PAYMENT_DAYS),
        )
