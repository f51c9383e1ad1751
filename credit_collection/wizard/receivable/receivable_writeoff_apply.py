from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Command


class ReceivableWriteoffApply(models.TransientModel):
    """Apply for a write-off: from invoices, journal items, the ledger, a case or a customer."""

    _name = "receivable.writeoff.apply"
    _inherit = ["credit.company.mixin"]
    _description = "Request Write-Off"
    _check_company_auto = True

    partner_id = fields.Many2one("res.partner", "Customer", required=True)
    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company.root_id
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    case_id = fields.Many2one("collection.case", readonly=True)
    has_selection = fields.Boolean(readonly=True)
    reason_id = fields.Many2one("receivable.writeoff.reason", required=True)
    document_text = fields.Text("Required Evidence", compute="_compute_document_text")
    settlement = fields.Selection(related="reason_id.settlement")
    explanation = fields.Text()
    tax_relief = fields.Boolean(
        compute="_compute_tax_relief", store=True, readonly=False,
        help="The tax in the invoices is reclaimed from the tax authority.",
    )  # fmt: skip
    line_ids = fields.One2many(
        "receivable.writeoff.apply.line",
        "wizard_id",
        "Write-Off Items",
        compute="_compute_line_ids",
        compute_sudo=False,  # values that the user sees
        store=True,
        readonly=False,
    )
    amount_total = fields.Monetary("Amount (Company Currency)", compute="_compute_amount_total")
    is_small = fields.Boolean(compute="_compute_amount_total")

    @api.model
    def default_get(self, names):
        values = super().default_get(names)
        items, case = self._get_selection()
        if items:
            partners = items.partner_id.commercial_partner_id
            if len(partners) > 1 or len(items.company_id.root_id) > 1:
                raise UserError(
                    self.env._("Choose invoices of one customer and one company at a time.")
                )
            values.update(
                partner_id=partners.id,
                company_id=items.company_id.root_id.id,
                has_selection=True,
                case_id=case.id,
                line_ids=self._prepare_lines(items),
            )
        return values

    @api.model
    def _get_selection(self):
        """Return (open instalments, case) of the user's starting point."""
        ids = self.env.context.get("active_ids") or []
        model = self.env.context.get("active_model")
        items, case = self.env["account.move.line"], self.env["collection.case"]
        if not ids or model not in (
            "account.move", "account.move.line", "collection.case", "credit.exposure.line",
        ):  # fmt: skip
            return items, case
        records = self.env[model].browse(ids).exists()
        if model == "account.move.line":
            self._check_items(records)
        else:
            records.check_access("read")
        if model == "account.move":
            found = records.line_ids
        elif model == "account.move.line":
            found = records
        elif model == "credit.exposure.line":
            found = records.move_line_id
        else:
            case = records.ensure_one()
            return self._get_open_items(case.partner_id, case.company_id), case
        # sudo: they were checked above; a salesperson reads no opening balances
        items = found.sudo().filtered(self._is_open_item)
        if not items:
            raise UserError(
                self.env._("Nothing chosen is an open receivable: choose posted, unpaid invoices.")
            )
        return items, case

    @api.model
    def _check_items(self, items):
        """Raise unless the user reads these items, or their rows of the ledger.

        Opening balances and other entries are closed to Sales, which yet applies for them.
        """
        closed = items - items._filtered_access("read")
        if closed:
            rows = self.env["credit.exposure.line"].search([("move_line_id", "in", closed.ids)])
            (closed - rows.move_line_id).check_access("read")

    @api.model
    def _is_open_item(self, item):
        return (
            item.account_type == "asset_receivable"
            and item.parent_state == "posted"
            and item.partner_id
            and item.amount_residual > 0
            and item.amount_residual_currency > 0
        )

    @api.model
    def _get_open_items(self, partner, company):
        """Open instalments of a customer, overdue or not, oldest first; as far as the user sees."""
        items = self.env["account.move.line"]
        domain = [
            ("account_id", "in", self.env["account.account"]._credit_receivable_ids()),
            ("partner_id", "child_of", partner.id),
            ("company_id", "in", company._credit_entity_ids()),
            ("parent_state", "=", "posted"),
            ("reconciled", "=", False),
            ("amount_residual", ">", 0),
        ]
        rows = self.env["credit.exposure.line"].search(
            [
                ("partner_id", "=", partner.id),
                ("company_id", "in", company._credit_entity_ids()),
                ("move_line_id", "!=", False),
            ]
        )
        seen = items.search(domain).ids if items.has_access("read") else []
        # sudo: items the user reads, or sees in the ledger
        return items.sudo().search(
            [*domain, ("id", "in", [*seen, *rows.move_line_id.ids])], order="date_maturity, id"
        )

    @api.model
    def _prepare_lines(self, items):
        """Propose the part of each instalment left after payments and credit notes not applied."""
        nets = self.env["receivable.writeoff.line"]._get_nets(items)
        return [
            Command.create({"move_line_id": item.id, "amount": nets[item.id]}) for item in items
        ]

    @api.depends("partner_id", "company_id")
    def _compute_line_ids(self):
        for wizard in self:
            if wizard.has_selection:
                continue
            items = (
                self._get_open_items(wizard.partner_id.commercial_partner_id, wizard.company_id)
                if wizard.partner_id
                else self.env["account.move.line"]
            )
            wizard.line_ids = [Command.clear(), *self._prepare_lines(items)]

    @api.depends("reason_id")
    def _compute_tax_relief(self):
        for wizard in self:
            wizard.tax_relief = wizard.reason_id.tax_relief

    @api.depends("reason_id")
    def _compute_document_text(self):
        for wizard in self:
            wizard.document_text = "\n".join(wizard.reason_id.document_ids.mapped("name"))

    @api.depends("line_ids.amount", "line_ids.move_line_id", "company_id")
    def _compute_amount_total(self):
        accountant = self.env.user._has_role("accountant")
        for wizard in self:
            wizard.amount_total = sum(wizard.line_ids.mapped("balance"))
            # sudo: the limit's value only
            limit = wizard.company_id.sudo().receivable_small_limit
            wizard.is_small = bool(
                accountant
                and limit
                and wizard.line_ids
                and wizard.currency_id.compare_amounts(wizard.amount_total, limit) <= 0
            )

    def _create_writeoff(self):
        self.ensure_one()
        writeoffs = self.env["receivable.writeoff"]
        if not writeoffs.has_access("create"):
            raise AccessError(self.env._("You cannot request write-offs."))
        items = self.line_ids.move_line_id
        self._check_items(items)
        customer = self.partner_id.commercial_partner_id
        if not items:
            raise UserError(self.env._("%s has nothing open.", customer.display_name))
        for line in self.line_ids:
            item = line.move_line_id.sudo()  # sudo: checked above
            if (
                not self._is_open_item(item)
                or item.partner_id.commercial_partner_id != customer
                or not self.company_id._credit_is_entity(item.company_id)
            ):
                raise UserError(
                    self.env._(
                        "%(invoice)s is no open receivable of %(customer)s.",
                        invoice=item.move_id.name,
                        customer=customer.display_name,
                    )
                )
        # Items that others of the same customer pay are skipped; alone, they are refused with the reason.
        lines = self.line_ids.filtered(lambda line: line.amount or line.net) or self.line_ids
        # sudo: the wizard is the only way in; the rights were checked above
        writeoff = writeoffs.sudo()._system_create(
            {
                "partner_id": customer.id,
                "company_id": self.company_id.id,
                "case_id": self.case_id.id,
                "reason_id": self.reason_id.id,
                "explanation": self.explanation,
                "tax_relief": self.tax_relief,
                **self._get_fault(lines.move_line_id.move_id),
                "line_ids": [
                    Command.create({"move_line_id": line.move_line_id.id, "amount": line.amount})
                    for line in lines
                ],
            }
        )
        writeoff.line_ids._check_open()
        writeoff.line_ids._set_balance()
        return writeoffs.browse(writeoff.id)

    @api.model
    def _get_fault(self, moves):
        """Return unit and person at fault, where the invoices agree on them (P3-12)."""
        # sudo: what is noted on the invoices that are written off
        moves = moves.sudo()
        units = set(moves.mapped("collection_fault_unit"))
        users = set(moves.mapped("collection_fault_user_id.id"))
        return {
            "fault_unit": units.pop() if len(units) == 1 else False,
            "fault_user_id": users.pop() if len(users) == 1 else False,
        }

    def action_apply(self):
        """Create the application, a draft to which the evidence is attached."""
        return self._create_writeoff().get_formview_action()

    def action_write_off(self):
        """Write off a small difference at once (accountants, up to the limit of the company)."""
        writeoff = self._create_writeoff()
        writeoff.action_post_small()
        return writeoff.get_formview_action()


class ReceivableWriteoffApplyLine(models.TransientModel):
    """An open instalment, and the part of it to be written off."""

    _name = "receivable.writeoff.apply.line"
    _description = "Installment to Write Off"

    wizard_id = fields.Many2one("receivable.writeoff.apply", required=True, ondelete="cascade")
    move_line_id = fields.Many2one("account.move.line", "Installment", required=True)
    move_id = fields.Many2one(related="move_line_id.move_id", string="Invoice")
    date_maturity = fields.Date(related="move_line_id.date_maturity", string="Due Date")
    currency_id = fields.Many2one(related="move_line_id.currency_id")
    residual = fields.Monetary(related="move_line_id.amount_residual_currency", string="Amount Due")
    set_off = fields.Monetary(
        compute="_compute_net", help="Covered by unapplied payments and credit notes."
    )
    net = fields.Monetary("Open After Set-Off", compute="_compute_net")
    amount = fields.Monetary("To Write Off")
    balance = fields.Float(compute="_compute_balance")

    @api.depends("move_line_id")
    def _compute_net(self):
        nets = self.env["receivable.writeoff.line"]._get_nets(self.move_line_id)
        for line in self:
            line.net = nets.get(line.move_line_id._origin.id, 0.0)
            line.set_off = line.residual - line.net

    @api.depends("amount", "move_line_id")
    def _compute_balance(self):
        for line in self:
            item = line.move_line_id.sudo()  # sudo: its amounts, as the related fields show them
            rest = item.amount_residual_currency
            line.balance = item.amount_residual * line.amount / rest if rest else 0.0
