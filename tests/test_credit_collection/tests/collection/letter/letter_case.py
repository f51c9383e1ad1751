from odoo import fields

from ...common import CreditCollectionCommon


class LetterCase(CreditCollectionCommon):
    """Runs, cases and letters written as the system does."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.sudo().write({"email": "finance@example.com", "phone": "+1 555 0100"})
        # A test names the stages that it needs; the ladder that ships would overlap with them.
        cls.env["collection.stage"].sudo().search([]).active = False
        cls.letters = cls.env["collection.letter"].sudo()
        cls.collection_run = cls._run()

    @classmethod
    def _run(cls, **values):
        """A run at work; the one before it is done, as a company has one at a time."""
        runs = cls.env["collection.run"].sudo()._system()
        runs.search([("company_id", "=", cls.company.id), ("state", "=", "running")]).write(
            {"state": "done"}
        )
        cls.env.flush_all()
        return runs.create(
            {
                "company_id": cls.company.id,
                "date": cls._today(),
                "state": "running",
                "user_id": cls.controller.id,
                **values,
            }
        )

    @classmethod
    def _case(cls, partner, **values):
        return (
            cls.env["collection.case"]
            .sudo()
            ._system()
            .create(
                {
                    "partner_id": partner.id,
                    "company_id": cls.company.id,
                    "user_id": cls.collector.id,
                    "date_open": fields.Date.today(),
                    **values,
                }
            )
        )

    @classmethod
    def _type(cls, code):
        return cls.env.ref(f"credit_collection.collection_letter_type_{code}").sudo()

    def _approve(self, *names, user=None):
        """Legal approves shipped texts, in every language."""
        for name in names:
            text = self.env.ref(f"credit_collection.collection_letter_text_{name}")
            for approval in self.env["collection.letter.approval"]._add_missing(text):
                approval.with_user(user or self.legal).action_approve()

    def _write(
        self, partner, code="payment_reminder", currency=None, channel="mail", run=None, **row
    ):
        """Write the letters of a run for one customer in one currency, with a case opened if missing."""
        run = run or self.collection_run
        case = self.env["collection.case"].sudo().search([("partner_id", "=", partner.id)], limit=1)
        row = {
            "case_id": (case or self._case(partner)).id,
            "partner_id": partner.id,
            "currency_id": (currency or self.company.currency_id).id,
            "type_id": self._type(code).id,
            "channel": channel,
            "level": 1,
            **row,
        }
        return self.letters._create_for_run(run, [row])
