from markupsafe import Markup

from odoo import api, fields, models

from .credit_hold import OPEN_STATES


class CreditHold(models.Model):
    """How a hold begins: the figures frozen as they are, and who is told (P4-09)."""

    _inherit = "credit.hold"

    @api.model
    def _park(self, order, verdict, observed=False):
        """Record that `order` broke rules: a hold with its figures frozen.

        :param verdict: `CreditVerdict` of the order
        :param observed: True in Observe mode: a record only, the order goes on
        :return: the new hold, or the open one if it shows the same figures
        """
        # sudo: the person at the door, a customer even, has no rights on holds
        order = order.sudo()
        if lang := order.company_id.partner_id.lang:
            # Kept for everybody in the company, so in its language, not in that of the door.
            order = order.with_context(lang=lang)
            verdict = order._credit_check()[order.id]
        current = order.credit_hold_ids.filtered(lambda h: h.state in OPEN_STATES)
        values = order.env[self._name]._prepare_hold_values(order, verdict, observed)
        if current and not observed:
            if current._same_figures(values):
                return current
            current._do_close(
                "cancelled", self.env._("Replaced: the order or the figures changed.")
            )
        hold = order.env[self._name]._system().create(values).with_env(order.env)
        if not observed:
            hold._notify_parked()
        return hold

    def _same_figures(self, values):
        self.ensure_one()
        compare = self.currency_id.compare_amounts
        return (
            not compare(self.order_amount, values["order_amount"])
            and not compare(self.over_limit, values["over_limit"])
            and not compare(self.over_term, values["over_term"])
            and self.reason_ids.mapped("rule_type")
            == [command[2]["rule_type"] for command in values["reason_ids"]]
        )

    @api.model
    def _prepare_hold_values(self, order, verdict, observed):
        facts, customer = verdict.facts, order._credit_customer().with_company(order.company_id)
        collect, cut = verdict.cure
        return {
            "name": self.env["ir.sequence"]
            .sudo()
            .with_company(order.company_id)
            .next_by_code("credit.hold")
            or "/",
            "state": "observed" if observed else "held",
            "order_id": order.id,
            "order_name": order.name,
            "company_id": order.company_id.id,
            "partner_id": customer.id,
            "user_id": order.user_id.id,
            "date": fields.Datetime.now(),
            "policy_id": customer._credit_policy(order.company_id).id,
            "grade_code": customer.credit_grade_id.code,
            "control": dict(customer._fields["credit_control"]._description_selection(self.env))[
                facts.control
            ],
            "approved_limit": facts.approved_limit,
            "effective_limit": facts.effective_limit,
            "approved_term": facts.approved_term,
            "exposure": facts.exposure,
            "receivable": facts.receivable,
            "over_limit": facts.over_limit,
            "over_term": max(
                (r["breach"].actual for r in verdict.reasons if r["rule_type"] == "overdue"),
                default=facts.overdue,
            ),
            "days_overdue": facts.days_overdue,
            "order_amount": facts.order_total,
            "order_amount_currency": order._credit_order_total_currency(),
            "order_currency_id": order.currency_id.id,
            "order_term": facts.order_term,
            "blocked_parties": " ".join(order._credit_blocked_keys()),
            "prepaid": facts.prepaid,
            "cure_collect": collect or 0.0,
            "cure_cut": cut or 0.0,
            "cure_note": order._credit_cure_text(verdict),
            "reason_type": verdict.reasons[0]["rule_type"],
            "reason_summary": " ".join(r["description"] for r in verdict.reasons),
            "reason_ids": [
                fields.Command.create(
                    {
                        **{k: v for k, v in reason.items() if k != "breach"},
                        "actual": reason["breach"].actual,
                        "allowed": reason["breach"].allowed,
                    }
                )
                for reason in verdict.reasons
            ],
        }

    def _notify_parked(self):
        """Activity for credit control, mail to the salesperson."""
        for hold in self:
            controllers = (
                hold.company_id.credit_controller_id or hold.company_id._credit_controllers()
            )
            for user in controllers:
                hold.activity_schedule(
                    "credit_collection.mail_activity_credit_hold",
                    user_id=user.id,
                    summary=self.env._("Order %s is held", hold.order_name),
                )
            template = self.env.ref(
                "credit_collection.mail_template_hold_parked", raise_if_not_found=False
            )
            if template and hold.user_id.email:
                template.send_mail(hold.id)
            hold.order_id.message_post(
                body=Markup("<b>%s</b><br/>%s")
                % (self.env._("Held by credit control"), hold.reason_summary)
            )
