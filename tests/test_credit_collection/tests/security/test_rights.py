import os
import re
from pathlib import Path

from odoo.tests import tagged

from .rights_case import RightsCase
from .roles import ROLES
from .samples import KINDS

OPERATIONS = ("read", "write", "create", "unlink")
TABLE = Path(__file__).with_name("rights.tsv")
COMMAND = (
    "CC_RIGHTS_WRITE=1 make test ARGS=tests/test_credit_collection/tests/security/test_rights.py"
)
HEADER = f"""\
# Rights of each role on each model that the add-on defines or extends: access lists and record rules.
# Made by: {COMMAND}
# Look at the difference line by line before you commit it: each is a right given or taken.
#
# -        no            own      records of their customers, or of themselves
# yes      no records to tell apart (a wizard, an abstract model, a model of Odoo's)
# company  all of their company      all     those of other companies as well
# none     a right that opens none of the three      a role without any right has no line
"""
WORDS = {
    (): "none",
    ("own",): "own",
    ("own", "other"): "company",
    KINDS: "all",
}


@tagged("post_install", "-at_install")
class TestRights(RightsCase):
    """Models × roles × operations against one readable table, `rights.tsv`."""

    maxDiff = None

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
            self._become(role)
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
            if name.startswith(("credit.", "collection.", "receivable.", "insight."))
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
