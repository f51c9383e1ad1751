from odoo import api, fields, models, tools
from odoo.exceptions import ValidationError
from odoo.tools import SQL

from .res_partner import CREDIT_GROUPS, LIMIT_FIELDS


class ResPartner(models.Model):
    """The limit of a customer: their own, in a currency of its own if need be, or the default.

    `credit_limit`, in company currency, is what a limit in another currency was worth on the day
    of the decision. What it is worth today is `_credit_own_limit`; the default is found in
    `credit/collateral/res_partner_figures.py`.
    """

    _inherit = "res.partner"

    credit_limit_currency_id = fields.Many2one(
        "res.currency",
        "Limit Currency",
        company_dependent=True,
        index=False,
        tracking=True,
        copy=False,
        groups=CREDIT_GROUPS,
        help="Currency in which the limit was granted; empty = company currency. The limit then"
        " counts at today's rate.",
    )
    credit_limit_amount = fields.Float(
        "Limit in Its Currency",
        company_dependent=True,
        index=False,
        tracking=True,
        copy=False,
        groups=CREDIT_GROUPS,
        help="Limit in the limit currency. Credit Limit is its worth in company currency on the day"
        " of the decision: writing one of them converts the other.",
        aggregator=None,
    )
    credit_limit_default = fields.Boolean(
        "Limit by Default",
        company_dependent=True,
        index=False,
        tracking=True,
        copy=False,
        groups=CREDIT_GROUPS,
        help="The customer has no limit of its own: the first that is set counts, of group, grade,"
        " segment and company.",
    )

    @api.constrains("credit_limit_currency_id")
    def _check_credit_limit_currency(self):
        company = self.env.company._credit_root()
        # sudo: a constraint looks at the decision as it is
        for partner in self.sudo():
            currency = partner.credit_limit_currency_id
            if currency and not currency.rate_ids.filtered(
                lambda rate: rate.company_id in (company, company.browse())
            ):
                raise ValidationError(
                    self.env._(
                        "Limit Currency of %(partner)s: %(currency)s has no exchange rate.",
                        partner=partner.display_name,
                        currency=currency.name,
                    )
                )

    # ------------------------------------------------------------------ what follows from what

    def _credit_by_limit(self, vals):
        """Return these partners in parts: within each, values of a limit convert alike."""
        given = LIMIT_FIELDS & vals.keys()
        if (
            len(self) < 2
            or not given
            or vals.get("credit_limit_default")
            or given >= {"credit_limit_currency_id", "credit_limit_amount"}
        ):
            return [self]
        company = self.env.company._credit_root()
        if given == {"credit_limit"} and not self._credit_limit_uses(company.id)[0]:
            return [self]

        def key(partner):
            worth = partner._credit_own_limit(company) if given != {"credit_limit"} else 0.0
            return partner.credit_limit_currency_id, worth

        # sudo: former values count, whether the user sees them or not
        return [part.with_env(self.env) for part in self.sudo().grouped(key).values()]

    def _credit_follow_limit(self, vals):
        """Return the values with those that follow: worth or amount, and no default beside a limit.

        :raise ValueError: a value is no number
        """
        if LIMIT_FIELDS.isdisjoint(vals):
            return vals
        if vals.get("credit_limit_default"):
            return {
                **vals,
                "credit_limit": 0.0,
                "credit_limit_amount": 0.0,
                "credit_limit_currency_id": False,
            }
        given = {
            name: self._fields[name].convert_to_cache(vals[name], self)
            for name in LIMIT_FIELDS & vals.keys()
        }
        # sudo: former values count, whether the user sees them or not
        partners, company = self.sudo(), self.env.company._credit_root()
        limit, amount = given.get("credit_limit"), given.get("credit_limit_amount")
        if (limit or amount) and True in partners.mapped("credit_limit_default"):
            vals = {**vals, "credit_limit_default": False}
        currency = partners[:1].credit_limit_currency_id
        if "credit_limit_currency_id" in given:
            currency = currency.browse(given["credit_limit_currency_id"] or ())
        own, today = company.currency_id, company._credit_today()
        if not currency or currency == own:
            if given.keys() <= {"credit_limit", "credit_limit_default"}:
                return vals
            values = {"credit_limit_currency_id": False, "credit_limit_amount": 0.0}
            if amount and limit is None:
                values["credit_limit"] = amount
            return {**vals, **values}
        if amount or amount is not None and limit is None:
            return {**vals, "credit_limit": currency._convert(amount, own, company, today)}
        if limit is None and "credit_limit_currency_id" not in given:
            return vals
        if limit is None:
            limit = partners[:1]._credit_own_limit(company) if partners else 0.0
            vals = {**vals, "credit_limit": limit}
        return {**vals, "credit_limit_amount": own._convert(limit, currency, company, today)}

    def _credit_own_limit(self, company):
        """Return the customer's own limit in company currency, at today's rate.

        :param company: root of the legal entity, which is the one of the environment
        """
        self.ensure_one()
        if currency := self.credit_limit_currency_id:
            for currency_id, rate, _digits in currency._credit_rates_now(company):
                if currency_id == currency.id:
                    return company.currency_id.round(self.credit_limit_amount / rate)
        return self.credit_limit

    # ------------------------------------------------------------------ what is in use at all

    @api.model
    @tools.ormcache("company_id")
    def _credit_limit_uses(self, company_id):
        """Return (ids of the currencies of limits, whether a limit is the default) in a legal entity.

        Kept in memory: where nobody has such a limit, the figures do not ask for it.
        """
        names = ["credit_limit_currency_id", "credit_limit_default"]
        # sudo: whether there is one, for everybody
        model = self.sudo().with_company(company_id)
        model.flush_model(names)
        # With the defaults of the company, which no customer has stored.
        currency, default = (model._field_to_sql("res_partner", name) for name in names)
        rows = self.env.execute_query(
            SQL("SELECT DISTINCT %s, COALESCE(%s, FALSE) FROM res_partner", currency, default)
        )
        return frozenset(id_ for id_, _default in rows if id_), any(row[1] for row in rows)

    @api.model
    @tools.ormcache("company_id")
    def _credit_uses_delivery(self, company_id):
        """Return whether a customer of a legal entity pays N days after delivery.

        Kept in memory: where nobody does, invoices do not ask their customers.
        """
        # sudo: whether there is one, for everybody
        model = self.sudo().with_company(company_id)
        model.flush_model(["credit_term_start"])
        # With the default of the company, which no customer has stored.
        start = model._field_to_sql("res_partner", "credit_term_start")
        rows = self.env.execute_query(
            SQL("SELECT EXISTS (SELECT FROM res_partner WHERE %s = 'delivery')", start)
        )
        return rows[0][0]

    @api.model
    def _credit_note_use(self, vals):
        """Note that customers came to have terms of these values: of a new kind, perhaps."""
        currency_id, default = (
            vals.get("credit_limit_currency_id"),
            vals.get("credit_limit_default"),
        )
        if vals.get("credit_term_start") == "delivery" and not self._credit_uses_delivery(
            self.env.company._credit_root().id
        ):
            self.env.registry.clear_cache()  # _credit_uses_delivery
        if currency_id or default:
            currencies, defaults = self._credit_limit_uses(self.env.company._credit_root().id)
            if (default and not defaults) or (currency_id and currency_id not in currencies):
                self.env.registry.clear_cache()  # _credit_limit_uses
