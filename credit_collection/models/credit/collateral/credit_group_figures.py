from collections import defaultdict

from markupsafe import Markup

from odoo import api, fields, models
from odoo.tools import SQL


class CreditGroup(models.Model):
    """The use of a shared limit: exposure of its members in all of its companies, in its currency.

    The sum is of all; parts are shown of the companies that the user has selected, for the
    members that the user may read. What a form shows before it is saved counts likewise, so that
    typing a company's name into it opens nothing.
    """

    _inherit = "credit.group"

    company_count = fields.Integer("Number of Companies", compute="_compute_use")
    exposure = fields.Monetary(
        "Used",
        compute="_compute_use",
        help="Exposure of all customers in all companies of this shared limit.",
    )
    exposure_elsewhere = fields.Monetary(
        "In Other Companies",
        compute="_compute_use",
        help="Part of it in companies that you have not selected, or have no access to.",
    )
    available = fields.Monetary(compute="_compute_use")
    usage = fields.Float("Credit Utilization (%)", compute="_compute_use")
    use_table = fields.Html("Use by Company", compute="_compute_use_table", sanitize=False)

    @api.depends("limit", "currency_id", "company_ids", "line_ids.partner_id")
    @api.depends_context("allowed_company_ids", "uid")
    def _compute_use(self):
        selected = self._get_selected_companies()
        stored, companies = self._origin._get_pairs(), self._origin._get_companies()
        own, before = self._get_own_pairs(), self._origin._get_own_pairs()
        seen = self._get_own_companies()
        hidden = {g: stored.get(g._origin.id, set()) - before.get(g._origin, set()) for g in self}
        exposures = self._get_exposures(set().union(*own.values(), *hidden.values()))
        for group in self:
            elsewhere = group._sum_up(exposures, hidden[group])
            use = group._sum_up(exposures, own[group]) + elsewhere
            closed = companies.get(group._origin, selected) - selected
            group.company_count = len(closed | seen[group])
            group.exposure_elsewhere = group._round(elsewhere)
            group.exposure = group._round(use)
            group.available = group._round(group.limit - use)
            group.usage = 100.0 * use / group.limit if group.limit else 0.0

    @api.depends("exposure", "line_ids.partner_id", "company_ids", "currency_id")
    @api.depends_context("allowed_company_ids", "uid", "lang")
    def _compute_use_table(self):
        """Compute the use as a table of customers and companies, in the currency of the limit."""
        pairs, lines = self._get_own_pairs(), self._get_visible_lines()
        exposures = self._get_exposures(set().union(*pairs.values()))
        for group, companies in self._get_own_companies().items():
            customers = lines[group].partner_id._origin
            if group.company_count < 2 or not customers:
                group.use_table = False
                continue

            def total(ids, companies, group=group):
                some = {(id_, company) for id_ in ids for company in companies.ids}
                return group.currency_id.format(group._sum_up(exposures, some))

            hidden = not group.currency_id.is_zero(group.exposure_elsewhere)

            def row(name, amounts, elsewhere, whole, hidden=hidden):
                return [name, *amounts, *([elsewhere] if hidden else ()), whole]

            rows = [
                row(
                    self.env._("Customer"),
                    companies.mapped("name"),
                    self.env._("Other companies"),
                    self.env._("Total"),
                ),
                *(
                    row(
                        customer.display_name,
                        [total(customer.ids, company) for company in companies],
                        "",
                        "" if hidden else total(customer.ids, companies),
                    )
                    for customer in customers
                ),
                row(
                    self.env._("Total"),
                    [total(customers.ids, company) for company in companies],
                    group.currency_id.format(group.exposure_elsewhere),
                    group.currency_id.format(group.exposure),
                ),
            ]
            if companies.currency_id - group.currency_id:
                local = [
                    company.currency_id.format(
                        sum(exposures.get((id_, company.id), 0.0) for id_ in customers.ids)
                    )
                    for company in companies
                ]
                rows.append(row(self.env._("In company currency"), local, "", ""))
            group.use_table = Markup(
                "<div class='table-responsive'><table class='table table-sm'>%s</table></div>"
            ) % Markup().join(
                Markup("<tr>%s</tr>")
                % Markup().join(
                    Markup("<td class='%s'>%s</td>") % ("text-end text-nowrap" * bool(column), text)
                    for column, text in enumerate(texts)
                )
                for texts in rows
            )

    # ------------------------------------------------------------------ exposures and rates

    @api.model
    def _exposures_sql(self, members):
        """Return SQL of partner_id, company_id, exposure (in company currency).

        :param members: {id of a root company: ids of customers}
        """
        # sudo: sums are of all documents, whoever asks
        lines = self.env["credit.exposure.line"].sudo()
        companies = self.env["res.company"]
        return SQL(" UNION ALL ").join(
            SQL(
                "SELECT total.partner_id, %s::int AS company_id, total.exposure FROM (%s) total",
                company,
                lines._get_totals_sql(companies.browse(company), sorted(ids), gross=True),
            )
            for company, ids in sorted(members.items())
        )

    @api.model
    def _get_exposures(self, pairs):
        """Return {(customer id, company id): exposure in company currency}; nothing for none."""
        members = defaultdict(set)
        for customer, company in pairs:
            if customer:  # a row of the form without one
                members[company].add(customer)
        if not members:
            return {}
        self.env["res.partner"]._flush_credit_sources()
        rows = self.env.execute_query(self._exposures_sql(members))
        return {(customer, company): float(amount) for customer, company, amount in rows}

    def _get_rate(self, company):
        """Return units of the currency of the limit for one of a company's, today."""
        # sudo: rates are the same for everybody
        company = company.sudo()
        rates = self.env["res.currency"]._credit_rates(company.id, company._credit_today())
        return {currency: rate for currency, rate, _digits in rates}.get(self.currency_id.id, 1.0)

    def _describe_use(self, company, use):
        """Return how much of the limit is used, in words.

        :param company: the company of the check
        :param use: what is used, in its currency
        """
        self.ensure_one()
        fmt, limit = company.currency_id.format, self.limit / self._get_rate(company)
        text = self.env._("%(use)s of %(limit)s used.", use=fmt(use), limit=fmt(limit))
        return f"{text} {self._describe_wider_use(company, use)}".strip()

    def _describe_wider_use(self, company, use):
        """Return what the figures of one company do not say: further companies, the own currency.

        :param use: of all in the company's currency, as the check counts it
        """
        self.ensure_one()
        texts, count = [], len(self._get_companies()[self])
        if count > 1:
            texts.append(self.env._("It counts in %s companies.", count))
        if company.currency_id != self.currency_id:
            fmt, rate = self.currency_id.format, self._get_rate(company)
            pairs = self._get_pairs()[self.id]
            exact = self._sum_up(self._get_exposures(pairs), pairs)
            # What the check left out; the sum itself is not rounded twice.
            exact += (use - company.currency_id.round(exact / rate)) * rate
            texts.append(
                self.env._(
                    "In %(currency)s: %(use)s of %(limit)s.",
                    currency=self.currency_id.name,
                    use=fmt(exact),
                    limit=fmt(self.limit),
                )
            )
        return " ".join(texts)

    def _sum_up(self, exposures, pairs):
        """Return the sum of exposures in the currency of the limit, not rounded."""
        companies = self.env["res.company"].browse({company for _customer, company in pairs})
        rates = {company.id: self._get_rate(company) for company in companies}
        return sum(exposures.get(pair, 0.0) * rates[pair[1]] for pair in pairs)

    def _round(self, amount):
        return self.currency_id.round(amount) if self.currency_id else amount

    def action_open_exposure(self):
        """Open the document lines that use the shared limit, in the companies of the user."""
        self.ensure_one()
        self.check_access("read")
        return self._open_exposure(self._get_visible_lines()[self].partner_id)

    def _open_exposure(self, customers):
        """Open what these members owe in the companies of the group that the user has selected."""
        companies = self._get_own_companies()[self]
        by = "group_company" if len(companies) > 1 else "group_partner"
        return self._open_records(
            "credit_exposure_line_action",
            domain=[
                ("partner_id", "in", customers.ids),
                ("company_id", "in", companies._credit_entity_ids()),
                ("counts", "=", True),
            ],
            context={f"search_default_{by}": 1},
        )
