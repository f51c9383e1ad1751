from odoo import models


class CollectionCase(models.Model):
    """Each figure of a case opens the documents that make it."""

    _inherit = "collection.case"

    def _open_of_case(self, xmlid, domain, **context):
        self.ensure_one()
        self.check_access("read")
        action = self.env["ir.actions.act_window"]._for_xml_id(f"credit_collection.{xmlid}")
        action["domain"] = domain
        action["context"] = context
        return action

    def action_open_overdue(self):
        """Open the overdue items of the customer in the receivables ledger."""
        self.ensure_one()
        return self._open_of_case(
            "collection_ledger_action",
            [
                ("partner_id", "=", self.partner_id.id),
                ("company_id", "=", self.company_id.id),
                ("days", ">", 0),
                ("amount", ">", 0),
            ],
        )

    def action_open_resting(self):
        """Open the items of which something rests: disputed, promised, left out, in payment."""
        self.ensure_one()
        return self._open_of_case(
            "collection_ledger_action",
            [
                ("partner_id", "=", self.partner_id.id),
                ("company_id", "=", self.company_id.id),
                ("days", ">", 0),
                ("rest", ">", 0),
            ],
        )

    def action_open_contacts(self):
        """Open the contacts with the customer."""
        self.ensure_one()
        return self._open_of_case("collection_contact_action", [("case_id", "=", self.id)])

    def action_open_invoices(self):
        """Open the overdue invoices of the customer."""
        self.ensure_one()
        self.check_access("read")
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "account.action_move_out_invoice_type"
        )
        action["domain"] = [
            ("commercial_partner_id", "=", self.partner_id.id),
            ("company_id", "=", self.company_id.id),
            ("move_type", "in", ("out_invoice", "out_receipt")),
            ("days_overdue", ">", 0),
        ]
        action["context"] = {"default_move_type": "out_invoice"}
        return action

    def action_open_holds(self):
        """Open the held orders of the customer."""
        self.ensure_one()
        return self._open_of_case(
            "credit_hold_action",
            [
                ("partner_id", "=", self.partner_id.id),
                ("company_id", "=", self.company_id.id),
                ("state", "in", ("held", "requested")),
            ],
        )

    def action_open_letters(self):
        """Open the letters to the customer."""
        self.ensure_one()
        return self._open_of_case("collection_letter_action", [("case_id", "=", self.id)])

    def action_open_promises(self):
        """Open the promises of the customer."""
        self.ensure_one()
        return self._open_of_case("collection_promise_action", [("case_id", "=", self.id)])

    def action_open_disputes(self):
        """Open the disputes of the customer."""
        self.ensure_one()
        return self._open_of_case("collection_dispute_action", [("case_id", "=", self.id)])

    def action_open_agreements(self):
        """Open the repayment agreements of the customer."""
        self.ensure_one()
        return self._open_of_case("collection_agreement_action", [("case_id", "=", self.id)])

    def action_new_agreement(self):
        """Open the form of a new repayment agreement with this customer (P1-10)."""
        self.ensure_one()
        self.check_access("read")
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Repayment Agreement"),
            "res_model": "collection.agreement",
            "view_mode": "form",
            "context": {
                "default_partner_id": self.partner_id.id,
                "default_company_id": self.company_id.id,
                "default_currency_id": self.company_id.currency_id.id,
            },
        }
