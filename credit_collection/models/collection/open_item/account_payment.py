from odoo import api, fields, models
from odoo.exceptions import UserError


class AccountPayment(models.Model):
    """Money that a customer paid without a purpose pays their oldest invoices (P4-14)."""

    _inherit = "account.payment"

    collection_can_apply = fields.Boolean(compute="_compute_collection_can_apply")

    @api.depends("state", "payment_type", "partner_type", "is_reconciled", "move_id")
    def _compute_collection_can_apply(self):
        for payment in self:
            payment.collection_can_apply = bool(payment._get_unapplied_lines())

    def _get_unapplied_lines(self):
        """Return receivable items of these payments that pay no invoice yet."""
        payments = self.filtered(
            lambda p: p.payment_type == "inbound" and p.partner_type == "customer" and p.partner_id
        )
        # sudo: the amount that is left; the right to apply it is checked on applying
        return payments.sudo().move_id.line_ids.filtered(
            lambda line: (
                line.account_type == "asset_receivable"
                and line.parent_state == "posted"
                and not line.reconciled
                and line.amount_residual < 0
            )
        )

    def action_collection_apply(self):
        """Propose which invoices this payment pays: those it names, then the oldest.

        :raise UserError: nothing of it is left to apply
        """
        self.ensure_one()
        self.check_access("read")
        return self.env["collection.allocation"]._open(
            self.partner_id, self.company_id, self._get_unapplied_lines()
        )


class ResPartner(models.Model):
    _inherit = "res.partner"

    def _get_unapplied_lines(self, company):
        """Return receivable items of payments of this customer that pay no invoice yet, oldest first.

        Credit notes are excluded: a person decides what they credit.
        """
        self.ensure_one()
        customer = self.commercial_partner_id
        if not isinstance(customer.id, int):
            return self.env["account.move.line"]
        # sudo: the amount that is left; the right to apply it is checked on applying
        return (
            self.env["account.move.line"]
            .sudo()
            .search(
                [
                    ("account_id", "in", self.env["account.account"]._credit_receivable_ids()),
                    ("reconciled", "=", False),
                    ("parent_state", "=", "posted"),
                    ("amount_residual", "<", 0),
                    ("company_id", "in", company._credit_entity_ids()),
                    ("partner_id.commercial_partner_id", "=", customer.id),
                    ("move_id.move_type", "=", "entry"),
                ],
                order="date, id",
            )
        )

    def action_collection_apply(self):
        """Propose which invoices the payments of this customer pay: the oldest first.

        :raise UserError: no payment is left to apply
        """
        self.ensure_one()
        self.check_access("read")
        return self.env["collection.allocation"]._open(
            self.commercial_partner_id,
            self.env.company,
            self._get_unapplied_lines(self.env.company),
        )


class AccountMoveLine(models.Model):
    _inherit = "account.move.line"

    def _get_payment_text(self):
        """Return the texts of a payment about its purpose: memo, reference, label."""
        self.ensure_one()
        move = self.move_id
        return " ".join(
            filter(None, (move.origin_payment_id.memo, move.ref, self.name, move.narration))
        )

    @api.model
    def _check_may_apply(self):
        """Raise unless the user books payments.

        :raise AccessError: the user does not
        """
        self.env.user._require_role(self.env._("Applying payments"), "accountant")

    def _check_something_left(self):
        if not self:
            raise UserError(self.env._("No payment of this customer is left to apply."))
