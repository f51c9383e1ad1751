from datetime import timedelta

from odoo.exceptions import UserError
from odoo.fields import Command

from ...common import CreditCollectionCommon


class ApplicationCase(CreditCollectionCommon):
    """Applications as people file and decide them."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.customer = cls._customer("Applicant", control="cash")
        cls._promise_documents(cls.customer)

    @classmethod
    def _promise_documents(cls, partner, company=None):
        """Promise the documents of a new customer, and assess them, so that applications go on."""
        company = company or cls.company
        cls._assess(partner, company)
        papers = cls.env["credit.document"]._get_checklist(partner, company, "new", create=True)
        papers.date_promised = company._credit_today() + timedelta(days=14)
        return papers

    @classmethod
    def _assess(cls, partner, company=None, **values):
        """A finished assessment of a new customer, which one department has signed."""
        return (
            cls.env["credit.assessment"]
            .sudo()
            ._system_create(
                {
                    "partner_id": partner.id,
                    "company_id": (company or cls.company).id,
                    "kind": "new",
                    "state": "done",
                    "signoff_ids": cls._signoffs(),
                    **values,
                }
            )
        )

    @classmethod
    def _signoffs(cls):
        signed = {"role": "finance", "user_id": cls.accountant.id, "state": "agreed"}
        return [Command.create(signed)]

    @classmethod
    def _application(cls, user=None, **values):
        """A draft by the salesperson: 40,000 for one month of term, capital enough for it."""
        values = {
            "partner_id": cls.customer.id,
            "company_id": cls.company.id,
            "kind": "new",
            "term_days": 30,
            "monthly_sales_expected": 20000,
            "registered_capital": 1_000_000,
            **values,
        }
        return (
            cls.env["credit.application"]
            .with_user(user or cls.salesperson)
            .create(values)
            .with_env(cls.env)
        )

    def _request(self, application, user=None):
        application.with_user(user or self.salesperson).action_request()
        return application

    def _approve(self, application, *users):
        for user in users or (self.finance_manager, self.sales_manager, self.general_manager):
            application.with_user(user).validate_tier()
        self.env.invalidate_all()
        return application

    def _decisions(self, partner=None, company=None):
        return (
            self.env["credit.decision"]
            .sudo()
            .search(
                [
                    ("partner_id", "=", (partner or self.customer).id),
                    ("company_id", "=", (company or self.company).id),
                ]
            )
        )

    def _terms(self, partner=None, company=None):
        partner = self._figures(partner or self.customer, company)
        return (
            partner.credit_control,
            partner.credit_limit,
            partner.credit_term_days,
            partner.credit_grade_id.code,
        )

    def refused(self, call, error=UserError, words=()):
        with self.assertRaises(error) as refusal, self.env.cr.savepoint():
            call()
            self.env.flush_all()
        self.env.invalidate_all()
        for word in words:
            self.assertIn(word, str(refusal.exception))
