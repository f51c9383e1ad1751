from odoo import fields
from odoo.fields import Command

from ..ageing.ageing_case import AgeingCase


class MailingCase(AgeingCase):
    """Mailings of statements as of 31 March 2025, and the job that sends them."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.sudo().write({"email": "finance@example.com"})
        cls.one = cls._customer("One", email="one@example.com")
        cls.two = cls._customer("Two", email="two@example.com", user_id=cls.salesperson2.id)
        cls._dated(cls.one, 100, "2025-01-10", "2025-02-10")
        cls._dated(cls.two, 500, "2025-02-20")

    @classmethod
    def _mailing(cls, *customers, user=None, **values):
        runs = cls.env["receivable.statement.run"].with_user(user or cls.accountant)
        chosen = {
            "scope": "chosen",
            "partner_ids": [Command.set([customer.id for customer in customers])],
        }
        run = runs.create({"date_to": "2025-03-31", **(chosen if customers else {}), **values})
        run.action_preview()
        return run

    def _cron(self, name="send"):
        self._run_job(f"receivable_statement_{name}")

    def _mails(self, documents):
        return (
            self.env["mail.mail"]
            .sudo()
            .search([("mail_message_id", "in", documents.sudo().message_id.ids)])
        )

    @classmethod
    def _case(cls, partner):
        return cls.env["collection.case"]._system_create(
            {
                "partner_id": partner.id,
                "company_id": cls.company.id,
                "user_id": cls.collector.id,
                "date_open": fields.Date.today(),
            }
        )
