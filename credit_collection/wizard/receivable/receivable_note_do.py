from odoo import api, fields, models
from odoo.fields import Command

from ...engine import notes


class ReceivableNoteDo(models.TransientModel):
    """Take a step of a note: collect, discount, endorse or dishonour."""

    _name = "receivable.note.do"
    _description = "Note Transaction"
    _check_company_auto = True

    note_id = fields.Many2one(
        "receivable.note", string="Note Receivable", required=True, readonly=True
    )
    kind = fields.Selection(
        [
            ("collect", "Note Collected"),
            ("discount", "Discounted"),
            ("endorse", "Endorsed"),
            ("dishonour", "Dishonored"),
        ],
        string="Type",
        required=True,
        readonly=True,
    )
    company_id = fields.Many2one(related="note_id.company_id")
    currency_id = fields.Many2one(related="note_id.currency_id")
    amount = fields.Monetary(related="note_id.amount")
    date = fields.Date(required=True, default=lambda self: self.env.company._credit_today())
    journal_id = fields.Many2one(
        "account.journal", "Bank", check_company=True, domain="[('type', '=', 'bank')]",
        compute="_compute_journal_id", store=True, readonly=False,
    )  # fmt: skip
    percent = fields.Float("Interest (% a Year)")
    interest = fields.Monetary(compute="_compute_interest", store=True, readonly=False)
    fee = fields.Monetary("Bank Fee")
    net = fields.Monetary("Net Proceeds", compute="_compute_net")
    supplier_id = fields.Many2one("res.partner")
    bill_line_ids = fields.Many2many(
        "account.move.line",
        string="Bills",
        compute="_compute_bill_line_ids",
        store=True,
        readonly=False,
        domain="[('account_type', '=', 'liability_payable'), ('parent_state', '=', 'posted'),"
        " ('reconciled', '=', False), ('amount_residual', '<', 0),"
        " ('company_id', '=', company_id), ('currency_id', '=', currency_id),"
        " ('partner_id', 'child_of', supplier_id)]",
    )
    reason = fields.Char()

    @api.depends("note_id", "kind")
    def _compute_journal_id(self):
        journals = self.env["account.journal"]
        for wizard in self:
            wizard.journal_id = wizard.kind in ("collect", "discount") and journals.search(
                [*journals._check_company_domain(wizard.company_id), ("type", "=", "bank")],
                limit=1,
            )

    @api.depends("percent", "date", "note_id")
    def _compute_interest(self):
        for wizard in self:
            note = wizard.note_id
            wizard.interest = (
                note.currency_id.round(
                    notes.discount_interest(
                        note.amount, wizard.percent, wizard.date, note.date_maturity
                    )
                )
                if wizard.kind == "discount" and wizard.date
                else 0.0
            )

    @api.depends("interest", "fee", "note_id")
    def _compute_net(self):
        for wizard in self:
            wizard.net = wizard.amount - wizard.interest - wizard.fee

    @api.depends("supplier_id")
    def _compute_bill_line_ids(self):
        for wizard in self:
            supplier = wizard.supplier_id.commercial_partner_id
            wizard.bill_line_ids = bool(supplier) and self.env["account.move.line"].search(
                [
                    ("account_type", "=", "liability_payable"),
                    ("parent_state", "=", "posted"),
                    ("reconciled", "=", False),
                    ("amount_residual", "<", 0),
                    ("company_id", "in", wizard.company_id._credit_entity_ids()),
                    ("currency_id", "=", wizard.currency_id.id),
                    ("partner_id", "child_of", supplier.id),
                ],
                order="date_maturity, id",
            )

    def action_do(self):
        """Take the step and book it."""
        self.ensure_one()
        values = {"reason": self.reason}
        if self.kind in ("collect", "discount"):
            values.update(journal_id=self.journal_id.id, interest=self.interest, fee=self.fee)
        elif self.kind == "endorse":
            self.bill_line_ids.check_access("read")
            values.update(
                supplier_id=self.supplier_id.commercial_partner_id.id,
                bill_line_ids=[Command.set(self.bill_line_ids.ids)],
            )
        self.note_id._do_step(self.kind, self.date, values)
        return {"type": "ir.actions.act_window_close"}
