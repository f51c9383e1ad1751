from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import UserError

# (days of the oldest overdue item, difficulty): proposed, leaders of collection change it.
DIFFICULTIES = ((360, 2.0), (180, 1.5), (90, 1.2))


class InsightTargetPropose(models.TransientModel):
    """Draft clearance targets (清欠指标) of overdue customers, by phases (P3-23, P3-29)."""

    _name = "insight.target.propose"
    _inherit = ["credit.company.dialog"]
    _description = "Propose Clearance Targets"

    currency_id = fields.Many2one(related="company_id.currency_id")
    campaign = fields.Char()
    date_from = fields.Date(
        "First Month",
        required=True,
        default=lambda self: self.env.company._credit_today() + relativedelta(day=1),
    )
    phases = fields.Integer(
        required=True, default=1, help="The overdue amount is divided equally over them."
    )
    months = fields.Integer("Months per Phase", required=True, default=3)
    goal = fields.Float("Goal (%)", required=True, default=100.0, help="Of the base figure.")
    amount_from = fields.Monetary("Overdue from", help="Customers who owe less are excluded.")

    _range = models.Constraint(
        "CHECK(phases BETWEEN 1 AND 12 AND months BETWEEN 1 AND 12)",
        "A campaign has 1 to 12 phases of 1 to 12 months.",
    )

    def action_propose(self):
        """Draft a target per overdue customer and phase: base figure, difficulty, collector.

        Customers with a target in these months are left out.

        :raise AccessError: the user neither heads collection nor is a finance manager
        :raise UserError: no customer is left
        """
        self.ensure_one()
        self.env.user._require_role(
            self.env._("Proposing targets"), "collection_manager", "finance_manager"
        )
        targets = self.env["insight.target"].create(self._prepare_targets())
        if not targets:
            raise UserError(self.env._("No customer is overdue that has no target yet."))
        return self._open_records(
            "insight_target_action", domain=[("id", "in", targets.ids)], context={}
        )

    def _prepare_targets(self):
        first = self.date_from + relativedelta(day=1)
        starts = [first + relativedelta(months=n * self.months) for n in range(self.phases)]
        last = starts[-1] + relativedelta(months=self.months - 1, day=31)
        own = [("company_id", "=", self.company_id.id)]
        has_target = self.env["insight.target"].search(
            [
                *own,
                ("scope", "=", "customer"),
                ("state", "not in", ("rejected", "cancelled")),
                ("date_from", "<=", last),
                ("date_to", ">=", first),
            ]
        )
        cases = self.env["collection.case"].search([*own, ("state", "=", "open")])
        collectors = {case.partner_id: case.user_id.id for case in cases}
        round_ = self.currency_id.round
        vals_list = []
        for partner, overdue, days in self._get_overdue():
            if partner in has_target.partner_id or overdue < max(self.amount_from, 0.01):
                continue
            share = round_(overdue / self.phases)
            for start in starts:
                is_last = start == starts[-1]
                vals_list.append(
                    {
                        "company_id": self.company_id.id,
                        "metric": "cleared_rate",
                        "scope": "customer",
                        "partner_id": partner.id,
                        "user_id": collectors.get(partner, False),
                        "campaign": self.campaign,
                        "date_from": start,
                        "date_to": start + relativedelta(months=self.months - 1, day=31),
                        "goal": self.goal,
                        "base_amount": round_(overdue - share * (self.phases - 1))
                        if is_last
                        else share,
                        "difficulty": self._get_difficulty(days),
                    }
                )
        return vals_list

    def _get_overdue(self):
        """Return [(customer, overdue amount, days of its oldest item)], the largest first."""
        return self.env["collection.ledger"]._read_group(
            [
                ("company_id", "in", self.company_id._credit_entity_ids()),
                ("overdue", ">", 0),
                ("partner_id", "!=", False),
            ],
            ["partner_id"],
            ["overdue:sum", "days:max"],
            order="overdue:sum DESC, partner_id",
        )

    @api.model
    def _get_difficulty(self, days):
        """Return the difficulty proposed for a debt whose oldest item is so many days overdue."""
        return next((factor for start, factor in DIFFICULTIES if days > start), 1.0)
