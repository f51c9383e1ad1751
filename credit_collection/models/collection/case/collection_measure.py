from odoo import api, fields, models
from odoo.exceptions import UserError

from ..open_item.collection_ledger import DEBT_CLASSES

# What the button of a proposed way does: (key, label); its method of the case.
ACTIONS = [
    ("contact", "Log a Contact"),
    ("letter", "Write a Letter"),
    ("dispute", "Log a Dispute"),
    ("balance", "Open the Balance"),
    ("credit", "Open the Credit File"),
    ("agreement", "Repayment Agreement"),
    ("team", "Escalate to Task Force"),
    ("handover", "Request Handover to Team"),
]

METHODS = {
    "contact": "action_log_call",
    "letter": "action_log_letter",
    "dispute": "action_log_dispute",
    "balance": "action_open_balance",
    "credit": "action_open_credit",
    "agreement": "action_new_agreement",
    "team": "action_special_team",
    "handover": "action_apply_takeover",
}

# A row that has no end.
LAST = 9999


class CollectionMeasure(models.Model):
    """The table of ways of collecting (逾期账款催款方式表, P3-18): which measure is allowed at which age,
    for which cause of the delay, and for which class of debts (P3-27).

    A company's own rows take the place of those that all companies share. They propose: what a
    user may do is decided by the rights of that user.
    """

    _name = "collection.measure"
    _description = "Way of Collecting"
    _inherit = ["credit.company.mixin"]
    _order = "sequence, days_from, id"

    name = fields.Char("Measure", required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        "res.company",
        index="btree_not_null",
        help="Empty = all companies. A company with rows of its own uses those alone.",
    )
    days_from = fields.Integer("From Day", default=1, aggregator=None, help="Days overdue.")
    days_to = fields.Integer("To Day", default=LAST, aggregator=None, help="9999 = no end.")
    category = fields.Selection(
        selection=lambda self: (
            self.env["collection.reason"]._fields["category"]._description_selection(self.env)
        ),
        string="Cause",
        help="Of the overdue reason; empty = any, and where none is known yet.",
    )
    debt_class = fields.Selection(DEBT_CLASSES, "Class", help="Empty = any.")
    action = fields.Selection(ACTIONS, "Button", help="What the case offers to start it.")

    _days_order = models.Constraint(
        "CHECK(days_from <= days_to AND days_from >= -9999 AND days_to <= 9999)",
        "The first day lies before the last, both between -9999 and 9999.",
    )

    @api.model
    def _get_table(self, company):
        """Return the rows that count in a company: its own, else those that all share."""
        # sudo: which measures there are is no secret
        rows = self.sudo().search([("company_id", "in", [company._credit_root().id, False])])
        return (rows.filtered("company_id") or rows).with_env(self.env)

    def _filter_fitting(self, days, categories, debt_class):
        """Return those of these rows that fit a debt.

        :param days: days overdue, negative before the due date
        :param categories: causes of its overdue reasons, a set
        """
        # sudo: as above
        return self.sudo().filtered(
            lambda row: (
                row.days_from <= days <= row.days_to
                and (not row.category or row.category in categories)
                and (not row.debt_class or row.debt_class == debt_class)
            )
        )

    def action_start(self):
        """Start this way of collecting on the case in the context's `case_id`, by its own button.

        :raise UserError: no such case, or nothing to start
        """
        self.ensure_one()
        self.check_access("read")
        case_id = self.env.context.get("case_id")
        cases = self.env["collection.case"]
        case = cases.search([("id", "=", case_id if isinstance(case_id, int) else 0)])
        if not case or not self.action:
            raise UserError(
                self.env._(
                    "“%s” cannot be started here: it needs a button, and an open case that you may"
                    " see.",
                    self.name,
                )
            )
        return getattr(case, METHODS[self.action])()


class CollectionLedger(models.Model):
    """The ways of collecting that fit an item."""

    _inherit = "collection.ledger"

    way = fields.Char("Way of Acting", compute="_compute_way")

    @api.depends_context("lang")
    @api.depends("days", "debt_class", "amount")
    def _compute_way(self):
        for company, rows in self.grouped("company_id").items():
            table = self.env["collection.measure"]._get_table(company)
            for row in rows:
                reason = row.reason_id.category
                found = table._filter_fitting(row.days, {reason}, row.debt_class)
                row.way = row.amount > 0 and ", ".join(found.mapped("name"))


class CollectionCase(models.Model):
    """The ways of collecting proposed for a case."""

    _inherit = "collection.case"

    measure_ids = fields.Many2many(
        "collection.measure",
        compute="_compute_measure_ids",
        string="Ways of Collecting",
        help="By age, causes and class of the overdue items.",
    )

    @api.depends_context("lang")
    @api.depends("state", "partner_id", "company_id")
    def _compute_measure_ids(self):
        self.measure_ids = False
        # sudo: ages and causes of items that the user need not see one by one
        items = self.env["collection.ledger"].sudo()
        for company, cases in self._saved("measure_ids").grouped("company_id").items():
            table = self.env["collection.measure"]._get_table(company)
            rows = items.search(
                [
                    ("company_id", "=", company.id),
                    ("partner_id", "in", cases.partner_id.ids),
                    ("overdue", ">", 0),
                ]
            ).grouped("partner_id")
            for case in cases.filtered(lambda case: case.state == "open"):
                found = rows.get(case.partner_id.sudo())  # sudo: as above
                if found:
                    case.measure_ids = table._filter_fitting(
                        max(found.mapped("days")),
                        set(found.reason_id.mapped("category")),
                        max(found.mapped("debt_class")),
                    )
