from odoo import api, models
from odoo.exceptions import UserError


class AccountMoveLine(models.Model):
    _inherit = "account.move.line"

    def unlink(self):
        if not self:
            return super().unlink()
        # A cascade of the database would leave the promise as it was, with nothing promised.
        # sudo: users who delete a draft invoice have no rights on promises
        promised = (
            self.env["collection.promise.line"].sudo().search([("move_line_id", "in", self.ids)])
        )
        promised._system_unlink()
        return super().unlink()

    @api.model
    def _check_may_ask(self):
        """Raise unless the user may release items that Odoo marked No Follow-Up."""
        self.env.user._require_role(
            self.env._("Collecting items marked No Follow-Up"), "accountant", "collection_manager"
        )

    def _let_ask(self, reason):
        """Take Odoo's mark No Follow-Up from these items; user and reason are in the chatter.

        :raise AccessError: the user is neither accountant nor collection manager
        :raise UserError: no reason, or an item is none that is open and marked
        """
        self._check_may_ask()
        if not (reason or "").strip():
            raise UserError(self.env._("Enter why these items are to be collected."))
        rows = self.env["collection.ledger"].search(
            [("move_line_id", "in", self.ids), ("block_codes", "like", "no_followup")]
        )
        # sudo: collection managers read invoices only; the mark holds no accounting data
        items = self.sudo()
        other = items - rows.move_line_id
        if other or not items:
            raise UserError(
                self.env._(
                    "%s is no open item that is marked No Follow-Up.",
                    ", ".join(other.move_id.mapped("name")) or "–",
                )
            )
        items.no_followup = False
        for move in items.move_id:
            move.message_post(body=self.env._("Collected from now on: %s", reason.strip()))
        items.move_id._refresh_collection_cases()
