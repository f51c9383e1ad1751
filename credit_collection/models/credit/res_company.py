from odoo import api, fields, models, tools
from odoo.exceptions import ValidationError
from odoo.tools import SQL

from .terms.res_partner import CONTROLS


class ResCompany(models.Model):
    """How credit control works in a company; its thresholds count where no policy is in force."""

    _name = "res.company"
    _inherit = ["res.company", "credit.threshold.mixin"]

    credit_mode = fields.Selection(
        [
            ("off", "Off"),
            ("observe", "Observe"),
            ("enforce", "Enforce"),
        ],
        "Credit Control",
        default="observe",
        required=True,
        help="Observe records what would be held and blocks nothing; Enforce holds orders.",
    )
    credit_policy_id = fields.Many2one(
        "credit.policy",
        "Credit Policy in Force",
        compute="_compute_credit_policy_id",
        help="Counts for customers without a policy of their own or of their segment. It comes"
        " into force by management's approval, and only so.",
    )
    credit_default_control = fields.Selection(
        CONTROLS,
        "Customers Without a Decision",
        compute="_compute_credit_default_control",
        inverse="_inverse_credit_default_control",
        help="How customers are treated for whom credit control has decided nothing yet.",
    )
    # Releases and applications
    credit_controller_id = fields.Many2one(
        "res.users",
        "Responsible Controller",
        help="Gets the activity of a new hold. Without one, every credit controller of the company does.",
    )
    credit_release_days = fields.Integer(
        "Release Valid (Days)",
        default=30,
        help="How long an approved release, or an application for one, stays valid.",
    )
    credit_release_confirm = fields.Boolean(
        "Confirm on Release",
        default=True,
        help="The last approval confirms the order. Otherwise the salesperson confirms it.",
    )
    credit_sign_first = fields.Boolean(
        "Customer Signs before Approval",
        help="Approval of an application for credit is asked for only with the customer's"
        " signature under the very terms: in the portal, or on paper (P4-02, P4-06).",
    )
    credit_sales_months = fields.Integer(
        "Months of Sales",
        default=6,
        help="Full months whose invoices give the expected monthly sales of an application.",
    )
    credit_limit_rounding = fields.Monetary(
        "Round Proposed Limits Down To",
        currency_field="currency_id",
        default=1.0,
        help="In company currency; 0 = not rounded.",
    )
    # The daily run of reviews
    credit_review_day = fields.Date(
        help="Day of the last daily run of reviews.", prefetch="credit_review"
    )
    credit_review_cursor = fields.Integer(
        help="Last customer of an unfinished daily run of reviews; 0 = none under way.",
        prefetch="credit_review",
    )

    _credit_release_days_positive = models.Constraint(
        "CHECK(credit_release_days BETWEEN 1 AND 365)",
        "A release is valid for 1 to 365 days.",
    )
    _credit_months_range = models.Constraint(
        "CHECK(credit_sales_months BETWEEN 1 AND 60)", "Choose between 1 and 60 months of sales."
    )
    _credit_limit_rounding_positive = models.Constraint(
        "CHECK(credit_limit_rounding >= 0)", "The rounding of limits cannot be negative."
    )

    @api.constrains("credit_controller_id")
    def _check_credit_controller(self):
        for company in self:
            user = company.credit_controller_id
            if user and not user._has_role("controller"):
                raise ValidationError(
                    self.env._(
                        "Responsible Controller: %s does not have the role Credit Controller.",
                        user.name,
                    )
                )

    def _compute_credit_policy_id(self):
        for company in self:
            company.credit_policy_id = self.env["credit.policy"]._get_in_force(company)

    def _compute_credit_default_control(self):
        defaults = self.env["ir.default"].sudo()
        for company in self:
            company.credit_default_control = (
                defaults.with_company(company)
                ._get_model_defaults("res.partner")
                .get("credit_control")
                or "none"
            )

    def _inverse_credit_default_control(self):
        # Narrow sudo: who may write the company's settings may set this one default.
        defaults = self.env["ir.default"].sudo()
        for company in self:
            defaults.set(
                "res.partner",
                "credit_control",
                company.credit_default_control or "none",
                company_id=company.id,
            )

    # ------------------------------------------------------------------ thresholds

    def _credit_threshold(self, name, partner=None):
        """A threshold for a customer: of the policy in force for him, else of this company.

        :param name: field of `credit.threshold.mixin`
        """
        self.ensure_one()
        return self._credit_threshold_of(self.sudo()._credit_policy_for(partner), name)

    def _credit_threshold_of(self, policy, name):
        """The same where the policy in force is known already, or that there is none."""
        # sudo: thresholds bind users who may not read their company's settings
        return (policy or self.sudo())[name]

    def _credit_policy_for(self, partner):
        """The policy in force for a customer, empty without one."""
        partner = (partner or self.env["res.partner"]).sudo().with_company(self)
        return partner.commercial_partner_id._credit_policy(self)

    def _credit_controllers(self):
        """Active credit controllers of the company."""
        self.ensure_one()
        return (
            self.env["res.users"]
            ._get_by_role("controller")
            .filtered(lambda u: u.active and not u.share and self in u.company_ids)
        )

    # ------------------------------------------------------------------ dates

    @api.model
    @tools.ormcache()
    def _credit_timezones(self):
        """{company id: time zone} — the company's own, as days overdue count in it."""
        return {company.id: company.partner_id.tz or "UTC" for company in self.sudo().search([])}

    def _credit_today(self):
        """Today in the company's time zone."""
        self.ensure_one()
        tz = self._credit_timezones().get(self.id, "UTC")
        return fields.Date.context_today(self.with_context(tz=tz))

    @api.model
    def _credit_today_sql(self, alias):
        """Today in the time zone of the company of `alias`, as SQL."""
        by_zone = {
            tz: fields.Date.context_today(self.with_context(tz=tz))
            for tz in set(self._credit_timezones().values()) or {"UTC"}
        }
        dates = set(by_zone.values())
        if len(dates) == 1:
            return SQL("%s::date", dates.pop())
        cases = SQL(" ").join(
            SQL("WHEN %s THEN %s::date", company, by_zone[tz])
            for company, tz in self._credit_timezones().items()
        )
        return SQL(
            "(CASE %s %s ELSE %s::date END)",
            SQL.identifier(alias, "company_id"),
            cases,
            fields.Date.context_today(self.with_context(tz="UTC")),
        )

    @api.model_create_multi
    def create(self, vals_list):
        companies = super().create(vals_list)
        self.env.registry.clear_cache()  # _credit_timezones
        return companies

    def write(self, vals):
        result = super().write(vals)
        if "partner_id" in vals or "currency_id" in vals:
            self.env.registry.clear_cache()  # _credit_timezones, res.currency._credit_rates
        return result
