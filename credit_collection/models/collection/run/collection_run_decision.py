from datetime import timedelta

from dateutil.relativedelta import relativedelta

from odoo import api, models
from odoo.tools import SQL

from ...credit.exposure.credit_open_item import PAYMENT_DAYS
from ..resolution.collection_promise_outcome import LOOK_BACK_MONTHS


class CollectionRun(models.Model):
    """Stage, letter and activity of customers: one statement per company, no query per customer.

    It reads facts alone: run again after its outcome is written, it asks for nothing more.
    """

    _inherit = "collection.run"

    @api.model
    def _get_decision_sql(self, company, partner_ids=None, total=None):
        """Return SQL of one row per customer with an overdue item, an open case, or a letter due
        before the due date.

        :param partner_ids: ids of commercial partners; all when None
        :param total: receivables of all customers for the shares; of the customers asked for
            when None
        :return: SQL with columns
            partner_id, policy_id (of the ladder; 0 = none), case_id, case_stage_id, case_level,
            stage_id, level (None = no stage applies), days (oldest item that may be asked for),
            days_all (oldest item), overdue, chase (what a letter asks for, before the due date too),
            chase_overdue (to collect, as on cases), total (company currency, after credits),
            date_oldest (due date), case_action (`open`, `advance`, `lower`, `close`, `keep`,
            `none`), is_key and case_is_key, escalation_ids (that hold), letter_currency_ids
            (NULL = no letter), skip (why no letter, see SKIP_REASONS), activity (due or not),
            and facts of the ladder and the rank: user_id, case_rank, case_facts, risk, broken,
            date_broken, date_last_contact
        """
        today = company._credit_today()
        contact_from = today - timedelta(days=max(company.collection_contact_days, 1) - 1)
        return SQL(
            """
            WITH item AS MATERIALIZED (%(items)s),
            stage AS MATERIALIZED (
                SELECT stage.*, COALESCE(stage.policy_id, 0) AS ladder,
                       stage.letter_type_id IS NOT NULL AS has_letter,
                       (stage.activity_type_id IS NOT NULL
                        OR stage.channel IN ('call', 'visit')) AS has_activity
                  FROM collection_stage stage
                 WHERE stage.active AND stage.applies_to = 'overdue'
            ),
            debt AS (
                SELECT item.partner_id, SUM(item.net) AS total,
                       COALESCE(SUM(item.net) FILTER (WHERE item.days > 0), 0) AS overdue,
                       COALESCE(SUM(item.chase) FILTER (WHERE item.days > 0), 0) AS chase,
                       -- What Odoo keeps out of follow-up opens no case.
                       COALESCE(SUM(item.net) FILTER (
                           WHERE item.days > 0 AND NOT 'no_followup' = ANY(item.block_codes)), 0) AS workable,
                       MAX(item.days) FILTER (WHERE item.days > 0 AND item.chase > 0) AS days,
                       MAX(item.days) FILTER (WHERE item.days > 0 AND item.net > 0) AS days_all,
                       MIN(item.date_maturity) FILTER (WHERE item.days > 0 AND item.net > 0) AS date_oldest,
                       MAX(item.date_maturity) FILTER (WHERE item.days > 0 AND item.net > 0) AS date_newest,
                       MAX(item.block_codes[1]) FILTER (WHERE item.days > 0 AND item.net > 0) AS block_code
                  FROM item GROUP BY item.partner_id
            ),
            open_case AS (
                SELECT collection_case.*, level.days_from AS level, level.amount_min
                  FROM collection_case
             LEFT JOIN collection_stage level ON level.id = collection_case.stage_id
                 WHERE collection_case.company_id = %(company)s AND collection_case.state = 'open'
                   AND %(of_cases)s
            ),
            silent AS (
                SELECT partner_id, MAX(muted_until) AS date FROM collection_case
                 WHERE company_id = %(company)s AND state = 'closed' AND muted_until IS NOT NULL
                 GROUP BY partner_id
            ),
            customer AS (
                SELECT partner.id AS partner_id, %(ladder)s AS ladder, %(risk)s AS risk,
                       %(grade)s AS grade_id,
                       %(segment)s AS segment,
                       COALESCE(debt.total, 0) AS total, COALESCE(debt.overdue, 0) AS overdue,
                       COALESCE(debt.chase, 0) AS chase_overdue,
                       COALESCE(debt.workable, 0) AS workable, debt.days, debt.days_all,
                       debt.date_oldest, debt.block_code, debt.date_newest,
                       debt.date_newest < silent.date AS is_silent,
                       %(total)s AS total_all
                  FROM debt
             FULL JOIN open_case ON open_case.partner_id = debt.partner_id
                  JOIN res_partner partner ON partner.id = COALESCE(debt.partner_id, open_case.partner_id)
             LEFT JOIN silent ON silent.partner_id = partner.id
             LEFT JOIN %(own)s AS own(version_id, policy_id)
                    ON own.version_id = (partner.credit_policy_id ->> %(key)s)::int
            ),
            before_due AS (
                SELECT item.partner_id, MAX(stage.days_from) AS level
                  FROM item
                  JOIN customer ON customer.partner_id = item.partner_id AND customer.overdue = 0
                  JOIN stage ON stage.ladder = customer.ladder AND stage.days_from < 0
                   AND stage.segment IS NOT DISTINCT FROM customer.segment
                   AND item.days BETWEEN stage.days_from AND stage.days_to
                 WHERE item.days <= 0 AND item.chase > 0
                 GROUP BY item.partner_id
            ),
            placed AS MATERIALIZED (
                SELECT customer.*, open_case.id AS case_id, open_case.stage_id AS case_stage_id,
                       open_case.level AS case_level, open_case.is_key AS case_is_key,
                       open_case.user_id, open_case.date_pause, open_case.rank AS case_rank,
                       open_case.rank_facts AS case_facts, open_case.date_last_contact,
                       open_case.activity_level, open_case.date_activity,
                       stage.id AS stage_id, stage.days_from AS level,
                       stage.is_key AS stage_is_key, stage.has_letter, stage.has_activity,
                       COALESCE(stage.amount_min, open_case.amount_min, 0) AS amount_min,
                       -- The risk level makes the intervals shorter or longer (P1-14).
                       CEIL(stage.quiet_days * pace.share)::int AS quiet_days,
                       CEIL(stage.repeat_days * pace.share)::int AS repeat_days
                  FROM customer
             LEFT JOIN credit_policy policy ON policy.id = customer.ladder
            CROSS JOIN LATERAL (SELECT COALESCE(CASE customer.risk
                           WHEN 'high' THEN policy.collection_pace_high
                           WHEN 'low' THEN policy.collection_pace_low END, 100) / 100.0 AS share) pace
             LEFT JOIN open_case ON open_case.partner_id = customer.partner_id
             LEFT JOIN before_due ON before_due.partner_id = customer.partner_id
             LEFT JOIN stage ON stage.ladder = customer.ladder
                   AND stage.segment IS NOT DISTINCT FROM customer.segment
                   AND CASE WHEN customer.overdue > 0
                            -- What is blocked keeps its stage; a new case gets one all the same.
                            THEN COALESCE(customer.days, CASE WHEN open_case.id IS NULL
                                                              THEN customer.days_all END)
                                 BETWEEN stage.days_from AND stage.days_to
                            ELSE stage.days_from = before_due.level END
                 WHERE customer.overdue > 0 OR open_case.id IS NOT NULL
                    OR before_due.level IS NOT NULL
            ),
            escalation AS (%(escalations)s),
            letter AS (%(letters)s),
            due AS (%(due)s),
            contact AS (
                SELECT partner_id, COUNT(*) AS count FROM collection_contact
                 WHERE company_id = %(company)s AND direction = 'out' AND letter_id IS NULL
                   AND date >= %(contact_from)s AND %(contact_max)s > 0
                 GROUP BY partner_id
            ),
            broken AS (
                SELECT partner_id, COUNT(*) AS count, MAX(date) AS date
                  FROM (%(broken)s) promise GROUP BY partner_id
            ),
            money AS (%(money)s),
            judged AS (
                SELECT placed.*,
                       CASE WHEN placed.overdue > 0 THEN placed.chase_overdue
                            ELSE COALESCE(due.chase, 0) END AS chase,
                       COALESCE(placed.stage_is_key, FALSE)
                       OR COALESCE(escalation.is_key, FALSE) AS is_key,
                       escalation.ids AS escalation_ids, due.currency_ids,
                       broken.count AS broken, broken.date AS date_broken,
                       letter.date_before, money.reason AS money,
                       COALESCE(letter.count, 0) + COALESCE(contact.count, 0) AS contacts
                  FROM placed
             LEFT JOIN escalation ON escalation.partner_id = placed.partner_id
             LEFT JOIN letter ON letter.partner_id = placed.partner_id
             LEFT JOIN due ON due.partner_id = placed.partner_id
             LEFT JOIN contact ON contact.partner_id = placed.partner_id
             LEFT JOIN broken ON broken.partner_id = placed.partner_id
             LEFT JOIN money ON money.partner_id = placed.partner_id
            ),
            reasoned AS (
                SELECT judged.*,
                       CASE WHEN stage_id IS NULL AND chase_overdue > 0 THEN 'no_stage'
                            WHEN overdue <= 0 AND stage_id IS NULL THEN 'not_due'
                            WHEN overdue > 0 AND chase_overdue <= 0 THEN COALESCE(block_code, 'other_block')
                            WHEN NOT has_letter THEN 'no_letter'
                            WHEN is_silent THEN 'closed'
                            WHEN date_pause >= %(today)s THEN 'paused'
                            WHEN chase < amount_min THEN 'minimum'
                            WHEN currency_ids IS NULL THEN 'asked'
                            WHEN %(guarded)s THEN 'bank_guard'
                            WHEN money IS NOT NULL THEN money
                            WHEN %(today)s - date_before < quiet_days THEN 'quiet'
                            WHEN %(contact_max)s > 0 AND contacts >= %(contact_max)s
                            THEN 'contact_limit' END AS skip
                  FROM judged
            )
            SELECT partner_id, ladder AS policy_id, case_id, case_stage_id, case_level, user_id,
                   stage_id, level, days, days_all, overdue, chase, chase_overdue, total, date_oldest,
                   case_is_key, is_key, escalation_ids, case_rank, case_facts, date_last_contact,
                   risk, broken, date_broken, skip,
                   CASE WHEN skip IS NULL THEN currency_ids END AS letter_currency_ids,
                   CASE WHEN case_id IS NULL
                        THEN CASE WHEN workable > 0 AND workable >= amount_min AND level >= 0
                                   AND is_silent IS NOT TRUE
                                  THEN 'open' ELSE 'none' END
                        WHEN overdue <= 0 OR overdue < amount_min THEN 'close'
                        WHEN level > COALESCE(case_level, -1) THEN 'advance'
                        WHEN level < case_level THEN 'lower'
                        ELSE 'keep' END AS case_action,
                   -- Before the due date it goes with the letter (P2-07).
                   (has_activity AND level < 0 AND skip IS NULL
                    OR has_activity AND level >= 0 AND chase > 0 AND chase >= amount_min
                   AND is_silent IS NOT TRUE AND (date_pause >= %(today)s) IS NOT TRUE
                   AND (activity_level IS NULL OR activity_level < level
                        OR repeat_days > 0 AND %(today)s - date_activity >= repeat_days)
                   ) IS TRUE AS activity
              FROM reasoned
            """,
            items=self.env["credit.open.item"]._get_items_sql(company, partner_ids),
            company=company.id,
            key=str(company.id),
            today=SQL("%s::date", today),
            of_cases=(
                SQL("TRUE")
                if partner_ids is None
                else SQL("collection_case.partner_id IN %s", tuple(partner_ids) or (0,))
            ),
            total=SQL("%s::numeric", total)
            if total is not None
            else SQL("SUM(debt.total) OVER ()"),
            guarded=SQL("TRUE") if company._collection_guard_journals() else SQL("FALSE"),
            contact_max=company.collection_contact_max,
            contact_from=contact_from,
            broken=self.env["collection.promise"]._broken_sql(company),
            escalations=self._decision_escalations_sql(company, today),
            letters=self._decision_letters_sql(company, today, contact_from),
            due=self._decision_due_sql(company, today),
            money=self._decision_money_sql(company, today),
            **self._decision_customer_sql(company),
        )

    # ---- The parts of the decision: ladder, escalation, letters so far, money on its way.

    @api.model
    def _decision_customer_sql(self, company):
        """Return the columns of a customer `partner` for the decision: ladder, segment that has stages
        of its own there, risk level, grade."""
        # sudo: the decision is the system's, whoever asks for a preview
        partners = self.env["res.partner"].sudo().with_company(company)
        # sudo: the decision is the system's, whoever asks for a preview
        policies = self.env["credit.policy"].sudo()
        found = policies._in_force(company.id)
        # sudo: the decision is the system's, whoever asks for a preview
        stages = self.env["collection.stage"].sudo().search([("applies_to", "=", "overdue")])
        with_stages = set(stages.policy_id.ids)
        own_stages = {(stage.policy_id.id or 0, stage.segment) for stage in stages if stage.segment}
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
        segment = partners._field_to_sql("partner", "credit_segment")
        by_segment = (
            SQL("CASE %s %s END", segment, SQL(" ").join(segments))
            if segments
            else SQL("NULL::int")
        )
        ladder_sql = SQL("COALESCE(own.policy_id, %s, %s)", by_segment, ladder.get("company", 0))
        return {
            "own": SQL("(VALUES %s)", own or SQL("(0, 0)")),
            "ladder": ladder_sql,
            "segment": (
                SQL(
                    "CASE WHEN (%s, %s) IN %s THEN %s END",
                    ladder_sql,
                    segment,
                    tuple(sorted(own_stages)),
                    segment,
                )
                if own_stages
                else SQL("NULL::varchar")
            ),
            "risk": partners._field_to_sql("partner", "credit_risk_level"),
            "grade": partners._field_to_sql("partner", "credit_grade_id"),
        }

    @api.model
    def _decision_escalations_sql(self, company, today):
        """Return escalation rules that hold, per customer of `placed` (P2-06): every condition at once."""
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
        """Return letters to customers so far: last one before today, number within the contact limit."""
        # sudo: the decision is the system's, whoever asks for a preview
        quiet = self.env["collection.stage"].sudo().search([]).mapped("quiet_days")  # pylint: disable=no-search-all
        # sudo: as above
        paces = self.env["credit.policy"].sudo().search([("state", "=", "active")])
        slowest = max(
            [100, *paces.mapped("collection_pace_high"), *paces.mapped("collection_pace_low")]
        )
        days = max(quiet, default=0) * slowest // 100 + 1
        first = min(contact_from, today - timedelta(days=days))
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
        """Return currencies in which a letter is due: an item was not asked for at this level yet, or
        the letter is to be repeated. Before the due date `chase` is the amount of such a letter."""
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
        """Return customers whose money may be on its way: unmatched bank lines, payments not booked.

        A payment of invoices lowers these instead, by its amount (`credit.open.item`).
        """
        return SQL(
            """
            SELECT found.partner_id, MIN(found.reason) AS reason
              FROM (
                SELECT partner.commercial_partner_id AS partner_id, 'bank_line' AS reason
                  FROM account_bank_statement_line line
                  JOIN account_move move ON move.id = line.move_id AND move.state = 'posted'
                  JOIN res_partner partner ON partner.id = line.partner_id
                 WHERE line.company_id IN %(companies)s AND line.is_reconciled IS NOT TRUE
                   AND line.amount > 0
             UNION ALL
                SELECT partner.commercial_partner_id, 'payment'
                  FROM account_payment payment
                  JOIN res_partner partner ON partner.id = payment.partner_id
                 WHERE payment.company_id IN %(companies)s AND payment.state = 'in_process'
                   AND payment.move_id IS NULL AND payment.payment_type = 'inbound'
                   AND payment.date >= %(since)s
                   AND NOT EXISTS (SELECT 1 FROM account_move__account_payment pays
                                    WHERE pays.payment_id = payment.id)) found
             GROUP BY found.partner_id
            """,
            companies=company._credit_entity_ids(),
            since=today - timedelta(days=PAYMENT_DAYS),
        )
