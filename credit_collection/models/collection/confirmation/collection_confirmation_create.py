import logging
from datetime import timedelta

from dateutil.relativedelta import relativedelta

from odoo import SUPERUSER_ID, api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from .collection_confirmation import ANSWER, LATE, ROUTERS

_logger = logging.getLogger(__name__)

# How far the Overdue Notice looks ahead for items coming due.
AHEAD_DAYS = 30


class CollectionConfirmation(models.Model):
    """The monthly notice and the sheets (P1-07, P3-03), and late answers."""

    _inherit = "collection.confirmation"

    @api.model
    def _cron_sheets(self):
        """Daily: notices and sheets that are due, leavers, reminders, late answers and routing.

        Committed company by company; one company's fault stops no other. A second run on the
        same day changes nothing, a missed day is made up for once.
        """
        # sudo: the job runs for every company
        companies = self.env["res.company"].sudo().search([("parent_id", "=", False)])
        cron = self.env["ir.cron"]
        cron._commit_progress(remaining=len(companies))
        for company in companies:
            try:
                with self.env.cr.savepoint():
                    # sudo: sheets, items and people of every salesperson
                    self.sudo().with_company(company)._run_company(company)
            except Exception:
                _logger.exception("Confirmation sheets of company %s failed", company.id)
            if not cron._commit_progress(1):
                break

    @api.model
    def _run_company(self, company):
        today = company._credit_today()
        if company.collection_sheet_enabled:
            month = company._collection_sheet_month(today)
            if company.collection_notice_period != month:
                self._send_notices(company)
                company.collection_notice_period = month
            month = company._collection_sheet_month(today, 1)
            if company.collection_sheet_period != month:
                self._create_sheets(company, month)
                company.collection_sheet_period = month
        waiting = self.search([("company_id", "=", company.id), ("state", "=", "sent")])
        waiting._pass_on()
        waiting._remind(today)
        waiting._mark_late(today)
        self.search([("company_id", "=", company.id), ("state", "=", "answered")])._mark_route_late(
            today
        )

    # ------------------------------------------------------------------ items by salesperson

    @api.model
    def _get_items_by_owner(self, company, days_from):
        """Return {salesperson or stand-in: rows of open items of at least `days_from` days}."""
        items = self.env["credit.open.item"]
        items._flush_sources()
        self.env["res.partner"].flush_model(["user_id"])
        rows = self.env.execute_query_dict(
            SQL(
                """SELECT item.*, partner.user_id, move.name AS document, move.invoice_date
                     FROM (%s) item
                     JOIN res_partner partner ON partner.id = item.partner_id
                     JOIN account_move move ON move.id = item.move_id
                    WHERE item.net > 0 AND item.days >= %s
                    ORDER BY partner.complete_name, partner.id, item.date_maturity, item.move_line_id""",
                items._get_items_sql(company),
                days_from,
            )
        )
        users = self.env["res.users"]
        owners, found = {}, {}
        for row in rows:
            user_id = row["user_id"]
            if user_id not in owners:
                owners[user_id] = company._collection_owner(users.browse(user_id or []))
            if owners[user_id]:
                found.setdefault(owners[user_id], []).append(row)
        return found

    # ------------------------------------------------------------------ notice of the 3rd

    @api.model
    def _send_notices(self, company):
        """Send each salesperson the Overdue Notice (欠款逾期提醒函): overdue and upcoming items (P1-07)."""
        template = self.env.ref("credit_collection.mail_template_overdue_notice")
        currencies = self.env["res.currency"]
        partners = self.env["res.partner"]
        for user, rows in self._get_items_by_owner(company, -AHEAD_DAYS).items():
            lines = [
                {
                    **row,
                    "partner": partners.browse(row["partner_id"]).display_name,
                    "currency": currencies.browse(row["currency_id"]),
                }
                for row in rows
            ]
            template.with_context(
                collection_company=company,
                collection_overdue=[line for line in lines if line["days"] > 0],
                collection_coming=[line for line in lines if line["days"] <= 0],
                collection_total=sum(line["net"] for line in lines if line["days"] > 0),
                collection_sheet_date=company._collection_add_workdays(
                    company._collection_notice_day(
                        company._collection_sheet_month(company._credit_today())
                    ),
                    1,
                ),
            ).send_mail(user.id)

    # ------------------------------------------------------------------ sheets

    @api.model
    def _create_sheets(self, company, month):
        """Create a sheet per salesperson with overdue items, unless there is one of the month."""
        today = company._credit_today()
        have = self.search([("company_id", "=", company.id), ("period", "=", month)])
        owners = {
            user: rows
            for user, rows in self._get_items_by_owner(company, 1).items()
            if user not in have.origin_user_id
        }
        known = self._get_known(company, [row for rows in owners.values() for row in rows])
        answer = company.collection_sheet_answer_days
        values = [
            {
                "name": self._next_number(company),
                "company_id": company.id,
                "user_id": user.id,
                "origin_user_id": user.id,
                "period": month,
                "date": today,
                "date_deadline": company._collection_add_workdays(today, answer),
                "date_remind": company._collection_add_workdays(today, answer - 1),
                "line_count": len(rows),
                "amount": sum(row["net"] for row in rows),
                "line_ids": [
                    fields.Command.create(self._prepare_line(row, known.get(row["move_line_id"])))
                    for row in rows
                ],
            }
            for user, rows in owners.items()
        ]
        quiet = self.with_context(tracking_disable=True, mail_create_nolog=True)
        sheets = quiet._system_create(values).with_env(self.env)
        for sheet in sheets:
            sheet._send_sheet("mail_template_confirmation_sheet")
        return sheets

    @api.model
    def _prepare_line(self, row, known):
        return {
            "move_line_id": row["move_line_id"],
            "move_id": row["move_id"],
            "document": row["document"],
            "partner_id": row["partner_id"],
            "date_invoice": row["invoice_date"] or row["date"],
            "date_maturity": row["date_maturity"],
            "days_overdue": row["days"],
            "document_currency_id": row["currency_id"],
            "amount_currency": row["net_currency"],
            "amount": row["net"],
            **(known or {}),
        }

    @api.model
    def _get_known(self, company, rows):
        """Return {journal item id: known reason, fault and day expected}, by last sheet or invoice.

        Likelihood and amount are assessed anew each month (P3-17).
        """
        if not rows:
            return {}
        # sudo: known reasons count, whoever wrote them
        moves = {
            move.id: move
            for move in self.env["account.move"]
            .sudo()
            .browse({row["move_id"] for row in rows})
            .filtered("collection_reason_id")
        }
        last = {}
        lines = self.env["collection.confirmation.line"].search(
            [
                ("move_line_id", "in", [row["move_line_id"] for row in rows]),
                ("company_id", "=", company.id),
                ("state", "!=", "sent"),
                ("reason_id", "!=", False),
            ],
            order="id",
        )
        for line in lines:
            last[line.move_line_id.id] = line
        result = {}
        for row in rows:
            line, move = last.get(row["move_line_id"]), moves.get(row["move_id"])
            values = {}
            if line:
                values = {
                    "reason_id": line.reason_id.id,
                    "reason_note": line.reason_note,
                    "fault_unit": line.fault_unit,
                    "fault_user_id": line.fault_user_id.id,
                    "date_expected": line.date_expected,
                }
            if move:  # written later than the sheet, if it differs from it
                values.update(
                    reason_id=move.collection_reason_id.id,
                    reason_note=move.collection_reason_note,
                    fault_unit=move.collection_fault_unit,
                    fault_user_id=move.collection_fault_user_id.id,
                )
            if values:
                result[row["move_line_id"]] = {**values, "is_known": True}
        return result

    def _send_sheet(self, template):
        """Mail the link and create an activity, for the user who answers the sheet."""
        for sheet in self:
            sheet._mail(template)
            self.env["collection.task"]._assign(
                sheet,
                sheet.user_id,
                ANSWER,
                lambda s: s.env._("Confirm your overdue items of %s", f"{s.period:%Y-%m}"),
                sheet.date_deadline,
                quiet=True,
            )

    def _mail(self, template):
        """Mail the link to one address of the user who answers; without one the sheet says so."""
        try:
            self.env["mail.thread"]._credit_check_address(
                self.env._("Email of %s", self.user_id.name), self.user_id.email
            )
        except UserError as error:
            self.message_post(body=str(error))
            return
        # Off the chatter: readers of the sheet must not find the link.
        # Of the system: the author of the sheets must not find it among their messages, either.
        self.env.ref(f"credit_collection.{template}").with_user(SUPERUSER_ID).send_mail(
            self.id,
            email_values={
                "model": False,
                "res_id": False,
                "author_id": self.env.ref("base.partner_root").id,
            },
        )

    def action_create_sheets(self):
        """Create the missing sheets of this month now; the mails go out too.

        :raise AccessError: the user does not route sheets
        :raise UserError: nobody has an overdue item without a sheet
        """
        self.env.user._require_role(self.env._("Making confirmation sheets"), *ROUTERS)
        company = self.env.company._credit_root()
        # sudo: sheets are created by the system, for users who may route them
        sheets = self.sudo()._create_sheets(company, company._credit_today() + relativedelta(day=1))
        if not sheets:
            raise UserError(
                self.env._(
                    "Everybody with overdue items has a sheet of this month already, or nothing is"
                    " overdue."
                )
            )
        return self._open_records(
            "collection_confirmation_action", domain=[("id", "in", sheets.ids)], context={}
        )

    # ---- Leavers, reminders and late answers (P3-02, P3-04, P3-05).

    def _pass_on(self):
        """Pass sheets of leavers to their stand-ins (P3-02); their links end."""
        for sheet in self:
            owner = sheet.company_id._collection_owner(sheet.user_id)
            if owner and owner != sheet.user_id:
                self.env["collection.task"]._unassign(sheet, ANSWER)
                sheet._system_write({"user_id": owner.id})
                sheet._send_sheet("mail_template_confirmation_sheet")

    def _remind(self, today):
        """Remind once, on the last working day before the deadline."""
        for sheet in self:
            if sheet.reminded_on or not sheet.date_remind <= today <= sheet.date_deadline:
                continue
            sheet._system_write({"reminded_on": today})
            sheet._mail("mail_template_confirmation_remind")

    def _mark_late(self, today):
        """Notify the heads of sales and of collection after the deadline, once (P3-04)."""
        late = self.filtered(lambda s: not s.is_late and today > s.date_deadline)
        for sheet in late:
            sheet._system_write({"is_late": True})
            company = sheet.company_id
            for user in company._collection_sales_head() | company._collection_head():
                self.env["collection.task"]._assign(
                    sheet,
                    user,
                    LATE,
                    lambda s: s.env._("%s has not confirmed their overdue items", s.user_id.name),
                    today + timedelta(days=1),
                )

    def _mark_route_late(self, today):
        """Flag routing after its deadline, and notify the head of collection once (P3-05)."""
        late = self.filtered(lambda s: not s.is_route_late and today > s.date_route_deadline)
        for sheet in late:
            sheet._system_write({"is_route_late": True})
            self.env["collection.task"]._assign(
                sheet,
                sheet.company_id._collection_head(),
                LATE,
                lambda s: s.env._("%s was not assigned on time", s.name),
                today + timedelta(days=1),
            )
