from odoo import api, fields, models
from odoo.tools import SQL

NOTE_SOURCES = {
    "receivable.note": [
        "amount", "balance", "company_id", "currency_id", "date_maturity", "date_received",
        "number", "partner_id", "standing",
    ],
}  # fmt: skip


class CreditExposureLine(models.Model):
    """Notes held count in the exposure until they are collected, discounted or endorsed (P4-08).

    Then they are contingent until they mature, and count where the company says so. A note that is
    dishonoured is neither: the invoices that it had paid are open again.
    """

    _inherit = "credit.exposure.line"
    _depends = NOTE_SOURCES

    kind = fields.Selection(
        selection_add=[("note", "Note Receivable"), ("contingent", "Contingent Note")]
    )

    @api.model
    def _get_exposure_selects(self, partners, sums=False, **options):
        selects = super()._get_exposure_selects(partners, sums, **options)
        selects["note"] = self._select_note(partners, sums=sums)
        companies = self.env["res.company"]._credit_ids_with("receivable_contingent_counts")
        if companies:
            selects["contingent"] = self._select_note(partners, "contingent", companies, sums)
        return selects

    @api.model
    def _get_apart_selects(self, partners):
        selects = super()._get_apart_selects(partners)
        companies = self.env["res.company"]._credit_ids_with("receivable_contingent_counts", False)
        if companies:
            selects.append(self._select_note(partners, "contingent", companies))
        return selects

    @api.model
    def _get_pending_kinds(self):
        return super()._get_pending_kinds() | {"contingent"}

    @api.model
    def _flush_sources(self):
        result = super()._flush_sources()
        for model, names in NOTE_SOURCES.items():
            self.env[model].flush_model(names)
        return result

    @api.model
    def _select_note(self, partners, kind="note", companies=None, sums=False):
        """Select notes held, one row each; they are never overdue here, their receivable was paid.

        :param kind: "contingent" for notes discounted or endorsed and not yet due
        :param companies: ids of the companies whose notes they are; None = all
        """
        return SQL(
            """
            SELECT %(columns)s
              FROM receivable_note note
              JOIN %(partners)s partner ON partner.id = note.partner_id
             WHERE note.standing = %(standing)s %(which)s
            """,
            columns=self._columns_sql(
                sums,
                id="note.id::bigint * 8 + 3",
                name="note.number",
                label="note.acceptor",
                partner_id="partner.commercial_partner_id",
                company_id="note.company_id",
                kind=SQL("%s", kind),
                date="note.date_received",
                date_maturity="note.date_maturity",
                amount="note.balance",
                amount_currency="note.amount",
                currency_id="note.currency_id",
            ),
            partners=partners,
            standing="held" if kind == "note" else kind,
            which=SQL("AND note.company_id IN %s", companies) if companies else SQL(),
        )

    def action_open_document(self):
        """Open the note behind a row; other rows open as before."""
        self.ensure_one()
        if self.kind in ("note", "contingent"):
            note = self.env["receivable.note"].browse(self.id // 8)
            note.check_access("read")
            return note.get_formview_action()
        return super().action_open_document()
