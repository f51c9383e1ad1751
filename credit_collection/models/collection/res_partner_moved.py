from odoo import api, models


class ResPartner(models.Model):
    """A customer that becomes part of another one takes his collection case along."""

    _inherit = "res.partner"

    def _collection_follow(self):
        """Open cases go to the customer that this partner belongs to now, or into his own case.

        Letters that wait are cancelled when their turn comes: they were written to another.
        """
        self.ensure_one()
        customer = self.commercial_partner_id
        # sudo: who keeps addresses may know nothing of collection
        cases = self.env["collection.case"].sudo()
        merge = self.env["base.partner.merge.automatic.wizard"]
        for case in cases.search([("partner_id", "=", self.id), ("state", "=", "open")]):
            own = cases.search(
                [
                    ("partner_id", "=", customer.id),
                    ("company_id", "=", case.company_id.id),
                    ("state", "=", "open"),
                ]
            )
            if own:
                merge._collection_join(case, own)
            else:
                case._system().partner_id = customer
            kept = own or case
            self._collection_follow_facts(kept, customer)
            kept.message_post(
                body=self.env._(
                    "%(part)s belongs to %(customer)s now.",
                    part=self.name,
                    customer=customer.display_name,
                )
            )
            kept._refresh()
        self.invalidate_model(["collection_case_id"])

    @api.model
    def _collection_follow_facts(self, case, customer):
        """What a case holds is about its customer."""
        for facts in (case.promise_ids, case.agreement_ids, case.dispute_ids):
            facts.filtered(lambda fact: fact.partner_id != customer)._system().write(
                {"partner_id": customer.id}
            )
