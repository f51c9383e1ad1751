from odoo import api, models
from odoo.tools import SQL


class CreditPaymentBehaviour(models.AbstractModel):
    """The documents behind each figure of the trade record, opened with the user's own rights."""

    _inherit = "credit.payment.behaviour"

    @api.model
    def _get_open_action(self, source, partner, company, date_from, date_to):
        """Action that opens what a figure was made from.

        :param source: payment_speed, cooperation_years, orders or disputes
        :return: an action, or False where there is nothing to open
        """
        partner = partner.commercial_partner_id
        opener = {
            "payment_speed": self._open_settlements,
            "cooperation_years": self._open_invoices,
            "orders": self._open_orders,
            "disputes": self._get_dispute_action,
        }.get(source)
        return opener(partner, company, date_from, date_to) if opener else False

    @api.model
    def _get_claim_ids(self, partner, company, date_from, date_to):
        """Ids of the journal items settled in the window or past due and unpaid at its end."""
        self._flush_sources()
        rows = self.env.execute_query(
            SQL(
                """%s SELECT claim_id FROM settled JOIN period ON day BETWEEN date_from AND date_to
                      UNION SELECT claim_id FROM overdue""",
                self._with_sql(partner, company, [(date_from, date_to)]),
            )
        )
        return [row[0] for row in rows]

    @api.model
    def _open_settlements(self, partner, company, date_from, date_to):
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Payments of %s", partner.display_name),
            "res_model": "account.move.line",
            "view_mode": "list",
            "views": [
                (self.env.ref("credit_collection.account_move_line_view_list_behaviour").id, "list")
            ],
            "domain": [("id", "in", self._get_claim_ids(partner, company, date_from, date_to))],
        }

    @api.model
    def _open_invoices(self, partner, company, date_from, date_to):
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Invoices of %s", partner.display_name),
            "res_model": "account.move",
            "view_mode": "list,form",
            "domain": [*self._invoice_domain(partner, company), ("invoice_date", "<=", date_to)],
            "context": {"create": False},
        }

    @api.model
    def _open_orders(self, partner, company, date_from, date_to):
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Orders of %s", partner.display_name),
            "res_model": "sale.order",
            "view_mode": "list,form",
            "domain": [("id", "in", self._get_order_ids(partner, company, date_from, date_to))],
            "context": {"create": False},
        }

    @api.model
    def _get_order_ids(self, partner, company, date_from, date_to):
        self._flush_sources()
        rows = self.env.execute_query(
            SQL(
                """SELECT so.id FROM sale_order so
                     JOIN res_partner partner ON partner.id = so.partner_invoice_id
                    WHERE so.state = 'sale' AND so.company_id = %s
                      AND partner.commercial_partner_id = %s AND %s BETWEEN %s AND %s""",
                company.id,
                partner.id,
                self._order_day_sql(company),
                date_from,
                date_to,
            )
        )
        return [row[0] for row in rows]
