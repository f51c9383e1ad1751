from dataclasses import dataclass

from odoo import api, models
from odoo.fields import Domain
from odoo.tools import html2plaintext
from odoo.tools.translate import LazyGettext

from .credit_policy_template_data import EXPORT_GRADE, GRADES, TEMPLATES


@dataclass(frozen=True)
class PolicyChange:
    """One thing that a template or a new version of a policy creates, changes, removes or leaves."""

    #: "create", "change", "remove" or "keep"
    action: str
    #: what it is about, in words: "Grade A", "Policy P1"
    subject: str
    #: label of the field, "" for the whole
    field: str = ""
    old: str = ""
    new: str = ""


class CreditPolicy(models.Model):
    """Templates of policies: what they hold and what loading one would do.

    Loading makes a draft; nothing follows it before management approves. A policy that was
    loaded before is left as it is, edits included, unless `restore` asks for the values of
    the template: then a draft is set back, and one in force gets a new version.
    """

    _inherit = "credit.policy"

    @api.model
    def _get_templates(self):
        """{code: template}, see credit_policy_template_data.py. Extend to add to them."""
        return TEMPLATES

    @api.model
    def _selection_templates(self):
        return [
            (code, f"{code} · {self._in_lang(template['name'])}")
            for code, template in self._get_templates().items()
        ]

    @api.model
    def _in_lang(self, value, lang=None):
        """A value of a template; texts in a language, the user's without one."""
        if isinstance(value, LazyGettext):
            return value._translate(lang or self.env.lang or "en_US")
        return value

    @api.model
    def _find_loaded(self, code, company, segment):
        """The latest version of the policy that was loaded from a template; empty if none."""
        return self.search(
            Domain("template_code", "=", code)
            & Domain("company_id", "=", company.id)
            & Domain("segment", "=", segment or False)
            & Domain("state", "in", ("draft", "requested", "active")),
            order="version desc, id desc",
            limit=1,
        )

    # ------------------------------------------------------------------ values

    @api.model
    def _get_template_values(self, code, segment=False):
        """Values of the three parts of a template: {part: {key: {field: value}}}.

        For the segment Export (P4-22) every grade that would buy on credit, and those that
        pay on delivery, settle by letter of credit or in advance; the last grade stays as it is.
        """
        template = self._get_templates()[code]
        grades = template["grades"]
        if segment == "export":
            last = min(grades, key=lambda grade: grades[grade]["score_min"])
            grades = {
                grade: values if grade == last else {**values, **EXPORT_GRADE}
                for grade, values in grades.items()
            }
        return {
            "policy": {
                "": {
                    "name": template["name"],
                    "description": template["description"],
                    **template["thresholds"],
                }
            },
            "grade": grades,
            "rule": template["rules"],
        }

    def _get_template_record(self, part, key):
        """The record of this policy that a part of its template stands for."""
        if part == "policy":
            return self
        if part == "grade":
            return self.grade_line_ids.filtered(lambda line: line.grade_id.code == key)[:1]
        return self.rule_ids.filtered(lambda rule: rule.template_key == key)[:1]

    @api.model
    def _get_part_model(self, part):
        return self.env[
            {"policy": "credit.policy", "grade": "credit.policy.grade", "rule": "credit.rule"}[part]
        ]

    @api.model
    def _get_part_name(self, part, key, values, code):
        if part == "policy":
            return self.env._("Policy %s", code)
        if part == "grade":
            return self.env._("Grade %s", key)
        return self.env._("Rule “%s”", self._in_lang(values["name"]))

    def _template_differences(self, part, key, values):
        """{field: (value now, value of the template)} where a record differs from its template."""
        record = self._get_template_record(part, key)
        found = {}
        for name, value in values.items():
            if name in self._get_coded():
                field, _model, code, _is_many = self._get_coded()[name]
                now = tuple(sorted(record[field].mapped(code)))
                different = now != tuple(sorted(value))
            elif record._fields[name].type == "html":
                # Compared as text: the editor wraps it in markup that means the same.
                now = html2plaintext(record[name] or "").strip()
                different = now.split() != self._in_lang(value).split()
            else:
                now = record[name]
                different = (now or False) != (self._in_lang(value) or False)
            if different:
                found[name] = (now, value)
        return found

    # ------------------------------------------------------------------ preview

    @api.model
    def _preview_template(self, code, company, segment=False, restore=False):
        """What `_load_template` with the same arguments would do: list of `PolicyChange`."""
        policy = self._find_loaded(code, company, segment)
        restore = restore and policy.state != "requested"
        changes = [
            PolicyChange(
                "create", self.env._("Grade %s", grade), new=self._in_lang(GRADES[grade]["name"])
            )
            for grade in self._missing_grades(code)
        ]
        for part, rows in self._get_template_values(code, segment).items():
            for key, values in rows.items():
                subject = self._get_part_name(part, key, values, code)
                if not policy:
                    text = self._describe_part(part, values)
                    changes.append(PolicyChange("create", subject, new=text))
                    continue
                if not policy._get_template_record(part, key):
                    changes.append(
                        PolicyChange(
                            "create" if restore else "keep",
                            subject,
                            old=self.env._("was taken out"),
                            new=self._describe_part(part, values) if restore else "",
                        )
                    )
                    continue
                changes += policy._preview_part(part, key, values, subject, restore)
        if policy and restore and any(c.action != "keep" for c in changes):
            changes = policy._preview_version(code) + changes
        return changes

    def _preview_version(self, code):
        """Where the template's values go, when the policy is not a draft any more."""
        subject = self.env._("Policy %s", code)
        if self.state == "active":
            return [
                PolicyChange(
                    "create", subject, new=self.env._("Version %s, as a draft", self.version + 1)
                )
            ]
        return []

    def _preview_part(self, part, key, values, subject, restore):
        differences = self._template_differences(part, key, values)
        if not differences:
            return [PolicyChange("keep", subject, new=self.env._("as in the template"))]
        model = self._get_part_model(part)
        return [
            PolicyChange(
                "change" if restore else "keep",
                subject,
                model._fields[self._get_coded().get(name, [name])[0]]._description_string(self.env),
                self._show_value(model, name, now),
                self._show_value(model, name, value),
            )
            for name, (now, value) in differences.items()
        ]

    @api.model
    def _get_part_summary(self, part):
        """Fields that say in a few words what a part is. Extend for more parts."""
        return {
            "policy": ["name"],
            "grade": ["score_min", "limit_method", "term_days", "settlement_mode"],
            "rule": ["action", "days"],
        }[part]

    @api.model
    def _get_coded(self):
        """Values of templates that name other records by a code, as tuples of codes.

        {name in the template: (field, model, code field, whether many)}; extend for more.
        """
        return {"grades": ("grade_ids", "credit.grade", "code", True)}

    @api.model
    def _describe_part(self, part, values):
        """A part that would be created, in a few words."""
        model = self._get_part_model(part)
        names = self._get_part_summary(part)
        return ", ".join(
            f"{model._fields[name]._description_string(self.env)}: "
            f"{self._show_value(model, name, values[name])}"
            if name != "name"
            else self._in_lang(values[name])
            for name in names
        )

    @api.model
    def _show_value(self, model, name, value):
        if name in self._get_coded():
            return ", ".join(value)
        field = model._fields[name]
        if field.type == "selection":
            return dict(field._description_selection(self.env)).get(value, "")
        if field.type == "boolean":
            return self.env._("Yes") if value else self.env._("No")
        if field.type in ("float", "monetary", "integer"):
            return f"{value:,.12g}"
        return str(self._in_lang(value) or "")
