from odoo import api, fields, models

from ...engine import review
from .credit_warning import KINDS


class CreditWarning(models.Model):
    """What the daily run finds to warn of, and how it keeps the warnings in step with it."""

    _inherit = "credit.warning"

    @api.model
    def _get_causes(self, customer, facts):
        """{kind: values of the warning} of what there is to warn of now.

        :param facts: of this customer, see `credit.review._get_facts`
        """
        causes = {kind: getattr(self, f"_cause_{kind}")(customer, facts) for kind, _name in KINDS}
        return {kind: values for kind, values in causes.items() if values}

    @api.model
    def _cause_orders_drop(self, customer, facts):
        now, average = facts["month"]["order_amount"], facts["months_before"]["order_amount"] / 12
        if review.fell(now, average, facts["threshold"]("credit_warn_orders_percent")):
            return {
                "value": now,
                "reference": average,
                "date_limit": facts["month"]["date_to"],
            }
        return None

    @api.model
    def _cause_payment_slow(self, customer, facts):
        now, average = facts["last_3_months"]["days_late"], facts["last_12_months"]["days_late"]
        days = facts["threshold"]("credit_warn_slower_days")
        if now is not None and average is not None and 0 < days < now - average:
            return {"value": now, "reference": average}
        return None

    @api.model
    def _cause_limit_use(self, customer, facts):
        figures, alert = facts["figures"], facts["threshold"]("credit_alert_percent")
        uses = [(figures["credit_exposure"], figures["credit_effective_limit"])]
        if customer.credit_control != "limit":
            uses = []
        if figures["shared_limit"] is not None:
            uses.append((figures["shared_use"], figures["shared_limit"]))
        for used, limit in uses:
            if alert and used > 0 and float(used) >= float(limit) * alert / 100.0:
                return {"value": float(used), "reference": float(limit)}
        return None

    @api.model
    def _cause_paper(self, customer, facts):
        paper = facts["papers"].sorted("date_valid")[:1]
        return paper and {
            "date_limit": paper.date_valid,
            "document": paper.type_id.name,
            "origin": paper,
        }

    @api.model
    def _cause_security(self, customer, facts):
        security = facts["securities"].sorted("date_to")[:1]
        return security and {
            "date_limit": security.date_to,
            "document": security.name,
            "origin": security,
            # A letter of credit raises no limit.
            "value": security.amount if security.kind != "letter_of_credit" else 0.0,
        }

    @api.model
    def _cause_review_due(self, customer, facts):
        day = customer.credit_review_date
        if day and day < facts["today"] and customer.credit_control != "blacklist":
            return {"date_limit": day}
        return None

    @api.model
    def _sync(self, customers, company, facts):
        """Make the warnings of customers say what there is now; a second run changes nothing.

        :param facts: see `credit.review._get_facts`; its `warnings` are those whose cause was
            there at the last run
        """
        new = []
        for customer in customers:
            new += self._sync_customer(
                customer,
                company,
                self._get_causes(customer, facts[customer.id]),
                facts[customer.id]["warnings"],
            )
        return self.sudo()._system().create(new)

    @api.model
    def _sync_customer(self, customer, company, causes, present):
        """Change the warnings that are there; values of those to create."""
        blank = {
            "value": 0.0,
            "reference": 0.0,
            "date_limit": False,
            "document": False,
            "origin": self.browse(),
        }
        for warning in present:
            values = causes.get(warning.kind)
            if values is None:
                gone = {"is_present": False}
                if warning.state == "open":
                    gone.update(state="done", done_at=fields.Datetime.now())
                warning._system().write(gone)
                continue
            changed = {
                name: value
                for name, value in self._as_stored({**blank, **values}).items()
                if self._as_stored({name: warning[name]})[name] != value
            }
            if changed:
                warning._system().write(changed)
        known = set(present.mapped("kind"))
        return [
            {
                **self._as_stored({**blank, **values}),
                "partner_id": customer.id,
                "company_id": company.id,
                "kind": kind,
                "date": company._credit_today(),
            }
            for kind, values in causes.items()
            if kind not in known
        ]

    @api.model
    def _as_stored(self, values):
        """Figures rounded as they are shown, documents by name, so that they compare."""
        result = {}
        for name, value in values.items():
            if name in ("value", "reference"):
                value = round(float(value), 2)
            elif name == "origin":
                value = f"{value._name},{value.id}" if value else False
            result[name] = value
        return result
