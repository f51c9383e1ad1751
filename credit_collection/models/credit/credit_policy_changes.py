from collections import Counter

from odoo import api, fields, models
from odoo.tools import html2plaintext

from .credit_policy import CONTENT_FIELDS
from .credit_policy_template import PolicyChange

# Says why, not what; the order of parts decides nothing.
UNCOMPARED = {"change_note", "sequence", "template_key", *models.MAGIC_COLUMNS}


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
        """What this version changes of `compared_id`: list of `PolicyChange`, "remove" included."""
        self.ensure_one()
        if not self.compared_id:
            return []
        # sudo: the parts of policies that the user may read
        old, new = self.compared_id.sudo(), self.sudo()
        changes = self._compare_record(self.env._("Policy %s", new.code or new.name), old, new)
        for name in sorted(CONTENT_FIELDS):
            field = self._fields[name]
            if field.type != "one2many":
                continue
            subject = field._description_string(self.env)
            former, coming = self._by_key(old[name]), self._by_key(new[name])
            for key in [*former, *(key for key in coming if key not in former)]:
                title = f"{subject}: {(coming.get(key) or former[key]).display_name}"
                if key not in coming:
                    changes.append(PolicyChange("remove", title))
                elif key not in former:
                    changes.append(PolicyChange("create", title))
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
        names = CONTENT_FIELDS if new._name == self._name else new._fields.keys() - {"policy_id"}
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
        return self._show_value(record, field.name, value)
