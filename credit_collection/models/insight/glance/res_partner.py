from dateutil.relativedelta import relativedelta

from odoo import api, models
from odoo.tools.date_utils import end_of, start_of

from .insight_glance_figures import MONTHS


class ResPartner(models.Model):
    _inherit = "res.partner"

    @api.readonly
    def get_credit_glance(self):
        """Return the page of this customer in the company of the user, see `insight.glance._get_page`.

        :raise AccessError: the user sees no credit figures, or none of this customer
        """
        self.ensure_one()
        return self.env["insight.glance"]._get_page(self)

    @api.readonly
    def get_credit_timeline(self, offset=0):
        """Return a further page of the timeline, see `insight.glance._get_timeline`.

        :param offset: rows before it
        :raise AccessError: as above
        """
        self.ensure_one()
        glance, company = self.env["insight.glance"], self.env.company._credit_root()
        customer = glance._check_customer(self, company)
        skip = offset if isinstance(offset, int) and 0 < offset < 2**31 else 0
        return glance._get_timeline(customer, company, skip)

    def action_open_credit_settled(self, back=None):
        """Open the items settled in a month, and those past due and unpaid at its end.

        :param back: months ago, 0 = the current month; anything else = the last 12 months
        :raise AccessError: as above
        """
        self.ensure_one()
        company = self.env.company._credit_root()
        customer = self.env["insight.glance"]._check_customer(self, company)
        today = company._credit_today()
        start, end = today - relativedelta(months=MONTHS) + relativedelta(days=1), today
        if isinstance(back, int) and 0 <= back < MONTHS:
            day = today - relativedelta(months=back)
            start, end = start_of(day, "month"), min(end_of(day, "month"), today)
        return self.env["credit.payment.behaviour"]._get_open_action(
            "payment_speed", customer, company, start, end
        )
