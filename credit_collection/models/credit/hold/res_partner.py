from contextlib import contextmanager
from typing import NamedTuple

from odoo import api, models
from odoo.exceptions import AccessError
from odoo.tools import SQL

from ..terms.res_partner import DECISION_FIELDS
from .credit_hold import OPEN_STATES


class Standing(NamedTuple):
    """The standing of a customer in one legal entity, before or after a move."""

    #: a decision, a shared limit, a security or the company's default binds them
    is_bound: bool
    #: their debts, and the credits against them, in company currency
    owed: float
    paid: float
    #: overdue items hold their orders
    is_late: bool


class ResPartner(models.Model):
    """The customer of a contact: changes that make room are for credit control.

    Contacts come and go freely, with their debts. It makes room when a customer about whom
    something is decided becomes a contact, when debts leave a customer who is bound, when
    a credit balance comes to one, and when the move alone would lift a hold.
    """

    _inherit = "res.partner"

    @contextmanager
    def _credit_guard_hierarchy(self, vals):
        """Guard a write that may change the commercial partner of these partners."""
        # an id, a record or nothing
        parent_id = self._fields["parent_id"].convert_to_cache(vals.get("parent_id"), self)
        parent = self.browse(parent_id or ())
        moving = self.filtered(
            lambda partner: (
                ("parent_id" in vals and partner.parent_id != parent)
                or ("is_company" in vals and partner.is_company != bool(vals["is_company"]))
            )
        )
        companies = self.env["res.company"]
        if moving and not self._credit_may_decide():
            companies = self._credit_companies()
        if not companies:
            yield
            return
        parents = moving.parent_id | parent
        # sudo: debts, decisions and holds count, whether the user sees them or not
        customers = (moving | parents).commercial_partner_id.sudo()
        before = {partner: partner.commercial_partner_id for partner in moving}
        own = moving.filtered(lambda partner: before[partner] == partner)
        # sudo: decisions count, whether the user sees them or not
        decided = own.filtered(lambda partner: partner.sudo()._credit_is_decided())
        standing = customers._credit_standing(companies)
        holds = self._credit_open_holds(customers, companies)
        with self._undone_on_error():
            yield
            moved = moving.filtered(lambda p: p.commercial_partner_id != before[p])
            if moved and (
                moved & decided
                or customers._credit_gained_room(standing, companies)
                or any(hold._get_customer() != hold.partner_id for hold in holds)
            ):
                raise AccessError(
                    self.env._(
                        "Related Company of %(partner)s: the change would make room past a credit"
                        " decision, a limit or a hold of %(customer)s. Only credit controllers"
                        " may do it.",
                        partner=", ".join(moved.mapped("display_name")),
                        customer=", ".join(customers.mapped("display_name")),
                    )
                )

    @api.model
    def _credit_banner_figures(self, company, control, limit, exposure):
        """Return [(label, amount, whether it is bad)]: the limit and its use, as relevant for a control."""
        # sudo: the company's currency only
        fmt = company.sudo().currency_id.format
        if control == "cash":
            return []
        if control == "none":
            return [(self.env._("Used"), fmt(exposure), False)]
        return [
            (self.env._("Credit Limit"), fmt(limit), False),
            (self.env._("Used"), fmt(exposure), False),
            (self.env._("Available"), fmt(limit - exposure), limit < exposure),
        ]

    @api.model
    def _credit_banner_overdue(self, company, overdue, days):
        """Return the same for what is overdue: an amount in company currency, and days."""
        fmt = company.sudo().currency_id.format  # sudo: the company's currency only
        return [
            (self.env._("Overdue"), fmt(overdue), overdue > 0),
            (self.env._("Days Overdue"), days, days > 0),
        ]

    @api.model
    def _credit_banner_bar(self, company, limit, exposure, added):
        """Return values of the banner's bar: shares of the limit used before and by a document.

        :param added: amount of the document, in company currency
        """
        used, more = (100.0 * amount / limit if limit else 0.0 for amount in (exposure, added))
        over = used + more > 100.0
        near = over or used + more >= company.credit_alert_percent
        shown = min(max(used, 0.0), 100.0)
        return {
            "near": near,
            "bar": "danger" if over else "warning" if near else "success",
            "used": shown,
            "ordered": max(0.0, min(more, 100.0 - shown)),
        }

    def _credit_companies(self):
        """Legal entities where credit control is on, as superuser: it binds in all of them."""
        domain = [("credit_mode", "!=", "off"), ("parent_id", "=", False)]
        # sudo: credit control binds in all of them
        return self.env["res.company"].sudo().search(domain)

    def _credit_open_holds(self, customers, companies):
        return customers.env["credit.hold"].search(
            [
                ("state", "in", OPEN_STATES),
                ("partner_id", "in", customers.ids),
                ("company_id", "in", companies.ids),
            ]
        )

    # ------------------------------------------------------------------ room

    def _credit_standing(self, companies):
        """Return {(customer, company): Standing} of these customers."""
        amounts = self._credit_owed_and_paid()
        decided = self._credit_decided_pairs()
        standing = {}
        for company in companies:
            late = self._credit_filter_late(company)
            for customer in self.with_company(company):
                control = customer.credit_control or "none"
                pair = (customer.id, company.id)
                standing[customer, company] = Standing(
                    control != "none" or pair in decided,
                    *amounts.get(pair, (0.0, 0.0)),
                    customer in late,
                )
        return standing

    def _credit_gained_room(self, before, companies):
        """Return whether any of these customers may buy more than `before`."""
        after = (self | self.commercial_partner_id)._credit_standing(companies)
        for (customer, company), then in before.items():
            now = after[customer, company]
            compare = company.currency_id.compare_amounts
            if then.is_bound and (
                compare(now.owed, then.owed) < 0 or compare(now.paid, then.paid) > 0
            ):
                return True
            if then.is_late and not after[customer.commercial_partner_id, company].is_late:
                return True
        return False

    def _credit_owed_and_paid(self):
        """Return {(customer id, company id): (debts, credits)}, both positive."""
        if not self.ids:
            return {}
        # sudo: debts count, whether the user sees them or not
        lines = self.env["credit.exposure.line"].sudo()
        lines._flush_sources()
        rows = self.env.execute_query(
            SQL(
                """WITH family AS MATERIALIZED (SELECT id, commercial_partner_id FROM res_partner
                    WHERE commercial_partner_id IN %s)
                   SELECT partner_id, %s AS root_id,
                          SUM(GREATEST(amount, 0)), SUM(GREATEST(-amount, 0))
                     FROM (%s) line GROUP BY partner_id, root_id""",
                tuple(self.ids),
                self.env["res.company"]._credit_root_sql(SQL("line.company_id")),
                lines._get_exposure_sql(partners=SQL("family")),
            )
        )
        return {
            (partner, company): (float(owed), float(paid)) for partner, company, owed, paid in rows
        }

    def _credit_filter_late(self, company):
        """Return those of these customers whose overdue items hold their orders."""
        rule_model = self.env["credit.rule"].with_company(company)
        rules = [r for r in rule_model._get_rules(company.id) if r.rule_type == "overdue"]
        if not rules:
            return self.browse()
        customers = self.with_company(company)
        beyond = {}  # {customer id: (days, amount below which nothing is held)} per rule
        for customer in customers:
            grace = customer._credit_policy(company)._grace_days(customer.credit_grade_id)
            beyond[customer.id] = [
                (rule.days + grace, rule.amount_min)
                for rule in rule_model._select_for_customer(rules, customer)
                if rule.action == "hold"
            ]
        days = {number for numbers in beyond.values() for number, _amount in numbers}
        figures = customers._get_credit_figures(company, tuple(days))

        def is_late(customer):
            row = figures.get(customer.id, {})  # a contact has none
            overdue = {
                n: float(row.get(f"overdue_{n}" if n else "credit_overdue", 0)) for n in days
            }
            return any(
                company.currency_id.compare_amounts(overdue[number], amount) > 0
                for number, amount in beyond[customer.id]
            )

        return customers.filtered(is_late)

    # ------------------------------------------------------------------ decisions

    def _credit_is_decided(self):
        """Return whether anything is decided about any of these partners where credit control is on."""
        companies = set(self._credit_companies().ids)
        # sudo: decisions count, whether the user sees them or not
        return any(company in companies for _id, company in self.sudo()._credit_decided_pairs())

    def _credit_decided_pairs(self):
        """Return {(customer id, company id)} with a decision of credit control, a security, a shared limit.

        A start by the policy is nobody's decision: a new customer may become a contact. Nor is
        a risk level that the daily rule set.
        """
        pairs = self._credit_covered_pairs()
        customers = self.filtered(lambda partner: not partner.credit_is_new)
        if not customers.ids:
            return pairs
        names = (*DECISION_FIELDS, "credit_risk_manual")
        customers.flush_recordset(names)
        columns = SQL(", ").join(SQL.identifier(name) for name in names)
        roots = self.env["res.company"]._credit_roots()
        for row in self.env.execute_query_dict(
            SQL("SELECT id, %s FROM res_partner WHERE id IN %s", columns, tuple(customers.ids))
        ):
            # company-dependent: {company id: value} each; 0 and "no control" decide nothing
            by_hand = row["credit_risk_manual"] or {}
            for name in DECISION_FIELDS:
                pairs.update(
                    (row["id"], int(company))
                    for company, value in (row[name] or {}).items()
                    if value not in (None, False, 0, "", "none")
                    # values of a branch from before it became one with its root count for nothing
                    and roots.get(int(company)) == int(company)
                    and (name != "credit_risk_level" or by_hand.get(company))
                )
        return pairs

    def _credit_covered_pairs(self):
        """Return {(customer id, company id)} with a security, a shared limit or a sub-limit."""
        ids = set(self.ids)
        pairs = {
            (customer, company)
            for company, customers in self.env["credit.sublimit"]._by_company().items()
            for customer in ids & customers.keys()
        }
        pairs |= {
            (member, company)
            for (company, _group), members in self.env["credit.group"]._members_by_group().items()
            for member in ids & set(members)
        }
        securities = self.env["credit.security"].search(
            [("commercial_partner_id", "in", self.ids), ("cancelled", "=", False)]
        )
        pairs.update((s.commercial_partner_id.id, s.company_id.id) for s in securities)
        return pairs

    # ---- Other terms, securities and shared limits may cure holds.

    def _credit_terms_changed(self, vals, before):
        result = super()._credit_terms_changed(vals, before)
        if vals:
            customers = self.commercial_partner_id
            if "credit_payer_ids" in vals:
                # sudo: a hold is the payer's, whoever may read them
                customers |= self.sudo().credit_payer_ids.commercial_partner_id
            self.env["credit.hold"]._recheck_partners(customers)
        return result

    def _credit_collateral_changed(self):
        result = super()._credit_collateral_changed()
        self.env["credit.hold"]._recheck_partners(self)
        return result

    @api.model
    def _credit_file_models(self):
        return [*super()._credit_file_models(), "credit.hold"]

    def _credit_get_stoppable(self):
        """Return the quotations of these customers, and their orders that are still to be invoiced."""
        return self.env["sale.order"].search(
            [
                ("partner_invoice_id.commercial_partner_id", "in", self.commercial_partner_id.ids),
                ("company_id", "in", self.env.company._credit_entity_ids()),
                "|",
                ("state", "in", ("draft", "sent")),
                ("credit_open", "=", True),
            ]
        )
