from odoo import api, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL

from ...base.bulk import insert, take_names

EVIDENCE_TASK = "mail_activity_filing_evidence"

ACCEPT_TASK = "mail_activity_filing_accept"

SEQUENCE = "collection.filing"


class CollectionFiling(models.Model):
    """Takeover on application and by age; both end in `_take_over` (P3-06)."""

    _inherit = "collection.filing"

    def _raise_not_collector(self):
        # sudo: names in the message that refuses, nothing else
        raise AccessError(
            self.env._(
                "Handover of %(case)s: only its collector, %(collector)s, can request it.",
                case=self.case_id.sudo().display_name,
                collector=self.collector_id.sudo().name or "–",
            )
        )

    def write(self, vals):
        result = super().write(vals)
        if "case_id" in vals and not self._is_system():
            for filing in self:
                # Of another case, another collector applies.
                # sudo: the collector is found whoever files
                collector = filing.sudo().case_id._get_collector()
                filing._system_write({"collector_id": collector.id})
                if not filing._may_work():
                    filing._raise_not_collector()
        return result

    # ------------------------------------------------------------------ on application

    def _check_can_request(self):
        result = super()._check_can_request()
        if not self._may_work():
            self._raise_not_collector()
        if self.state != "draft":
            raise UserError(
                self.env._("Approval of %s has already been requested.", self.display_name)
            )
        # sudo: the state of the case, seen or not
        case = self.case_id.sudo()
        if case.state != "open" or case.takeover_state == "taken":
            raise UserError(
                self.env._("%s is closed or has been handed over to the team.", case.display_name)
            )
        self._check_reason()
        # sudo: filings of colleagues stand in the way as well
        if self.sudo().search_count(
            [
                ("case_id", "=", case.id),
                ("state", "in", ("requested", "filed", "evidence", "done")),
            ],
            limit=1,
        ):
            raise UserError(
                self.env._(
                    "%s has already been handed over or has a pending handover request.",
                    case.display_name,
                )
            )
        return result

    def _get_input_checks(self):
        checks = {"draft": self._check_reason, "filed": self._check_evidence}
        return [checks[self.state]] if self.state in checks else []

    def _check_reason(self):
        if not (self.reason or "").strip():
            raise UserError(self.env._("Enter why the team should take over."))

    def _after_approved(self):
        result = super()._after_approved()
        # sudo: approvers hand over cases that they may not write
        self.sudo()._take_over()
        return result

    def _after_rejected(self):
        result = super()._after_rejected()
        # sudo: people are notified whoever rejects
        for filing in self.sudo():
            filing._notify_users(
                filing.requested_by_id | filing.collector_id,
                self.env._("%s was rejected: the collector keeps the case.", filing.name),
            )
        return result

    def action_cancel(self):
        """Withdraw an application that is not decided."""
        self.check_access("write")
        for filing in self:
            if filing.state not in ("draft", "requested"):
                raise UserError(self.env._("%s has already been decided.", filing.display_name))
            if not filing._may_work():
                filing._raise_not_collector()
            filing._do_cancel()
        return True

    def _do_cancel(self):
        for filing in self:
            filing._cancel_reviews()
        self._system_write({"state": "cancelled"})
        # Before the next filing of the case comes to the database.
        self.flush_recordset(["state"])

    # ------------------------------------------------------------------ takeover

    def _pass_on(self, leaver):
        """Reassign takeovers of leavers to the present case owner and request the evidence again."""
        # sudo: the administrator who archives a user may not read filings
        for filing in self.sudo():
            company = filing.company_id
            new = (company._collection_usable(filing.case_id.user_id) - leaver) or (
                company._collection_head(filing.team_id) - leaver
            )
            names = [name for name in ("user_id", "collector_id") if filing[name] == leaver]
            filing._system_write(dict.fromkeys(names, new.id))
            filing.activity_ids.filtered(lambda a: a.user_id == leaver).write({"user_id": new.id})

    @api.model
    def _file_mandatory(self, cases):
        """File cases that are too old without asking anybody; applications under way give way."""
        # sudo: the run files cases on its own, whoever started it
        quiet = self.sudo()._system().with_context(tracking_disable=True, mail_create_nolog=True)
        under_way = quiet.search(
            [("case_id", "in", cases.ids), ("state", "in", ("draft", "requested"))]
        )
        under_way._do_cancel()
        if not cases:
            return quiet.browse()
        reasons = {filing.case_id: filing for filing in under_way}
        # Looked up once, not once per case.
        names, heads = {}, {}
        for company, part in cases.grouped("company_id").items():
            found = take_names(self.env, SEQUENCE, company, company._credit_today(), len(part))
            names.update(zip(part, found, strict=True))
            default = company._collection_team()
            # sudo: the run files cases on its own, whoever started it
            for team, of_team in part.sudo().grouped("team_id").items():
                people = team or default, company._collection_head(team or default)
                heads.update(dict.fromkeys(of_team.ids, people))
        filings = quiet.create(
            [
                {
                    "name": names[case],
                    "case_id": case.id,
                    "kind": "mandatory",
                    "team_id": heads[case.id][0].id,
                    "user_id": heads[case.id][1].id,
                    "state": "filed",
                    "collector_id": case._get_collector().id,
                    "reason": reasons[case].reason if case in reasons else False,
                    "proposal": reasons[case].proposal if case in reasons else False,
                }
                for case in cases
            ]
        )
        filings._take_over()
        return filings

    def _take_over(self):
        """Freeze overdue items, hand the cases to the team, ask for the evidence. Set-based."""
        task = self.env["collection.task"]
        # sudo: approvers may not write cases and tasks
        for company, filings in self.sudo().grouped("company_id").items():
            today = company._credit_today()
            deadline = company._collection_add_workdays(today, company.collection_evidence_days)
            filings._freeze_items(company, today, deadline)
            for user, part in filings.grouped("collector_id").items():
                task._assign(
                    part,
                    company._collection_usable(user) or company._collection_head(),
                    EVIDENCE_TASK,
                    lambda f: f.env._(
                        "Submit evidence, reason and proposal for %s", f.partner_id.name
                    ),
                    deadline,
                )
            cases = filings.case_id
            for (team, user), part in filings.grouped(lambda f: (f.team_id, f.user_id)).items():
                values = {"takeover_state": "taken"}
                if team:
                    values["team_id"] = team.id
                if user:
                    values["user_id"] = user.id
                part.case_id.with_context(tracking_disable=len(part) > 1)._system_write(values)
            cases._message_log_batch(
                bodies={
                    filing.case_id.id: self.env._("Handed over to the team: %s.", filing.name)
                    for filing in filings
                }
            )
            cases._start_special_team()

    def _freeze_items(self, company, today, deadline):
        """Record the overdue items, and the days of takeover and evidence."""
        # sudo: items of the case's customer, which are being frozen
        items = self.env["credit.open.item"].sudo()
        by_partner = {}
        for row in items._get_items(company, self.partner_id.ids):
            if row["net"] > 0 and row["days"] > 0:
                by_partner.setdefault(row["partner_id"], []).append(row)
        documents = dict.fromkeys(row["move_id"] for rows in by_partner.values() for row in rows)
        # sudo: documents' numbers only
        names = {
            move["id"]: move["name"]
            for move in self.env["account.move"].sudo().browse(documents).read(["name"], load="")
        }
        totals, values = [], []
        for filing in self:
            rows = by_partner.get(filing.partner_id.id, [])
            amount = company.currency_id.round(float(sum(row["net"] for row in rows)))
            days = max((row["days"] for row in rows), default=0)
            totals.append(SQL("(%s, %s::numeric, %s)", filing.id, amount, days))
            values += [
                {
                    "filing_id": filing.id,
                    "company_id": company.id,
                    "move_id": row["move_id"],
                    "document": names.get(row["move_id"]),
                    "date_maturity": row["date_maturity"],
                    "days_overdue": row["days"],
                    "document_currency_id": row["currency_id"],
                    "amount_currency": row["net_currency"],
                    "amount": row["net"],
                }
                for row in rows
            ]
        self._write_frozen(totals, today, deadline)
        # sudo: rows of the system, for the user who took over
        insert(self.env["collection.filing.item"].sudo()._system(), values)
        self.invalidate_recordset(["item_ids"])

    def _write_frozen(self, totals, today, deadline):
        # One statement: thousands of cases may be taken over on a first day.
        names = ["amount_overdue", "days_overdue", "date", "date_evidence"]
        self.flush_recordset()
        self.env.execute_query(
            SQL(
                """UPDATE collection_filing filing
                      SET amount_overdue = new.amount, days_overdue = new.days,
                          date = %(today)s, date_evidence = %(deadline)s,
                          write_uid = %(uid)s, write_date = now() AT TIME ZONE 'UTC'
                     FROM (VALUES %(totals)s) AS new(id, amount, days)
                    WHERE filing.id = new.id RETURNING filing.id""",
                today=today,
                deadline=deadline,
                uid=self.env.uid,
                totals=SQL(", ").join(totals),
            )
        )
        self.invalidate_recordset(names, flush=False)
        self.modified(names)

    def action_print(self):
        """Print the filing sheet."""
        self.check_access("read")
        return self.env.ref("credit_collection.action_report_collection_filing").report_action(self)

    def action_open_case(self):
        """Open the case."""
        self.ensure_one()
        self.check_access("read")
        return self.case_id.get_formview_action()
