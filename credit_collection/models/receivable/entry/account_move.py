from contextlib import contextmanager

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL
from odoo.tools.sql import table_exists

# Fields of its entry and of the items in it that a document decides. The rest is Odoo's business:
# reconciliation, numbers, labels, notes, analytics, hashes.
FACTS = (
    "state", "move_type", "date", "journal_id", "company_id", "currency_id", "partner_id", "ref",
    "auto_post", "reversed_entry_id", "receivable_document", "receivable_provision_id",
)  # fmt: skip

ITEM_FACTS = (
    "account_id", "partner_id", "currency_id", "amount_currency", "balance", "date",
    "date_maturity", "display_type", "tax_ids", "tax_line_id", "tax_tag_ids",
)  # fmt: skip

# Where documents keep their entries: table, model of the document, its id, entry, reversal.
BOOKED = (
    ("receivable_writeoff", "receivable.writeoff", "id", "move_id", "reverse_move_id"),
    ("receivable_recovery", "receivable.recovery", "id", "move_id", "reverse_move_id"),
    ("receivable_provision", "receivable.provision", "id", "move_id", "reversal_move_id"),
    ("receivable_note_step", "receivable.note", "note_id", "move_id", "reverse_move_id"),
    ("receivable_penalty", "receivable.penalty", "id", "move_id", "reverse_move_id"),
    ("receivable_interest", "receivable.interest", "id", "move_id", "reverse_move_id"),
    (
        "receivable_interest_closing",
        "receivable.interest.closing",
        "id",
        "move_id",
        "reverse_move_id",
    ),
)

MATCHED = {
    "debit_move_id", "credit_move_id", "amount", "debit_amount_currency", "credit_amount_currency",
}  # fmt: skip


class AccountMove(models.Model):
    """Entries that documents booked are undone on their document, so that both always agree.

    Not names of fields decide, but the entry itself: it is compared before and after each `write`,
    whoever calls and in whatever mode; the document's own code comes through
    `receivable.entry.mixin`, which opens this by `_system()`.
    """

    _inherit = "account.move"

    receivable_document = fields.Reference(
        selection="_selection_receivable_document", string="Posted by", readonly=True, copy=False
    )
    receivable_provision_id = fields.Many2one(
        "receivable.provision",
        "Provision",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="restrict",
    )

    def action_open_receivable_provision(self):
        """Open the provision that made the entry."""
        self.ensure_one()
        self.check_access("read")
        return self.receivable_provision_id.get_formview_action()

    def _auto_init(self):
        """Link entries of an older version to their document."""
        result = super()._auto_init()
        for table, model, document, *names in BOOKED:
            if not table_exists(self.env.cr, table):
                continue
            for name in names:
                self.env.cr.execute(
                    SQL(
                        """UPDATE account_move SET receivable_document = %(model)s || ',' || made.%(document)s
                             FROM %(table)s made
                            WHERE account_move.id = made.%(name)s
                              AND account_move.receivable_document IS NULL""",
                        model=model,
                        document=SQL.identifier(document),
                        table=SQL.identifier(table),
                        name=SQL.identifier(name),
                    )
                )
        return result

    @api.model
    def _selection_receivable_document(self):
        return self._select_models("receivable.entry.mixin")

    def _receivable_entries(self):
        """Return those of these entries that a document booked; none for its own code."""
        if not self or self.env["credit.protected.mixin"]._is_system():
            return self.browse()
        # sudo: an entry is kept whether the user sees it and its document or not
        return self.sudo().filtered(
            lambda move: move.receivable_document or move.receivable_provision_id
        )

    @api.model
    def _receivable_check_free(self, moves):
        """Raise when one of `moves` is the entry of a document, or its reversal.

        A reversal stays: taking back the reversal alone would book it again.
        """
        for move in moves._receivable_entries():
            move._receivable_refuse(move.receivable_document or move.receivable_provision_id)

    def _receivable_refuse(self, document):
        raise UserError(
            self.env._(
                "%(entry)s was posted by %(document)s. Reverse it there.",
                entry=self.name or self.display_name,
                document=document.display_name,
            )
        )

    def _receivable_get_facts(self):
        def fact(record, name):
            value = record[name]
            if name == "partner_id":
                # When a customer becomes part of another one, Odoo takes its entries along.
                value = value.commercial_partner_id
            return (value._name, value.ids) if isinstance(value, models.BaseModel) else value

        def facts(record, names):
            return tuple(fact(record, name) for name in names)

        return {
            move.id: (
                facts(move, FACTS),
                {line.id: facts(line, ITEM_FACTS) for line in move.line_ids},
            )
            for move in self
        }

    @contextmanager
    def _receivable_kept(self):
        """Guard a change: entries of documents are unchanged afterwards, or nothing is done.

        A change made on the way of one that is guarded is part of it.
        """
        guarded = self.env.cr.cache.setdefault("receivable_guarded_moves", set())
        own = set(self._ids) - guarded
        if not own or self.env["credit.protected.mixin"]._is_system():
            yield
            return
        entries = self.browse(own)._receivable_entries()
        documents = [m.receivable_document or m.receivable_provision_id for m in entries]
        before = entries._receivable_get_facts()
        guarded |= own
        try:
            yield
        finally:
            guarded -= own
        after = entries._receivable_get_facts()
        for move, document in zip(entries, documents, strict=True):
            if before[move.id] != after[move.id]:
                move._receivable_refuse(document)

    def _receivable_check_claimed(self, vals_list):
        """Refuse claims that an entry was booked or undone by a document, except by its own code."""
        names = {"receivable_document", "receivable_provision_id", "reversed_entry_id"}
        if any(names & vals.keys() for vals in vals_list):
            self._receivable_check_free(self | self.reversed_entry_id)

    @api.model_create_multi
    def create(self, vals_list):
        moves = super().create(vals_list)
        # After defaults are in: of the context, or kept by the user.
        moves._receivable_check_free(moves | moves.reversed_entry_id)
        return moves

    def write(self, vals):
        if vals.get("state", "posted") != "posted":
            # Odoo keeps the reconciliations of an entry: an invoice written off stays posted.
            posted = self.filtered(lambda move: move.state == "posted").line_ids
            (posted.matched_debit_ids | posted.matched_credit_ids)._receivable_check_matched()
        with self._receivable_kept():
            result = super().write(vals)
        self._receivable_check_claimed([vals])
        return result

    def _post(self, soft=True):
        # A reversal that waits is posted on its day, in a period that is open then.
        moves = self
        if self._receivable_entries():
            moves = self.with_env(self.env["credit.protected.mixin"]._system().env)
        return super(AccountMove, moves)._post(soft)

    def _reverse_moves(self, default_values_list=None, cancel=False):
        self._receivable_check_free(self)
        return super()._reverse_moves(default_values_list, cancel)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_receivable_document(self):
        self._receivable_check_free(self)


class AccountMoveLine(models.Model):
    _inherit = "account.move.line"

    @api.model_create_multi
    def create(self, vals_list):
        lines = super().create(vals_list)
        self.env["account.move"]._receivable_check_free(lines.move_id)
        return lines

    def write(self, vals):
        moves = self.move_id
        if vals.get("move_id"):
            moves |= moves.browse(vals["move_id"])
        with moves._receivable_kept():
            return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_receivable_document(self):
        self.env["account.move"]._receivable_check_free(self.move_id)


class AccountPartialReconcile(models.Model):
    _inherit = "account.partial.reconcile"

    def _receivable_check_matched(self):
        if not self:
            return
        # Odoo matches and unmatches money on its way with bank statements.
        items = self.filtered(lambda p: not p._receivable_is_of_statement())
        moves = items.debit_move_id.move_id | items.credit_move_id.move_id
        # An invoice that a document made is paid, and its payments undone, as any other.
        entries = moves.filtered(lambda move: not move.is_invoice())
        self.env["account.move"]._receivable_check_free(entries)

    def _receivable_is_of_statement(self):
        items = self.debit_move_id | self.credit_move_id
        return bool(items.move_id.statement_line_id) and not (
            {"asset_receivable", "liability_payable"} & set(items.mapped("account_type"))
        )

    def write(self, vals):
        if not MATCHED & vals.keys():
            return super().write(vals)
        self._receivable_check_matched()
        result = super().write(vals)
        self._receivable_check_matched()
        return result

    def unlink(self):
        self._receivable_check_matched()
        return super().unlink()
