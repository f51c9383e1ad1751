from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command


class ReceivableRecoveryRegister(models.TransientModel):
    """Book a payment that the customer made after all as recovery of written-off claims."""

    _name = "receivable.recovery.register"
    _description = "Record Recovery"

    partner_id = fields.Many2one("res.partner", "Customer", required=True, readonly=True)
    company_id = fields.Many2one("res.company", required=True, readonly=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    payment_line_id = fields.Many2one(
        "account.move.line",
        "Payment",
        compute="_compute_payment_line_id",
        store=True,
        readonly=False,
        domain="[('id', 'in', payment_line_ids)]",
        help="Money of the customer that is applied to no invoice: a payment or a bank line.",
    )
    payment_line_ids = fields.Many2many("account.move.line", compute="_compute_payment_line_ids")
    payment_currency_id = fields.Many2one(
        related="payment_line_id.currency_id", string="Currency of the Payment"
    )
    payment_rest = fields.Monetary(
        "Remaining on Payment",
        compute="_compute_payment_rest",
        currency_field="payment_currency_id",
    )
    date = fields.Date(
        "Accounting Date", required=True, default=lambda self: self.env.company._credit_today()
    )
    line_ids = fields.One2many("receivable.recovery.register.line", "wizard_id", "Claims")

    @api.model
    def default_get(self, names):
        values = super().default_get(names)
        claims = self._get_claims()
        if not claims:
            raise UserError(self.env._("Choose claims of the register that are still open."))
        if len(claims.partner_id) > 1 or len(claims.company_id) > 1:
            raise UserError(self.env._("Choose claims on one customer and in one company."))
        values.update(
            partner_id=claims.partner_id.id,
            company_id=claims.company_id.id,
            date=claims.company_id._credit_today(),
            line_ids=[Command.create({"claim_id": claim.id}) for claim in claims],
        )
        return values

    @api.model
    def _get_claims(self):
        if self.env.context.get("active_model") != "receivable.writeoff.line":
            return self.env["receivable.writeoff.line"]
        claims = self.env["receivable.writeoff.line"].browse(self.env.context.get("active_ids"))
        claims.check_access("read")
        return claims.filtered(lambda claim: claim.state == "approved" and claim.amount_remaining)

    @api.depends("partner_id", "company_id")
    def _compute_payment_line_ids(self):
        for wizard in self:
            wizard.payment_line_ids = self.env["account.move.line"].search(
                [
                    ("account_id", "in", self.env["account.account"]._credit_receivable_ids()),
                    ("partner_id", "child_of", wizard.partner_id.commercial_partner_id.id),
                    ("company_id", "in", wizard.company_id._credit_entity_ids()),
                    ("parent_state", "=", "posted"),
                    ("reconciled", "=", False),
                    ("amount_residual", "<", 0),
                ],
                order="date desc, id desc",
            )

    @api.depends("payment_line_ids")
    def _compute_payment_line_id(self):
        for wizard in self:
            wizard.payment_line_id = wizard.payment_line_id or wizard.payment_line_ids[:1]

    @api.depends("payment_line_id")
    def _compute_payment_rest(self):
        for wizard in self:
            wizard.payment_rest = -wizard.payment_line_id.amount_residual_currency

    def _to_payment(self, amount, line):
        return self._convert(amount, line.currency_id, self.payment_currency_id)

    def _convert(self, amount, source, target):
        if not source or not target or source == target:
            return amount
        day = self.payment_line_id.date or self.date
        return source._convert(amount, target, self.company_id, day)

    def action_book(self):
        """Reinstate the receivables and pay them with the payment, in one step."""
        self.ensure_one()
        recoveries = self.env["receivable.recovery"]
        recoveries._check_may_book()
        payment = self.payment_line_id
        if not payment:
            raise UserError(
                self.env._(
                    "%s has no unapplied payment. Register the payment first.",
                    self.partner_id.display_name,
                )
            )
        lines = self.line_ids.filtered(lambda line: not line.currency_id.is_zero(line.amount))
        if not lines:
            raise UserError(self.env._("Enter the amount recovered."))
        for line in lines:
            rest = -payment.amount_residual_currency
            used = self._to_payment(line.amount, line)
            if payment.currency_id != line.currency_id and abs(used - rest) < (
                payment.currency_id.rounding * 2
            ):
                used = rest  # there and back, a cent may be lost
            recoveries |= recoveries._do_recover(
                line.claim_id, payment, line.amount, used, self.date
            )
        return self._open_records(
            "receivable_recovery_action", domain=[("id", "in", recoveries.ids)], context={}
        )


class ReceivableRecoveryRegisterLine(models.TransientModel):
    """A claim, and the part of it that the payment recovers."""

    _name = "receivable.recovery.register.line"
    _description = "Claim That Is Recovered"

    wizard_id = fields.Many2one("receivable.recovery.register", required=True, ondelete="cascade")
    claim_id = fields.Many2one("receivable.writeoff.line", required=True, readonly=True)
    currency_id = fields.Many2one(related="claim_id.currency_id")
    amount_remaining = fields.Monetary(related="claim_id.amount_remaining")
    amount = fields.Monetary("Recovered", compute="_compute_amount", store=True, readonly=False)

    @api.depends("wizard_id.payment_line_id", "wizard_id.date")
    def _compute_amount(self):
        """Compute the amount that the payment can pay of the claims, in their order."""
        for wizard in self.wizard_id:
            payment, rest = wizard.payment_currency_id, wizard.payment_rest
            for line in wizard.line_ids:
                reach = wizard._convert(rest, payment, line.currency_id)
                line.amount = max(0.0, min(line.claim_id.amount_remaining, reach))
                rest -= wizard._to_payment(line.amount, line)
