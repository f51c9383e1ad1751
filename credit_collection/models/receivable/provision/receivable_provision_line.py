from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain

from ...credit.terms.res_partner import SEGMENTS


class ReceivableProvisionColumn(models.AbstractModel):
    """A row of an ageing column, named as its reader names the column."""

    _name = "receivable.provision.column"
    _description = "Provision Bucket"

    column_label = fields.Char("Bucket", compute="_compute_column_label")

    @api.depends("column_name")
    @api.depends_context("lang")
    def _compute_column_label(self):
        """Compute the name; a column that is gone keeps its name as of the computation."""
        languages = [code for code, _name in self.env["res.lang"].get_installed()]
        for company, rows in self.grouped("company_id").items():
            columns = self.env["receivable.ageing.column"]._get_columns(company)
            names = {
                column.with_context(lang=lang).name: column.name
                for lang in languages
                for column in columns
            }
            for row in rows:
                row.column_label = names.get(row.column_name, row.column_name)


class ReceivableProvisionLine(models.Model):
    """A cell of the matrix: the amount in an ageing column, of a grade or segment, and its rate."""

    _name = "receivable.provision.line"
    _description = "Row of a Provision"
    _inherit = ["credit.protected.mixin", "receivable.provision.column"]
    _order = "grade_id, segment, column_index, id"

    provision_id = fields.Many2one(
        "receivable.provision", required=True, index=True, ondelete="cascade", readonly=True
    )
    company_id = fields.Many2one(related="provision_id.company_id", store=True, index=True)
    currency_id = fields.Many2one(related="provision_id.currency_id")
    column_index = fields.Integer("Bucket Index", readonly=True, aggregator=None)
    column_name = fields.Char("Bucket (as Computed)", readonly=True)
    days_from = fields.Integer(readonly=True, aggregator=None)
    grade_id = fields.Many2one("credit.grade", readonly=True, ondelete="restrict")
    segment = fields.Selection(SEGMENTS, "Customer Segment", readonly=True)
    exposure = fields.Monetary(
        "Amount Owed",
        readonly=True,
        help="Owed after credits, without customers with a specific allowance.",
    )
    customer_ids = fields.Many2many(
        "res.partner", "receivable_provision_line_customer_rel", string="Customers", readonly=True,
        context={"active_test": False},
        help="Customers included when rows are grouped by grade or segment.",
    )  # fmt: skip
    base_rate = fields.Float(
        "Rate (%)", digits=(7, 4), aggregator=None, help="Manual, or computed from roll rates."
    )
    is_without_history = fields.Boolean(
        "No History", readonly=True, help="A bucket on the way has no history: it counts as 100%."
    )
    adjustment = fields.Float(
        "Adjustment (Points)",
        digits=(7, 4),
        aggregator=None,
        help=(
            "Forward-looking adjustment to historical rates, e.g. an industry in difficulty. "
            "Requires a reason."
        ),
    )
    reason = fields.Char("Reason of the Adjustment")
    rate = fields.Float(
        "Rate Used (%)", digits=(7, 4), compute="_compute_amount", store=True, aggregator=None
    )
    amount = fields.Monetary("Allowance", compute="_compute_amount", store=True)

    _base_rate_range = models.Constraint(
        "CHECK(base_rate BETWEEN 0 AND 100 AND adjustment BETWEEN -100 AND 100)",
        "Rates are between 0 and 100%, adjustments between -100 and 100 points.",
    )

    @api.depends("exposure", "base_rate", "adjustment")
    def _compute_amount(self):
        for line in self:
            line.rate = min(max(line.base_rate + line.adjustment, 0.0), 100.0)
            line.amount = line.currency_id.round(line.exposure * line.rate / 100.0)

    def _get_open_fields(self):
        self.ensure_one()
        if self.provision_id.state != "draft":
            return set()
        typed = {"base_rate"} if self.provision_id.rate_source == "typed" else set()
        return typed | {"adjustment", "reason"}

    def _get_key(self):
        """Return the key of a row: first day of its column, grade, segment."""
        self.ensure_one()
        return (self.days_from, self.grade_id.id, self.segment or False)

    def action_open_items(self):
        """Open the items in the column, as of the day of the provision.

        Of a grade or segment: of the customers who were in it at the computation.
        """
        self.ensure_one()
        action = self.provision_id.action_open_ageing()
        columns = self.env["receivable.ageing.column"]._get_columns(self.company_id)
        column = columns.filtered(lambda c: c.days_from == self.days_from)
        action["domain"] = [*action["domain"], ("column_id", "in", column.ids), ("net", ">", 0)]
        if self.provision_id.group_by != "none":
            customers = Domain("partner_id", "in", self.customer_ids.ids)
            if not self.grade_id and not self.segment:
                customers |= Domain("partner_id", "=", False)  # entries of nobody
            action["domain"] += list(customers)
        excluded = self.provision_id.specific_ids.partner_id
        action["domain"].append(("partner_id", "not in", excluded.ids))
        return action


class ReceivableProvisionSpecific(models.Model):
    """A named customer who is assessed individually and taken out of the pool."""

    _name = "receivable.provision.specific"
    _description = "Specific Allowance"
    _inherit = ["credit.customer.mixin", "credit.protected.mixin"]
    _order = "id"
    _check_company_auto = True

    provision_id = fields.Many2one(
        "receivable.provision", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="provision_id.company_id", store=True, index=True)
    currency_id = fields.Many2one(related="provision_id.currency_id")
    partner_id = fields.Many2one(
        "res.partner",
        "Customer",
        required=True,
        ondelete="restrict",
        index=True,
    )
    case_id = fields.Many2one(
        "collection.case", ondelete="set null", check_company=True, index="btree_not_null"
    )
    exposure = fields.Monetary("Amount Owed", readonly=True, help="Owed after credits on the day.")
    percent = fields.Float("Expected Loss (%)", required=True, default=100.0, aggregator=None)
    amount = fields.Monetary("Allowance", compute="_compute_amount", store=True)
    reason = fields.Char(required=True)

    _once = models.UniqueIndex(
        "(provision_id, partner_id)", "The customer has a specific allowance already."
    )
    _percent_range = models.Constraint(
        "CHECK(percent BETWEEN 0 AND 100)", "The expected loss is between 0 and 100%."
    )

    @api.depends("exposure", "percent")
    def _compute_amount(self):
        for line in self:
            line.amount = line.currency_id.round(max(line.exposure, 0.0) * line.percent / 100.0)

    @api.constrains("case_id", "partner_id")
    def _check_case(self):
        for line in self:
            if line.case_id and line.case_id.partner_id != line.partner_id:
                raise ValidationError(
                    self.env._(
                        "%(case)s is not a case of %(customer)s.",
                        case=line.case_id.display_name,
                        customer=line.partner_id.display_name,
                    )
                )

    @api.model
    def _get_create_fields(self):
        return {"provision_id", "partner_id", "case_id", "percent", "reason"}

    def _get_open_fields(self):
        self.ensure_one()
        return {"partner_id", "case_id", "percent", "reason"} if self._may_delete() else set()

    def _may_delete(self):
        return self.provision_id.state == "draft"

    @api.model_create_multi
    def create(self, vals_list):
        lines = super().create(vals_list)
        lines.provision_id._check_draft()
        lines._set_exposure()
        return lines

    def write(self, vals):
        result = super().write(vals)
        if "partner_id" in vals:
            self._set_exposure()
        return result

    def _set_exposure(self):
        for provision in self.provision_id:
            owed = provision._get_owed()
            for line in self.filtered(lambda s, p=provision: s.provision_id == p):
                line._system_write({"exposure": owed.get(line.partner_id.id, 0.0)})


class ReceivableProvisionRoll(models.Model):
    """The working of roll rates: amount in a column at a month-end, and the part that rolled on."""

    _name = "receivable.provision.roll"
    _description = "Roll Rate of a Month"
    _inherit = ["credit.protected.mixin", "receivable.provision.column"]
    _order = "grade_id, segment, column_index, date desc, id"

    provision_id = fields.Many2one(
        "receivable.provision", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="provision_id.company_id", store=True, index=True)
    currency_id = fields.Many2one(related="provision_id.currency_id")
    date = fields.Date("Month-End")
    date_rolled = fields.Date("Looked at Again")
    column_index = fields.Integer("Bucket Index", aggregator=None)
    column_name = fields.Char("Bucket (as Computed)")
    grade_id = fields.Many2one("credit.grade", ondelete="restrict")
    segment = fields.Selection(SEGMENTS, "Customer Segment")
    amount_stood = fields.Monetary(
        "Opening Amount in Bucket", help="Amount not due that fell due by the next check."
    )
    amount_rolled = fields.Monetary("Still Open, Rolled Forward")
    rate = fields.Float(
        "Roll Rate (%)", digits=(7, 2), compute="_compute_rate", store=True, aggregator="avg"
    )

    @api.depends("amount_stood", "amount_rolled")
    def _compute_rate(self):
        for row in self:
            row.rate = row.amount_rolled / row.amount_stood * 100.0 if row.amount_stood else 0.0
