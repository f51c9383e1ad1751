from collections import Counter

from dateutil.relativedelta import relativedelta

from odoo import models
from odoo.tools import SQL, plaintext2html

from ...base.bulk import insert, take_names
from ..case.collection_case_assign import CollectionAssigner

SEQUENCE = "collection.case"


class CollectionRun(models.Model):
    """The effects of the decision for a batch of customers, with few statements."""

    _inherit = "collection.run"

    def _get_stages(self):
        """Return {stage id: its values for a run}, read once per run, texts in the company's language."""
        company = self.company_id
        lang = company.partner_id.lang or self.env.lang
        today = company._credit_today()
        deadlines = {}
        result = {}
        for stage in self.env["collection.stage"].with_context(lang=lang).search([]):  # pylint: disable=no-search-all
            days = stage.activity_days
            if days not in deadlines:
                deadlines[days] = company._collection_add_workdays(today, days)
            result[stage.id] = {
                "name": stage.name,
                "note": plaintext2html(stage.activity_note) if stage.activity_note else False,
                "role": stage.role,
                "letter_type_id": stage.letter_type_id.id,
                "careful_type_id": stage.careful_type_id.id,
                "new_months": stage.new_months,
                "channel": stage._get_letter_channel(),
                "activity_type_id": stage._get_activity_type().id,
                "deadline": deadlines[days],
            }
        return result

    def _apply(self, rows, stages):
        """Open, move and close cases, write letters, activities and the lines of the run.

        :param rows: dicts, see `_get_decision_sql`
        :param stages: see `_get_stages`
        """
        company = self.company_id
        # Cases are entered on the rows: a batch that fails leaves its own as they were.
        rows = [dict(row) for row in rows]
        self._mark_careful(company, rows, stages)
        lines = [self._prepare_line(row, stages) for row in rows]
        if not self.is_test:
            self._open_cases(company, rows)
            self._move_cases(company, rows)
            self._close_cases(company, [row for row in rows if row["case_action"] == "close"])
        written = self._write_letters(rows, stages)
        if not self.is_test:
            wanted = [row for row in rows if row["activity"]]
            self._write_activities([row for row in wanted if row["level"] >= 0], stages)
            self._write_early_tasks(company, [row for row in wanted if row["level"] < 0], stages)
            self._notify_escalations(company, rows)
        for row, line in zip(rows, lines, strict=True):
            line["case_id"] = row["case_id"]
            line["user_id"] = row["user_id"]
            line["letter_count"] = written.get(row["partner_id"], 0)
            if self.is_test:
                line.update(action="keep" if row["case_id"] else "none", has_activity=False)
        insert(self.env["collection.run.line"]._system(), lines)

    def _mark_careful(self, company, rows, stages):
        """Enter `careful` on the rows: the stage has another letter for new and high-risk customers, and
        this is one (P2-07, P2-23); such a customer gets no task before the due date."""
        asked = [
            row for row in rows if row["stage_id"] and stages[row["stage_id"]]["careful_type_id"]
        ]
        # sudo: the first invoice counts, whoever starts the run
        groups = (
            self.env["account.move"]
            .sudo()
            ._read_group(
                [
                    ("commercial_partner_id", "in", [row["partner_id"] for row in asked]),
                    ("company_id", "in", company._credit_entity_ids()),
                    ("move_type", "=", "out_invoice"),
                    ("state", "=", "posted"),
                ],
                ["commercial_partner_id"],
                ["invoice_date:min"],
            )
        )
        first = {partner.id: day for partner, day in groups}
        today = company._credit_today()
        for row in rows:
            row["careful"] = False
        for row in asked:
            since = today - relativedelta(months=stages[row["stage_id"]]["new_months"])
            day = first.get(row["partner_id"])
            row["careful"] = row["risk"] == "high" or not day or day > since
            if row["careful"] and row["level"] < 0:
                row["activity"] = False

    @staticmethod
    def _get_letter_type(row, stages):
        """Return the id of the letter type for a row of the decision."""
        stage = stages[row["stage_id"]]
        return stage["careful_type_id"] if row.get("careful") else stage["letter_type_id"]

    def _prepare_line(self, row, stages):
        """Return values of the run's line for a row of the decision."""
        letter = row["letter_currency_ids"] and self._get_letter_type(row, stages)
        return {
            "run_id": self.id,
            "company_id": self.company_id.id,
            "partner_id": row["partner_id"],
            "case_id": row["case_id"],
            "user_id": row["user_id"],
            "action": row["case_action"],
            "stage_from_id": row["case_stage_id"],
            "stage_id": row["stage_id"],
            "days_overdue": row["days"] or row["days_all"] or 0,
            "amount_overdue": row["overdue"],
            "amount_chase": row["chase_overdue"],
            "is_key": row["is_key"],
            "letter_type_id": letter or False,
            "letter_count": len(row["letter_currency_ids"] or ()),
            "has_activity": row["activity"],
            "skip": row["skip"],
            "happens": True,
            "error": False,
        }

    # ------------------------------------------------------------------ cases

    def _open_cases(self, company, rows):
        """Open cases; `case_id` and `user_id` of the rows follow."""
        cases = self.env["collection.case"]._system()
        opening = [row for row in rows if row["case_action"] == "open"]
        if not opening:
            return
        today = company._credit_today()
        assigner = CollectionAssigner(self.env, company)
        partners = self.env["res.partner"].browse([row["partner_id"] for row in opening])
        values = []
        scores = cases._get_scores(company, opening)
        names = take_names(self.env, SEQUENCE, company, today, len(opening))
        for row, partner, name in zip(opening, partners, names, strict=True):
            user, team = assigner.get(partner)
            rank, facts = cases._get_rank(row, company, scores)
            row["user_id"] = user.id
            values.append(
                {
                    "name": name,
                    "state": "open",
                    "partner_id": partner.id,
                    "company_id": company.id,
                    "user_id": user.id,
                    "team_id": team.id,
                    "stage_id": row["stage_id"],
                    "date_open": today,
                    "date_stage": today,
                    "is_key": row["is_key"],
                    "rank": rank,
                    "rank_facts": facts,
                    "amount_opened": row["overdue"] or 0.0,
                    "broken_promise_count": row["broken"] or 0,
                    "activity_level": row["level"] if row["activity"] else None,
                    "date_activity": today if row["activity"] else None,
                }
            )
        opened = insert(
            cases, values, SQL("(partner_id, company_id) WHERE state::text = 'open'::text")
        )
        # A case that somebody opened in the meantime is taken as it is.
        found = opened
        if len(opened) < len(opening):
            found = cases.search(
                [
                    ("partner_id", "in", partners.ids),
                    ("company_id", "=", company.id),
                    ("state", "=", "open"),
                ]
            )
        by_partner = {case.partner_id.id: case.id for case in found}
        for row in opening:
            row["case_id"] = by_partner.get(row["partner_id"])
        self.env["res.partner"].invalidate_model(["collection_case_id"])

    def _move_cases(self, company, rows):
        """Refresh stage, key mark and the level of the last activity of open cases."""
        moving = [
            row
            for row in rows
            if row["case_id"] and row["case_action"] in ("advance", "lower", "keep")
        ]
        if not moving:
            return
        moved = self.env.execute_query(
            SQL(
                """
                UPDATE collection_case cas
                   SET stage_id = COALESCE(new.stage_id, cas.stage_id),
                       date_stage = CASE WHEN new.moves THEN %(today)s ELSE cas.date_stage END,
                       is_key = new.is_key,
                       activity_level = CASE WHEN new.activity THEN new.level
                                             ELSE LEAST(cas.activity_level,
                                                        COALESCE(new.level, cas.activity_level)) END,
                       date_activity = CASE WHEN new.activity THEN %(today)s ELSE cas.date_activity END,
                       write_uid = %(uid)s, write_date = now() AT TIME ZONE 'UTC'
                  FROM (VALUES %(values)s) AS new(id, stage_id, moves, is_key, activity, level)
                 WHERE cas.id = new.id AND cas.state = 'open' RETURNING cas.id
                """,
                today=SQL("%s::date", company._credit_today()),
                uid=self.env.uid,
                values=SQL(", ").join(
                    SQL(
                        "(%s, %s::int, %s, %s, %s, %s::int)",
                        row["case_id"],
                        row["stage_id"],
                        row["case_action"] != "keep",
                        row["is_key"],
                        row["activity"],
                        row["level"],
                    )
                    for row in moving
                ),
            )
        )
        cases = self.env["collection.case"].browse(row[0] for row in moved)
        names = ["stage_id", "date_stage", "is_key", "activity_level", "date_activity"]
        cases.invalidate_recordset(names, flush=False)
        cases.modified(names)

    def _close_cases(self, company, rows):
        """Close cases of customers who owe nothing overdue any more.

        :return: the cases
        """
        cases = self.env["collection.case"].browse(row["case_id"] for row in rows)
        if not cases:
            return cases
        closed = self.env.execute_query(
            SQL(
                """
                UPDATE collection_case cas
                   SET state = 'closed', date_close = %(today)s, rank = 0,
                       result = CASE WHEN EXISTS (%(paid)s) THEN 'collected' ELSE 'not_due' END,
                       write_uid = %(uid)s, write_date = now() AT TIME ZONE 'UTC'
                 WHERE cas.id IN %(ids)s AND cas.state = 'open' RETURNING cas.id
                """,
                today=company._credit_today(),
                uid=self.env.uid,
                ids=cases._ids,
                paid=self._paid_sql(),
            )
        )
        cases = cases.browse(row[0] for row in closed)
        names = ["state", "date_close", "result", "rank", "why"]
        cases.invalidate_recordset(names, flush=False)
        cases.modified(["state", "result"])
        self.env["res.partner"].invalidate_model(["collection_case_id"])
        activities = self.env["mail.activity"].search(
            [
                ("res_model", "=", "collection.case"),
                ("res_id", "in", cases.ids),
                ("automated", "=", True),
            ]
        )
        activities.unlink()
        cases._end_plans()
        return cases

    def _paid_sql(self):
        """Return whether the customer of `cas` paid since the case was opened: money, no credit note."""
        return SQL(
            """
            SELECT 1 FROM account_move_line line
              JOIN res_partner partner ON partner.id = line.partner_id
               AND partner.commercial_partner_id = cas.partner_id
              JOIN account_move move ON move.id = line.move_id AND move.state = 'posted'
               AND move.move_type = 'entry'
             WHERE %s = cas.company_id AND line.account_id IN %s
               AND line.credit > 0 AND line.date >= cas.date_open
            """,
            self.env["res.company"]._credit_root_sql(SQL("line.company_id")),
            self.env["account.account"]._credit_receivable_ids() or (0,),
        )

    # ---- Letters and activities of a batch of customers.

    def _write_letters(self, rows, stages):
        """Write the letters that are due; return {customer id: number of letters}."""
        asked = [
            {
                "case_id": row["case_id"],
                "partner_id": row["partner_id"],
                "currency_id": currency_id,
                "stage_id": row["stage_id"],
                "type_id": self._get_letter_type(row, stages),
                "channel": stages[row["stage_id"]]["channel"],
                "level": row["level"],
            }
            for row in rows
            for currency_id in row["letter_currency_ids"] or ()
        ]
        if not asked:
            return {}
        letters = self.env["collection.letter"]._create_for_run(self, asked)
        return Counter(letter.partner_id.id for letter in letters)

    def _write_activities(self, rows, stages):
        """Create the activities of stages; delete open ones of earlier stages."""
        rows = [row for row in rows if row["case_id"]]
        if not rows:
            return
        cases = self.env["collection.case"].browse([row["case_id"] for row in rows])
        self.env["mail.activity"].search(
            [
                ("res_model", "=", "collection.case"),
                ("res_id", "in", cases.ids),
                ("automated", "=", True),
                ("activity_type_id", "in", [s["activity_type_id"] for s in stages.values()]),
            ]
        ).unlink()
        self._insert_activities(
            (
                case,
                stages[row["stage_id"]]["activity_type_id"],
                case._get_responsible(stages[row["stage_id"]]["role"]),
                stages[row["stage_id"]]["deadline"],
                stages[row["stage_id"]]["name"],
                stages[row["stage_id"]]["note"],
            )
            for row, case in zip(rows, cases, strict=True)
        )

    def _write_early_tasks(self, company, rows, stages):
        """Give the tasks before the due date, where there is no case yet, on the customers (P2-07)."""
        customers = self.env["res.partner"].browse([row["partner_id"] for row in rows])
        by_stage = dict(zip(customers.ids, (row["stage_id"] for row in rows), strict=True))
        for salesperson, found in customers.grouped("user_id").items():
            owner = company._collection_owner(salesperson)
            for stage_id, partners in found.grouped(lambda c: by_stage[c.id]).items():
                stage = stages[stage_id]
                self._insert_activities(
                    (partner, stage["activity_type_id"], owner, stage["deadline"], stage["name"],
                     stage["note"])
                    for partner in partners
                )  # fmt: skip

    def _insert_activities(self, wanted):
        """Insert activities on cases, or on customers, and notify their users' browsers.

        :param wanted: tuples record, id of the type, user, deadline, summary, note (HTML)
        """
        models_ = self.env["ir.model"]
        values = [
            {
                "res_model_id": models_._get_id(case._name),
                "res_model": case._name,
                "res_id": case.id,
                "res_name": case.display_name,
                "activity_type_id": type_id,
                "user_id": user.id,
                "user_tz": user.tz,
                "date_deadline": deadline,
                "summary": summary,
                "note": note or False,
                "automated": True,
                "date_done": False,
            }
            for case, type_id, user, deadline, summary, note in wanted
        ]
        self.env["collection.task"]._insert(values)

    def _notify_escalations(self, company, rows):
        """Notify the roles of escalation rules that hold, once per case (P2-06)."""
        wanted = []
        todo = self.env.ref("mail.mail_activity_data_todo", raise_if_not_found=False)
        for row in rows:
            if not row["escalation_ids"] or not row["case_id"] or row["case_action"] == "close":
                continue
            case = self.env["collection.case"]._system().browse(row["case_id"])
            new = (
                self.env["collection.escalation"]
                .browse(row["escalation_ids"])
                .filtered(
                    lambda rule, case=case: rule.notify_role and rule not in case.escalation_ids
                )
            )
            if not new:
                continue
            case.escalation_ids |= new
            wanted += [
                (
                    case,
                    todo.id if todo else False,
                    case._get_responsible(rule.notify_role),
                    company._collection_add_workdays(company._credit_today(), 1),
                    rule.name,
                    False,
                )
                for rule in new
            ]
        self._insert_activities(wanted)
