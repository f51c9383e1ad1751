from odoo import fields, models

# Who acts at a stage; the case knows who that is.
ROLES = [
    ("collector", "Collector"),
    ("salesperson", "Salesperson"),
    ("head", "Team Head"),
    ("finance", "Finance"),
    ("legal", "Legal"),
]
CHANNELS = [
    ("mail", "Mail"),
    ("print", "Print"),
    ("sms", "SMS"),
    ("call", "Call"),
    ("visit", "Visit"),
]
# A stage that has no end.
OPEN_END = 9999


class CollectionStage(models.Model):
    """A stage of collection (P1-08, P1-09, P1-11, P2-01, P2-07): from which day on who does what."""

    _name = "collection.stage"
    _description = "Collection Stage"
    _order = "policy_id, days_from, id"
    _check_company_auto = True

    name = fields.Char(required=True, translate=True)
    active = fields.Boolean(default=True)
    policy_id = fields.Many2one(
        "credit.policy",
        "Policy",
        index=True,
        ondelete="cascade",
        help="Empty = for customers for whom no policy is in force.",
    )
    template_key = fields.Char(readonly=True, copy=True)
    currency_id = fields.Many2one("res.currency", compute="_compute_currency_id")
    days_from = fields.Integer(
        "From Day", required=True, help="Days overdue; negative = before the due date."
    )
    days_to = fields.Integer("To Day", required=True, default=OPEN_END)
    role = fields.Selection(ROLES, "Who Acts", required=True, default="collector")
    activity_type_id = fields.Many2one("mail.activity.type", help="Empty = no activity.")
    activity_days = fields.Integer("Deadline (Working Days)", default=2)
    activity_note = fields.Text("What to Do", translate=True)
    letter_type_id = fields.Many2one("collection.letter.type", "Letter", help="Empty = no letter.")
    channel = fields.Selection(
        CHANNELS, help="How the letter goes out, or how the customer is asked."
    )
    amount_min = fields.Monetary("Minimum Amount", help="Company currency; less is not chased.")
    quiet_days = fields.Integer(
        "Quiet Days", default=7, help="Days after any letter in which no other one goes."
    )
    repeat_days = fields.Integer(
        "Repeat After (Days)", help="While the stage lasts; 0 = each item once per stage."
    )
    credit_effect = fields.Selection(
        [("none", "None"), ("warn", "Warn"), ("freeze", "Hold Orders")],
        default="none",
        required=True,
    )
    is_key = fields.Boolean("Key Target", help="Marks the case as key when it comes here (P1-09).")

    def _compute_currency_id(self):
        for stage in self:
            stage.currency_id = (stage.policy_id.company_id or self.env.company).currency_id
