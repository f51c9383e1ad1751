from odoo import fields, models
from odoo.exceptions import AccessError


class CollectionLetterType(models.Model):
    """A kind of letter: to whom, with which mail and attachments; its wording is in its texts.

    All companies share them: administrators edit them, and Legal may ask to approve their text.
    """

    _name = "collection.letter.type"
    _description = "Letter Type"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    code = fields.Char(required=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    audience = fields.Selection(
        [("customer", "Customer"), ("internal", "Internal")],
        default="customer",
        required=True,
        help="Internal letters go to the salesperson of the customer (P1-07).",
    )
    needs_legal = fields.Boolean(
        "Text Approved by Legal", help="Goes out only with a text that Legal approved (P1-11)."
    )
    has_reply_slip = fields.Boolean(
        "Reply Slip", help="A slip to sign and return: the figures are right, or what differs."
    )
    attach_invoices = fields.Boolean(help="The invoices go along as PDF files.")
    mail_template_id = fields.Many2one(
        "mail.template",
        "Mail",
        domain="[('model', '=', 'collection.letter')]",
        help="Empty = the standard mail of letters.",
    )
    sms_template_id = fields.Many2one(
        "sms.template",
        "SMS",
        domain="[('model', '=', 'collection.letter')]",
        help="Empty = the standard SMS of letters.",
    )

    text_ids = fields.One2many("collection.letter.text", "type_id", "Wording")

    _code_once = models.UniqueIndex("(code)", "There is a letter type with this code already.")

    def write(self, vals):
        # Else whoever may edit types could send a text that Legal never saw.
        if (
            "needs_legal" in vals
            and not self.env.su
            and not self.env.user.has_group("credit_collection.group_collection_legal")
            and any(letter_type.needs_legal != vals["needs_legal"] for letter_type in self)
        ):
            raise AccessError(self.env._("Only Legal decides which letters it must approve."))
        if (
            vals != {"needs_legal": True}
            and not self.env.su
            and not self.env.user.has_group("credit_collection.group_credit_administrator")
        ):
            raise AccessError(
                self.env._("All companies share letter types: administrators edit them.")
            )
        return super().write(vals)
