from odoo import api, fields, models
from odoo.exceptions import AccessError

GROUP = "credit_collection.group_credit_user"
# Who decides which collector a customer has.
COLLECTOR_GROUPS = (
    "credit_collection.group_collection_manager",
    "credit_collection.group_credit_controller",
)


class ResPartner(models.Model):
    """What collection says of a customer, on his screen."""

    _inherit = "res.partner"

    # Not as the superuser, who has a case where the user sees none.
    collection_stage_id = fields.Many2one(
        related="collection_case_id.stage_id", related_sudo=False, string="Stage", groups=GROUP
    )
    collection_last_contact = fields.Datetime(
        related="collection_case_id.date_last_contact",
        related_sudo=False,
        string="Last Contact",
        groups=GROUP,
    )
    collection_last_words = fields.Text(
        related="collection_case_id.last_words",
        related_sudo=False,
        string="Last Words",
        groups=GROUP,
    )
    collection_promise_open_count = fields.Integer(
        "Open Promises", compute="_compute_collection_promises", groups=GROUP
    )
    collection_promise_broken_count = fields.Integer(
        "Broken Promises", compute="_compute_collection_promises", groups=GROUP
    )
    collection_unapplied = fields.Monetary(
        "Payments Not Applied",
        compute="_compute_collection_unapplied",
        groups="account.group_account_invoice",
        help="Money of this customer that pays no invoice yet.",
    )
    collection_can_assign = fields.Boolean(compute="_compute_collection_can_assign")

    @api.depends_context("company")
    @api.depends("commercial_partner_id")
    def _compute_collection_promises(self):
        groups = self.env["collection.promise.line"]._read_group(
            [
                ("partner_id", "in", self.commercial_partner_id.ids),
                ("company_id", "=", self.env.company.id),
                ("state", "in", ("open", "broken")),
            ],
            ["partner_id", "state"],
            ["__count"],
        )
        counts = {(partner.id, state): count for partner, state, count in groups}
        for partner in self:
            customer = partner.commercial_partner_id.id
            partner.collection_promise_open_count = counts.get((customer, "open"), 0)
            partner.collection_promise_broken_count = counts.get((customer, "broken"), 0)

    @api.depends_context("company")
    @api.depends("commercial_partner_id")
    def _compute_collection_unapplied(self):
        for partner in self:
            lines = partner._get_unapplied_lines(self.env.company)
            partner.collection_unapplied = -sum(lines.mapped("amount_residual"))

    @api.depends_context("uid")
    def _compute_collection_can_assign(self):
        may = self.browse().has_access("write") and any(
            self.env.user.has_group(group) for group in COLLECTOR_GROUPS
        )
        self.collection_can_assign = may

    # ------------------------------------------------------------------ who assigns

    @api.model_create_multi
    def create(self, vals_list):
        key = "default_collection_user_id"
        if self.env.context.get(key) or any(vals.get("collection_user_id") for vals in vals_list):
            self._check_can_assign()
        return super().create(vals_list)

    def write(self, vals):
        if "collection_user_id" in vals and any(
            partner.collection_user_id.id != (vals["collection_user_id"] or False)
            for partner in self
        ):
            self._check_can_assign()
        return super().write(vals)

    @api.model
    def _check_can_assign(self):
        if not self.env.su and not any(
            self.env.user.has_group(group) for group in COLLECTOR_GROUPS
        ):
            raise AccessError(
                self.env._("Collector: only collection managers and credit controllers decide it.")
            )

    # ------------------------------------------------------------------ buttons

    def action_open_collection_case(self):
        """Open the open collection case of this customer."""
        self.ensure_one()
        self.check_access("read")
        self.collection_case_id.check_access("read")
        return self.collection_case_id.get_formview_action()

    def action_open_collection_ledger(self):
        """Open the receivables ledger of this customer."""
        self.ensure_one()
        self.check_access("read")
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "credit_collection.collection_ledger_action"
        )
        action["domain"] = [
            ("partner_id", "=", self.commercial_partner_id.id),
            ("company_id", "=", self.env.company.id),
        ]
        action["context"] = {}
        return action

    def _get_collection_address(self):
        """Postal address for a paper, without the commas and lines that empty parts leave behind."""
        self.ensure_one()
        lines = self._display_address(without_company=True).splitlines()
        return "\n".join(line.strip(" ,") for line in lines if line.strip(" ,"))
