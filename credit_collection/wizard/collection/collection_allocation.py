from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command

from ...engine import allocation, document_names


class CollectionAllocation(models.TransientModel):
    """The invoices that money of a customer pays: named ones first, then the oldest (P4-14).

    The amounts come from Odoo's own arithmetic of reconciliation, so that the proposal
    is booked as shown, in every currency. The accountant may leave items out and move them.
    """

    _name = "collection.allocation"
    _description = "Apply Payments to Invoices"

    partner_id = fields.Many2one("res.partner", "Customer", required=True, readonly=True)
    company_id = fields.Many2one("res.company", required=True, readonly=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    payment_line_ids = fields.Many2many("account.move.line", string="Payments", readonly=True)
    line_ids = fields.One2many("collection.allocation.line", "allocation_id", "Open Items")
    amount = fields.Monetary("To Apply", compute="_compute_amount", help="In company currency.")
    amount_applied = fields.Monetary("Applied", compute="_compute_amount")
    amount_left = fields.Monetary("Remaining Amount", compute="_compute_amount")

    @api.model
    def _open(self, partner, company, payment_lines):
        """Open the dialog with its proposal."""
        lines = self.env["account.move.line"]
        lines._check_may_apply()
        payment_lines._check_something_left()
        partner = partner.commercial_partner_id
        wizard = self.create(
            {
                "partner_id": partner.id,
                "company_id": company.id,
                "payment_line_ids": [Command.set(payment_lines.ids)],
                "line_ids": [
                    Command.create({"move_line_id": line.id, "sequence": number, "is_named": named})
                    for number, (line, named) in enumerate(
                        self._propose(partner, company, payment_lines), 1
                    )
                ],
            }
        )
        if not wizard.line_ids:
            raise UserError(
                self.env._("%s has no open invoice that could be paid.", partner.display_name)
            )
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Apply to Oldest Invoices"),
            "res_model": self._name,
            "res_id": wizard.id,
            "view_mode": "form",
            "target": "new",
        }

    @api.model
    def _get_open_lines(self, partner, company):
        return self.env["account.move.line"].search(
            [
                ("account_id", "in", self.env["account.account"]._credit_receivable_ids()),
                ("reconciled", "=", False),
                ("parent_state", "=", "posted"),
                ("amount_residual", ">", 0),
                ("company_id", "=", company.id),
                ("partner_id.commercial_partner_id", "=", partner.id),
            ]
        )

    @api.model
    def _propose(self, partner, company, payment_lines):
        """Return [(item, whether a payment names it)] in the order in which they are paid."""
        items = self._get_open_lines(partner, company)
        text = " ".join(line._get_payment_text() for line in payment_lines)
        named_moves = payment_lines.move_id.origin_payment_id.invoice_ids
        of_letters = self.env["collection.letter"]._get_named(partner, company, text)
        ranks = self._get_ranks(items, company)
        rows = [
            {
                "id": item.id,
                "named": item.move_id in named_moves
                or item in of_letters
                or document_names.names(
                    text, (item.move_id.name, item.move_id.payment_reference, item.move_id.ref)
                ),
                "currency": item.currency_id.id,
                "rank": ranks.get(item.id, 0),
                "date_maturity": item.date_maturity or item.date,
            }
            for item in items
        ]
        ordered = allocation.order_items(rows, payment_lines[:1].currency_id.id)
        return [(items.browse(row["id"]), row["named"]) for row in ordered]

    @api.model
    def _get_ranks(self, items, company):
        """Hook: {item id: rank} of items that are paid before older ones, the lowest first."""
        return {}

    # ------------------------------------------------------------------ amounts

    def _get_partials(self):
        """Return Odoo's partials for the payments and the chosen items, in their order, unsaved."""
        self.ensure_one()
        chosen = self.line_ids.filtered("is_used").sorted(lambda line: (line.sequence, line.id))
        # sudo: the arithmetic only; rights are checked on applying
        lines = (self.payment_line_ids._origin | chosen.move_line_id._origin).sudo()
        results, _full = lines._prepare_reconciliation_amls(
            [
                {
                    "aml": line,
                    "amount_residual": line.amount_residual,
                    "amount_residual_currency": line.amount_residual_currency,
                }
                for line in lines
            ]
        )
        return [result["partial_values"] for result in results]

    @api.depends("line_ids.is_used", "line_ids.sequence", "payment_line_ids")
    def _compute_amount(self):
        for wizard in self:
            # sudo: amounts of payments that the wizard was opened on
            lines = wizard.payment_line_ids.sudo()
            applied = sum(partial["amount"] for partial in wizard._get_partials())
            wizard.amount = -sum(lines.mapped("amount_residual"))
            wizard.amount_applied = applied
            wizard.amount_left = wizard.amount - applied

    # ------------------------------------------------------------------ apply

    def action_apply(self):
        """Reconcile the payments with the chosen items, in the order shown.

        :raise AccessError: the user does not book payments
        :raise UserError: nothing is chosen, or an item is not an open one of this customer
        """
        self.ensure_one()
        lines = self.env["account.move.line"]
        lines._check_may_apply()
        self._check_lines()
        partials = self._get_partials()
        if not partials:
            raise UserError(self.env._("Choose at least one item to pay."))
        for partial in partials:
            pair = lines.browse((partial["credit_move_id"], partial["debit_move_id"]))
            pair.check_access("read")
            pair.reconcile()
        return {"type": "ir.actions.act_window_close"}

    def _check_lines(self):
        chosen = self.line_ids.filtered("is_used").move_line_id
        allowed = self._get_open_lines(self.partner_id, self.company_id)
        foreign = chosen - allowed
        payments = self.payment_line_ids
        payments.check_access("read")
        wrong = payments.filtered(
            lambda line: (
                line.reconciled
                or line.parent_state != "posted"
                or line.amount_residual >= 0
                or line.account_type != "asset_receivable"
                or line.company_id != self.company_id
                or line.partner_id.commercial_partner_id != self.partner_id
            )
        )
        if foreign or wrong:
            raise UserError(
                self.env._(
                    "%(item)s is no longer open for %(customer)s. Close this dialog and start "
                    "again.",
                    item=(foreign or wrong)[:1].move_id.name,
                    customer=self.partner_id.display_name,
                )
            )


class CollectionAllocationLine(models.TransientModel):
    _name = "collection.allocation.line"
    _description = "Open Item to Pay"
    _order = "sequence, id"

    allocation_id = fields.Many2one("collection.allocation", required=True, ondelete="cascade")
    sequence = fields.Integer()
    is_used = fields.Boolean("Pay", default=True)
    is_named = fields.Boolean("Named", readonly=True, help="The payment names this document.")
    move_line_id = fields.Many2one("account.move.line", "Item", required=True, readonly=True)
    move_name = fields.Char(related="move_line_id.move_id.name", string="Document")
    date_maturity = fields.Date(related="move_line_id.date_maturity", string="Due Date")
    currency_id = fields.Many2one(related="move_line_id.currency_id")
    residual = fields.Monetary(related="move_line_id.amount_residual_currency", string="Amount Due")
    amount = fields.Monetary("Amount Applied", compute="_compute_amount")

    @api.depends("allocation_id.line_ids.is_used", "allocation_id.line_ids.sequence")
    def _compute_amount(self):
        for wizard in self.allocation_id:
            paid = {}
            for partial in wizard._get_partials():
                item = partial["debit_move_id"]
                paid[item] = paid.get(item, 0) + partial["debit_amount_currency"]
            for line in wizard.line_ids & self:
                line.amount = paid.get(line.move_line_id._origin.id, 0)
        for line in self.filtered(lambda line: not line.allocation_id):
            line.amount = 0
