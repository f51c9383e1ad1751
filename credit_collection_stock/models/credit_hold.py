from odoo import api, fields, models
from odoo.tools import format_date

from odoo.addons.credit_collection.models.credit.hold.credit_hold import OPEN_STATES


class CreditHold(models.Model):
    """A delivery on hold: a transfer to a customer that waits, and its release (P1-05, P4-13).

    Its amount is what the transfer is worth. A release covers the transfer and its backorders up to
    that amount in all, until it expires.
    """

    _inherit = "credit.hold"

    picking_id = fields.Many2one(
        "stock.picking",
        "Delivery",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
        bypass_search_access=True,
    )
    delivered_amount = fields.Monetary(
        readonly=True, help="Worth of the goods that left under this release."
    )

    _open_per_picking = models.UniqueIndex(
        "(picking_id) WHERE state IN ('held', 'requested')",
        "This delivery is on hold already.",
    )

    @api.model
    def _get_document_fields(self):
        return {**super()._get_document_fields(), "delivery": "picking_id"}

    def _get_customer(self):
        if self.picking_id:
            return self.picking_id._credit_orders()[:1]._credit_customer()
        return super()._get_customer()

    def _get_message(self, event, **values):
        if self.checkpoint != "delivery":
            return super()._get_message(event, **values)
        delivery = self.order_name
        match event:
            case "held":
                return self.env._("Delivery %s is on credit hold", delivery)
            case "cleared":
                return self.env._("Delivery %s can leave: all hold reasons are resolved.", delivery)
            case "expired":
                return self.env._("The release of delivery %s has expired.", delivery)
            case "released":
                return self.env._(
                    "Delivery %(delivery)s has been released. It can leave until %(date)s.",
                    delivery=delivery,
                    **values,
                )
        return self.env._(
            "The release of delivery %(delivery)s was rejected: %(comment)s",
            delivery=delivery,
            **values,
        )

    @api.model
    def _get_mail_template(self, checkpoint):
        if checkpoint == "delivery":
            return self.env.ref(
                "credit_collection_stock.mail_template_delivery_held", raise_if_not_found=False
            )
        return super()._get_mail_template(checkpoint)

    def _post_on_document(self, body):
        """Reasons and comments of approvers stay on the hold: the warehouse reads one sentence."""
        if self.checkpoint == "delivery" and self.state in (*OPEN_STATES, "rejected"):
            body = self._get_notice()
        return super()._post_on_document(body)

    def _get_notice(self):
        """Return what the warehouse reads of this hold on its transfer: one sentence, no figures."""
        self.ensure_one()
        if self.state == "released":
            return self.env._(
                "Credit control released this delivery until %s.",
                format_date(self.env, self.date_expiry),
            )
        values = {"date": format_date(self.env, self.date), "who": self.user_id.name or "–"}
        if self.state == "rejected":
            return self.env._(
                "Do not ship: credit control rejected the release. Salesperson: %(who)s.", **values
            )
        return self.env._(
            "Do not ship: on credit hold since %(date)s. Salesperson: %(who)s.", **values
        )

    def _covers_delivery(self, order, verdict, amount, blocked):
        """Return whether this release covers goods of its delivery, see `_covers`.

        :param order: the order whose figures count, see `stock.picking._credit_orders`
        :param amount: worth of the goods that leave, in company currency
        :param blocked: parties that are frozen or blacklisted, as `_credit_blocked_keys`
        """
        self.ensure_one()
        # sudo: a release binds all who deliver
        hold = self.sudo()
        return (
            hold.state == "released"
            and not hold.consumed_at
            and hold.partner_id == order._credit_customer()
            and hold.date_expiry >= hold.company_id._credit_today()
            and hold.currency_id.compare_amounts(hold.delivered_amount + amount, hold.order_amount)
            <= 0
            and set(blocked) <= set((hold.blocked_parties or "").split())
            and hold._covers_reasons(
                verdict, lambda: hold.picking_id._credit_verdicts()[hold.picking_id.id][1]
            )
        )

    def _use_for_delivery(self, amount):
        """Note that goods worth `amount` left under these releases."""
        # sudo: the delivery uses its release, whoever validates it
        for hold in self.sudo():
            hold._use()
            hold._system_write({"delivered_amount": hold.delivered_amount + amount})
