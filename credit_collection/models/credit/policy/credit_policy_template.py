from dataclasses import replace

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from .credit_policy_version import PolicyChange

# P4-22: the settlement of every grade but the last when a template is loaded for export customers.
EXPORT_GRADE = {
    "limit_method": "none",
    "limit_factor": 100.0,
    "limit_max": 0.0,
    "limit_default": 0.0,
    "term_days": 0,
    "settlement_mode": "letter_of_credit",
    "prepayment_percent": 100.0,
    "security_required": False,
}


class CreditPolicy(models.Model):
    """Templates: policies in the state `template`, which are copied and never in force.

    The templates that ship are data (credit_policy_template_data.xml); administrators edit them and
    save any policy as another. One of a company is for that company, others are for all.

    Loading copies a template as a draft; nothing follows it before management approves. A policy
    that was loaded before is left as it is, edits included, unless `restore` asks for the content
    of the template: then a draft is set back, and one in force gets a new version.
    """

    _inherit = "credit.policy"

    template_id = fields.Many2one(
        "credit.policy",
        "Loaded From",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
        help="Template this policy was created from.",
    )

    @api.model
    def _load_records_create(self, vals_list):
        # Data files bring templates; records that a user imports are drafts.
        policies = self._system() if self.env.su else self
        return super(CreditPolicy, policies)._load_records_create(vals_list)

    def action_save_template(self):
        """Save a policy in any state as a template of its company and open that: administrators."""
        self.ensure_one()
        self.check_access("write")
        self.check_access("create")
        # sudo: state and parts of a new template are set by this copy alone
        template = (
            self.sudo()
            ._system()
            .copy({"state": "template", "scope": "company", "segment": False, "template_id": False})
        )
        return template.with_env(self.env).get_formview_action()

    # ------------------------------------------------------------------ load

    @api.model
    def _load_template(self, template, company, segment=False, restore=False):
        """Return the policy of a template: a new draft, or the one that was loaded before.

        :param template: `credit.policy` in the state `template`
        :param company: `res.company`, empty = all companies
        :param restore: set edits back to the template, in a new version if need be
        :raise UserError: it is no template, or one of another company
        """
        template._check_template(company)
        policy = self._find_loaded(template, company, segment)
        if policy and (
            not restore
            or policy.state == "requested"
            or not self._compare(policy, template._as_draft(company, segment))
        ):
            return policy
        # sudo: fields of the system on a policy; the user's access to it is checked below
        source = template.sudo()._system().with_context(active_test=False)
        values = {**self._get_load_values(company, segment), "template_id": template.id}
        if policy.state == "draft":
            policy = policy.with_env(source.env)
            content = source.copy_data(values)[0]
            for name in content:
                if self._fields[name].type == "one2many":
                    policy[name].unlink()
            policy.write(content)
            source.copy_translations(policy, excluded=values)
        else:
            if policy:
                values.update(
                    root_id=policy.root_id.id,
                    previous_id=policy.id,
                    version=policy._get_next_version(),
                )
            policy = source.copy(values)
        policy._adapt_to_segment()
        policy = policy.with_env(self.env)
        policy.check_access("create")
        return policy

    def _check_template(self, company):
        """Raise unless this is a template that may be loaded for a company."""
        self.ensure_one()
        self.check_access("read")
        if self.state != "template":
            raise UserError(self.env._("“%s” is not a template.", self.display_name))
        if not self._is_for(company):
            raise UserError(
                self.env._(
                    "Template “%(template)s” is for %(company)s alone.",
                    template=self.display_name,
                    company=self.company_id.name,
                )
            )

    def _is_for(self, company):
        """Return whether this is a template for a company (`res.company`, empty = all companies)."""
        return self.state == "template" and self.company_id in (company, company.browse())

    @api.model
    def _find_loaded(self, template, company, segment):
        """Return the latest version of the policy that was loaded from a template; empty if none."""
        return self.search(
            Domain("template_id", "=", template.id)
            & Domain("company_id", "=", company.id)
            & Domain("segment", "=", segment or False)
            & Domain("state", "in", ("draft", "requested", "active")),
            order="version desc, id desc",
            limit=1,
        )

    @api.model
    def _get_load_values(self, company, segment):
        return {
            "company_id": company.id,
            "scope": "segment" if segment else "company",
            "segment": segment or False,
        }

    def _as_draft(self, company, segment):
        """Return the policy that loading this template creates, in memory."""
        draft = self.new(self._get_load_values(company, segment), origin=self)
        draft._adapt_to_segment()
        return draft

    def _adapt_to_segment(self):
        """Settle grades by letter of credit or in advance for exports (P4-22); the last one stays."""
        if self.segment != "export":
            return
        lines = self.grade_line_ids.sorted("score_min", reverse=True)[:-1]
        lines.update(EXPORT_GRADE)
        languages = {self.env.lang or "en_US"}
        if self.id:
            languages |= {code for code, _name in self.env["res.lang"].get_installed()} | {"en_US"}
        for lang in languages:
            translated = lines.with_context(lang=lang)
            translated.update(
                {
                    "order_needs": translated.env._(
                        "A letter of credit for the whole order, or paid in full in advance."
                    )
                }
            )

    # ------------------------------------------------------------------ preview

    @api.model
    def _preview_template(self, template, company, segment=False, restore=False):
        """Return the effect of `_load_template` with the same arguments: list of `PolicyChange`."""
        policy = self._find_loaded(template, company, segment)
        changes = [
            replace(change, new=self._describe(change.record)) if change.record else change
            for change in self._compare(policy, template._as_draft(company, segment))
        ]
        subject = self.env._("Policy %s", template.code or template.name)
        if not changes:
            return [PolicyChange("keep", subject, new=self.env._("as in the template"))]
        missing = {"create": self.env._("was taken out"), "remove": self.env._("was added")}
        if policy:
            changes = [
                replace(change, old=missing.get(change.action, change.old)) for change in changes
            ]
        if policy and (not restore or policy.state == "requested"):
            return [replace(change, action="keep") for change in changes]
        if policy.state == "active":
            version = self.env._("Version %s, as a draft", policy._get_next_version())
            changes.insert(0, PolicyChange("create", subject, new=version))
        return changes

    @api.model
    def _get_summary_fields(self):
        """Return {model of a part: fields of its summary}. Extend for more parts."""
        return {
            "credit.policy.grade": ["score_min", "limit_method", "term_days", "settlement_mode"],
            "credit.rule": ["action", "days"],
        }

    @api.model
    def _describe(self, record):
        """Return a policy or a part that would be created, in a few words."""
        names = self._get_summary_fields().get(record._name)
        if not names:
            return record.name
        shown = [
            (field._description_string(self.env), self._show_field(record, field))
            for field in map(record._fields.get, names)
        ]
        return ", ".join(f"{label}: {value}" for label, value in shown if value)
