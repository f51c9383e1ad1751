from odoo import api, models
from odoo.fields import Command
from odoo.tools.translate import LazyGettext

from .credit_policy_template_data import GRADES


class CreditPolicy(models.Model):
    """Loading a template: the policy with its parts, texts in every language."""

    _inherit = "credit.policy"

    @api.model
    def _missing_grades(self, code):
        """Codes of grades that a template needs and that are not there."""
        codes = list(self._get_templates()[code]["grades"])
        grades = self.env["credit.grade"].with_context(active_test=False)
        known = set(grades.search([("code", "in", codes)]).mapped("code"))
        return [grade for grade in codes if grade not in known]

    @api.model
    def _load_template(self, code, company, segment=False, restore=False):
        """The policy of a template: a new draft, or the one that was loaded before.

        :param company: `res.company`, empty = all companies
        :param restore: set what was edited back to the template, in a new version if need be
        """
        policy = self._find_loaded(code, company, segment)
        for grade in self._missing_grades(code):
            record = self.env["credit.grade"].create({"code": grade, "name": grade})
            self._write_part(record, GRADES[grade])
        parts = self._get_template_values(code, segment)
        if not policy:
            policy = self.create(
                {
                    "name": self._in_lang(parts["policy"][""]["name"], "en_US"),
                    "code": code,
                    "company_id": company.id,
                    "scope": "segment" if segment else "company",
                    "segment": segment,
                }
            )
            policy.sudo()._system().template_code = code
        elif not restore or policy.state == "requested":
            return policy
        elif policy.state == "active":
            if not any(
                not policy._get_template_record(part, key)
                or policy._template_differences(part, key, values)
                for part, rows in parts.items()
                for key, values in rows.items()
            ):
                return policy
            policy = policy._do_new_version(policy.version + 1)
        for part, rows in parts.items():
            for key, values in rows.items():
                record = policy._get_template_record(part, key)
                if not record:
                    record = policy._create_part(part, key, values)
                elif not policy._template_differences(part, key, values):
                    continue
                self._write_part(record, values)
        return policy

    def _create_part(self, part, key, values):
        """A grade line or rule of this policy, still without texts in every language."""
        coded = self._get_coded()
        vals = {name: self._in_lang(v, "en_US") for name, v in values.items() if name not in coded}
        if part == "grade":
            grades = self.env["credit.grade"].with_context(active_test=False)
            vals["grade_id"] = grades.search([("code", "=", key)], limit=1).id
        else:
            # Rules are checked when they are created: what they name comes with them.
            vals.update(self._get_coded_values(values), template_key=key)
        return self._get_part_model(part).create({**vals, "policy_id": self.id})

    @api.model
    def _get_coded_values(self, values):
        """Field values for what a template names by code, archived records included."""
        result = {}
        for name, (field, model, code, is_many) in self._get_coded().items():
            if name in values:
                records = self.env[model].with_context(active_test=False)
                found = records.search([(code, "in", list(values[name]))])
                result[field] = [Command.set(found.ids)] if is_many else found[:1].id
        return result

    @api.model
    def _write_part(self, record, values):
        """Write the values of a template; its texts in every language that is installed."""
        coded = self._get_coded()
        vals = {
            name: value
            for name, value in values.items()
            if name not in coded and not isinstance(value, LazyGettext)
        }
        vals.update(self._get_coded_values(values))
        if vals:
            record.write(vals)
        texts = {n: v for n, v in values.items() if isinstance(v, LazyGettext)}
        languages = {code for code, _name in self.env["res.lang"].get_installed()} | {"en_US"}
        # Formatted texts are translated sentence by sentence: a plain write in another
        # language would put it in the place of the English one.
        formatted = {name for name in texts if callable(record._fields[name].translate)}
        for lang in sorted(languages, key=lambda code: code != "en_US"):
            vals = {name: self._in_lang(text, lang) for name, text in texts.items()}
            if lang != "en_US":
                for name in formatted:
                    value = record.with_context(lang="en_US")[name]
                    [term] = record._fields[name].get_trans_terms(value)
                    record.update_field_translations(name, {lang: {term: vals.pop(name)}})
            record.with_context(lang=lang).write(vals)
