from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError


class CollectionAgreementItem(models.Model):
    """An open item that a repayment agreement covers, with what was open of it then."""

    _name = "collection.agreement.item"
    _description = "Item of a Repayment Agreement"
    _inherit = ["credit.protected.mixin"]
    _order = "agreement_id, date_maturity, id"
    _rec_name = "move_id"

    agreement_id = fields.Many2one(
        "collection.agreement", required=True, index=True, ondelete="cascade"
    )
    state = fields.Selection(related="agreement_id.state", store=True)
    partner_id = fields.Many2one(related="agreement_id.partner_id")
    company_id = fields.Many2one(related="agreement_id.company_id", store=True, index=True)
    currency_id = fields.Many2one(related="agreement_id.currency_id")
    move_line_id = fields.Many2one(
        "account.move.line", "Item", required=True, index=True, ondelete="cascade"
    )
    move_id = fields.Many2one(related="move_line_id.move_id", string="Invoice", store=True)
    date_maturity = fields.Date(related="move_line_id.date_maturity", string="Due Date", store=True)
    amount = fields.Monetary("Open Amount", readonly=True, help="When the agreement was asked for.")
    residual = fields.Monetary(
        related="move_line_id.amount_residual_currency", string="Open Now", aggregator=None
    )

    _once = models.UniqueIndex(
        "(agreement_id, move_line_id)", "Each item stands in an agreement once."
    )
    _in_force_once = models.UniqueIndex(
        "(move_line_id) WHERE state IN ('requested', 'active')",
        "This item is under another repayment agreement already.",
    )

    @api.model
    def _get_create_fields(self):
        return {"agreement_id", "move_line_id"}

    def _may_delete(self):
        return self.agreement_id.can_edit

    @api.model_create_multi
    def create(self, vals_list):
        items = super().create(vals_list)
        if not self._is_system() and not all(item.agreement_id.can_edit for item in items):
            raise AccessError(self.env._("Items are chosen while the agreement is a draft."))
        return items

    @api.constrains("move_line_id")
    def _check_item(self):
        for item in self:
            # sudo: the open item itself, of which the collector asks for payment
            line, agreement = item.move_line_id.sudo(), item.agreement_id
            if (
                line.account_id.account_type != "asset_receivable"
                or line.parent_state != "posted"
                or line.amount_residual_currency <= 0
            ):
                raise ValidationError(self.env._("%s is not open.", line.move_id.name))
            if (
                line.partner_id.commercial_partner_id != agreement.partner_id
                or line.company_id != agreement.company_id
                or line.currency_id != agreement.currency_id
            ):
                raise ValidationError(
                    self.env._(
                        "%(item)s does not belong to %(customer)s, %(company)s, %(currency)s.",
                        item=line.move_id.name,
                        customer=agreement.partner_id.name,
                        company=agreement.company_id.name,
                        currency=agreement.currency_id.name,
                    )
                )


class CollectionAgreement(models.Model):
    """Which items an agreement covers, as it is made."""

    _inherit = "collection.agreement"

    def _fill_items(self):
        """Cover every overdue item of the customer that is under no other agreement."""
        self.ensure_one()
        # sudo: items of the customer, of which the collector asks for payment
        rows = (
            self.env["collection.item"]
            .sudo()
            ._get_items(self.company_id, self.partner_id.ids or [0])
        )
        known = self.item_ids.move_line_id.ids
        chosen = [
            row["move_line_id"]
            for row in rows
            if row["days"] > 0
            and row["currency_id"] == self.currency_id.id
            and row["move_line_id"] not in known
            and "agreement" not in row["rests"]
        ]
        self.sudo().env["collection.agreement.item"]._system().create(
            [{"agreement_id": self.id, "move_line_id": line} for line in chosen]
        )
        return chosen

    def action_fill_items(self):
        """Add every overdue item of the customer in the currency of the agreement.

        :raise UserError: not a draft, or there is nothing to add
        """
        self._check_may_collect()
        for agreement in self:
            agreement.check_access("write")
            if agreement.state != "draft":
                raise UserError(self.env._("%s is not a draft any more.", agreement.display_name))
            if not agreement._fill_items():
                raise UserError(
                    self.env._(
                        "%(customer)s has no further overdue item in %(currency)s.",
                        customer=agreement.partner_id.name,
                        currency=agreement.currency_id.name,
                    )
                )
        self._rebuild_schedule()
        return True
