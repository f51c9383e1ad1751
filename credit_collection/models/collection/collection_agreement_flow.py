from datetime import timedelta

from odoo import fields, models
from odoo.exceptions import AccessError, UserError


class CollectionAgreement(models.Model):
    """How an agreement comes into force, and how it ends by hand."""

    _inherit = "collection.agreement"

    # ------------------------------------------------------------------ request

    def _check_can_request(self):
        result = super()._check_can_request()
        self._check_may_collect()
        if self.state != "draft":
            raise UserError(self.env._("%s was requested already.", self.display_name))
        self._check_portfolio(self.partner_id, self.company_id)
        self._check_terms()
        self.item_ids._check_item()
        self._check_items()
        return result

    def _check_items(self):
        # sudo: whatever agreement covers the items, whoever may see it
        others = (
            self.env["collection.agreement.item"]
            .sudo()
            .search(
                [
                    ("move_line_id", "in", self.item_ids.move_line_id.ids),
                    ("state", "in", ("requested", "active")),
                    ("agreement_id", "!=", self.id),
                ]
            )
        )
        if others:
            raise UserError(
                self.env._(
                    "%(items)s: under %(agreement)s already.",
                    items=", ".join(others.move_id.mapped("name")),
                    agreement=others.agreement_id[:1].name,
                )
            )

    def _prepare_request_values(self):
        case = self.case_id if self.case_id.state == "open" else False
        return {
            **super()._prepare_request_values(),
            "case_id": (case or self._get_open_case(self.partner_id, self.company_id)).id,
        }

    def _do_request(self):
        """Within the collector's authority (P2-02) the request itself puts it into force."""
        beyond = self.filtered(lambda agreement: agreement._get_authority_gaps())
        for agreement in self - beyond:
            # sudo: the state is written by the system; the checks came before
            agreement.sudo()._system().write(
                {
                    **agreement._prepare_request_values(),
                    "state": "active",
                    "decided_at": fields.Datetime.now(),
                }
            )
            agreement._after_approved()
        return super(CollectionAgreement, beyond)._do_request()

    # ------------------------------------------------------------------ decision

    def _after_approved(self):
        result = super()._after_approved()
        for agreement in self.sudo()._system():
            company = agreement.company_id
            today = company._credit_today()
            grace = timedelta(days=company.collection_agreement_grace_days)
            for line in agreement.line_ids.filtered(lambda line, day=today: line.date_due < day):
                # A decision that took its time is no fault of the customer.
                line.date_limit = today + grace
            promised = agreement.env["collection.promise.line"].search(
                [
                    ("move_line_id", "in", agreement.item_ids.move_line_id.ids),
                    ("state", "=", "open"),
                ]
            )
            promised.promise_id._do_cancel(
                self.env._("Replaced by the repayment agreement %s.", agreement.name)
            )
            if agreement.case_id:
                agreement.case_id.message_post(
                    body=self.env._(
                        "%(agreement)s is in force: %(amount)s until %(date)s.",
                        agreement=agreement.name,
                        amount=agreement.currency_id.format(agreement.amount_total),
                        date=agreement.date_last,
                    )
                )
                agreement.case_id._refresh()
            if agreement.requested_by_id != self.env.user:
                agreement._tell(self.env._("%s was approved and is in force.", agreement.name))
        return result

    def _after_rejected(self):
        result = super()._after_rejected()
        for agreement in self.sudo():
            agreement._tell(self.env._("%s was rejected.", agreement.name))
        return result

    def _tell(self, body, users=None):
        """Notify people of this agreement: who asked and the collector, unless told otherwise."""
        self.ensure_one()
        users = users or self.requested_by_id | self.user_id
        self.message_notify(
            partner_ids=users.partner_id.ids,
            subject=self.display_name,
            body=body,
            model=self._name,
            res_id=self.id,
        )

    # ------------------------------------------------------------------ ended by hand

    def _check_can_cancel(self):
        result = super()._check_can_cancel()
        self._check_may_collect()
        if self.state not in ("draft", "requested", "active"):
            raise UserError(self.env._("%s has ended already.", self.display_name))
        if self.state == "active" and not self._is_collection_manager():
            raise AccessError(
                self.env._("%s is in force: a collection manager ends it.", self.display_name)
            )
        return result

    def _do_cancel(self, note):
        note = self._clean_note(note)
        for agreement in self.sudo()._system():
            agreement._cancel_reviews()
            agreement.write(
                {
                    "state": "cancelled",
                    "end_note": note,
                    "date_end": agreement.company_id._credit_today(),
                }
            )
            agreement.case_id._refresh()
        return True

    def action_cancel(self):
        """End an agreement by hand: asks for the reason first (`collection.end`)."""
        self.ensure_one()
        self._check_can_cancel()
        return self._open_end("cancel", self.env._("End the Agreement"))

    # ------------------------------------------------------------------ paper

    def action_print(self):
        """Print the agreement with its schedule, for both sides to sign (P1-10)."""
        self.check_access("read")
        for agreement in self:
            if not agreement.line_ids:
                raise UserError(
                    self.env._(
                        "%(agreement)s has no schedule yet: %(error)s",
                        agreement=agreement.name,
                        error=agreement.schedule_error or "",
                    )
                )
        return self.env.ref("credit_collection.action_report_collection_agreement").report_action(
            self
        )

    def action_open_invoices(self):
        """Open the invoices that the agreement covers, with the user's own rights."""
        self.ensure_one()
        self.check_access("read")
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Invoices of %s", self.name),
            "res_model": "account.move",
            "view_mode": "list,form",
            "domain": [("id", "in", self.item_ids.move_id.ids)],
            "context": {"create": False},
        }
