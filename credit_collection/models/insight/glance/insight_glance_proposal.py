from odoo import api, models
from odoo.tools import format_date


class InsightGlance(models.AbstractModel):
    """The next step with this customer, and why."""

    _inherit = "insight.glance"

    @api.model
    def _get_step(self, facts):
        """Return the next step: the first rule that is true.

        Decisions of the user come first, then the case: what its stage and people planned, with the
        reason that the worklist gives; then what nobody has planned yet.

        :param facts: see `_get_facts`
        :return: a row with `reason`; without `action` where nothing is to be done
        """
        case, customer, company = facts["case"], facts["customer"], facts["company"]
        figures, money = facts["figures"], company.currency_id.format
        to_decide = facts["holds"].filtered("can_review")[:1]
        if to_decide:
            return self._step(
                self.env._("Decide on the release of %s", to_decide.order_name),
                to_decide.reason_summary,
                to_decide,
            )
        if case.bounced_letter_id:
            return self._step(
                self.env._("Enter another address of the customer"),
                self.env._("%s was not delivered.", case.bounced_letter_id.display_name),
                case,
            )
        # sudo: what is planned on a case that the user reads, whoever does it
        planned = case.sudo()
        if planned.next_step:
            day = format_date(self.env, planned.activity_date_deadline)
            return self._step(f"{planned.next_step}, {day}", case.why, case)
        if case:
            return self._step(self.env._("Plan the next step of the case"), case.why, case)
        if company.currency_id.compare_amounts(figures.get("credit_overdue", 0.0), 0) > 0:
            return self._step(
                self.env._("Collect %s", money(figures["credit_overdue"])),
                self.env._(
                    "Overdue for %s days, and no case is open yet: the daily run opens it.",
                    figures["credit_days_overdue"],
                ),
                customer,
                "action_open_collection_ledger",
            )
        hold = facts["holds"][:1]
        if hold:
            return self._step(
                self.env._("Resolve the hold of %s, or request its release", hold.order_name),
                hold.cure_note or hold.reason_summary,
                hold,
            )
        if customer.credit_control == "limit" and figures.get("credit_available", 0.0) < 0:
            return self._step(
                self.env._("Review the limit"),
                self.env._("Exceeded by %s.", money(-figures["credit_available"])),
                customer,
            )
        if facts["ends"]:
            label, day, record = facts["ends"][0]
            text = (
                self.env._("Ended on %s.", format_date(self.env, day))
                if day < facts["today"]
                else self.env._("Ends on %s.", format_date(self.env, day))
            )
            return self._step(self.env._("Renew: %s", label), text, record)
        return {
            "label": self.env._("Nothing to do"),
            "reason": self.env._("Nothing is overdue or on hold, and nothing ends soon."),
            "action": False,
        }

    @api.model
    def _step(self, label, reason, record, method=False):
        return {**self._document_row("step", label, "", record, method), "reason": reason or ""}
