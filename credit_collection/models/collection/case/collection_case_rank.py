from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import SQL, format_date

from ....engine import ranking


class CollectionCase(models.Model):
    """Order of the worklist, and in words why a case stands where it does.

    By expected gain, or by the score of the high-risk list where the company says so (P2-05).

    Facts are kept as figures and dates (`rank_facts`); the text is created when it is
    read, in the reader's language. The run writes them every day, events by `_refresh`.
    """

    _inherit = "collection.case"

    def _refresh(self):
        """Refresh rank, facts and counts: after a contact, a broken promise, a payment.

        Stages move by the run alone. Two statements, however many cases.
        """
        # sudo: users who log contacts may not write the order of the worklist
        for company, cases in (
            self.sudo().filtered(lambda c: c.state == "open").grouped("company_id").items()
        ):
            # sudo: the run's decision reads data that collectors may not
            runs = self.env["collection.run"].sudo()
            rows = runs._get_decision_rows(company, cases.partner_id.ids)
            self._write_ranks(company, [row for row in rows if row["case_id"] in cases._ids])

    @api.model
    def _get_scores(self, company, rows):
        """Return {customer id: highest score of its items} where it orders the worklist, else None."""
        # sudo: a setting, and scores of items that the user need not see one by one
        company, ledger = company.sudo(), self.env["collection.ledger"].sudo()
        if company.collection_worklist_order != "score":
            return None
        self.env.flush_all()
        sql = ledger._get_ledger_sql(company, [row["partner_id"] for row in rows])
        return dict(
            self.env.execute_query(
                SQL("SELECT partner_id, MAX(score) FROM (%s) item GROUP BY partner_id", sql)
            )
        )

    @api.model
    def _get_rank(self, row, company, scores):
        """Return (rank, facts) of a row of the decision, see `collection.run._get_decision_sql`.

        :param scores: see `_get_scores`
        """
        contact = row["date_last_contact"] and company._credit_date(row["date_last_contact"])
        silent = (company._credit_today() - contact).days if contact else None
        amount = float(row["chase"] or 0)
        facts = {"overdue": round(float(row["overdue"] or 0), 2), "chase": round(amount, 2)}
        if row["date_oldest"]:
            facts["oldest"] = fields.Date.to_string(row["date_oldest"])
        if row["risk"]:
            facts["risk"] = row["risk"]
        if row["broken"]:
            facts["broken"] = row["broken"]
            facts["broken_on"] = fields.Date.to_string(row["date_broken"])
        if contact:
            facts["contact"] = fields.Date.to_string(contact)
        days = row["days"] or row["days_all"] or 0
        rank = ranking.expected_gain(amount, days, row["risk"], row["broken"] or 0, silent)
        if scores is not None:
            facts["score"] = scores.get(row["partner_id"], 0)
            # Of one score, the higher gain comes first.
            rank = facts["score"] + 1 - 1 / (1 + max(rank, 0))
        return rank, facts

    @api.model
    def _write_ranks(self, company, rows):
        """Write the ranks that changed; return the number of cases written."""
        scores = self._get_scores(company, rows)
        changed = []
        for row in rows:
            rank, facts = self._get_rank(row, company, scores)
            if rank != row["case_rank"] or facts != row["case_facts"]:
                changed.append((row["case_id"], rank, facts, row["broken"] or 0))
        if not changed:
            return 0
        as_json = self._fields["rank_facts"].convert_to_column_insert
        self.env.execute_query(
            SQL(
                "UPDATE collection_case SET rank = new.rank, rank_facts = new.facts::jsonb,"
                " broken_promise_count = new.broken"
                " FROM (VALUES %s) AS new(id, rank, facts, broken)"
                " WHERE collection_case.id = new.id RETURNING 1",
                SQL(", ").join(
                    SQL("(%s, %s::float8, %s, %s)", case_id, rank, as_json(facts, self), broken)
                    for case_id, rank, facts, broken in changed
                ),
            )
        )
        self.browse(row[0] for row in changed).invalidate_recordset(
            ["rank", "rank_facts", "broken_promise_count", "why"]
        )
        return len(changed)

    @api.depends("rank_facts", "date_last_contact", "state")
    @api.depends_context("lang")
    def _compute_why(self):
        days = {company: company._credit_today() for company in self.company_id}
        for case in self:
            today = days.get(case.company_id)
            case.why = case._get_why(today) if case.state == "open" and today else False

    def _get_why(self, today):
        """Return why the case is on the worklist, in words; extend to add to them.

        :param today: day of the case's company
        """
        facts = self.rank_facts or {}
        parts = []
        if "oldest" in facts:
            parts.append(
                self.env._(
                    "%(amount)s overdue, oldest %(days)s days",
                    amount=self.company_id.currency_id.format(facts["overdue"]),
                    days=(today - fields.Date.to_date(facts["oldest"])).days,
                )
            )
            if facts["chase"] < facts["overdue"]:
                parts.append(
                    self.env._(
                        "%s suspended",
                        self.company_id.currency_id.format(facts["overdue"] - facts["chase"]),
                    )
                )
        if "broken" in facts:
            parts.append(
                self.env._(
                    "promise of %(date)s broken",
                    date=format_date(self.env, fields.Date.to_date(facts["broken_on"])),
                )
                if facts["broken"] == 1
                else self.env._(
                    "%(count)s broken promises, latest due %(date)s",
                    count=facts["broken"],
                    date=format_date(self.env, fields.Date.to_date(facts["broken_on"])),
                )
            )
        if self.date_last_contact:
            days = (today - self.company_id._credit_date(self.date_last_contact)).days
            if days > 0:
                parts.append(self.env._("no contact in %s days", days))
        else:
            parts.append(self.env._("no contact yet"))
        if "score" in facts:
            parts.insert(0, self.env._("score %s", facts["score"]))
        if facts.get("risk") == "high":
            parts.append(self.env._("high risk"))
        return "; ".join(parts)

    # ------------------------------------------------------------------ settled between runs

    @api.model
    def _close_settled(self, minutes=30):
        """Close cases whose customers paid lately, without waiting for the next run.

        :param minutes: reconciliations since then are looked at
        :return: the cases closed
        """
        self.env["account.partial.reconcile"].flush_model(["debit_move_id"])
        self.flush_model(["company_id", "partner_id", "state"])
        rows = self.env.execute_query(
            SQL(
                """
                SELECT DISTINCT cas.id
                  FROM account_partial_reconcile partial
                  JOIN account_move_line line ON line.id = partial.debit_move_id
                  JOIN res_partner partner ON partner.id = line.partner_id
                  JOIN collection_case cas ON cas.partner_id = partner.commercial_partner_id
                   AND cas.company_id = line.company_id AND cas.state = 'open'
                 WHERE partial.create_date >= %s
                """,
                fields.Datetime.now() - timedelta(minutes=minutes),
            )
        )
        closed = self.browse()
        # sudo: the run's decision reads data that the user may not
        runs = self.env["collection.run"].sudo()
        # sudo: cases are closed by the ledger, whoever looks
        for company, cases in self.sudo().browse(r[0] for r in rows).grouped("company_id").items():
            found = runs._get_decision_rows(company, cases.partner_id.ids)
            done = [row for row in found if row["case_action"] == "close"]
            closed |= runs._close_cases(company, done)
            self._write_ranks(company, [r for r in found if r["case_id"] and r not in done])
        return closed


class CreditHold(models.Model):
    _inherit = "credit.hold"

    @api.model
    def _cron_recheck(self, batch=200):
        """Close cases of customers who have paid, in the job that clears cured holds."""
        # sudo: payments count, whoever runs the job
        self.env["collection.case"].sudo()._close_settled()
        return super()._cron_recheck(batch)
