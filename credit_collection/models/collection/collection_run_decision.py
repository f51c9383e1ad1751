from datetime import timedelta

from odoo import api, models
from odoo.tools import SQL

# Months in which a lowered grade and a broken promise count.
LOOK_BACK_MONTHS = 12


class CollectionRun(models.Model):
    """Who is at which stage, and who gets what: one statement per company, no query per customer.

    It reads facts alone: run again after its outcome is written, it asks for nothing more.
    """

    _inherit = "collection.run"

    @api.model
    def _get_decision_sql(self, company, partner_ids=None, total=None):
        """SQL of one row per customer who has something overdue, an open case, or a letter due
        before the due date.

        :param partner_ids: ids of commercial partners; all when None
        :param total: receivables of all customers for the shares; of the customers asked for
            when None
        :return: SQL with columns
            partner_id, policy_id (of the ladder; 0 = none), case_id, case_stage_id, case_level,
            stage_id, level (None = no stage applies), days (oldest item that may be asked for),
            days_all (oldest item), overdue, chase, total (company currency, after credits),
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
                  FROM collection_stage stage WHERE stage.active
            ),
            debt AS (
                SELECT item.partner_id, SUM(item.net) AS total,
                       COALESCE(SUM(item.net) FILTER (WHERE item.days > 0), 0) AS overdue,
                       COALESCE(SUM(item.chase) FILTER (WHERE item.days > 0), 0) AS chase,
                       MAX(item.days) FILTER (WHERE item.days > 0 AND item.chase > 0) AS days,
                       MAX(item.days) FILTER (WHERE item.days > 0 AND item.net > 0) AS days_all,
                       MIN(item.date_maturity) FILTER (WHERE item.days > 0 AND item.net > 0) AS date_oldest,
                       MAX(item.date_maturity) FILTER (WHERE item.days > 0 AND item.net > 0) AS date_newest,
                       MAX(item.rests[1]) FILTER (WHERE item.days > 0 AND item.net > 0) AS rest
                  FROM item GROUP BY item.partner_id
            ),
            open_case AS (
                SELECT collection_case.*, level.days_from AS level
                  FROM collection_case
             LEFT JOIN collection_stage level ON level.id = collection_case.stage_id
                 WHERE collection_case.company_id = %(company)s AND collection_case.state = 'open'
                   AND %(of_cases)s
            ),
            silent AS (
                SELECT partner_id, MAX(date_silent) AS date FROM collection_case
                 WHERE company_id = %(company)s AND state = 'closed' AND date_silent IS NOT NULL
                 GROUP BY partner_id
            ),
            customer AS (
                SELECT partner.id AS partner_id, %(ladder)s AS ladder, %(risk)s AS risk,
                       %(grade)s AS grade_id,
                       COALESCE(debt.total, 0) AS total, COALESCE(debt.overdue, 0) AS overdue,
                       COALESCE(debt.chase, 0) AS chase_overdue, debt.days, debt.days_all,
                       debt.date_oldest, debt.rest, debt.date_newest,
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
                       stage.amount_min, stage.quiet_days, stage.repeat_days
                  FROM customer
             LEFT JOIN open_case ON open_case.partner_id = customer.partner_id
             LEFT JOIN before_due ON before_due.partner_id = customer.partner_id
             LEFT JOIN stage ON stage.ladder = customer.ladder
                   AND CASE WHEN customer.overdue > 0
                            -- What rests keeps its stage; a new case gets one all the same.
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
                            WHEN overdue > 0 AND chase_overdue <= 0 THEN COALESCE(rest, 'rests')
                            WHEN NOT has_letter THEN 'no_letter'
                            WHEN is_silent THEN 'closed'
                            WHEN date_pause >= %(today)s THEN 'paused'
                            WHEN chase < COALESCE(amount_min, 0) THEN 'minimum'
                            WHEN currency_ids IS NULL THEN 'asked'
                            WHEN %(guarded)s THEN 'bank_guard'
                            WHEN money IS NOT NULL THEN money
                            WHEN %(today)s - date_before < quiet_days THEN 'quiet'
                            WHEN %(contact_max)s > 0 AND contacts >= %(contact_max)s
                            THEN 'contact_limit' END AS skip
                  FROM judged
            )
            SELECT partner_id, ladder AS policy_id, case_id, case_stage_id, case_level, user_id,
                   stage_id, level, days, days_all, overdue, chase, total, date_oldest,
                   case_is_key, is_key, escalation_ids, case_rank, case_facts, date_last_contact,
                   risk, broken, date_broken, skip,
                   CASE WHEN skip IS NULL THEN currency_ids END AS letter_currency_ids,
                   CASE WHEN case_id IS NULL
                        THEN CASE WHEN overdue > 0 AND level >= 0 AND is_silent IS NOT TRUE
                                  THEN 'open' ELSE 'none' END
                        WHEN overdue <= 0 THEN 'close'
                        WHEN level > COALESCE(case_level, -1) THEN 'advance'
                        WHEN level < case_level THEN 'lower'
                        ELSE 'keep' END AS case_action,
                   (has_activity AND level >= 0 AND chase > 0 AND chase >= COALESCE(amount_min, 0)
                   AND is_silent IS NOT TRUE AND (date_pause >= %(today)s) IS NOT TRUE
                   AND (activity_level IS NULL OR activity_level < level
                        OR repeat_days > 0 AND %(today)s - date_activity >= repeat_days)
                   ) IS TRUE AS activity
              FROM reasoned
            """,
            items=self.env["collection.item"]._get_items_sql(company, partner_ids),
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
