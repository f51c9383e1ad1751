from odoo import fields, models
from odoo.exceptions import AccessError, UserError

from .collection_case import RESULTS


class CollectionCase(models.Model):
    """What people do to a case: close it with a result, open it again."""

    _inherit = "collection.case"

    def _is_manager(self):
        return self.env.su or self.env.user.has_group("credit_collection.group_collection_manager")

    def _check_manager(self):
        if not self._is_manager():
            raise AccessError(self.env._("Only collection managers may do this."))

    def action_close(self):
        """Ask with which result these cases are closed: collection managers."""
        self._check_manager()
        self._check_open()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Close Cases"),
            "res_model": "collection.case.close",
            "view_mode": "form",
            "target": "new",
            "context": {"default_case_ids": self.ids},
        }

    def _do_close(self, result, note=False):
        """Close open cases by hand: what is overdue now does not open a case again.

        :param result: key of `RESULTS`
        """
        for company, cases in self.sudo().grouped("company_id").items():
            today = company._credit_today()
            cases._system().write(
                {
                    "state": "closed",
                    "result": result,
                    "result_note": note,
                    "date_close": today,
                    "date_silent": today,
                }
            )
            cases.activity_ids.filtered("automated").unlink()

    def action_reopen(self):
        """Open closed cases again: collection managers.

        :raise UserError: the customer has an open case already
        """
        self._check_manager()
        self.check_access("write")
        for case in self.sudo():
            if case.state == "open":
                continue
            rival = self.search(
                [
                    ("partner_id", "=", case.partner_id.id),
                    ("company_id", "=", case.company_id.id),
                    ("state", "=", "open"),
                ],
                limit=1,
            )
            if rival:
                raise UserError(
                    self.env._(
                        "%(customer)s has an open case already: %(case)s.",
                        customer=case.partner_id.display_name,
                        case=rival.name,
                    )
                )
            case._system().write(
                {"state": "open", "active": True, "result": False, "date_close": False,
                 "date_silent": False}
            )  # fmt: skip
            if not case.user_id.active:
                case._reassign()
        self._refresh()
        return True


class CollectionCaseClose(models.TransientModel):
    """Close cases by hand, with a result and a note."""

    _name = "collection.case.close"
    _description = "Close Collection Cases"

    case_ids = fields.Many2many("collection.case", required=True)
    result = fields.Selection(RESULTS, required=True)
    note = fields.Text(required=True)

    def action_close(self):
        """Close: collection managers only, with a note."""
        self.ensure_one()
        self.case_ids._check_manager()
        self.case_ids.check_access("write")
        self.case_ids._check_open()
        if not (self.note or "").strip():
            raise UserError(self.env._("Say why the case is closed."))
        self.case_ids._do_close(self.result, self.note)
        return {"type": "ir.actions.act_window_close"}
