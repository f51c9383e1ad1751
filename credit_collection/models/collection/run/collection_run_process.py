import logging

from odoo import api, fields, models
from odoo.tools import SQL

from ...base.bulk import insert
from .collection_run import PLAN, WORK

_logger = logging.getLogger(__name__)

BATCH = 200

RANK_BATCH = 2000


class CollectionRun(models.Model):
    """A run from decision to end: in batches, each in a transaction of its own.

    A killed run goes on by deciding again: finished work asks for nothing more. So a
    run is safe to repeat, and a missed day is caught up by the next one.
    """

    _inherit = "collection.run"

    # ------------------------------------------------------------------ schedule

    @api.model
    def _cron_run(self):
        """Hourly: go on with runs at work, and start the daily run of companies in that mode."""
        # sudo: the job runs for every company
        for run in self.sudo()._system()._get_due_runs():
            run._process(commit=True)
            if run.state == "running":
                return  # the time of this job is over; it is called again at once

    @api.model
    def _get_due_runs(self):
        """Return runs to work on now; the daily ones of today are created."""
        runs = self.search([("state", "=", "running")])
        for run in runs:
            today = run.company_id._credit_today()
            if run.date < today and run.is_automatic:
                # Cut off, and its day is over: today's run does the remainder.
                run._finish(self.env._("Cut off; the next run went on."))
                runs -= run
            elif run.date < today:
                run.date = today
        automatic = [("collection_run_mode", "=", "automatic"), ("parent_id", "=", False)]
        for company in self.env["res.company"].search(automatic):
            today = company._credit_today()
            if (
                company in runs.company_id
                or company._collection_hour() < company.collection_run_hour
                or self.search_count(
                    [
                        ("company_id", "=", company.id),
                        ("date", "=", today),
                        ("is_automatic", "=", True),
                    ]
                )
            ):
                continue
            runs += self.create(
                {
                    "company_id": company.id,
                    "date": today,
                    "state": "running",
                    "is_automatic": True,
                    "user_id": self.env.user.id,
                    "date_start": fields.Datetime.now(),
                }
            )
        return runs

    @api.model
    def _run_now(self, company, is_test=False):
        """Run a company to the end in this transaction; commits nothing.

        :return: the run
        """
        # sudo: runs are written by the system; the caller checked the right
        run = (
            self.sudo()
            ._system()
            .create(
                {
                    "company_id": company.id,
                    "date": company._credit_today(),
                    "state": "running",
                    "is_test": is_test,
                    "user_id": self.env.user.id,
                    "date_start": fields.Datetime.now(),
                }
            )
        )
        run._process()
        return run.with_env(self.env)

    # ------------------------------------------------------------------ phases

    def _process(self, commit=False):
        """Work on a run until it is done, or until the time of the job is over.

        :param commit: commit batch by batch; only from the scheduled action
        """
        self.ensure_one()
        run = self.with_company(self.company_id)
        if run._is_stopped():
            return run._halt()
        try:
            with self.env.cr.savepoint():
                run._prepare()
                total = run._decide()
        except Exception as error:
            _logger.exception("Collection run %s could not be decided", self.id)
            self.write(
                {"state": "failed", "message": str(error), "date_end": fields.Datetime.now()}
            )
            self.flush_recordset()
            return
        run.write({"customer_total": run.customer_done + total})
        run._commit(commit, 0, total)
        work = run._get_work()
        stages = run._get_stages()
        last = 0
        while rows := run._fetch_plan(SQL("%s AND partner_id > %s", work, last), BATCH):
            run._apply_safely(rows, stages)
            last = rows[-1]["partner_id"]
            run.customer_done += len(rows)
            if not run._commit(commit, len(rows)):
                return
            if run._is_stopped():
                return run._halt()
        if not run.is_test:
            last = 0
            keep = SQL("case_id IS NOT NULL AND case_action <> 'close'")
            while rows := run._fetch_plan(SQL("%s AND partner_id > %s", keep, last), RANK_BATCH):
                self.env["collection.case"]._write_ranks(run.company_id, rows)
                last = rows[-1]["partner_id"]
            try:
                with self.env.cr.savepoint():
                    run._after_apply()
            except Exception as error:
                _logger.exception("What follows collection run %s failed", self.id)
                run.message = "\n".join(filter(None, [run.message, str(error)]))
        run._finish()
        run._commit(commit, 0)

    def _is_stopped(self):
        """Return whether somebody stopped the run, as of the transaction that begins now."""
        self.invalidate_recordset(["stopper_ids"])
        return bool(self.stopper_ids)

    def _halt(self):
        """Leave the run as far as it is, until it is continued."""
        self.write({**self._get_counts(), "state": "stopped", "date_end": fields.Datetime.now()})
        self._drop_plan()

    def _commit(self, commit, done, remaining=None):
        """Commit in the scheduled action; return whether there is time left."""
        if not commit:
            return True
        return self.env["ir.cron"]._commit_progress(done, remaining=remaining)

    def _prepare(self):
        if not self.is_prepared:
            if not self.is_test:
                self._before_decide()
            self.is_prepared = True
        self.message = self._get_guard_message()

    @api.model
    def _flush_decision(self):
        """Flush the sources of the decision to the database."""
        self.env.flush_all()

    @api.model
    def _get_decision_rows(self, company, partner_ids):
        """Return rows of the decision for a few customers, as dicts, oldest customer first."""
        if not partner_ids:
            return []
        self._flush_decision()
        return self.env.execute_query_dict(
            SQL(
                "SELECT * FROM (%s) decision ORDER BY partner_id",
                self._get_decision_sql(company, partner_ids),
            )
        )

    def _decide(self):
        """Decide about every customer and keep the outcome for this session: one statement.

        :return: number of customers for whom something happens
        """
        self._flush_decision()
        self.env.cr.execute(SQL("DROP TABLE IF EXISTS %s", PLAN))
        # Else letters that need a second person would lie there unseen.
        self.env["collection.letter"]._request_confirmation_of(self)
        self.env.cr.execute(
            SQL(
                "CREATE TEMP TABLE %s ON COMMIT PRESERVE ROWS AS"
                " SELECT decision.*, NOT EXISTS ("
                "   SELECT 1 FROM unnest(decision.escalation_ids) AS rule(id)"
                "     JOIN collection_escalation escalation ON escalation.id = rule.id"
                "      AND escalation.notify_role IS NOT NULL"
                "    WHERE NOT EXISTS ("
                "       SELECT 1 FROM collection_case_collection_escalation_rel rel"
                "        WHERE rel.collection_case_id = decision.case_id"
                "          AND rel.collection_escalation_id = rule.id)) AS notified"
                " FROM (%s) decision",
                PLAN,
                self._get_decision_sql(self.company_id),
            )
        )
        self.env.cr.execute(SQL("CREATE INDEX ON %s (partner_id)", PLAN))
        skips = self.env.execute_query(
            SQL("SELECT skip, COUNT(*) FROM %s WHERE skip IS NOT NULL GROUP BY skip", PLAN)
        )
        self.skip_counts = dict(skips)
        if not self.customer_done:
            # What is decided anew after a stop has less to ask.
            [[chase]] = self.env.execute_query(SQL("SELECT SUM(chase_overdue) FROM %s", PLAN))
            self.amount_chase = chase or 0.0
        [[count]] = self.env.execute_query(
            SQL("SELECT COUNT(*) FROM %s plan WHERE %s", PLAN, self._get_work())
        )
        return count

    def _get_work(self):
        """Return the condition of the rows of the plan in which something happens."""
        if not self.is_test:
            return WORK
        # A test that goes on writes no letter twice: it does not move the case, which tells.
        return SQL(
            "letter_currency_ids IS NOT NULL AND NOT EXISTS (SELECT 1 FROM collection_letter letter"
            " WHERE letter.run_id = %s AND letter.partner_id = plan.partner_id)",
            self.id,
        )

    def _fetch_plan(self, condition, limit):
        return self.env.execute_query_dict(
            SQL(
                "SELECT * FROM %s plan WHERE %s ORDER BY partner_id LIMIT %s",
                PLAN,
                condition,
                limit,
            )
        )

    def _apply_safely(self, rows, stages):
        """Apply a batch; when it fails, one customer at a time, and record the failures."""
        try:
            with self.env.cr.savepoint():
                self._apply(rows, stages)
                return
        except Exception:
            _logger.exception("A batch of collection run %s failed; customers one by one", self.id)
            self.env.invalidate_all(flush=False)
        for row in rows:
            try:
                with self.env.cr.savepoint():
                    self._apply([row], stages)
            except Exception as error:
                _logger.exception(
                    "Collection run %s: customer %s failed", self.id, row["partner_id"]
                )
                self.env.invalidate_all(flush=False)
                self._record_fault(row, stages, error)

    def _record_fault(self, row, stages, error):
        """Record one line per customer and run, however often the run goes on."""
        lines = self.env["collection.run.line"]._system()
        lines.search([("run_id", "=", self.id), ("partner_id", "=", row["partner_id"]),
                      ("error", "!=", False)]).unlink()  # fmt: skip
        insert(lines, [{**self._prepare_line(row, stages), "error": str(error) or repr(error)}])

    def _get_counts(self):
        """Return the totals of the lines of the run."""
        [counts] = self.env.execute_query_dict(
            SQL(
                """
                SELECT COUNT(*) FILTER (WHERE action = 'open' AND error IS NULL) AS open_count,
                       COUNT(*) FILTER (WHERE action = 'advance' AND error IS NULL) AS advance_count,
                       COUNT(*) FILTER (WHERE action = 'lower' AND error IS NULL) AS lower_count,
                       COUNT(*) FILTER (WHERE action = 'close' AND error IS NULL) AS close_count,
                       COALESCE(SUM(letter_count) FILTER (WHERE error IS NULL), 0) AS letter_count,
                       COUNT(*) FILTER (WHERE has_activity AND error IS NULL) AS activity_count,
                       COUNT(*) FILTER (WHERE error IS NOT NULL) AS error_count
                  FROM collection_run_line WHERE run_id = %s
                """,
                self.id,
            )
        )
        return counts

    def _finish(self, message=None):
        """Close the run with its counts."""
        self.write(
            {
                **self._get_counts(),
                "state": "done",
                "date_end": fields.Datetime.now(),
                "message": "\n".join(filter(None, [self.message, message])) or False,
            }
        )
        self.flush_recordset()  # a new run may begin at once: one at work per company
        self._drop_plan()

    def _drop_plan(self):
        self.env["collection.run.line"].invalidate_model()
        self.invalidate_recordset(["line_ids"])
        self.env.cr.execute(SQL("DROP TABLE IF EXISTS %s", PLAN))
