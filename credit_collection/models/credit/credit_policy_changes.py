from collections import Counter
from dataclasses import dataclass

from odoo import api, fields, models
from odoo.tools import html2plaintext

# Says why or what from, not what; the order of parts decides nothing.
UNCOMPARED = {"change_note", "sequence", "template_key", *models.MAGIC_COLUMNS}


@dataclass(frozen=True)
class PolicyChange:
    """One thing that a new version or a template of a policy creates, changes, removes or leaves."""

    #: "create", "change", "remove" or "keep"
    action: str
    #: what it is about, in words: "Grades: A", "Policy P1"
    subject: str
    #: label of the field, "" for the whole
    field: str = ""
    old: str = ""
    new: str = ""
    #: what is created: a policy or one of its parts
    record: models.Model | None = None


class CreditPolicy(models.Model):
    """What a version changes, field by field: management approves that, not a sea of figures (P1-06)."""

    _inherit = "credit.policy"

    compared_id = fields.Many2one(
        "credit.policy",
        "Compared Version",
        compute="_compute_compared_id",
        help="The policy in force that this one replaces, else its former version.",
    )
    change_count = fields.Integer("Changes", compute="_compute_changes")
    changes = fields.Html("What Changes", compute="_compute_changes", sanitize=False)

    @api.depends("state", "previous_id", "company_id", "scope", "segment")
    def _compute_compared_id(self):
        for policy in self:
            stored = policy._origin
            coming = stored and policy.state in ("draft", "requested")
            replaced = stored._get_replaced() if coming else stored.browse()
            same = replaced.filtered(lambda other, p=stored: other.root_id == p.root_id)
            policy.compared_id = (same or replaced)[:1] or policy.previous_id

    @api.depends("compared_id")
    @api.depends_context("lang")
    def _compute_changes(self):
        """Of what is saved: worked out when a policy is opened, not at every key pressed."""
        for policy in self:
            changes = policy._origin._get_changes() if policy._origin else []
            policy.change_count = len(changes)
            policy.changes = (
                self.env["ir.qweb"]._render(
                    "credit_collection.credit_policy_changes", {"changes": changes}
                )
                if changes
                else False
            )

    def _get_changes(self):
        """What this version changes of `compared_id`: list of `PolicyChange`."""
        self.ensure_one()
        return self._compare(self.compared_id, self) if self.compared_id else []

    @api.model
    def _compare(self, old, new):
        """What makes policy `new` of policy `old`: list of `PolicyChange`, "remove" included.

        :param old: `credit.policy`, empty = all of `new` is created
        :param new: `credit.policy`, stored or in memory
        """
        # sudo: the parts of policies that the user may read
        old, new = old.sudo(), new.sudo()
        subject = self.env._("Policy %s", new.code or new.name)
        if old:
            changes = self._compare_record(subject, old, new)
        else:
            changes = [PolicyChange("create", subject, record=new)]
        for name in sorted(self._get_content_fields()):
            field = self._fields[name]
            if field.type != "one2many":
                continue
            kind = field._description_string(self.env)
            former, coming = self._by_key(old[name]), self._by_key(new[name])
            for key in [*former, *(key for key in coming if key not in former)]:
                title = f"{kind}: {(coming.get(key) or former[key]).display_name}"
                if key not in coming:
                    changes.append(PolicyChange("remove", title))
                elif key not in former:
                    changes.append(PolicyChange("create", title, record=coming[key]))
                else:
                    changes += self._compare_record(title, former[key], coming[key])
        return changes

    @api.model
    def _by_key(self, records):
        """{what a part is known by in every version: the part}."""
        seen, found = Counter(), {}
        for record in records:
            key = ("template_key" in record._fields and record.template_key) or record.display_name
            seen[key] += 1
            found[key, seen[key]] = record
        return found

    @api.model
    def _compare_record(self, subject, old, new):
        if new._name == self._name:
            names = self._get_content_fields()
        else:
            names = new._fields.keys() - {"policy_id"}
        compared = [
            field
            for field in map(new._fields.get, names - UNCOMPARED)
            if field.store and not field.related and field.type not in ("one2many", "binary")
        ]
        changes = []
        for field in sorted(compared, key=lambda field: field._sequence):
            before, after = (self._show_field(record, field) for record in (old, new))
            if before != after:
                label = field._description_string(self.env)
                changes.append(PolicyChange("change", subject, label, before, after))
        return changes

    @api.model
    def _show_field(self, record, field):
        """A value in words, as people compare it."""
        value = record[field.name]
        if field.relational:
            return ", ".join(value.mapped("display_name"))
        if field.type == "html":
            return html2plaintext(value or "").strip()
        if field.type == "selection":
            return dict(field._description_selection(self.env)).get(value, "")
        if field.type == "boolean":
            return self.env._("Yes") if value else self.env._("No")
        if field.type in ("float", "monetary", "integer"):
            return f"{value:,.12g}"
        return str(value or "")
