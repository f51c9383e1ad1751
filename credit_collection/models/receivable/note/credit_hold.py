from odoo import api, fields, models
from odoo.tools import SQL


class CreditHold(models.Model):
    """Notes past the term of the invoices they pay stand in the amount over term of a hold (P4-08).

    They hold no order by themselves: nothing can be collected of them before they mature.
    """

    _inherit = "credit.hold"

    over_term_notes = fields.Monetary(
        "of Which Notes",
        readonly=True,
        help="Notes on hand that mature later than the term of the invoices they pay.",
    )
    note_days = fields.Integer(
        "Note Term Exceeded by (Days)",
        readonly=True,
        aggregator="max",
        help="Maturity less invoice date and term, of the note that is longest over.",
    )

    @api.model
    def _prepare_hold_values(self, order, verdict, observed):
        values = super()._prepare_hold_values(order, verdict, observed)
        amount, days = self._get_notes_over_term(values["partner_id"], values["company_id"])
        return {
            **values,
            "over_term": values["over_term"] + amount,
            "over_term_notes": amount,
            "note_days": days,
        }

    @api.model
    def _get_notes_over_term(self, partner_id, company_id):
        """Return (amount, most days) of a customer's notes held that are over the term, company currency."""
        self.env["credit.exposure.line"]._flush_sources()
        self.env["receivable.note.line"].flush_model(["amount", "days_overdue", "note_id"])
        [(amount, days)] = self.env.execute_query(
            SQL(
                """
                SELECT COALESCE(SUM(note.balance * line.amount / note.amount), 0),
                       COALESCE(MAX(line.days_overdue), 0)
                  FROM receivable_note note
                  JOIN res_partner partner ON partner.id = note.partner_id
                  JOIN receivable_note_line line ON line.note_id = note.id
                 WHERE partner.commercial_partner_id = %s AND note.company_id = %s
                   AND note.standing = 'held' AND line.days_overdue > 0
                """,
                partner_id,
                company_id,
            )
        )
        currency = self.env["res.company"].browse(company_id).currency_id
        return currency.round(float(amount)), days
