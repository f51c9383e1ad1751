from odoo import api, fields, models, tools
from odoo.exceptions import ValidationError
from odoo.tools import SQL


class CreditSublimit(models.Model):
    """The most of one kind of exposure that a customer may have, within the limit.

    Binds whatever the customer's credit basis. What is measured is the kind of the ledger of exposure;
    an order to confirm adds to the orders, goods that leave to what is delivered. In company
    currency. Entered by credit controllers; every change stands in the customer's chatter.
    """

    _name = "credit.sublimit"
    _inherit = ["credit.customer.mixin"]
    _description = "Sub-Limit"
    _order = "partner_id, kind, id"
    _rec_name = "kind"

    partner_id = fields.Many2one(
        "res.partner", "Customer", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(
        "res.company", required=True, index=True, default=lambda self: self.env.company.root_id
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    kind = fields.Selection(
        [("order", "Orders Not Delivered"), ("delivered", "Delivered Not Invoiced")],
        "Type",
        required=True,
        default="order",
        help="The part of the exposure that this amount limits.",
    )
    amount = fields.Monetary(
        "Sub-Limit",
        required=True,
        help="In company currency. 0 allows nothing of this type.",
    )
    used = fields.Monetary(compute="_compute_used", help="Exposure of this type today.")
    left = fields.Monetary("Available", compute="_compute_used")

    _kind_once = models.UniqueIndex(
        "(partner_id, company_id, kind)", "This customer has a sub-limit of this type already."
    )

    @api.constrains("amount")
    def _check_amount(self):
        for sublimit in self:
            if sublimit.currency_id.compare_amounts(sublimit.amount, 0) < 0:
                raise ValidationError(
                    self.env._(
                        "The sub-limit “%(kind)s” of %(customer)s cannot be negative: %(amount)s.",
                        kind=sublimit._get_label(),
                        customer=sublimit.partner_id.display_name,
                        amount=sublimit.currency_id.format(sublimit.amount),
                    )
                )

    @api.depends("partner_id", "company_id", "kind", "amount")
    def _compute_used(self):
        for company, own in self.grouped("company_id").items():
            sums = self._get_used(company, own.partner_id) if company else {}
            for sublimit in own:
                customer = sublimit.partner_id
                used = sums.get(customer.id or customer._origin.id, {}).get(sublimit.kind, 0.0)
                sublimit.used = used
                sublimit.left = sublimit.amount - used

    @api.model
    def _get_labels(self):
        """Return {kind that a sub-limit may be of: its name}."""
        return dict(self._fields["kind"]._description_selection(self.env))

    def _get_label(self):
        """Return the kind in words."""
        self.ensure_one()
        return self._get_labels().get(self.kind, "")

    @api.model
    def _get_used(self, company, partners):
        """Return {customer id: {kind: exposure of it in company currency}}."""
        ids, kinds = partners._origin.ids, list(self._get_labels())
        if not ids:
            return {}
        # sudo: sums of the ledger, for users who may see the sub-limit
        lines = self.env["credit.exposure.line"].sudo()
        lines._flush_sources()
        return {
            partner_id: dict(zip(kinds, map(float, sums), strict=True))
            for partner_id, *sums in self.env.execute_query(
                SQL(
                    "SELECT total.partner_id, %s FROM (%s) total",
                    SQL(", ").join(SQL.identifier("total", f"kind_{kind}") for kind in kinds),
                    lines._get_totals_sql(company, ids, gross=True, by_kind=kinds),
                )
            )
        }

    # ------------------------------------------------------------------ for the check

    @api.model
    @tools.ormcache()
    def _by_company(self):
        """Return {company id: {customer id: ((kind, amount), …)}} of all sub-limits. Cached."""
        found = {}
        # sudo: sub-limits bind users who may not read them
        for sublimit in self.sudo().search([]):  # pylint: disable=no-search-all
            customers = found.setdefault(sublimit.company_id.id, {})
            own = customers.get(sublimit.partner_id.id, ())
            customers[sublimit.partner_id.id] = (*own, (sublimit.kind, sublimit.amount))
        return found

    def action_open_exposure(self):
        """Open the document lines that use this sub-limit."""
        self.ensure_one()
        self.check_access("read")
        customer = self.company_id._credit_in(self.partner_id)
        return customer._credit_open_exposure(self.kind)

    # ------------------------------------------------------------------ changes

    def _changed(self, before):
        """Tell the change in the customers' chatter, and look at their holds again.

        :param before: {(customer, company, kind label): amount} before the change
        """
        self.env.registry.clear_cache()  # _by_company
        after = self._as_values()
        customers = self.env["res.partner"]
        for key in {**before, **after}:
            customer, company, label = key
            old, new = before.get(key), after.get(key)
            if old == new:
                continue
            customers |= customer
            none = self.env._("none")
            # sudo: a note of the system on the customer, whoever decided
            customer.sudo().message_post(
                body=self.env._(
                    "Sub-limit “%(kind)s” in %(company)s: %(old)s → %(new)s",
                    kind=label,
                    company=company.name,
                    old=none if old is None else company.currency_id.format(old),
                    new=none if new is None else company.currency_id.format(new),
                ),
                author_id=self.env.user.partner_id.id,
            )
        customers._credit_collateral_changed()

    def _as_values(self):
        return {
            (sublimit.partner_id, sublimit.company_id, sublimit._get_label()): sublimit.amount
            for sublimit in self
        }

    @api.model_create_multi
    def create(self, vals_list):
        sublimits = super().create(vals_list)
        sublimits._changed({})
        return sublimits

    def write(self, vals):
        before = self._as_values()
        result = super().write(vals)
        self._changed(before)
        return result

    def unlink(self):
        before = self._as_values()
        result = super().unlink()
        self.browse()._changed(before)
        return result
