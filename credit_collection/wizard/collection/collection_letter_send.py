from odoo import Command, api, fields, models
from odoo.tools.mail import email_normalize_all


class CollectionLetterSend(models.TransientModel):
    """Look at the mail of a letter, edit it, choose who receives it, and send it."""

    _name = "collection.letter.send"
    _description = "Send a Letter by Email"

    letter_id = fields.Many2one("collection.letter", required=True, readonly=True)
    needs_legal = fields.Boolean(related="letter_id.type_id.needs_legal")
    customer_id = fields.Many2one(related="letter_id.partner_id", related_sudo=False)
    recipient_ids = fields.Many2many(
        "res.partner",
        "collection_letter_send_recipient_rel",
        string="To",
        compute="_compute_mail",
        compute_sudo=False,
        store=True,
        readonly=False,
    )
    cc_ids = fields.Many2many(
        "res.partner",
        "collection_letter_send_cc_rel",
        compute="_compute_mail",
        compute_sudo=False,
        store=True,
        readonly=False,
    )
    subject = fields.Char(compute="_compute_mail", compute_sudo=False, store=True, readonly=False)
    body = fields.Html(compute="_compute_mail", compute_sudo=False, store=True, readonly=False)
    file_names = fields.Char("Attachments", compute="_compute_file_names", compute_sudo=False)

    @api.constrains("letter_id")
    def _check_visible(self):
        # Constraints run as the superuser; the rights are the user's.
        self.sudo(False).letter_id.check_access("read")

    def _get_letter(self):
        """Return the letter as the superuser, for users who may send it."""
        letter = self.letter_id._origin
        letter._check_may_send()
        # sudo: template, invoices and contacts of a letter that the user may send
        return letter.sudo()

    @api.depends("letter_id")
    def _compute_mail(self):
        for wizard in self:
            letter = wizard._get_letter()
            values = letter._get_mail_values()
            wizard.recipient_ids = [Command.set(letter._get_recipient().ids)]
            wizard.cc_ids = [Command.set(letter._get_copies().ids)]
            wizard.subject, wizard.body = values["subject"], values["body_html"]

    @api.depends("letter_id")
    def _compute_file_names(self):
        for wizard in self:
            letter = wizard._get_letter()
            names = [letter._get_file_name()]
            if letter.type_id.attach_invoices or letter.type_id.audience == "firm":
                names += letter._get_annex_names()
            wizard.file_names = ", ".join(names)

    def action_send(self):
        """Send the mail as it stands here, with the items open now.

        :raise UserError: nobody is chosen, one of them has no address, or the letter is not ready
        """
        self.ensure_one()
        self.letter_id._send_composed(
            self._get_addresses("recipient_ids"),
            {
                "subject": (self.subject or "").strip() or self.letter_id.subject,
                "body_html": self.body,
                "email_cc": self._get_addresses("cc_ids", required=False),
            },
        )
        return {"type": "ir.actions.act_window_close"}

    def _get_addresses(self, name, required=True):
        """Return the mail addresses of people, separated by commas.

        :raise UserError: one has none, or nobody is chosen where somebody must be
        """
        check, label = self.env["mail.thread"]._credit_check_address, self._fields[name]
        addresses = []
        for partner in self[name]:
            what = self.env._("Email of %s", partner.display_name)
            addresses += email_normalize_all(check(what, partner.email, several=True))
        if required and not addresses:
            check(label._description_string(self.env), "", several=True)
        return ", ".join(addresses)
