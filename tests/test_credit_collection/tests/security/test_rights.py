import os
import re
from pathlib import Path

from odoo import Command
from odoo.tests import new_test_user, tagged

from ..common import CreditCollectionCommon
from .roles import ROLES, groups, own_models
from .samples import KINDS, Samples

OPERATIONS = ("read", "write", "create", "unlink")
TABLE = Path(__file__).with_name("rights.tsv")
COMMAND = "CC_RIGHTS_WRITE=1 make test ARGS=tests/test_credit_collection/tests/security/test_rights.py"
HEADER = f"""\
# What each role may do with each model that the add-on defines or extends: access lists and record rules.
# Made by: {COMMAND}
# Look at the difference line by line before you commit it: each is a right given or taken.
#
# -        no            own      records of his customers, or of himself
# yes      no records to tell apart (a wizard, an abstract model, a model of Odoo's)
# company  all of his company      all     those of other companies as well
# none     a right that opens none of the three      a role without any right has no line
"""
WORDS = {
    (): "none",
    ("own",): "own",
    ("own", "other"): "company",
    KINDS: "all",
}


@tagged("post_install", "-at_install")
class TestRights(CreditCollectionCommon):
    """Models × roles × operations against one readable table, `rights.tsv`."""

    maxDiff = None

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.foreign = cls.setup_other_company()
        # One person changes roles: his own records are his whatever he is.
        cls.person = new_test_user(
            cls.env,
            login=f"person_{cls.company.id}",
            groups="base.group_user,sales_team.group_sale_salesman",
            company_id=cls.company.id,
        )
        own = cls._customer("Own", user_id=cls.person.id)
        other = cls._customer("Other", user_id=cls.salesperson2.id)
        foreign_company = cls.foreign["company"]
        foreign = cls._customer("Foreign", user_id=cls.salesperson2.id)
        cls.env.user.company_ids += foreign_company
        foreign.company_id = foreign_company
        links = {
            "res.partner": (own.id, other.id, foreign.id),
            "res.users": (cls.person.id, cls.salesperson2.id, cls.salesperson2.id),
            "res.company": (cls.company.id, cls.company.id, foreign_company.id),
        }
        moves = [cls._invoice(own, 100, 40), cls._invoice(other, 100, 40)]
        orders = [cls._order(own, 50, user=cls.person), cls._order(other, 50, user=cls.salesperson2)]
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
            move.line_ids.filtered(lambda l: l.account_id.account_type == "asset_receivable").id
            for move in moves
        )
        links["sale.order"] = tuple(order.id for order in orders)
        links["sale.order.line"] = tuple(order.order_line.id for order in orders)
        cls.env.flush_all()
        samples = Samples(
            cls.env(su=True), {name: dict(zip(KINDS, ids)) for name, ids in links.items()}
        )
        cls.models = own_models(cls.env)
        cls.samples = {name: samples.records(name) for name in cls.models}
        cls.env.invalidate_all()

    # ------------------------------------------------------------------ the table

    def _cell(self, model, operation, samples):
        if not model.has_access(operation):
            return "-"
        if not samples:
            return "yes"
        known = model.browse([record.id for record in samples.values()])
        allowed = set(known._filtered_access(operation)._ids)
        kinds = tuple(kind for kind in KINDS if kind in samples and samples[kind].id in allowed)
        if len(samples) < len(KINDS):
            return "+".join(kinds) or "none"
        return WORDS.get(kinds) or "+".join(kinds)

    def _rows(self):
        rows = []
        for role in ROLES:
            self.person.sudo().group_ids = [Command.set(groups(self.env, role).ids)]
            self.env.flush_all()
            self.env.invalidate_all()
            for name in self.models:
                model = self.env[name].with_user(self.person)
                cells = [self._cell(model, one, self.samples[name]) for one in OPERATIONS]
                if set(cells) != {"-"}:
                    rows.append((name, role, *cells))
        return sorted(rows, key=lambda row: (row[0], list(ROLES).index(row[1])))

    def test_table(self):
        """A cell that differs is a right given or taken: meant, or a hole."""
        rows = self._rows()
        lines = ["\t".join(row) for row in [("model", "role", *OPERATIONS), *rows]]
        if os.environ.get("CC_RIGHTS_WRITE"):
            TABLE.write_text(HEADER + "\n".join(lines) + "\n", encoding="utf-8")
        known = {}
        for line in TABLE.read_text(encoding="utf-8").splitlines():
            if line and not line.startswith("#"):
                model, role, *cells = line.split("\t")
                known[model, role] = cells
        found = {(model, role): list(cells) for model, role, *cells in rows}
        found["model", "role"] = list(OPERATIONS)
        nothing = ["-"] * len(OPERATIONS)
        changed = [
            f"{model}, {role}, {operation}: {before} in the table, {after} now"
            for model, role in sorted(known.keys() | found.keys())
            for operation, before, after in zip(
                OPERATIONS,
                known.get((model, role), nothing),
                found.get((model, role), nothing),
                strict=True,
            )
            if before != after
        ]
        self.assertFalse(changed, f"\nMeant? Then: {COMMAND}\n" + "\n".join(changed))

    # ------------------------------------------------------------------ that it tells the truth

    def test_every_model_has_samples(self):
        """Else a rule that opens too much goes unseen."""
        lacking = [
            name
            for name in self.models
            if name.startswith(("credit.", "collection.", "receivable."))
            and self.env[name]._auto
            and not self.env[name]._abstract
            and not self.env[name]._transient
            and set(self.samples[name]) != set(KINDS)
        ]
        self.assertFalse(lacking)

    def test_roles_of_the_readme(self):
        root = Path(__file__).parents[4]
        rows = re.findall(
            r"^\| (.+?) \| (.+?) \| .+ \|$",
            (root / "README.md").read_text(encoding="utf-8").split("## Roles")[1].split("\n## ")[0],
            re.MULTILINE,
        )
        told = {name: group for name, group in rows if name != "role" and not name.startswith("-")}
        self.assertEqual(set(told), {row for row, _groups in ROLES.values() if row})
        for role, (row, names) in ROLES.items():
            if not row:
                continue
            found = [self.env.ref(name) for name in names.split(",")]
            words = {f"{group.privilege_id.name} / {group.name}" for group in found}
            words |= {group.privilege_id.name for group in found}
            words |= {"Sales / User"} if names == "sales_team.group_sale_salesman" else set()
            self.assertIn(told[row], words, role)
