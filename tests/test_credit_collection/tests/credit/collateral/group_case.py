from odoo.fields import Command

from ...common import GROUPS
from .collateral_case import CollateralCase


class GroupCompaniesCase(CollateralCase):
    """Two companies of one database, Ours and Theirs, with people of each and a shared limit over both.

    `their_…` are users of the second company alone; `both_controller` has access to both, as the
    usual people of the first have not.
    """

    their_currency = "USD"

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.theirs = cls._second_company()
        cls.theirs.sudo().credit_mode = "enforce"
        for role in ("salesperson", "controller", "accountant", "auditor"):
            user = cls._user(f"their_{role}", GROUPS[role], company=cls.theirs)
            setattr(cls, f"their_{role}", user)
        cls.both_controller = cls._user(
            "both_controller",
            GROUPS["controller"],
            company_ids=[Command.set((cls.company | cls.theirs).ids)],
        )
        cls.sister = cls._customer("Sister", control="none")
        cls._decide(cls.customer, credit_control="none")
        for customer in cls.customer | cls.sister:
            customer.sudo().with_company(cls.theirs).credit_control = "none"

    @classmethod
    def _second_company(cls):
        currency = cls._enable_currency(cls.their_currency)
        data = cls.setup_other_company(name="Theirs Ltd", currency_id=currency.id)
        return data["company"]

    @classmethod
    def _shared(cls, limit, members=None, user=None, **values):
        values = {
            "name": "Holding",
            "company_id": cls.company.id,
            "company_ids": [Command.set((cls.company | cls.theirs).ids)],
            "limit": limit,
            "line_ids": [
                Command.create({"partner_id": m.id}) for m in members or cls.customer | cls.sister
            ],
            **values,
        }
        groups = cls.env["credit.group"].with_user(user or cls.both_controller)
        return groups.create(values).with_env(cls.env)

    @classmethod
    def _their_order(cls, amount, partner=None, **values):
        return cls._order(partner or cls.customer, amount, user=cls.their_salesperson, **values)

    @classmethod
    def _their_invoice(cls, partner, amount):
        """A posted invoice in the second company."""
        entries = cls.env["account.move"].with_company(cls.theirs)
        move = entries.create(
            {
                "move_type": "out_invoice",
                "partner_id": partner.id,
                "invoice_date": cls._today(),
                "invoice_date_due": cls._today(30),
                "invoice_line_ids": [cls._line(amount, invoice=True)],
            }
        )
        move.action_post()
        return move

    def _as(self, record, user):
        """The record as this user opens it, in a request of its own."""
        self.env.flush_all()
        self.env.invalidate_all()
        return record.with_user(user)
