from odoo import api, fields, models

from .credit_hold import OPEN_STATES


class CreditHold(models.Model):
    """How a hold ends by itself: its reasons are cured, or its time ran out."""

    _inherit = "credit.hold"

    @api.model
    def _recheck_partners(self, partners):
        """Look again at the open holds of these commercial partners, after an event that may cure them."""
        if not partners.ids:
            return
        # What one member of a group pays makes room for the others.
        partners |= self.env["credit.group"]._get_fellows(partners)
        self.sudo().search(
            [("state", "in", OPEN_STATES), ("partner_id", "in", partners.ids)]
        )._do_recheck()

    def action_recheck(self):
        """Check again now whether the reasons are cured."""
        for hold in self:
            hold._check_can_apply()
        return self._do_recheck()

    def _do_recheck(self):
        """Close as cleared every open hold whose order breaks no holding rule any more."""
        holds = self.sudo().filtered(lambda h: h.state in OPEN_STATES)
        verdicts = holds.order_id._credit_check()
        for hold in holds:
            mode = hold.company_id.credit_mode
            if mode == "enforce" and verdicts[hold.order_id.id].holding:
                continue
            hold._do_close("cleared", self.env._("All reasons are cured."))
            hold._notify_salesperson(
                self.env._(
                    "Order %s may be confirmed now: all reasons of the hold are cured.",
                    hold.order_name,
                )
            )
        return True

    @api.model
    def _cron_recheck(self, batch=200):
        """Every 15 minutes: end what ran out and clear what is cured, in batches."""
        self._expire()
        domain = [("state", "in", OPEN_STATES)]
        holds = self.search(domain, order="id")
        self.env["ir.cron"]._commit_progress(remaining=len(holds))
        for start in range(0, len(holds), batch):
            part = holds[start : start + batch].try_lock_for_update().filtered_domain(domain)
            part._do_recheck()
            if not self.env["ir.cron"]._commit_progress(min(batch, len(holds) - start)):
                break

    @api.model
    def _expire(self):
        """End applications and unused releases past their date, in the company's own day."""
        holds = self.sudo().search(
            [
                ("date_expiry", "<=", fields.Date.context_today(self.with_context(tz="UTC"))),
                ("used_at", "=", False),
                ("state", "in", ("requested", "released")),
            ]
        )
        for hold in holds:
            if hold.date_expiry >= hold.company_id._credit_today():
                continue
            hold._do_close("expired", self.env._("Not used by %s.", hold.date_expiry))
            hold._notify_salesperson(
                self.env._("The release of order %s ran out.", hold.order_name)
            )
