from dateutil.relativedelta import relativedelta

from odoo import api, fields, models


class CreditServiceSummary(models.Model):
    """What a service manager says of their customers for a month: 每月汇总分析 (P5-11).

    Written by the service manager, read by head and deputy of the assessment committee, too, and
    by those who see all. Figures are in company currency.
    """

    _name = "credit.service.summary"
    _description = "Monthly Customer Summary"
    _inherit = ["credit.monthly.mixin"]

    _owner_field = "group_id"
    _activity = "credit_collection.mail_activity_credit_service_summary"
    _mail = "credit_collection.credit_service_summary_mail"

    user_id = fields.Many2one(string="Service Manager")
    group_id = fields.Many2one(
        "credit.assessment.group", "Assessment Committee", required=True, readonly=True, index=True
    )
    group_ids = fields.Many2many(
        "credit.assessment.group",
        "credit_service_summary_group_rel",
        string="Reported To",
        readonly=True,
        help="All committees of the company in which the service manager scores.",
    )
    customer_count = fields.Integer("Customers", readonly=True)

    _once = models.UniqueIndex(
        "(user_id, company_id, month)", "This service manager already has a summary for this month."
    )

    @api.depends("month", "user_id")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for summary in self:
            month = summary._format_month(summary.month)
            summary.display_name = f"{summary.user_id.name}, {month}"

    @api.model
    def _get_title(self):
        return self.env._("Customer summaries")

    def _get_leaders(self):
        groups = self.group_id | self.group_ids
        return (groups.user_id | groups.deputy_id).filtered("active")

    @api.model
    def _prepare(self, owner, month):
        """Create the summaries of a committee's service managers for a month, those missing."""
        # sudo: customers and figures, for the people who follow them
        sudo = self.sudo()
        company = owner.company_id
        known = sudo.search([("month", "=", month), ("company_id", "=", company.id)]).user_id
        others = owner.search([("company_id", "=", company.id)])
        for user in owner.service_manager_ids.filtered("active") - known:
            committees = others.filtered(lambda o, user=user: user in o.service_manager_ids)
            customers = sudo.env["res.partner"].search(
                [
                    ("credit_service_manager_id", "=", user.id),
                    ("parent_id", "=", False),
                    ("company_id", "in", [False, *company._credit_entity_ids()]),
                ],
                order="name",
            )
            if not customers:
                continue
            own = sudo.with_context(lang=user.lang)
            own._ask(
                {
                    "month": month,
                    "user_id": user.id,
                    "group_id": owner.id,
                    "group_ids": [fields.Command.set(committees.ids)],
                    "company_id": company.id,
                    "customer_count": len(customers),
                    "table_html": own._get_table(customers, company, month),
                },
                lambda summary: summary.env._("Send the summary of %s", summary.display_name),
            )

    @api.model
    def _get_table(self, customers, company, month):
        """Return the figures of customers for a month as a table (HTML)."""
        customers = customers.with_company(company)
        figures = customers._get_credit_figures(company)
        end = month + relativedelta(months=1, days=-1)
        behaviour = self.env["credit.payment.behaviour"]
        periods = behaviour._get_periods(customers, company, [(month, end)])
        warnings = dict(
            self.env["credit.warning"]._read_group(
                [
                    ("partner_id", "in", customers.ids),
                    ("company_id", "=", company.id),
                    ("state", "=", "open"),
                ],
                ["partner_id"],
                ["__count"],
            )
        )
        return self.env["ir.qweb"]._render(
            "credit_collection.credit_service_summary_table",
            {
                "rows": [
                    {
                        "customer": customer,
                        "figures": figures.get(customer.id, {}),
                        "month": periods[customer.id][0],
                        "warnings": warnings.get(customer, 0),
                    }
                    for customer in customers
                ],
                "currency": company.currency_id,
            },
        )

    @api.model
    def _get_owner_leaders(self, owner, reports):
        return (owner.user_id | owner.deputy_id).filtered("active")

    @api.model
    def _get_reports(self, owner, month):
        return super()._get_reports(owner, month) | self.search(
            [("month", "=", month), ("group_ids", "in", owner.ids)]
        )
