from odoo import api, models
from odoo.fields import Domain
from odoo.tools import format_date

from ....engine import credit_check, terms
from .sale_order_gate import CONFIRMED

# Rules about how a customer pays: an order paid in full in advance passes them.
PAYING_RULES = {"overdue"}

# Rules about how much credit is used: an order meets them when it counts as exposure.
LIMIT_RULES = {"limit", "usage", "sublimit"}


class CreditRule(models.Model):
    """One method per rule type: compares the facts and describes the breach.

    Each takes the rule as `RuleValues`, the facts and the order, and returns None, or
    the values of a `credit.hold.reason`: `description`, `cure`
    (text) and `breach` (`engine.credit_check.Breach`).
    """

    _inherit = "credit.rule"

    @api.model
    def _check_rules(self, rules, facts, order):
        """Return values of a `credit.hold.reason` per broken rule, in the order of the rules.

        :param rules: `RuleValues`, see `_select_for_customer`
        :param facts: `engine.credit_check.CreditFacts`
        :param order: the `sale.order`
        """
        reasons = []
        for rule in rules:
            broken = getattr(self, f"_check_{rule.rule_type}")(rule, facts, order)
            if (
                broken
                and rule.rule_type in self._get_paying_rules()
                and order._credit_paid_ahead(facts)
            ):
                continue
            if broken:
                # sudo: the rule's name, for users who may not read rules
                reasons.append(
                    {
                        "cure": "",
                        **broken,
                        "rule_id": rule.id,
                        "rule_name": self.sudo().browse(rule.id)._describe(),
                        "rule_type": rule.rule_type,
                        "action": rule.action,
                    }
                )
        return reasons

    @api.model
    def _get_paying_rules(self):
        """Return the rule types that an order paid in full in advance passes. Extend for more."""
        return PAYING_RULES

    @api.model
    def _get_limit_rules(self):
        """Return the rule types that an order beyond the horizon meets later. Extend for more."""
        return LIMIT_RULES

    @api.model
    def _check_limit(self, rule, facts, order):
        """Check the own limit or the one shared with others, whichever is exceeded by more."""
        currency = order.company_id.currency_id
        if currency.compare_amounts(facts.order_amount, 0) <= 0 or facts.is_covered:
            return None
        breaches = {}
        if facts.control == "limit":
            breaches["own"] = credit_check.check_limit(
                facts, rule.tolerance_percent, rule.tolerance_amount
            )
        if facts.shared_limit is not None and facts.control in ("none", "limit"):
            breaches["shared"] = credit_check.check_shared_limit(facts)
        if not breaches:
            return None
        whose, breach = max(breaches.items(), key=lambda item: item[1].collect)
        if currency.compare_amounts(breach.actual, breach.allowed) <= 0:
            return None
        fmt = currency.format
        amount = fmt(breach.collect)
        can_cut = (
            breach.cut is not None and currency.compare_amounts(breach.cut, facts.order_total) < 0
        )
        if currency.compare_amounts(breach.collect, facts.owed) <= 0:
            cure = (
                self.env._("collect %(amount)s or reduce the order by that amount", amount=amount)
                if can_cut
                else self.env._("collect %s", amount)
            )
        elif can_cut:
            cure = self.env._(
                "reduce the order by %(amount)s or have that amount paid in advance", amount=amount
            )
        else:
            cure = self.env._("have %s paid in advance", amount)
        figures = {
            "exposure": fmt(facts.exposure if whose == "own" else facts.shared_use),
            "order": fmt(facts.order_amount),
            "excess": fmt(breach.actual - breach.allowed),
            "limit": fmt(breach.allowed),
        }
        if whose == "own":
            description = self.env._(
                "Exposure of %(exposure)s plus this order (%(order)s) exceeds the limit of "
                "%(limit)s by %(excess)s.",
                **figures,
            )
        else:
            group = order._credit_customer()._credit_group(order.company_id)
            description = self.env._(
                "%(group)s have a combined exposure of %(exposure)s. With this order "
                "(%(order)s), they exceed their shared limit of %(limit)s by %(excess)s.",
                group=group.name,
                **figures,
            )
            if wider := group._describe_wider_use(order.company_id, facts.shared_use):
                description = f"{description} {wider}"
        return {"breach": breach, "description": description, "cure": cure}

    @api.model
    def _check_overdue(self, rule, facts, order):
        currency = order.company_id.currency_id
        # The grade may grant days on top of those of the rule.
        days = rule.days + facts.grace_days
        breach = credit_check.check_overdue(facts, days, rule.amount_min)
        if currency.compare_amounts(breach.actual, breach.allowed) <= 0:
            return None
        fmt = currency.format
        return {
            "breach": breach,
            "description": self.env._(
                "%(amount)s is more than %(days)s days overdue; the oldest item is %(oldest)s "
                "days overdue.",
                amount=fmt(breach.actual),
                days=days,
                oldest=facts.days_overdue,
            ),
            "cure": self.env._("collect %s", fmt(breach.collect)),
        }

    @api.model
    def _check_term(self, rule, facts, order):
        allowed = facts.approved_term + rule.days
        if facts.control != "limit" or facts.order_term <= allowed or facts.is_covered:
            return None
        if facts.approved_month_end:
            description = self.env._(
                "Payment term “%(term)s” can end later than approved: %(approved)s days after "
                "end of month.",
                term=order.payment_term_id.display_name,
                approved=terms.month_end_days(facts.approved_term),
            )
            cure = self.env._(
                "choose a payment term of no more than %s days after end of month",
                terms.month_end_days(allowed),
            )
        else:
            description = self.env._(
                "Payment term “%(term)s” grants %(days)s days, but only %(approved)s are approved.",
                term=order.payment_term_id.display_name,
                days=facts.order_term,
                approved=facts.approved_term,
            )
            cure = self.env._("choose a payment term of no more than %s days", allowed)
        return {
            "breach": credit_check.Breach(actual=facts.order_term, allowed=allowed),
            "description": description,
            "cure": cure,
        }

    @api.model
    def _check_term_rank(self, rule, facts, order):
        """Check for a payment term that is riskier than the approved one, whatever its days."""
        if (
            not facts.order_rank
            or not facts.approved_rank
            or facts.order_rank <= facts.approved_rank
            or facts.is_covered
        ):
            return None
        # sudo: the term's name, for users who may not read decisions
        approved = order._credit_customer().sudo().credit_payment_term_id.display_name
        return {
            "breach": credit_check.Breach(actual=facts.order_rank, allowed=facts.approved_rank),
            "description": self.env._(
                "Payment term “%(term)s” (risk rank %(rank)s) is riskier than the approved"
                " “%(approved)s” (%(allowed)s).",
                term=order.payment_term_id.display_name,
                rank=facts.order_rank,
                approved=approved,
                allowed=facts.approved_rank,
            ),
            "cure": self.env._("choose “%s” or a payment term of no higher risk rank", approved),
        }

    @api.model
    def _check_prepayment(self, rule, facts, order):
        currency = order.company_id.currency_id
        if not facts.prepays or currency.compare_amounts(facts.order_total, 0) <= 0:
            return None
        breach = credit_check.check_prepayment(facts)
        if currency.compare_amounts(breach.collect, 0) <= 0:
            return None
        fmt = currency.format
        figures = {
            "share": f"{facts.prepayment_share:g}",
            "required": fmt(breach.allowed),
            "paid": fmt(breach.actual),
        }
        if facts.letter_cover:
            description = self.env._(
                "Letters of credit cover %(cover)s of the order; %(share)s%% of the remainder, "
                "%(required)s, is due in advance; %(paid)s has been paid.",
                cover=fmt(facts.letter_cover),
                **figures,
            )
        elif facts.by_letter:
            description = self.env._(
                "Letter of credit or cash in advance: no valid letter names this order, and of"
                " %(required)s due in advance %(paid)s is paid.",
                **figures,
            )
        elif facts.control == "cash":
            description = self.env._(
                "Cash customer: %(share)s%% of the order (%(required)s) must be prepaid; "
                "%(paid)s has been paid.",
                **figures,
            )
        elif facts.lacks_security:
            description = self.env._(
                "The grade gives credit only against collateral, and none is valid: %(share)s%% "
                "of the order, %(required)s, is due in advance; %(paid)s has been paid.",
                **figures,
            )
        else:
            description = self.env._(
                "The grade requires a prepayment: %(share)s%% of the order, %(required)s; "
                "%(paid)s has been paid.",
                **figures,
            )
        return {
            "breach": breach,
            "description": description,
            "cure": (
                self.env._(
                    "have %s paid in advance, or have a letter of credit", fmt(breach.collect)
                )
                if facts.by_letter
                else self.env._("have %s paid in advance", fmt(breach.collect))
            ),
        }

    @api.model
    def _check_control(self, rule, facts, order):
        if not facts.blocked_parties:
            return None
        labels = dict(
            self.env["res.partner"]._fields["credit_control"]._description_selection(self.env)
        )
        parties = ", ".join(
            f"{name} ({labels[control]})" for name, control in facts.blocked_parties
        )
        return {
            "breach": credit_check.Breach(actual=0.0, allowed=0.0),
            "description": self.env._("Supply to %s is blocked.", parties),
            "cure": self.env._("contact credit control"),
        }

    @api.model
    def _check_payer(self, rule, facts, order):
        """Check the debtor: the buyer's debts are not put on another customer unasked."""
        if not facts.unnamed_payer:
            return None
        return {
            "breach": credit_check.Breach(actual=0.0, allowed=0.0),
            "description": self.env._(
                "%(buyer)s orders and %(payer)s is to be invoiced.",
                buyer=order.partner_id.commercial_partner_id.display_name,
                payer=facts.unnamed_payer,
            ),
            "cure": self.env._("invoice the buyer, or ask credit control to name the payer"),
        }

    @api.model
    def _check_usage(self, rule, facts, order):
        currency = order.company_id.currency_id
        if (
            facts.control != "limit"
            or facts.is_covered
            or currency.compare_amounts(facts.order_amount, 0) <= 0
        ):
            return None
        breach = credit_check.check_usage(facts, rule.percent)
        if currency.compare_amounts(breach.actual, breach.allowed) <= 0:
            return None
        fmt = currency.format
        return {
            "breach": breach,
            "description": self.env._(
                "With this order, %(use)s of the limit of %(limit)s is in use: more than "
                "%(percent)s%%.",
                use=fmt(breach.actual),
                limit=fmt(facts.effective_limit),
                percent=f"{rule.percent:g}",
            ),
            "cure": self.env._("collect %s", fmt(breach.collect)),
        }

    @api.model
    def _check_sublimit(self, rule, facts, order):
        """Check the sub-limits of the customer; of several that are exceeded the one by most."""
        currency = order.company_id.currency_id
        found = [
            (kind, added, credit_check.check_sublimit(amount, used, added))
            for kind, amount, used, added in facts.sublimits
        ]
        found = [
            row for row in found if currency.compare_amounts(row[2].actual, row[2].allowed) > 0
        ]
        if not found or currency.compare_amounts(facts.order_amount, 0) <= 0:
            return None
        kind, added, breach = max(found, key=lambda row: row[2].actual - row[2].allowed)
        fmt = currency.format
        figures = {
            "kind": self.env["credit.sublimit"]._get_labels()[kind],
            "used": fmt(breach.actual - added),
            "added": fmt(added),
            "allowed": fmt(breach.allowed),
            "excess": fmt(breach.actual - breach.allowed),
        }
        if currency.is_zero(added):
            description = self.env._(
                "%(kind)s: %(used)s exceed the sub-limit of %(allowed)s by %(excess)s.", **figures
            )
        else:
            description = self.env._(
                "%(kind)s: %(used)s and %(added)s of this order exceed the sub-limit of %(allowed)s by"
                " %(excess)s.",
                **figures,
            )
        cures = {
            "order": self.env._(
                "deliver earlier orders, or reduce the order by %s", figures["excess"]
            ),
            "delivered": self.env._("invoice deliveries of %s", figures["excess"]),
        }
        return {
            "breach": breach,
            "description": description,
            "cure": cures.get(kind) or self.env._("bring it down by %s", figures["excess"]),
        }

    @api.model
    def _check_amount(self, rule, facts, order):
        currency = order.company_id.currency_id
        breach = credit_check.check_amount(facts, rule.amount_min)
        if currency.compare_amounts(breach.actual, breach.allowed) <= 0:
            return None
        fmt = currency.format
        return {
            "breach": breach,
            "description": self.env._(
                "The order is worth %(amount)s: more than %(allowed)s.",
                amount=fmt(breach.actual),
                allowed=fmt(breach.allowed),
            ),
            "cure": self.env._("reduce the order by %s, or request a release", fmt(breach.cut)),
        }

    @api.model
    def _check_first(self, rule, facts, order):
        """Check for a customer that nothing was sold to before: no order, no invoice."""
        customer = order._credit_customer()
        entity = order.company_id._credit_root()._credit_entity_ids()
        customer_ids = (customer._origin or customer).ids
        sold = Domain("company_id", "in", entity)
        # sudo: whether there is one, for users who may not read it
        orders, moves = self.env["sale.order"].sudo(), self.env["account.move"].sudo()
        if orders.search_count(
            sold
            & Domain("partner_invoice_id.commercial_partner_id", "in", customer_ids)
            & Domain("state", "in", CONFIRMED)
            & Domain("id", "not in", order._origin.ids),
            limit=1,
        ) or moves.search_count(
            sold
            & Domain("commercial_partner_id", "in", customer_ids)
            & Domain("move_type", "=", "out_invoice")
            & Domain("state", "=", "posted"),
            limit=1,
        ):
            return None
        return {
            "breach": credit_check.Breach(actual=0.0, allowed=0.0),
            "description": self.env._("This is the first order of %s.", customer.display_name),
            "cure": self.env._("request a release"),
        }

    @api.model
    def _check_review(self, rule, facts, order):
        """Check for a limit that has ended, or whose review is overdue by more than the days of the rule."""
        if facts.control != "limit":
            return None
        company, customer = order.company_id._credit_root(), order._credit_customer()
        customer.fetch(["credit_limit_end", "credit_review_date"])
        today = company._credit_today()
        ended, review = customer.credit_limit_end, customer.credit_review_date
        for day, text in (
            (ended, self.env._("The credit limit ended on %s.")),
            (review, self.env._("The credit review was due on %s.")),
        ):
            if day and (today - day).days > rule.days:
                return {
                    "breach": credit_check.Breach(actual=(today - day).days, allowed=rule.days),
                    "description": text % format_date(self.env, day),
                    "cure": self.env._("have credit control renew the limit"),
                }
        return None

    @api.model
    def _check_horizon(self, rule, facts, order):
        """Check for an order to be delivered further away than the days of the rule."""
        if not order.commitment_date:
            return None
        company = order.company_id._credit_root()
        day = company._credit_date(order.commitment_date)
        days = (day - company._credit_today()).days
        if days <= rule.days:
            return None
        return {
            "breach": credit_check.Breach(actual=days, allowed=rule.days),
            "description": self.env._(
                "Delivery on %(date)s is %(days)s days away: more than %(allowed)s.",
                date=format_date(self.env, day),
                days=days,
                allowed=rule.days,
            ),
            "cure": self.env._("agree on an earlier delivery, or request a release"),
        }

    @api.model
    def _check_manual(self, rule, facts, order):
        if not order._credit_is_stopped():
            return None
        until = order.credit_stop_until
        reason = order.credit_stop_reason
        return {
            "breach": credit_check.Breach(actual=0.0, allowed=0.0),
            "description": self.env._(
                "On hold by credit control until %(date)s: %(reason)s",
                date=format_date(self.env, until),
                reason=reason,
            )
            if until
            else self.env._("On hold by credit control: %s", reason),
            "cure": self.env._("contact credit control"),
        }
