from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

PARTS = ("opening", "charged", "used", "released", "other", "closing")


class ReceivableProvision(models.Model):
    """The table opening, charged, used, released, closing, read from the ledger as it is.

    Every entry on the allowance account is one of four: with a receivable account it **used**
    the allowance (a write-off; a recovery is less of it), with the bad-debt expense it
    **charged** or **released**, else it is **other**. So the table adds up to the account,
    whoever booked what.
    """

    _inherit = "receivable.provision"

    movement_opening = fields.Monetary("Opening Allowance", compute="_compute_movement")
    movement_charged = fields.Monetary("Charged", compute="_compute_movement")
    movement_used = fields.Monetary("Used by Write-Offs", compute="_compute_movement")
    movement_released = fields.Monetary("Released to Income", compute="_compute_movement")
    movement_other = fields.Monetary("Other Movements", compute="_compute_movement")
    movement_closing = fields.Monetary(
        "Closing Allowance", compute="_compute_movement", help="Balance of the allowance account."
    )

    @api.depends("date", "date_from", "allowance_account_id", "expense_account_id", "state")
    def _compute_movement(self):
        for provision in self:
            values = provision._get_movement()
            for name in PARTS:
                provision[f"movement_{name}"] = values[name]

    def _get_movement(self):
        """{opening, charged, used, released, other, closing} of the period, in company currency.

        opening + charged − used − released + other = closing, the balance of the account.
        """
        self.ensure_one()
        values = dict.fromkeys(PARTS, 0.0)
        if not (self.allowance_account_id and self.date and self.date_from):
            return values
        self.env["account.move.line"].flush_model(
            ["account_id", "balance", "company_id", "date", "move_id", "parent_state"]
        )
        rows = self.env.execute_query(
            SQL(
                """
                SELECT CASE WHEN entry.date < %(first)s THEN 'opening'
                            WHEN entry.with_receivable THEN 'used'
                            WHEN entry.with_expense AND entry.amount >= 0 THEN 'charged'
                            WHEN entry.with_expense THEN 'released'
                            ELSE 'other' END AS part, SUM(entry.amount)
                  FROM (SELECT line.move_id, line.date, -SUM(line.balance) AS amount,
                               EXISTS (SELECT FROM account_move_line other
                                        WHERE other.move_id = line.move_id
                                          AND other.account_id IN %(receivable)s) AS with_receivable,
                               EXISTS (SELECT FROM account_move_line other
                                        WHERE other.move_id = line.move_id
                                          AND other.account_id = %(expense)s) AS with_expense
                          FROM account_move_line line
                         WHERE line.account_id = %(allowance)s AND line.company_id = %(company)s
                           AND line.parent_state = 'posted' AND line.date <= %(last)s
                         GROUP BY line.move_id, line.date) entry
                 GROUP BY 1
                """,
                first=self.date_from,
                last=self.date,
                receivable=self.env["credit.exposure.line"]._receivable_accounts_sql(),
                expense=self.expense_account_id.id or 0,
                allowance=self.allowance_account_id.id,
                company=self.company_id.id,
            )
        )
        values.update(rows)
        values["closing"] = sum(amount for _part, amount in rows)
        values["used"] *= -1
        values["released"] *= -1
        return {name: self.currency_id.round(amount) + 0.0 for name, amount in values.items()}

    def action_open_movements(self):
        """Open the items of the allowance account in the period."""
        self.ensure_one()
        self.check_access("read")
        domain = Domain(
            [
                ("account_id", "=", self.allowance_account_id.id),
                ("company_id", "=", self.company_id.id),
                ("parent_state", "=", "posted"),
                ("date", ">=", self.date_from),
                ("date", "<=", self.date),
            ]
        )
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Movements of the Allowance"),
            "res_model": "account.move.line",
            "view_mode": "list,pivot,form",
            "domain": list(domain),
            "context": {"create": False},
        }
