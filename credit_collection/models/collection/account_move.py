from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, ValidationError

LEAVE_OUT_GROUPS = (
    "account.group_account_invoice",
    "credit_collection.group_collection_collector",
    "credit_collection.group_credit_controller",
)


class AccountMove(models.Model):
    """Why an invoice is overdue and who caused it (P3-05, P3-12); left out for a time."""

    _inherit = "account.move"

    collection_reason_id = fields.Many2one(
        "collection.reason", "Overdue Reason", copy=False, index="btree_not_null", tracking=True
    )
    collection_reason_category = fields.Selection(
        related="collection_reason_id.category", string="Reason Category", store=True
    )
    collection_reason_note = fields.Char("Specific Reason", copy=False)
    collection_fault_unit = fields.Char(
        "Fault: Unit", copy=False, help="Which unit caused it (P3-12)."
    )
    collection_fault_user_id = fields.Many2one("res.users", "Fault: Person", copy=False)
    collection_leave_out_until = fields.Date(
        "Leave out of Collection until", copy=False, tracking=True, index="btree_not_null"
    )
    collection_leave_out_reason = fields.Char("Reason to Leave out", copy=False, tracking=True)
    collection_dispute_id = fields.Many2one(
        "collection.dispute",
        "Settles Dispute",
        copy=False,
        index="btree_not_null",
        ondelete="set null",
        check_company=True,
        help="Posting this credit note closes the dispute as accepted.",
    )
    collection_dispute_ids = fields.One2many("collection.dispute", "move_id", "Disputes")

    # ------------------------------------------------------------------ left out for a time

    @api.model
    def _check_may_collect_invoices(self):
        """Accountants, collectors and controllers say why an invoice is overdue, or left out."""
        if not self.env.su and not any(self.env.user.has_group(g) for g in LEAVE_OUT_GROUPS):
            raise AccessError(
                self.env._("This is for accountants, collectors and credit controllers.")
            )

    @api.constrains("collection_leave_out_until", "collection_leave_out_reason")
    def _check_collection_leave_out(self):
        for move in self.filtered("collection_leave_out_until"):
            company, until = move.company_id.sudo(), move.collection_leave_out_until
            today = company._credit_today()
            days = company.collection_leave_out_max_days
            if not (move.collection_leave_out_reason or "").strip():
                raise ValidationError(
                    self.env._("Say why %s is left out of collection.", move.name)
                )
            if not today <= until <= today + timedelta(days=days):
                raise ValidationError(
                    self.env._(
                        "%(invoice)s can be left out until %(last)s at most (%(days)s days), and not"
                        " until a day in the past: %(until)s.",
                        invoice=move.name,
                        last=today + timedelta(days=days),
                        days=days,
                        until=until,
                    )
                )

    def _leave_out(self, until, reason):
        """Leave these invoices out of collection for a time; without a day, take them up again.

        :param until: last day on which they rest
        :raise ValidationError: no reason, a day in the past or further than the company allows
        """
        self._check_may_collect_invoices()
        self.check_access("read")
        # sudo: collectors read invoices only; the fields say nothing about the books
        moves = self.sudo()
        moves.write(
            {
                "collection_leave_out_until": until,
                "collection_leave_out_reason": (reason or "").strip() or False,
            }
        )
        self._refresh_collection_cases()

    def _set_collection_reason(self, vals):
        """Note why these invoices are overdue, and who caused it (P3-05, P3-12).

        :param vals: any of collection_reason_id, collection_reason_note,
            collection_fault_unit, collection_fault_user_id
        """
        self._check_may_collect_invoices()
        self.check_access("read")
        names = {
            "collection_reason_id", "collection_reason_note", "collection_fault_unit",
            "collection_fault_user_id",
        }  # fmt: skip
        # sudo: collectors read invoices only; the fields say nothing about the books
        self.sudo().write({name: value for name, value in vals.items() if name in names})
        self._refresh_collection_cases()

    def _refresh_collection_cases(self):
        # sudo: an event on the case, whoever may see it
        cases = (
            self.env["collection.case"]
            .sudo()
            .search(
                [
                    ("partner_id", "in", self.sudo().commercial_partner_id.ids),
                    ("company_id", "in", self.sudo().company_id.ids),
                    ("state", "=", "open"),
                ]
            )
        )
        cases._refresh()

    def _open_collection_wizard(self, model, title):
        self._check_may_collect_invoices()
        return {
            "type": "ir.actions.act_window",
            "name": title,
            "res_model": model,
            "view_mode": "form",
            "target": "new",
            "context": {"default_move_ids": self.ids},
        }

    def action_collection_leave_out(self):
        """Leave the invoices out of collection until a day, for a reason: opens the form."""
        return self._open_collection_wizard(
            "collection.leave.out", self.env._("Leave out of Collection")
        )

    def action_collection_reason(self):
        """Say why the invoices are overdue, and who caused it: opens the form."""
        return self._open_collection_wizard("collection.reason.set", self.env._("Overdue Reason"))

    def action_collection_dispute(self):
        """Note that the customer contests this invoice: opens the form."""
        self.ensure_one()
        self.check_access("read")
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("The Customer Contests"),
            "res_model": "collection.dispute.open",
            "view_mode": "form",
            "target": "new",
            "context": {"default_move_id": self.id},
        }

    # ------------------------------------------------------------------ credit note of a dispute

    @api.constrains("collection_dispute_id", "reversed_entry_id", "partner_id")
    def _check_collection_dispute(self):
        for move in self.filtered("collection_dispute_id"):
            # sudo: only whether the credit note fits
            dispute = move.collection_dispute_id.sudo()
            if (
                move.move_type != "out_refund"
                or move.commercial_partner_id != dispute.partner_id
                or move.reversed_entry_id != dispute.move_id
            ):
                raise ValidationError(
                    self.env._(
                        "Only a credit note for %(invoice)s settles %(dispute)s.",
                        invoice=dispute.move_id.name,
                        dispute=dispute.name,
                    )
                )

    def _post(self, soft=True):
        posted = super()._post(soft)
        notes = posted.filtered("collection_dispute_id")
        # sudo: who books the credit note decides, whoever it was assigned to
        notes.sudo().collection_dispute_id._close_accepted(notes.sudo())
        return posted


class AccountMoveReversal(models.TransientModel):
    _inherit = "account.move.reversal"

    collection_dispute_id = fields.Many2one("collection.dispute", "Settles Dispute", readonly=True)

    def _prepare_default_reversal(self, move):
        values = super()._prepare_default_reversal(move)
        if self.collection_dispute_id and self.collection_dispute_id.move_id == move:
            values["collection_dispute_id"] = self.collection_dispute_id.id
        return values
