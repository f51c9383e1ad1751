from odoo import api, fields, models


class CollectionCase(models.Model):
    """The case of a customer whose debt is written off, or whose note comes back."""

    _inherit = "collection.case"

    receivable_writeoff_ids = fields.One2many("receivable.writeoff", "case_id", "Write-Offs")
    receivable_writeoff_count = fields.Integer(compute="_compute_receivable_writeoff_count")

    @api.depends("receivable_writeoff_ids")
    def _compute_receivable_writeoff_count(self):
        for case in self:
            case.receivable_writeoff_count = len(case.receivable_writeoff_ids)

    def action_receivable_writeoff(self):
        """Apply for the write-off of the customer's debts: opens the wizard."""
        self.ensure_one()
        self.check_access("read")
        return self._open_records(
            "receivable_writeoff_apply_action",
            context={"active_model": self._name, "active_ids": self.ids},
        )

    def action_open_receivable_writeoffs(self):
        """Open the write-offs of this case."""
        self.ensure_one()
        self.check_access("read")
        return self._open_records("receivable_writeoff_action", self.receivable_writeoff_ids)

    @api.model
    def _receivable_is_overdue(self, company, partner):
        # sudo: overdue items count, whoever books
        rows = self.env["credit.open.item"].sudo()._get_items(company, partner.ids)
        return any(row["net"] > 0 and row["days"] > 0 for row in rows)

    @api.model
    def _receivable_settle(self, company, partner, result, note):
        """Close the customer's open case when nothing overdue is left, else refresh it.

        :param result: key of the case's results
        """
        # sudo: users who book need not see the case
        case = self.sudo()._find_open(partner, company)
        if not case:
            return
        if self._receivable_is_overdue(company, partner):
            case._refresh()
        else:
            case._do_close(result, note)

    @api.model
    def _receivable_revive(self, company, partner, domain=()):
        """Refresh the open case of a customer who owes again, or reopen a closed one.

        A case that was closed by hand would mute the run for items due before.

        :param domain: which closed case may open again
        :return: the open case, if any
        """
        # sudo: users who book need not manage collections
        cases = self.sudo()
        case = cases._find_open(partner, company)
        if case:
            case._refresh()
        elif self._receivable_is_overdue(company, partner):
            case = cases.with_context(active_test=False).search(
                [
                    ("partner_id", "=", partner.id),
                    ("company_id", "=", company.id),
                    ("state", "=", "closed"),
                    *domain,
                ],
                order="date_close desc, id desc",
                limit=1,
            )
            case.action_reopen()
        return case
