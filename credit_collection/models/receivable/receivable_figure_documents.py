from odoo import api, models
from odoo.fields import Domain

from .receivable_figure_inputs import MONEY_JOURNALS

SALES = ("collect", "discount", "endorse")


class ReceivableFigure(models.Model):
    """What notes, write-offs and recoveries are in the figures, each counted once.

    collected    a note when it is collected, discounted or endorsed, not when it is received: until
                 then it stands in the closing receivables. One that comes back is taken off again.
                 Money for a written-off claim is collected; its recovery entry is nothing more.
    written off  receivables of write-offs, whatever account bore the loss, less those
                 cancelled and what was received in kind (P2-14); of other entries what touches
                 the accounts of bad debts, money apart.
    """

    _inherit = "receivable.figure"

    @api.model
    def _get_document_moves(self, model, company, first, last, domain=Domain.TRUE):
        """Entries and reversals of documents that were booked in a period (ids)."""
        within = Domain.OR(
            Domain(f"{name}.date", ">=", first) & Domain(f"{name}.date", "<=", last)
            for name in ("move_id", "reverse_move_id")
        )
        # sudo: the figure counts every document of the books
        found = (
            self.env[model].sudo().search(Domain("company_id", "=", company.id) & within & domain)
        )
        return found, (found.move_id | found.reverse_move_id).ids

    @api.model
    def _add_notes(self, domain, company, first, last):
        steps, sold = self._get_document_moves(
            "receivable.note.step", company, first, last, Domain("kind", "in", SALES)
        )
        _steps, back = self._get_document_moves(
            "receivable.note.step",
            company,
            first,
            last,
            Domain("kind", "=", "dishonour")
            & Domain("state_before", "in", ("discounted", "endorsed")),
        )
        period = Domain("date", ">=", first) & Domain("date", "<=", last)
        if sold:
            receipts = steps.note_id.step_ids.filtered(lambda step: step.kind == "receive")
            items = receipts.move_id.line_ids.filtered(lambda item: item.balance > 0)
            domain |= (
                period
                & Domain("parent_state", "=", "posted")
                & Domain("move_id", "in", sold)
                & Domain("account_id", "in", items.account_id.ids)
            )
        if back:
            domain |= period & self._get_item_domain(company) & Domain("move_id", "in", back)
        return domain

    @api.model
    def _add_writeoffs(self, domain, company, first, last):
        domain &= Domain("journal_id.type", "not in", MONEY_JOURNALS)
        _found, recovered = self._get_document_moves("receivable.recovery", company, first, last)
        if recovered:
            domain &= Domain("move_id", "not in", recovered)
        found, written = self._get_document_moves("receivable.writeoff", company, first, last)
        if written:
            period = Domain("date", ">=", first) & Domain("date", "<=", last)
            domain |= period & self._get_item_domain(company) & Domain("move_id", "in", written)
            settled = found.filtered(lambda w: w._get_settled_amount())
            for account, writeoffs in settled.grouped("settlement_account_id").items():
                domain |= (
                    period
                    & Domain("move_id", "in", (writeoffs.move_id | writeoffs.reverse_move_id).ids)
                    & Domain("account_id", "=", account.id)
                )
        return domain
