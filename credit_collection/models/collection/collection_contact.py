from odoo import fields, models

CONTACT_CHANNELS = [
    ("call", "Call"),
    ("mail", "Mail"),
    ("sms", "SMS"),
    ("visit", "Visit"),
    ("letter", "Letter"),
    ("other", "Other"),
]
CONTACT_RESULTS = [
    ("reached", "Reached"),
    ("promise", "Promises to Pay"),
    ("dispute", "Contests"),
    ("refused", "Refuses"),
    ("no_answer", "No Answer"),
    ("message", "Message Left"),
    ("wrong", "Wrong Person"),
    ("bounced", "Came Back"),
    ("sent", "Sent"),
    ("other", "Other"),
]


class CollectionContact(models.Model):
    """One contact with a customer about what he owes (P1-08, P2-21)."""

    _name = "collection.contact"
    _description = "Collection Contact"
    _inherit = ["credit.protected.mixin"]
    _order = "date desc, id desc"
    _check_company_auto = True

    case_id = fields.Many2one("collection.case", required=True, index=True, ondelete="cascade")
    partner_id = fields.Many2one(related="case_id.partner_id", store=True, index=True)
    company_id = fields.Many2one(related="case_id.company_id", store=True, index=True)
    date = fields.Datetime(required=True, default=fields.Datetime.now)
    user_id = fields.Many2one("res.users", "By", default=lambda self: self.env.user)
    person_id = fields.Many2one("res.partner", "Person", help="Whom we talked to.")
    channel = fields.Selection(CONTACT_CHANNELS, required=True, default="call")
    direction = fields.Selection(
        [("out", "We Asked"), ("in", "Customer Came")], required=True, default="out"
    )
    result = fields.Selection(CONTACT_RESULTS, required=True, default="reached")
    summary = fields.Text("What Was Said")
    reason_id = fields.Many2one("collection.reason", "Reason of the Customer")
    next_step = fields.Char()
    date_next = fields.Date("Next Step on")
    letter_id = fields.Many2one("collection.letter", readonly=True, ondelete="set null")
    addition_to_id = fields.Many2one(
        "collection.contact", "Addition to", readonly=True, ondelete="cascade"
    )
    is_automatic = fields.Boolean(readonly=True)
