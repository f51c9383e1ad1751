from datetime import timedelta

from odoo import models

from .collection_confirmation_make import ANSWER

LATE = "mail_activity_sheet_late"


class CollectionConfirmation(models.Model):
    """Who has left, who must be reminded, what is late (P3-02, P3-04, P3-05)."""

    _inherit = "collection.confirmation"

    def _pass_on(self):
        """Sheets of leavers go to who stands in for them (P3-02); their links die."""
        for sheet in self.sudo():
            owner = sheet.company_id._collection_owner(sheet.user_id)
            if owner and owner != sheet.user_id:
                self.env["collection.task"]._unassign(sheet, ANSWER)
                sheet._system().user_id = owner
                sheet._send_sheet("mail_template_confirmation_sheet")

    def _remind(self, today):
        """Remind once, on the last working day before the deadline."""
        for sheet in self.sudo():
            if sheet.reminded_on or not sheet.date_remind <= today <= sheet.date_deadline:
                continue
            sheet._system().reminded_on = today
            sheet._mail("mail_template_confirmation_remind")

    def _mark_late(self, today):
        """After the deadline the heads of sales and of collection are told, once (P3-04)."""
        late = self.sudo().filtered(lambda s: not s.is_late and today > s.date_deadline)
        for sheet in late:
            sheet._system().is_late = True
            company = sheet.company_id
            for user in company._collection_sales_head() | company._collection_head():
                self.env["collection.task"]._assign(
                    sheet,
                    user,
                    LATE,
                    lambda s: s.env._("%s has not confirmed his overdue items", s.user_id.name),
                    today + timedelta(days=1),
                )

    def _mark_route_late(self, today):
        """Routing after its deadline is flagged, and the head of collection told once (P3-05)."""
        late = self.sudo().filtered(lambda s: not s.is_route_late and today > s.date_route_deadline)
        for sheet in late:
            sheet._system().is_route_late = True
            self.env["collection.task"]._assign(
                sheet,
                sheet.company_id._collection_head(),
                LATE,
                lambda s: s.env._("%s is not routed in time", s.name),
                today + timedelta(days=1),
            )
