from odoo import fields, models
from odoo.exceptions import AccessError, UserError

from .collection_confirmation_line import MEASURES
from .collection_confirmation_make import ANSWER
from .collection_confirmation_watch import LATE

ROUTE = "mail_activity_sheet_route"
# Working days for the work that is given out.
WORK_DAYS = 5


class CollectionConfirmation(models.Model):
    """Answering a sheet, and giving out the work that follows from it (P3-04, P3-05, P3-12)."""

    _inherit = "collection.confirmation"

    # ------------------------------------------------------------------ answer

    def _check_can_answer(self):
        self.check_access("read")
        for sheet in self:
            if sheet.state != "sent":
                raise UserError(self.env._("%s was answered already.", sheet.name))
            if not sheet._may_answer():
                raise AccessError(
                    self.env._(
                        "%(sheet)s is answered by %(user)s.",
                        sheet=sheet.name,
                        user=sheet.user_id.name,
                    )
                )

    def action_confirm_right(self):
        """Take every figure without an entry as right, and every known reason as still true."""
        self._check_can_answer()
        self._do_confirm_right()
        return True

    def _do_confirm_right(self):
        # sudo: by link nobody is logged in; who may was checked before
        lines = self.sudo().line_ids
        lines.filtered(lambda line: not line.figures)._system().write({"figures": "right"})
        lines.filtered(
            lambda line: line.is_known and line.reason_id and not line.is_confirmed
        )._system().write({"is_confirmed": True})

    def action_submit(self):
        """Hand in the answers; they are kept on the invoices.

        :raise UserError: a line lacks something, with its document and what it lacks
        """
        self._check_can_answer()
        for sheet in self:
            sheet._check_complete()
            sheet._do_submit()
        return True

    def _check_complete(self):
        self.ensure_one()
        lacking = self.line_ids.filtered(lambda line: not line.is_complete)
        if lacking:
            shown = "\n".join(
                f"{line.document} ({line.partner_id.sudo().name}): {line.missing}"
                for line in lacking[:10]
            )
            raise UserError(
                self.env._(
                    "%(count)s of %(total)s items are not complete:\n%(lines)s",
                    count=len(lacking),
                    total=len(self.line_ids),
                    lines=shown,
                )
            )

    def _do_submit(self, by_link=False):
        for sheet in self.sudo():
            company = sheet.company_id
            today = company._credit_today()
            sheet.line_ids._write_answer()
            sheet._system().write(
                {
                    "state": "answered",
                    "answered_at": fields.Datetime.now(),
                    "answered_by_id": False if by_link else self.env.user.id,
                    "answered_by_link": by_link,
                    "is_late": today > sheet.date_deadline,
                    "date_route_deadline": company._collection_add_workdays(
                        today, company.collection_sheet_route_days
                    ),
                }
            )
            self.env["collection.task"]._unassign(sheet, ANSWER, LATE)
            self.env["collection.task"]._assign(
                sheet,
                company._collection_finance(),
                ROUTE,
                lambda s: s.env._("Say who deals with the items of %s", s.user_id.name),
                sheet.date_route_deadline,
            )

    def action_send_back(self):
        """Ask the salesperson to answer again; the days to answer start anew."""
        self._check_can_route()
        for sheet in self.sudo():
            company = sheet.company_id
            today, days = company._credit_today(), company.collection_sheet_answer_days
            sheet._system().write(
                {
                    "state": "sent",
                    "answered_at": False,
                    "answered_by_id": False,
                    "answered_by_link": False,
                    "date_route_deadline": False,
                    "is_route_late": False,
                    "is_late": False,
                    "date_deadline": company._collection_add_workdays(today, days),
                    "date_remind": company._collection_add_workdays(today, days - 1),
                    "reminded_on": False,
                }
            )
            self.env["collection.task"]._unassign(sheet, ROUTE, LATE)
            sheet._send_sheet("mail_template_confirmation_sheet")
        return True

    # ------------------------------------------------------------------ routing

    def _check_can_route(self):
        self.check_access("read")
        for sheet in self:
            if not sheet._may_route():
                raise AccessError(self.env._("Answers are routed by Finance."))
            if sheet.state != "answered":
                raise UserError(
                    self.env._("%s does not wait to be routed: it is not answered.", sheet.name)
                    if sheet.state == "sent"
                    else self.env._("%s is routed already.", sheet.name)
                )

    def action_route(self):
        """Give each line to the people who deal with it, and close the sheet (P3-05).

        :raise UserError: a line has nobody to deal with it, or measures without a measure
        """
        self._check_can_route()
        for sheet in self:
            lines = sheet.line_ids.filtered(lambda line: not line.is_settled)
            open_lines = lines.filtered(lambda line: not line.route)
            if open_lines:
                raise UserError(
                    self.env._("Say who deals with: %s.", ", ".join(open_lines.mapped("document")))
                )
            idle = lines.filtered(
                lambda line: line.route == "measures" and not any(line[name] for name in MEASURES)
            )
            if idle:
                raise UserError(
                    self.env._("Choose a measure for: %s.", ", ".join(idle.mapped("document")))
                )
            sheet._do_route()
        return True

    def _do_route(self):
        for sheet in self.sudo():
            company = sheet.company_id
            today = company._credit_today()
            sheet.line_ids.filtered(lambda line: not line.is_settled)._give_out(
                company._collection_add_workdays(today, WORK_DAYS)
            )
            sheet._system().write(
                {
                    "state": "routed",
                    "routed_at": fields.Datetime.now(),
                    "routed_by_id": self.env.user.id,
                    "is_route_late": today > sheet.date_route_deadline,
                }
            )
            self.env["collection.task"]._unassign(sheet, ROUTE, LATE)
