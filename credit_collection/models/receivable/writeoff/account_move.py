from odoo import fields, models
from odoo.exceptions import UserError


class AccountMove(models.Model):
    """Entry points from invoices and entries to their write-offs."""

    _inherit = "account.move"

    receivable_writeoff_count = fields.Integer(compute="_compute_receivable_writeoff_count")

    def _compute_receivable_writeoff_count(self):
        for move in self:
            move.receivable_writeoff_count = len(move._get_receivable_writeoffs())

    def _get_receivable_writeoffs(self):
        """Return applications on these invoices, or that made these entries; as far as the user sees."""
        writeoffs = self.env["receivable.writeoff"]
        if not self.ids or not writeoffs.has_access("read"):
            return writeoffs
        recoveries = self.env["receivable.recovery"]._search(
            ["|", ("move_id", "in", self.ids), ("reverse_move_id", "in", self.ids)]
        )
        return writeoffs.search(
            [
                "|", "|", "|",
                ("line_ids.move_id", "in", self.ids),
                ("move_id", "in", self.ids),
                ("reverse_move_id", "in", self.ids),
                ("line_ids.recovery_ids", "in", recoveries),
            ]
        )  # fmt: skip

    def action_open_receivable_writeoffs(self):
        """Open the write-offs of this invoice or entry."""
        self.check_access("read")
        return self._open_records("receivable_writeoff_action", self._get_receivable_writeoffs())

    def action_receivable_writeoff(self):
        """Apply for the write-off of these invoices: opens the wizard."""
        self.check_access("read")
        return self._open_records(
            "receivable_writeoff_apply_action",
            context={"active_model": self._name, "active_ids": self.ids},
        )


class AccountMoveLine(models.Model):
    _inherit = "account.move.line"

    def action_receivable_writeoff(self):
        """Apply for the write-off of these instalments: opens the wizard."""
        self.check_access("read")
        return self._open_records(
            "receivable_writeoff_apply_action",
            context={"active_model": self._name, "active_ids": self.ids},
        )


class CreditExposureLine(models.Model):
    _inherit = "credit.exposure.line"

    def action_receivable_writeoff(self):
        """Apply for the write-off of these receivables: opens the wizard."""
        self.check_access("read")
        return self._open_records(
            "receivable_writeoff_apply_action",
            context={"active_model": self._name, "active_ids": self.ids},
        )


class AccountPartialReconcile(models.Model):
    _inherit = "account.partial.reconcile"

    def _collect_tax_cash_basis_values(self):
        """Make the tax due on the share of a written-off invoice that a recovery pays."""
        result = super()._collect_tax_cash_basis_values()
        # sudo: the tax due does not depend on the user who books
        for partial in self.sudo():
            recovery = partial.debit_move_id.move_id.receivable_document
            if (
                not recovery
                or recovery._name != "receivable.recovery"
                or partial.credit_move_id != recovery.payment_line_id
            ):
                continue
            invoice = recovery.writeoff_line_id.move_id
            values = invoice._collect_tax_cash_basis_values()
            if not values:
                continue
            if not partial.company_id.tax_cash_basis_journal_id:
                raise UserError(
                    self.env._(
                        "%s has no journal for taxes that are due on payment. Nothing was posted.",
                        partial.company_id.name,
                    )
                )
            foreign = recovery.currency_id != recovery.company_currency_id
            result[invoice.id] = {
                **values,
                # By the write-off: of the tax, a share for each recovery.
                "is_fully_paid": False,
                "partials": [
                    {
                        "partial": partial.with_env(self.env),
                        "percentage": recovery.amount / values["total_amount_currency"],
                        "payment_rate": recovery.amount / recovery.balance if foreign else 1.0,
                        "both_move_posted": True,
                    }
                ],
            }
        return result
