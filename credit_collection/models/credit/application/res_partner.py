from dateutil.relativedelta import relativedelta

from odoo import api, fields, models

from ..terms.res_partner import CREDIT_GROUPS

# Older sales say nothing about those expected.
MAX_SALES_MONTHS = 60


class ResPartner(models.Model):
    """The sales behind applications; smart buttons: applications, securities, history."""

    _inherit = "res.partner"

    credit_application_count = fields.Integer(
        "Credit Applications", compute="_compute_credit_counts", groups=CREDIT_GROUPS
    )
    credit_decision_count = fields.Integer(
        "Credit Decisions", compute="_compute_credit_counts", groups=CREDIT_GROUPS
    )
    credit_security_total = fields.Monetary(
        "Valid Collateral", compute="_compute_credit_counts", groups=CREDIT_GROUPS
    )

    @api.depends_context("uid", "company")
    @api.depends("commercial_partner_id")
    def _compute_credit_counts(self):
        customers = self.commercial_partner_id
        root = self.env.company.root_id
        domain = [("partner_id", "in", customers.ids), ("company_id", "=", root.id)]
        applications, decisions = (
            dict(self.env[model]._read_group(domain, ["partner_id"], ["__count"]))
            for model in ("credit.application", "credit.decision")
        )
        today = self.env.company._credit_today()
        securities = dict(
            self.env["credit.security"]._read_group(
                [
                    ("commercial_partner_id", "in", customers.ids),
                    ("company_id", "=", self.env.company.root_id.id),
                    ("cancelled", "=", False),
                    ("date_from", "<=", today),
                    "|",
                    ("date_to", "=", False),
                    ("date_to", ">=", today),
                ],
                ["commercial_partner_id"],
                ["amount:sum"],
            )
        )
        for partner in self:
            customer = partner.commercial_partner_id
            partner.credit_application_count = applications.get(customer, 0)
            partner.credit_decision_count = decisions.get(customer, 0)
            partner.credit_security_total = securities.get(customer, 0.0)

    # ------------------------------------------------------------------ sales

    @api.model
    def _credit_sales_window(self, months, day):
        """Return first and last day of the `months` full months before the month of `day`."""
        return (
            day + relativedelta(day=1, months=-min(max(months, 1), MAX_SALES_MONTHS)),
            day + relativedelta(day=1, days=-1),
        )

    def _credit_sales_domain(self, company, months, day):
        """Return the domain of the monthly sales; the same for the figure and its drill-down."""
        start, end = self._credit_sales_window(months, day)
        return [
            ("company_id", "in", company._credit_entity_ids()),
            ("commercial_partner_id", "in", self.commercial_partner_id.ids),
            ("move_type", "in", ("out_invoice", "out_refund", "out_receipt")),
            ("state", "=", "posted"),
            ("invoice_date", ">=", start),
            ("invoice_date", "<=", end),
        ]

    def _credit_monthly_sales(self, company, months, day=None):
        """Return the average monthly sales of the last full months (P4-05): the one definition of it.

        Posted invoices less credit notes, tax included, in company currency: limits are
        compared with receivables, which include tax. Negative when more was credited.

        :param day: the months end before its month; today without one
        """
        sales = self._credit_monthly_sales_by_customer(company, months, day)
        return sum(sales.values())

    def _credit_monthly_sales_by_customer(self, company, months, day=None):
        """Return {commercial partner id: `_credit_monthly_sales`} in one query; none without purchases."""
        if not self.commercial_partner_id.ids:
            return {}
        domain = self._credit_sales_domain(company, months, day or company._credit_today())
        # sudo: approvers and applicants need not see every invoice of the customer
        rows = (
            self.env["account.move"]
            .sudo()
            ._read_group(domain, ["commercial_partner_id"], ["amount_total_signed:sum"])
        )
        return {customer.id: (total or 0.0) / max(months, 1) for customer, total in rows}

    # ------------------------------------------------------------------ smart buttons

    def action_credit_apply(self):
        """Open a new application of this customer, with the terms of today to start from."""
        self.ensure_one()
        self.check_access("read")
        return self._open_records(
            "credit_application_action",
            views=[(False, "form")],
            view_mode="form",
            context={"default_partner_id": self.commercial_partner_id.id},
        )

    def action_open_credit_applications(self):
        """Open the applications of this customer."""
        return self._credit_open_documents("credit_application_action")

    def action_open_credit_securities(self):
        """Open the securities of this customer."""
        return self._credit_open_documents("credit_security_action", "commercial_partner_id")

    def action_open_credit_decisions(self):
        """Open the credit history of this customer in the current company."""
        return self._credit_open_documents("credit_decision_action")
