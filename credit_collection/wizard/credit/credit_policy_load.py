from odoo import api, fields, models
from odoo.fields import Command

from ...models.credit.res_partner import SEGMENTS


class CreditPolicyLoad(models.TransientModel):
    """Load a template of a credit policy: shows what it will do before it does it."""

    _name = "credit.policy.load"
    _description = "Load a Policy Template"

    template = fields.Selection(
        selection=lambda self: self.env["credit.policy"]._selection_templates(), required=True
    )
    company_id = fields.Many2one(
        "res.company", default=lambda self: self.env.company, help="Empty = all companies."
    )
    segment = fields.Selection(
        SEGMENTS, "Customer Segment", help="Empty = all customers of the company."
    )
    restore = fields.Boolean(
        "Undo Edits",
        help="Set a policy that was loaded before back to the template: a draft as it is, one in"
        " force as a new version. Without it, what was edited stays.",
    )
    description = fields.Text(compute="_compute_description")
    policy_id = fields.Many2one(
        "credit.policy", "Loaded Before", compute="_compute_line_ids", store=True
    )
    line_ids = fields.One2many(
        "credit.policy.load.line", "wizard_id", compute="_compute_line_ids", store=True
    )
    change_count = fields.Integer(compute="_compute_line_ids", store=True)

    @api.depends("template")
    @api.depends_context("lang")
    def _compute_description(self):
        policies = self.env["credit.policy"]
        templates = policies._get_templates()
        for wizard in self:
            template = templates.get(wizard.template)
            wizard.description = template and policies._in_lang(template["description"])

    @api.depends("template", "company_id", "segment", "restore")
    def _compute_line_ids(self):
        policies = self.env["credit.policy"]
        for wizard in self:
            changes = []
            wizard.policy_id = False
            if wizard.template:
                scope = (wizard.template, wizard.company_id, wizard.segment)
                wizard.policy_id = policies._find_loaded(*scope)
                changes = policies._preview_template(*scope, wizard.restore)
            wizard.change_count = sum(change.action != "keep" for change in changes)
            wizard.line_ids = [
                Command.clear(),
                *(
                    Command.create(
                        {
                            "action": change.action,
                            "subject": change.subject,
                            "field": change.field,
                            "old_value": change.old,
                            "new_value": change.new,
                        }
                    )
                    for change in changes
                ),
            ]

    def action_load(self):
        """Do what the preview shows and open the policy."""
        self.ensure_one()
        policies = self.env["credit.policy"]
        policies.check_access("create")
        policy = policies._load_template(self.template, self.company_id, self.segment, self.restore)
        return policy.get_formview_action()


class CreditPolicyLoadLine(models.TransientModel):
    """One thing that loading a template creates, changes or leaves."""

    _name = "credit.policy.load.line"
    _description = "What a Policy Template Changes"

    wizard_id = fields.Many2one("credit.policy.load", required=True, ondelete="cascade")
    action = fields.Selection(
        [("create", "Create"), ("change", "Change"), ("keep", "Leave")], readonly=True
    )
    subject = fields.Char("What", readonly=True)
    field = fields.Char(readonly=True)
    old_value = fields.Char("Now", readonly=True)
    new_value = fields.Char("Template", readonly=True)
