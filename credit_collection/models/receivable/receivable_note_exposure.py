from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL, format_date

NOTE_SOURCES = {
    "receivable.note": [
        "amount", "balance", "company_id", "currency_id", "date_maturity", "date_received",
        "number", "partner_id", "standing",
    ],
}  # fmt: skip


class CreditExposureLine(models.Model):
    """Notes held count in the exposure until they are collected, discounted or endorsed (P4-08)."""

    _inherit = "credit.exposure.line"
    _depends = NOTE_SOURCES

    kind = fields.Selection(selection_add=[("note", "Note Receivable")])

    @api.model
    def _get_exposure_selects(self, partners):
        return {**super()._get_exposure_selects(partners), "note": self._select_note(partners)}

    @api.model
    def _flush_sources(self):
        result = super()._flush_sources()
        for model, names in NOTE_SOURCES.items():
            self.env[model].flush_model(names)
        return result

    @api.model
    def _select_note(self, partners):
        """Notes held, one row each; they are never overdue here, their receivable was paid."""
        return SQL(
            """
            SELECT note.id::bigint * 8 + 3 AS id, note.number AS name, note.acceptor AS label,
                   partner.commercial_partner_id AS partner_id, note.company_id, 'note' AS kind,
                   note.date_received AS date, note.date_maturity, 0 AS days_overdue,
                   note.balance AS amount, note.amount AS amount_currency, note.currency_id,
                   NULL::int AS move_line_id, NULL::int AS move_id,
                   NULL::int AS sale_line_id, NULL::int AS order_id
              FROM receivable_note note
              JOIN %s partner ON partner.id = note.partner_id
             WHERE note.standing = 'held'
            """,
            partners,
        )

    def action_open_document(self):
        """Open the note behind a row; other rows open as before."""
        self.ensure_one()
        if self.kind == "note":
            note = self.env["receivable.note"].browse(self.id // 8)
            note.check_access("read")
            return note.get_formview_action()
        return super().action_open_document()


class CreditWarning(models.Model):
    """A note that was dishonoured in the last twelve months warns of its customer."""

    _inherit = "credit.warning"

    kind = fields.Selection(
        selection_add=[("note", "Note Dishonoured")], ondelete={"note": "cascade"}
    )

    @api.model
    def _get_origin_models(self):
        return [*super()._get_origin_models(), "receivable.note"]

    @api.model
    def _get_causes(self, customer, facts):
        causes = super()._get_causes(customer, facts)
        step = facts.get("dishonoured")
        if step:
            causes["note"] = {
                "date_limit": step.date,
                "document": step.note_id.number,
                "origin": step.note_id,
                "value": step.note_id.balance,
            }
        return causes

    def _compute_description(self):
        others = self.filtered(lambda warning: warning.kind != "note")
        result = super(CreditWarning, others)._compute_description()
        for warning in self - others:
            warning.description = self.env._(
                "Note %(number)s over %(amount)s was dishonoured on %(date)s.",
                number=warning.document,
                amount=warning.currency_id.format(warning.value),
                date=format_date(self.env, warning.date_limit),
            )
        return result


class CreditReview(models.AbstractModel):
    _inherit = "credit.review"

    @api.model
    def _get_facts(self, customers, company, total=None):
        facts = super()._get_facts(customers, company, total)
        for step in self.env["receivable.note.step"]._get_dishonoured(customers, company):
            # The newest comes first.
            customer = step.note_id.partner_id.commercial_partner_id
            facts[customer.id].setdefault("dishonoured", step)
        return facts


class ReceivableNoteStep(models.Model):
    _inherit = "receivable.note.step"

    @api.model
    def _get_dishonoured(self, customers, company):
        """Notes of customers that were dishonoured in the last twelve months, newest first."""
        since = fields.Date.subtract(company._credit_today(), months=12)
        domain = (
            Domain("kind", "=", "dishonour")
            & Domain("state", "=", "done")
            & Domain("company_id", "=", company.id)
            & Domain("date", ">=", since)
            & Domain("note_id.partner_id.commercial_partner_id", "in", customers.ids)
        )
        # sudo: risk levels and warnings do not depend on who asks
        return self.sudo().search(domain, order="date desc, id desc")


class ResPartner(models.Model):
    _inherit = "res.partner"

    @api.model
    def _get_broken_promise_counts(self, partners, company):
        """A note is a promise to pay: a dishonoured one counts as broken (P1-14)."""
        counts = dict(super()._get_broken_promise_counts(partners, company))
        steps = self.env["receivable.note.step"]._get_dishonoured(partners, company)
        for step in steps:
            customer = step.note_id.partner_id.commercial_partner_id
            counts[customer.id] = counts.get(customer.id, 0) + 1
        return counts
