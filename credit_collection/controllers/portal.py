from odoo import http
from odoo.http import request

from odoo.addons.sale.controllers.portal import CustomerPortal

from ..models.credit.hold.sale_order_gate import NOT_APPROVED


class CreditCustomerPortal(CustomerPortal):
    @http.route()
    def portal_quote_accept(self, order_id, access_token=None, name=None, signature=None):
        """Tell the customer politely that the signed order is being looked at."""
        result = super().portal_quote_accept(
            order_id, access_token=access_token, name=name, signature=signature
        )
        # sudo: the customer may not read the state of the hold
        order_sudo = request.env["sale.order"].sudo().browse(order_id)
        if result.get("redirect_url") and order_sudo.credit_state in NOT_APPROVED:
            result["redirect_url"] = result["redirect_url"].replace(
                "message=sign_ok", "message=credit_review"
            )
        return result
