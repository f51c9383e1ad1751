from odoo import api, fields, models, tools
from odoo.exceptions import ValidationError
from odoo.tools import SQL

from .res_partner import CONTROLS


class ResCompany(models.Model):
    _inherit = "res.company"

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
    credit_alert_percent = fields.Float(
        "Alert at Use of Limit (%)",
        default=80.0,
        help="From this share of the effective limit on, a customer is shown as near his limit."
        " A credit policy in force says it for its customers.",
    )
    credit_default_control = fields.Selection(
        CONTROLS,
        "Customers Without a Decision",
        compute="_compute_credit_default_control",
        inverse="_inverse_credit_default_control",
        help="How customers are treated for whom credit control has decided nothing yet.",
    )

    _credit_release_days_positive = models.Constraint(
        "CHECK(credit_release_days BETWEEN 1 AND 365)",
        "A release is valid for 1 to 365 days.",
    )
    _credit_alert_percent_range = models.Constraint(
        "CHECK(credit_alert_percent BETWEEN 0 AND 100)",
        "The alert at use of the limit must be between 0 and 100 %.",
    )

    @api.constrains("credit_controller_id")
    def _check_credit_controller(self):
        for company in self:
            user = company.credit_controller_id
            if user and not user.has_group("credit_collection.group_credit_controller"):
                raise ValidationError(
                    self.env._(
                        "Responsible Controller: %s does not have the role Credit Controller.",
                        user.name,
                    )
                )

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
