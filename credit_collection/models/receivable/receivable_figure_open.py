from odoo import models
from odoo.fields import Domain


class ReceivableFigure(models.Model):
    """Every input of a figure opens the documents that make it."""

    _inherit = "receivable.figure"

    def _get_user_domain(self, path):
        """Condition on documents: customers of the salesperson; all in the company's row."""
        self.ensure_one()
        if self.scope == "company":
            return Domain.TRUE
        domain = Domain(f"{path}.commercial_partner_id.user_id", "=", self.user_id.id)
        # Of nobody is also what has no customer, e.g. an entry made by hand.
        return domain if self.user_id else domain | Domain(path, "=", False)

    def _open(self, name, model, domain, views="list,pivot,form"):
        self.ensure_one()
        self.check_access("read")
        return {
            "type": "ir.actions.act_window",
            "name": f"{name}: {self.display_name}",
            "res_model": model,
            "view_mode": views,
            "domain": list(domain),
            "context": {"create": False},
        }

    def action_open_sales(self):
        """Open the invoices and credit notes of the three months behind DSO."""
        self.ensure_one()
        domain = self._get_sales_domain(self.company_id, self.date, months=3)
        return self._open(
            self.env._("Sales of Three Months"),
            "account.move",
            domain & self._get_user_domain("partner_id"),
        )

    def action_open_due(self):
        """Open the instalments that fell due in the month."""
        domain = self._get_due_domain(self.company_id, self.date_from, self.date)
        return self._open(
            self.env._("Due"), "account.move.line", domain & self._get_user_domain("partner_id")
        )

    def action_open_collected(self):
        """Open the receipts of the month."""
        domain = self._get_collected_domain(self.company_id, self.date_from, self.date)
        return self._open(
            self.env._("Collected"),
            "account.move.line",
            domain & self._get_user_domain("partner_id"),
        )

    def action_open_written_off(self):
        """Open what was written off in the month."""
        domain = self._get_written_off_domain(self.company_id, self.date_from, self.date)
        return self._open(
            self.env._("Written Off"),
            "account.move.line",
            domain & self._get_user_domain("partner_id"),
        )
