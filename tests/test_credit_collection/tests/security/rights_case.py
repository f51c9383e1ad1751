from odoo import Command
from odoo.tests import new_test_user

from ..common import CreditCollectionCommon
from .roles import groups, own_models
from .samples import KINDS, Samples


class RightsCase(CreditCollectionCommon):
    """A person who changes roles, and three records of every model: own, a colleague's, foreign."""

    @classmethod
    def before_samples(cls, links):
        """Change the documents before the rows are put in by SQL."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.foreign = cls.setup_other_company()
        # One person changes roles: own records stay own in every role.
        cls.person = new_test_user(
            cls.env,
            login=f"person_{cls.company.id}",
            groups="base.group_user,sales_team.group_sale_salesman",
            company_id=cls.company.id,
        )
        own = cls.own = cls._customer("Own", user_id=cls.person.id)
        other = cls.other = cls._customer("Other", user_id=cls.salesperson2.id)
        foreign_company = cls.foreign["company"]
        foreign = cls.foreign_customer = cls._customer("Foreign", user_id=cls.salesperson2.id)
        cls.env.user.company_ids += foreign_company
        foreign.company_id = foreign_company
        links = {
            "res.partner": (own.id, other.id, foreign.id),
            "res.users": (cls.person.id, cls.salesperson2.id, cls.salesperson2.id),
            "res.company": (cls.company.id, cls.company.id, foreign_company.id),
        }
        moves = [cls._invoice(own, 100, 40), cls._invoice(other, 100, 40)]
        orders = [
            cls._order(own, 50, user=cls.person),
            cls._order(other, 50, user=cls.salesperson2),
        ]
        moves.append(
            cls.env["account.move"]
            .with_company(foreign_company)
            .create(
                {
                    "move_type": "out_invoice",
                    "partner_id": foreign.id,
                    "invoice_date": cls._today(-40),
                    "invoice_date_due": cls._today(-40),
                    "invoice_user_id": cls.salesperson2.id,
                    "invoice_line_ids": [cls._line(100, invoice=True)],
                }
            )
        )
        moves[2].action_post()
        orders.append(
            cls.env["sale.order"]
            .with_company(foreign_company)
            .create(
                {
                    "partner_id": foreign.id,
                    "company_id": foreign_company.id,
                    "user_id": cls.salesperson2.id,
                    "order_line": [cls._line(50)],
                }
            )
        )
        moves[0].invoice_user_id = cls.person
        moves[1].invoice_user_id = cls.salesperson2
        links["account.move"] = tuple(move.id for move in moves)
        links["account.move.line"] = tuple(
            move.line_ids.filtered(
                lambda line: line.account_id.account_type == "asset_receivable"
            ).id
            for move in moves
        )
        links["sale.order"] = tuple(order.id for order in orders)
        links["sale.order.line"] = tuple(order.order_line.id for order in orders)
        cls.env.flush_all()
        cls.before_samples(links)
        samples = Samples(
            cls.env(su=True),
            {name: dict(zip(KINDS, ids, strict=True)) for name, ids in links.items()},
        )
        cls.models = own_models(cls.env)
        cls.samples = {name: samples.records(name) for name in cls.models}
        cls.env.invalidate_all()

    def _become(self, role):
        """Give the person a role, and no other."""
        self.person.sudo().group_ids = [Command.set(groups(self.env, role).ids)]
        self.env.flush_all()
        self.env.invalidate_all()
