from datetime import timedelta

from ...common import CreditCollectionCommon


class ReviewCase(CreditCollectionCommon):
    """The daily run, called in the piece that commits nothing."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.sudo().write({"credit_mode": "observe", "credit_controller_id": False})

    def _run_daily(self, *customers):
        self.env.flush_all()
        self.env.invalidate_all()
        chosen = self.env["res.partner"].union(*customers)
        self.env["credit.review"]._run(chosen, self.company)
        self.env.invalidate_all()

    def _applications(self, customer):
        return self.env["credit.application"].sudo().search([("partner_id", "=", customer.id)])

    def _assessments(self, customer):
        return self.env["credit.assessment"].sudo().search([("partner_id", "=", customer.id)])

    def _decisions(self, customer):
        return self.env["credit.decision"].sudo().search([("partner_id", "=", customer.id)])

    def _warnings(self, customer, **values):
        domain = [("partner_id", "=", customer.id)]
        domain += [(name, "=", value) for name, value in values.items()]
        return self.env["credit.warning"].sudo().search(domain)

    def _paid_late(self, customer, amount, days, paid_on, term=0):
        """An invoice paid on a day, so many days after it was due."""
        due = paid_on - self._days(days)
        invoice = self._invoice(
            customer, amount, invoice_date=due - self._days(term), invoice_date_due=due
        )
        self._pay(invoice, date=paid_on)
        return invoice

    @staticmethod
    def _days(days):
        return timedelta(days=days)
