from datetime import timedelta

from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_date


class ReceivableInterestClosing(models.Model):
    """Interest accrued and not billed on a day, mostly a month-end, and its entry.

        Dr accrued interest
        Cr late interest income, reversed on the next day where the settings say so

    draft     computed: days until then that no posted note had billed
    posted    the entry was posted; reversed again on the next day, or as it was asked for
    reversed  undone by hand

    | action                  | who                                  | restriction |
    | create, compute, delete | controllers, accountants             | draft       |
    | post, reverse           | accountants                          |             |
    """

    _name = "receivable.interest.closing"
    _description = "Accrued Interest"
    _inherit = ["credit.company.mixin", "credit.protected.mixin", "receivable.entry.mixin"]
    _order = "date desc, id desc"
    _check_company_auto = True

    name = fields.Char("Number", readonly=True, default="/", copy=False)
    state = fields.Selection(
        [("draft", "Draft"), ("posted", "Posted"), ("reversed", "Reversed")],
        string="Status",
        readonly=True,
        required=True,
        default="draft",
        copy=False,
    )
    company_id = fields.Many2one(
        "res.company", required=True, index=True, default=lambda self: self.env.company.root_id
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    date = fields.Date(
        "As of",
        required=True,
        default=lambda self: self.env.company._credit_today() + relativedelta(day=1, days=-1),
    )
    line_ids = fields.One2many(
        "receivable.interest.closing.line", "closing_id", "Items", readonly=True
    )
    amount = fields.Monetary(
        "Accrued Interest", compute="_compute_amount", store=True, help="In company currency."
    )
    move_id = fields.Many2one(
        "account.move", "Entry", readonly=True, copy=False, index="btree_not_null"
    )
    reverse_move_id = fields.Many2one(
        "account.move", "Reversal", readonly=True, copy=False, index="btree_not_null"
    )
    reason = fields.Char("Reason of the Reversal", readonly=True, copy=False)
    can_edit = fields.Boolean(compute="_compute_can_edit")
    can_post = fields.Boolean(compute="_compute_can_edit")
    can_reverse = fields.Boolean(compute="_compute_can_edit")

    _once = models.UniqueIndex(
        "(company_id, date) WHERE state = 'posted'",
        "The accrued interest of this day is posted already.",
    )

    @api.depends("line_ids.balance")
    def _compute_amount(self):
        for closing in self:
            closing.amount = closing.currency_id.round(sum(closing.line_ids.mapped("balance")))

    @api.depends_context("uid")
    @api.depends("state", "amount", "reverse_move_id")
    def _compute_can_edit(self):
        may, accountant = self.has_access("write"), self.env.user._has_role("accountant")
        for closing in self:
            closing.can_edit = may and closing.state == "draft"
            closing.can_post = accountant and closing.state == "draft" and closing.amount > 0
            closing.can_reverse = (
                accountant and closing.state == "posted" and not closing.reverse_move_id
            )

    @api.depends("name", "date")
    def _compute_display_name(self):
        for closing in self:
            closing.display_name = f"{closing.name} {format_date(self.env, closing.date)}"

    @api.constrains("date", "company_id")
    def _check_date(self):
        for closing in self:
            if closing.date > closing.company_id._credit_today():
                raise UserError(
                    self.env._("As of %s is still to come.", format_date(self.env, closing.date))
                )

    def _get_open_fields(self):
        return {"date"} if self.state == "draft" else set()

    @api.model
    def _get_create_fields(self):
        return {"company_id", "date"}

    def _may_delete(self):
        return self.state == "draft"

    @api.model_create_multi
    def create(self, vals_list):
        closings = super().create(vals_list)
        for closing in closings:
            closing._system_write({"name": self._next_number(closing.company_id)})
        closings._fill()
        return closings

    def write(self, vals):
        result = super().write(vals)
        if "date" in vals and not self._is_system():
            self._fill()
        return result

    # ------------------------------------------------------------------ what has accrued

    def _fill(self):
        """Write the items anew: interest until the day that no note had billed by then."""
        lines = self.env["receivable.interest.closing.line"]
        for closing in self:
            # sudo: what has accrued follows from the books, whoever may read them
            found = closing.sudo()._get_accrued()
            closing.line_ids._system_unlink()
            lines._system_create([{**row, "closing_id": closing.id} for row in found])
        self.invalidate_recordset(["line_ids", "amount"])

    def _get_accrued(self):
        """Return values of lines: per item interest that ran until the day, less what was billed."""
        self.ensure_one()
        company = self.company_id
        items = {}
        accrual = self.env["receivable.interest.accrual"]
        for row in accrual._get_periods(company, self.date, charged=True):
            item = items.setdefault(row["move_line_id"], {**row, "total": 0.0, "days": 0})
            item["total"] += float(row["amount"])
            item["days"] += row["days"]
        billed = self._get_billed(items)
        result = []
        for line_id, item in items.items():
            currency = self.env["res.currency"].browse(item["currency_id"])
            amount = currency.round(item["total"] - billed.get(line_id, 0.0))
            if currency.compare_amounts(amount, 0) > 0:
                result.append(
                    {
                        "move_line_id": line_id,
                        "partner_id": item["partner_id"],
                        "currency_id": currency.id,
                        "date_maturity": item["date_maturity"],
                        "days": item["days"],
                        "amount": amount,
                        "balance": currency._convert(
                            amount, company.currency_id, company, self.date
                        ),
                    }
                )
        return result

    def _get_billed(self, items):
        """Return {item: interest that posted notes had billed by the day, or that was waived by then}.

        As the books were on the day: a note reversed later had billed its days, and what was waived
        later still accrued.
        """
        self.ensure_one()
        note, day = "line_id.note_id", self.date
        # The first moment after the day, as the company counts.
        after = self.company_id._credit_moment(day + timedelta(days=1))
        stood = [
            "|", ("line_id.charges", "=", True),
            "&", (f"{note}.state", "=", "reversed"),
            (f"{note}.reverse_move_id.invoice_date", ">", day),
        ]  # fmt: skip
        rows = self.env["receivable.interest.period"]._read_group(
            [
                ("move_line_id", "in", list(items)),
                ("date_to", "<=", day),
                *stood,
                "|", (f"{note}.move_id.invoice_date", "<=", day),
                "&", "&", ("line_id.amount", "=", 0), ("line_id.amount_waived", ">", 0),
                (f"{note}.decided_at", "<", after),
            ],
            ["move_line_id"],
            ["amount:sum"],
        )  # fmt: skip
        return {item.id: amount for item, amount in rows}

    def action_fill(self):
        """Compute drafts anew, by the books as they are now.

        :raise UserError: the entry is posted
        """
        for closing in self:
            closing.check_access("write")
            if closing.state != "draft":
                raise UserError(self.env._("%s is no longer a draft.", closing.display_name))
        self._fill()
        return True

    # ------------------------------------------------------------------ entry

    def action_post(self):
        """Post the entry of the accrued interest, and its reversal on the next day by the settings.

        :raise AccessError: the user does not work in accounting
        :raise UserError: no draft, nothing accrued, no account, or the period is closed
        """
        self.env.user._require_role(self.env._("Posting and reversing entries"), "accountant")
        for closing in self:
            closing.check_access("write")
            if closing.state != "draft":
                raise UserError(self.env._("%s is no longer a draft.", closing.display_name))
            if not closing.amount:
                raise UserError(self.env._("%s: no interest has accrued.", closing.display_name))
            # sudo: another closing of the company on this day counts, seen or not
            other = closing.sudo().search(
                [
                    ("company_id", "=", closing.company_id.id),
                    ("date", "=", closing.date),
                    ("state", "=", "posted"),
                ],
                limit=1,
            )
            if other:
                raise UserError(
                    self.env._("%s has posted the accrued interest of this day.", other.name)
                )
            move, _items = closing._post_entry(
                closing.date, closing._prepare_entry(), closing.display_name
            )
            closing._system_write({"state": "posted", "move_id": move.id})
            # sudo: a setting
            if closing.company_id.sudo().receivable_accrual_reverses:
                reverse = closing._reverse_entry(
                    move,
                    closing.date + timedelta(days=1),
                    self.env._("Reversal of: %s", move.name),
                    may_wait=True,
                )
                closing._system_write({"reverse_move_id": reverse.id})
        return True

    def _prepare_entry(self):
        """Return values of the entry's items: accrued interest, then income."""
        company = self.company_id
        return [
            {
                "name": self.env._("Accrued interest %s", self.display_name),
                "account_id": company._receivable_booking_account(name).id,
                "currency_id": self.currency_id.id,
                "amount_currency": balance,
                "balance": balance,
            }
            for name, balance in (
                ("receivable_accrual_account_id", self.amount),
                ("receivable_interest_account_id", -self.amount),
            )
        ]

    def _do_undo(self, date, reason):
        """Reverse the entry on a day.

        :param date: accounting date of the reversal
        """
        self.env.user._require_role(self.env._("Reversing entries"), "accountant")
        for closing in self:
            closing.check_access("write")
            if closing.state != "posted" or closing.reverse_move_id:
                raise UserError(self.env._("%s has no entry to reverse.", closing.display_name))
            # sudo: rights were checked; the entry is the system's
            sudo = closing.sudo()
            reverse = sudo._reverse_entry(
                sudo.move_id, date, self.env._("Cancelled: %s", sudo.name)
            )
            sudo._system_write(
                {"state": "reversed", "reverse_move_id": reverse.id, "reason": reason}
            )
        return True

    def action_reverse(self):
        """Open the dialog that asks for the reason and the day of the reversal."""
        self.ensure_one()
        self.check_access("read")
        return self._open_undo()

    # ------------------------------------------------------------------ opening

    def action_open_entry(self):
        """Open the entry and its reversal."""
        self.ensure_one()
        self.check_access("read")
        return self._open_entries(self.move_id | self.reverse_move_id)

    def action_export(self):
        """Export the accrued interest, item by item, as a workbook."""
        self.check_access("read")
        return self.env.ref("credit_collection.action_xlsx_receivable_interest").report_action(self)


class ReceivableInterestClosingLine(models.Model):
    """Interest accrued on an item until the day."""

    _name = "receivable.interest.closing.line"
    _description = "Accrued Interest of an Item"
    _inherit = ["credit.protected.mixin"]
    _order = "closing_id, partner_id, date_maturity, id"
    _rec_name = "move_id"

    closing_id = fields.Many2one(
        "receivable.interest.closing", required=True, readonly=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="closing_id.company_id", store=True, index=True)
    company_currency_id = fields.Many2one(
        related="company_id.currency_id", string="Company Currency"
    )
    partner_id = fields.Many2one("res.partner", "Customer", readonly=True, index=True)
    move_line_id = fields.Many2one(
        "account.move.line", "Item", required=True, readonly=True, index=True, ondelete="cascade"
    )
    move_id = fields.Many2one(related="move_line_id.move_id", string="Document", store=True)
    currency_id = fields.Many2one("res.currency", required=True, readonly=True)
    date_maturity = fields.Date("Due Date", readonly=True)
    days = fields.Integer(readonly=True, aggregator=None)
    amount = fields.Monetary("Accrued", readonly=True, aggregator=None)
    balance = fields.Monetary(
        "Accrued (Company Currency)", currency_field="company_currency_id", readonly=True
    )
