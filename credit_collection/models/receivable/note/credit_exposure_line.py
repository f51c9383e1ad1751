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
    def _get_exposure_selects(self, partners):
        selects = {**super()._get_exposure_selects(partners), "note": self._select_note(partners)}
        companies = self.env["res.company"]._credit_ids_with("receivable_contingent_counts")
        if companies:
            selects["contingent"] = self._select_note(partners, "contingent", companies)
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
    def _select_note(self, partners, kind="note", companies=None):
        """Select notes held, one row each; they are never overdue here, their receivable was paid.

        :param kind: "contingent" for notes discounted or endorsed and not yet due
        :param companies: ids of the companies whose notes they are; None = all
        """
        return SQL(
            """
            SELECT note.id::bigint * 8 + 3 AS id, note.number AS name, note.acceptor AS label,
                   partner.commercial_partner_id AS partner_id, note.company_id, %(kind)s AS kind,
                   note.date_received AS date, note.date_maturity, 0 AS days_overdue,
                   note.balance AS amount, note.amount AS amount_currency, note.currency_id,
                   NULL::int AS move_line_id, NULL::int AS move_id,
                   NULL::int AS sale_line_id, NULL::int AS order_id
              FROM receivable_note note
              JOIN %(partners)s partner ON partner.id = note.partner_id
             WHERE note.standing = %(standing)s %(which)s
            """,
            kind=kind,
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
