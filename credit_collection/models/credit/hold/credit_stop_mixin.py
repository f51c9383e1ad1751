from odoo import fields, models
from odoo.exceptions import UserError
from odoo.tools import format_date


class CreditStopMixin(models.AbstractModel):
    """A document that credit control holds itself, whatever the credit of its customer, until it is
    taken back or its last day is over.
    """

    _name = "credit.stop.mixin"
    _description = "On Hold by Credit Control"

    credit_stop_reason = fields.Char(
        "Reason of the Hold", readonly=True, copy=False, groups="base.group_user"
    )
    credit_stop_until = fields.Date(
        "On Hold Until", readonly=True, copy=False, groups="base.group_user"
    )
    credit_stop_user_id = fields.Many2one(
        "res.users",
        "Put on Hold by",
        readonly=True,
        copy=False,
        groups="base.group_user",
        prefetch="credit",
    )

    def _credit_is_stopped(self):
        """Return whether credit control holds this document today."""
        self.ensure_one()
        until = self.credit_stop_until
        return bool(self.credit_stop_reason) and not (
            until and until < self.company_id._credit_root()._credit_today()
        )

    def _credit_may_stop(self):
        """Return whether this document can still be held."""
        raise NotImplementedError

    def _credit_get_responsible(self):
        """Return the users who are told."""
        raise NotImplementedError

    def _credit_get_customers(self):
        """Return the commercial partners whose holds end with this one."""
        raise NotImplementedError

    def _credit_place_stop(self):
        """Put the documents on hold that wait already; return them. The others wait at their gate."""
        raise NotImplementedError

    def _credit_stop(self, reason, until):
        """Hold these documents, whatever the credit of their customers.

        :param until: last day; none = until it is taken back
        :raise AccessError: the user is no credit controller
        :raise UserError: no reason, a day that is over, or a document that is done or cancelled
        """
        self.env.user._require_role(self.env._("Hold Orders"), "controller")
        self.check_access("read")
        reason = (reason or "").strip()
        if not reason:
            raise UserError(self.env._("Enter the reason; it stands on the hold."))
        for document in self:
            today = document.company_id._credit_root()._credit_today()
            if until and until < today:
                raise UserError(
                    self.env._(
                        "On Hold Until must be today or later, not %s.",
                        format_date(self.env, until),
                    )
                )
            if not document._credit_may_stop():
                raise UserError(self.env._("%s is done or cancelled.", document.display_name))
        # sudo: the controller holds the documents, and changes nothing else of them
        documents = self.sudo()
        documents.write(
            {
                "credit_stop_reason": reason,
                "credit_stop_until": until,
                "credit_stop_user_id": self.env.user.id,
            }
        )
        for document in documents - documents._credit_place_stop():
            document.message_post(
                body=self.env._("On hold by credit control: %s", reason),
                partner_ids=document._credit_get_responsible().partner_id.ids,
            )

    def action_credit_stop_end(self):
        """Take back the hold of these documents by credit control.

        :raise AccessError: the user is no credit controller
        :raise UserError: a document is not on hold by credit control
        """
        self.env.user._require_role(self.env._("Hold Orders"), "controller")
        self.check_access("read")
        for document in self:
            if not document.credit_stop_reason:
                raise UserError(
                    self.env._("%s is not on hold by credit control.", document.display_name)
                )
        # sudo: as `_credit_stop`
        documents = self.sudo()
        documents.write(
            {"credit_stop_reason": False, "credit_stop_until": False, "credit_stop_user_id": False}
        )
        for document in documents:
            document.message_post(
                body=self.env._("No longer on hold by credit control."),
                partner_ids=document._credit_get_responsible().partner_id.ids,
            )
        # Their deliveries, too.
        self.env["credit.hold"]._recheck_partners(documents._credit_get_customers())
        return True
