from odoo.exceptions import UserError

from ...common import CreditCollectionCommon


class ResolutionCase(CreditCollectionCommon):
    """Promises, agreements, disputes and their blocks, for one overdue customer."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.customer = cls._customer("Debtor")
        cls.collection_manager = cls._user(
            "collection_manager", "credit_collection.group_collection_manager"
        )
        cls.contested = cls._contested_reason()

    @classmethod
    def _case(cls, partner=None, user=None, **values):
        """An open case of the customer, by default of the collector."""
        return (
            cls.env["collection.case"]
            .sudo()
            ._system()
            .create(
                {
                    "name": "CASE",
                    "partner_id": (partner or cls.customer).id,
                    "company_id": cls.company.id,
                    "user_id": (user or cls.collector).id,
                    "date_open": cls._today(),
                    **values,
                }
            )
            .with_env(cls.env)
        )

    @classmethod
    def _claims(cls, invoice):
        """Receivable lines of an invoice, earliest due first."""
        return invoice.line_ids.filtered(
            lambda line: line.account_type == "asset_receivable"
        ).sorted(lambda line: (line.date_maturity, line.id))

    def _items(self, partner=None):
        """{receivable line: row of `credit.open.item`} of a customer, in due order."""
        self.env.flush_all()
        rows = (
            self.env["credit.open.item"]
            .sudo()
            ._get_items(self.company, (partner or self.customer).ids)
        )
        lines = self.env["account.move.line"]
        return {lines.browse(row["move_line_id"]): row for row in rows}

    def _chase(self, invoice):
        """Amounts to ask for of each instalment of an invoice, in its currency."""
        items = self._items(invoice.partner_id.commercial_partner_id)
        return [
            round(float(items[line]["chase_currency"]), 2)
            for line in self._claims(invoice)
            if line in items
        ]

    def _block_codes(self, invoice):
        """Reasons for which something of an invoice is blocked."""
        items = self._items(invoice.partner_id.commercial_partner_id)
        return {
            reason
            for line in self._claims(invoice)
            if line in items
            for reason in items[line]["block_codes"]
        }

    def _notified(self, record):
        """Partners of the people who were notified about a record."""
        messages = (
            self.env["mail.message"]
            .sudo()
            .search([("model", "=", record._name), ("res_id", "=", record.id)])
        )
        return messages.notified_partner_ids | messages.partner_ids

    def refused(self, call, error=UserError, words=()):
        with self.assertRaises(error) as refusal, self.env.cr.savepoint():
            call()
            self.env.flush_all()
        self.env.invalidate_all()
        for word in words:
            self.assertIn(word, str(refusal.exception))
