from dateutil.relativedelta import relativedelta

from odoo import api, models


class CreditWarning(models.Model):
    """The documents behind a warning, opened with the reader's own rights (P5-06)."""

    _inherit = "credit.warning"

    def action_open_documents(self):
        """Open what a warning was made from: orders, payments, exposure, the paper, the security."""
        self.ensure_one()
        self.check_access("read")
        opener = getattr(self, f"_open_{self.kind}", None)
        action = opener() if opener else self._open_origin()
        return action or self.action_open_credit_file()

    def action_open_credit_file(self):
        """Open the credit file of the customer."""
        self.ensure_one()
        self.check_access("read")
        return self.with_company(self.company_id).partner_id.action_open_credit_file()

    def _open_origin(self):
        origin = self.origin
        if not origin or not origin.exists():
            return False
        origin.check_access("read")
        return origin.get_formview_action()

    def _open_orders_drop(self):
        """The month that fell and the twelve before it."""
        start = (self.date_limit - relativedelta(months=12)).replace(day=1)
        return self._open_behaviour("orders", start, self.date_limit)

    def _open_payment_slow(self):
        today = self.company_id._credit_today()
        return self._open_behaviour("payment_speed", today - relativedelta(months=12), today)

    def _open_limit_use(self):
        customer = self.with_company(self.company_id).partner_id
        group = customer.credit_group_id
        if group and group.limit == self.reference:
            return group.action_open_exposure()
        return customer.action_open_credit_exposure()

    @api.model
    def _open_behaviour(self, source, date_from, date_to):
        return self.env["credit.payment.behaviour"]._get_open_action(
            source, self.partner_id, self.company_id, date_from, date_to
        )
