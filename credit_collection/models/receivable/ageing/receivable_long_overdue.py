from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import SQL

LONG_DAYS = 180

# People's statements about a debt; the amount owed is the system's figure.
OPEN = {"uncollectable_amount", "reason_id", "reason", "action", "prevention"}


class ReceivableLongOverdue(models.Model):
    """Quarterly list of debts over 180 days: not collectable, reason, action, prevention (P4-18).

    One row per company, quarter and customer. Amounts are of the last day of the quarter,
    after credits (P4-14), and come anew with every load; people's texts stay. A customer
    who is no longer in the list but has a text stays with an amount of 0.
    """

    _name = "receivable.long.overdue"
    _description = "Over 180 Days"
    _inherit = ["credit.protected.mixin", "mail.thread"]
    _order = "date desc, amount desc, id"
    _rec_name = "partner_id"
    _mail_post_access = "read"

    company_id = fields.Many2one("res.company", required=True, index=True, readonly=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    date = fields.Date("Quarter", required=True, readonly=True, help="Its last day.")
    partner_id = fields.Many2one(
        "res.partner", "Customer", required=True, index=True, readonly=True, ondelete="restrict"
    )
    user_id = fields.Many2one(related="partner_id.user_id", string="Salesperson")
    amount = fields.Monetary(
        "Over 180 Days", readonly=True, help="After unapplied credits, notes on hand included."
    )
    total = fields.Monetary("Receivables incl. Notes", readonly=True)
    days = fields.Integer("Oldest (Days)", readonly=True, aggregator="max")
    uncollectable_amount = fields.Monetary("Uncollectible", tracking=True)
    reason_id = fields.Many2one("collection.reason", "Overdue Reason", ondelete="restrict")
    reason = fields.Text("Explanation", tracking=True)
    action = fields.Text("Action Taken", tracking=True)
    prevention = fields.Text(
        "Preventive Action", tracking=True, help="Action to prevent it from happening again."
    )
    is_complete = fields.Boolean(
        compute="_compute_is_complete", store=True, help="Reason, action and prevention are given."
    )

    _once = models.UniqueIndex(
        "(company_id, date, partner_id)", "The customer is in the list of the quarter already."
    )

    @api.depends("reason_id", "reason", "action", "prevention")
    def _compute_is_complete(self):
        for row in self:
            row.is_complete = bool((row.reason_id or row.reason) and row.action and row.prevention)

    @api.constrains("uncollectable_amount", "amount")
    def _check_uncollectable_amount(self):
        for row in self:
            # The text about a debt paid meanwhile stays as it was.
            if row.uncollectable_amount < 0 or (
                row.amount
                and row.currency_id.compare_amounts(row.uncollectable_amount, row.amount) > 0
            ):
                raise ValidationError(
                    self.env._(
                        "Uncollectible of %(customer)s must be between 0 and %(amount)s.",
                        customer=row.partner_id.display_name,
                        amount=row.currency_id.format(row.amount),
                    )
                )

    def _get_open_fields(self):
        return OPEN

    # ------------------------------------------------------------------ loading

    @api.model
    def _get_quarter_end(self, day):
        """Return the last day of the quarter of a day."""
        return day + relativedelta(month=(day.month + 2) // 3 * 3, day=31)

    @api.model
    def _load_quarter(self, company, day):
        """Write the rows of the quarter of a day; of a quarter that runs, as of today.

        :return: the rows
        :raise AccessError: the user neither controls credit nor collects nor keeps books
        :raise UserError: the quarter has not begun
        """
        self.env.user._require_role(
            self.env._("Loading the quarterly list"), "controller", "collector", "accountant"
        )
        company = company._credit_root()
        today = company._credit_today()
        quarter = self._get_quarter_end(day)
        if quarter + relativedelta(months=-2, day=1) > today:
            raise UserError(self.env._("The quarter that ends on %s has not begun.", quarter))
        ageing = self.env["receivable.ageing"]
        ageing._flush_sources()
        found = self.env.execute_query_dict(
            SQL(
                """
                SELECT partner_id, SUM(net) FILTER (WHERE days > %(long)s) AS amount,
                       SUM(net) AS total, MAX(days) FILTER (WHERE net > 0) AS days
                  FROM (%(items)s) item WHERE partner_id IS NOT NULL
                 GROUP BY partner_id HAVING SUM(net) FILTER (WHERE days > %(long)s) > 0
                """,
                long=LONG_DAYS,
                items=ageing._get_items_sql(company, min(quarter, today)),
            )
        )
        # sudo: amounts are the system's
        system = self.sudo()._system()
        rows = system.search([("company_id", "=", company.id), ("date", "=", quarter)])
        known = {row.partner_id.id: row for row in rows}
        seen = set()
        new = []
        for values in found:
            partner_id = values.pop("partner_id")
            seen.add(partner_id)
            if partner_id in known:
                row = known[partner_id]
                values["uncollectable_amount"] = min(row.uncollectable_amount, values["amount"])
                row.write(values)
            else:
                new.append(
                    {
                        **values,
                        "company_id": company.id,
                        "date": quarter,
                        "partner_id": partner_id,
                    }
                )
        gone = rows.filtered(lambda r: r.partner_id.id not in seen)
        written = gone.filtered(lambda r: any(r[name] for name in OPEN))
        (gone - written).unlink()
        written.write({"amount": 0.0, "total": 0.0, "days": 0})
        system.create(new)
        return self.search([("company_id", "=", company.id), ("date", "=", quarter)])

    # ------------------------------------------------------------------ buttons

    def action_open_items(self):
        """Open the items of the customer over 180 days, as of the quarter."""
        self.ensure_one()
        self.check_access("read")
        report = self.env["receivable.ageing.report"].create(
            {
                "company_id": self.company_id.id,
                "date": min(self.date, self.company_id._credit_today()),
            }
        )
        action = report.action_open_items()
        action["domain"] = [
            *action["domain"],
            ("partner_id", "=", self.partner_id.id),
            ("days", ">", LONG_DAYS),
        ]
        return action
