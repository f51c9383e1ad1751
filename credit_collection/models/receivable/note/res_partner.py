from odoo import api, fields, models

from ...credit.terms.res_partner import CREDIT_GROUPS


class ResPartner(models.Model):
    """Amounts of a customer held in notes, and what became of notes that came back."""

    _inherit = "res.partner"

    receivable_note_amount = fields.Monetary(
        "Notes on Hand",
        compute="_compute_receivable_notes",
        groups=CREDIT_GROUPS,
        help="Counts in the exposure until it is collected, discounted or endorsed.",
    )
    receivable_contingent = fields.Monetary(
        "Contingent Notes",
        compute="_compute_receivable_notes",
        groups=CREDIT_GROUPS,
        help=(
            "Discounted or endorsed but not yet matured; liability returns if the acceptor does "
            "not pay."
        ),
    )
    receivable_contingent_counts = fields.Boolean(
        "Contingent Notes Count", compute="_compute_receivable_notes", groups=CREDIT_GROUPS
    )
    receivable_dishonoured = fields.Monetary(
        "Dishonored Notes",
        compute="_compute_receivable_notes",
        groups=CREDIT_GROUPS,
        help="Of the last twelve months, in company currency. The invoices that they had paid are open"
        " again and count as receivables.",
    )
    receivable_note_count = fields.Integer(
        compute="_compute_receivable_notes", groups=CREDIT_GROUPS
    )

    @api.depends_context("company", "uid")
    @api.depends("commercial_partner_id")
    def _compute_receivable_notes(self):
        customers = self.commercial_partner_id
        scope = [
            ("partner_id", "in", customers.ids),
            ("company_id", "=", self.env.company.root_id.id),
        ]
        notes = {}
        for partner, standing, amount, count in self.env["receivable.note"]._read_group(
            [*scope, ("standing", "!=", False)],
            ["partner_id", "standing"],
            ["balance:sum", "__count"],
        ):
            notes.setdefault(partner, {})[standing] = (amount, count)
        dishonoured = self._get_dishonoured_notes(customers).grouped("partner_id")
        counts = self.env.company._credit_root().receivable_contingent_counts
        for partner in self:
            customer = partner.commercial_partner_id
            of_notes = notes.get(customer, {})
            bad = dishonoured.get(customer, self.env["receivable.note"])
            partner.receivable_dishonoured = sum(bad.mapped("balance"))
            partner.receivable_contingent_counts = counts
            partner.receivable_note_amount = of_notes.get("held", (0.0, 0))[0]
            partner.receivable_contingent = of_notes.get("contingent", (0.0, 0))[0]
            partner.receivable_note_count = sum(count for _amount, count in of_notes.values())

    @api.model
    def _credit_file_models(self):
        return [*super()._credit_file_models(), "receivable.note"]

    @api.model
    def _get_broken_promise_counts(self, partners, company):
        """Count dishonoured notes as broken promises to pay (P1-14)."""
        counts = dict(super()._get_broken_promise_counts(partners, company))
        steps = self.env["receivable.note.step"]._get_dishonoured(partners, company)
        for step in steps:
            customer = step.note_id.partner_id.commercial_partner_id
            counts[customer.id] = counts.get(customer.id, 0) + 1
        return counts

    @api.model
    def _get_dishonoured_notes(self, customers):
        """Return the notes of customers that were dishonoured in the last twelve months."""
        steps = self.env["receivable.note.step"]._get_dishonoured(customers, self.env.company)
        return steps.note_id.filtered(lambda note: note.state == "dishonoured")

    def action_open_receivable_contingent(self):
        """Open the contingent notes of this customer, whether they count in the exposure or not."""
        return self._credit_open_exposure("contingent")

    def action_open_receivable_dishonoured(self):
        """Open the notes of this customer that were dishonoured in the last twelve months."""
        action = self._credit_open_documents("receivable_note_action", context={})
        notes = self._get_dishonoured_notes(self.commercial_partner_id)
        return {**action, "domain": [*action["domain"], ("id", "in", notes.ids)]}

    def action_open_receivable_notes(self):
        """Open the notes of this customer."""
        return self._credit_open_documents("receivable_note_action", context={})
