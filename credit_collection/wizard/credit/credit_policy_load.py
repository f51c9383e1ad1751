from odoo import api, fields, models
from odoo.fields import Command

from ...models.credit.terms.res_partner import SEGMENTS


class CreditPolicyLoad(models.TransientModel):
    """Load a template of a credit policy: with a preview of its effects."""

    _name = "credit.policy.load"
    _inherit = ["credit.company.mixin"]
    _description = "Use a Policy Template"

    template_id = fields.Many2one(
        "credit.policy",
        required=True,
        ondelete="cascade",
        domain="[('state', '=', 'template'), ('company_id', 'in', (False, company_id))]",
    )
    company_id = fields.Many2one(
        "res.company", default=lambda self: self.env.company.root_id, help="Empty = all companies."
    )
    segment = fields.Selection(
        SEGMENTS, "Customer Segment", help="Empty = all customers of the company."
    )
    restore = fields.Boolean(
        "Discard Edits",
        help="Reset an existing policy to the template (an active policy gets a new version). "
        "Otherwise, your edits are kept.",
    )
    overview = fields.Html("Templates", compute="_compute_overview", sanitize=False)
    description = fields.Html(related="template_id.description")
    policy_id = fields.Many2one(
        "credit.policy", "Loaded Before", compute="_compute_line_ids", store=True
    )
    line_ids = fields.One2many(
        "credit.policy.load.line", "wizard_id", compute="_compute_line_ids", store=True
    )
    change_count = fields.Integer(compute="_compute_line_ids", store=True)

    @api.depends("company_id")
    @api.depends_context("lang")
    def _compute_overview(self):
        """Compute the purpose of each template, to be read before one is chosen."""
        for wizard in self:
            wizard.overview = self.env["ir.qweb"]._render(
                "credit_collection.credit_policy_load_overview",
                {
                    "templates": self.env["credit.policy"].search(
                        [
                            ("state", "=", "template"),
                            ("company_id", "in", [False, wizard.company_id.id]),
                        ]
                    )
                },
            )

    @api.depends("template_id", "company_id", "segment", "restore")
    def _compute_line_ids(self):
        policies = self.env["credit.policy"]
        for wizard in self:
            changes = []
            wizard.policy_id = False
            if wizard.template_id._is_for(wizard.company_id):
                scope = (wizard.template_id, wizard.company_id, wizard.segment)
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

    @api.onchange("company_id")
    def _onchange_company_id(self):
        if not self.template_id._is_for(self.company_id):
            self.template_id = False

    def action_load(self):
        """Apply the preview and open the policy."""
        self.ensure_one()
        policies = self.env["credit.policy"]
        policies.check_access("create")
        scope = (self.template_id, self.company_id, self.segment)
        return policies._load_template(*scope, self.restore).get_formview_action()


class CreditPolicyLoadLine(models.TransientModel):
    """One thing that loading a template creates, changes, removes or leaves."""

    _name = "credit.policy.load.line"
    _description = "Changes of a Policy Template"

    wizard_id = fields.Many2one("credit.policy.load", required=True, ondelete="cascade")
    action = fields.Selection(
        [("create", "Create"), ("change", "Change"), ("remove", "Take Out"), ("keep", "Leave")],
        readonly=True,
    )
    subject = fields.Char(readonly=True)
    field = fields.Char(readonly=True)
    old_value = fields.Char("Now", readonly=True)
    new_value = fields.Char("Template", readonly=True)
