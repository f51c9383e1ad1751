from odoo import SUPERUSER_ID, api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_date

from .receivable_confirmation_campaign import MAKERS

# Beside those of all documents that go to customers.
STATES = [
    ("draft", "Draft"),
    ("ready",),
    ("sent",),
    ("printed",),
    ("bounced",),
    ("answered", "Answered"),
    ("silent", "Not Answered"),
    ("cancelled",),
]

RESULTS = [
    ("agreed", "In Agreement"),
    ("differs", "Differs"),
    ("assumed", "Agreed by Silence"),
    ("silent", "No Answer"),
]

# States in which an answer can come in: also late ones, and of letters whose mail came back.
ANSWERABLE = ("sent", "printed", "bounced", "silent")

# Days after the day of answer for which the link still opens the letter.
LINK_DAYS = 30


class ReceivableConfirmation(models.Model):
    """Balance confirmation (对账函) of one customer in a campaign (P4-15).

    draft      made with its campaign, can be looked at
    ready      goes out by email in the next batch, or waits for the printer
    sent       the customer is asked, printed: on paper; once there is a reminder
    bounced    the mail came back: another address, or paper
    answered   agreed, or differing: then a reconciliation sheet follows
    silent     no answer by the day: of a negative form that is agreement, as the letter says;
               of a positive one a customer who is overdue may be frozen, as the policy says
    cancelled

    | action                | who                            | restriction              |
    | answer by the link    | its holder, until it ends      | until it is answered     |
    | answer in the portal  | the customer's users           | until it is answered     |
    | answer from paper     | accounting, controllers        | with the file            |
    | signature checked     | accounting, controllers        | answered, with a file    |
    | freeze, do not freeze | controllers                    | proposed                 |

    Balances and items are frozen as the books were on `date` when the letter was made. The answer
    is the customer's word: nobody changes it afterwards, its files are evidence. Answers and what
    follows from them: receivable_confirmation_flow.py; how letters go out: `collection.mailing.mixin`.
    """

    _name = "receivable.confirmation"
    _description = "Balance Confirmation"
    _inherit = [
        "collection.mailing.mixin",
        "credit.attachment.mixin",
        "credit.link.mixin",
        "mail.activity.mixin",
    ]
    _report = "credit_collection.action_report_receivable_confirmation"
    _mail_template = "credit_collection.mail_template_balance_confirmation"
    _link_scope = "balance-confirmation"
    _link_path = "/balance-confirmation"
    _order = "date desc, id desc"
    _frozen_when = {
        "attachment_ids": [("state", "=", "answered")],
        "attachment_id": [("state", "not in", ("draft", "ready"))],
    }
    _check_company_auto = True
    _mail_post_access = "read"

    name = fields.Char("Number", readonly=True, default="/", index="trigram")
    state = fields.Selection(
        selection_add=STATES,
        default="draft",
        ondelete={"draft": "cascade", "answered": "cascade", "silent": "cascade"},
    )
    result = fields.Selection(RESULTS, readonly=True, tracking=True, index=True)
    campaign_id = fields.Many2one(
        "receivable.confirmation.campaign",
        "Confirmation Campaign",
        required=True,
        readonly=True,
        index=True,
        ondelete="restrict",
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    # Not a relation: when customers are merged both letters, and their links, stay as they are.
    asked_id = fields.Integer("ID of the Customer Asked", readonly=True, aggregator=None)
    user_id = fields.Many2one(
        "res.users", "Salesperson", readonly=True, index=True, help="When the letter was made."
    )
    grade_id = fields.Many2one(
        "credit.grade",
        readonly=True,
        ondelete="restrict",
        help="When the letter was made.",
    )
    date = fields.Date("Balance as of", required=True, readonly=True)
    date_deadline = fields.Date("Answer by", required=True, readonly=True)
    kind = fields.Selection(
        [("positive", "Positive"), ("negative", "Negative")],
        "Form of Confirmation",
        required=True,
        readonly=True,
    )
    in_writing = fields.Boolean("Signed Copy Required", readonly=True)
    amount = fields.Monetary(
        "Our Balance",
        readonly=True,
        help="In company currency at the rates of the day of the balance.",
    )
    balance_ids = fields.One2many(
        "receivable.confirmation.balance", "confirmation_id", "Balances by Currency"
    )
    line_ids = fields.One2many("receivable.confirmation.line", "confirmation_id", "Open Items")
    reminded_on = fields.Date("Reminded on", readonly=True)
    pdf = fields.Binary(related="attachment_id.datas", string="Letter")
    # The answer
    answered_at = fields.Datetime("Answered on", readonly=True, tracking=True)
    answered_via = fields.Selection(
        [("link", "Link"), ("portal", "Portal"), ("paper", "Post")], readonly=True
    )
    answered_by_id = fields.Many2one(
        "res.users", "Entered by", readonly=True, help="Empty: by the link in the email."
    )
    answered_name = fields.Char("Answered by", help="The person at the customer.")
    note = fields.Text("Remark of the Customer")
    attachment_ids = fields.Many2many(
        "ir.attachment",
        "receivable_confirmation_attachment_rel",
        string="Files of the Answer",
        help="The signed copy; sealed with the answer.",
    )
    difference = fields.Monetary(
        readonly=True,
        help="Our balance less the customer's, in company currency at the rates of the day.",
    )
    signed_on = fields.Date(
        "Signed on",
        tracking=True,
        help="Day on which the customer signed. A signed confirmation acknowledges the debt: the"
        " limitation period starts anew on this day.",
    )
    acknowledged_on = fields.Date(
        "Debt Acknowledged on", readonly=True, help="Day of the signature, once it was checked."
    )
    acknowledged_amount = fields.Monetary(
        "Acknowledged", readonly=True, help="The customer's own balance, in company currency."
    )
    freeze_state = fields.Selection(
        [("proposed", "Proposed"), ("frozen", "Frozen"), ("declined", "Not Frozen")],
        "Freeze",
        readonly=True,
        tracking=True,
        index="btree_not_null",
    )
    reconciliation_ids = fields.One2many(
        "receivable.reconciliation", "confirmation_id", "Reconciliation Sheets"
    )
    can_answer = fields.Boolean(compute="_compute_can")
    can_acknowledge = fields.Boolean(compute="_compute_can")
    can_freeze = fields.Boolean(compute="_compute_can")

    _once_a_campaign = models.UniqueIndex(
        "(campaign_id, asked_id) WHERE state <> 'cancelled'",
        "This customer has a letter in this campaign already.",
    )

    @api.depends("name", "partner_id")
    def _compute_display_name(self):
        for letter in self:
            # sudo: the name of the customer, on a letter the user may read
            letter.display_name = f"{letter.name} ({letter.sudo().partner_id.name})"

    @api.depends_context("uid")
    @api.depends("state", "attachment_ids", "acknowledged_on", "freeze_state")
    def _compute_can(self):
        user = self.env.user
        makes = user._has_role(*MAKERS) and self.has_access("write")
        decides = user._has_role("controller")
        for letter in self:
            letter.can_answer = makes and letter.state in ANSWERABLE
            letter.can_acknowledge = (
                makes
                and letter.state == "answered"
                and bool(letter.attachment_ids)
                and not letter.acknowledged_on
            )
            letter.can_freeze = decides and letter.freeze_state == "proposed"

    # ------------------------------------------------------------------ fields that people may write

    def _get_open_fields(self):
        self.ensure_one()
        if self.can_answer:
            return {
                "balance_ids", "line_ids", "answered_name", "note", "attachment_ids", "signed_on",
            }  # fmt: skip
        return {"signed_on"} if self.can_acknowledge else set()

    # ------------------------------------------------------------------ link without log-in

    def _get_link_facts(self):
        return (*super()._get_link_facts(), self.asked_id, self.date, self.name)

    def _get_link(self):
        """Return the address of the page without log-in, for mails of the system only.

        Users who render the mail's template get the address of the form: nobody of ours answers
        in the customer's place.
        """
        self.ensure_one()
        if not self.env.su:
            return f"{self.get_base_url()}/odoo/{self._name}/{self.id}"
        return self._get_page_url()

    def _is_open_to_customer(self):
        """Return whether the customer may see the letter: it went out, and its link has not ended."""
        self.ensure_one()
        last = fields.Date.add(self.date_deadline, days=LINK_DAYS)
        return self.state in (*ANSWERABLE, "answered") and self.company_id._credit_today() <= last

    def _is_answerable(self):
        """Return whether the customer may answer now."""
        return self._is_open_to_customer() and self.state in ANSWERABLE

    @api.model
    def _portal_domain(self, partner):
        """Return the letters that users of a customer find in the portal."""
        return [
            ("partner_id", "=", partner.commercial_partner_id.id),
            ("state", "in", (*ANSWERABLE, "answered")),
        ]

    # ------------------------------------------------------------------ texts

    def _get_titles(self):
        """Return the heading of the letter and what it asks for."""
        self.ensure_one()
        deadline = self._show_day(self.date_deadline)
        title = self.env._("Confirmation of Balance as of %s", self._show_day(self.date))
        if self.kind == "negative":
            return title, self.env._(
                "Our records show the following balance of your account. Please compare it with your"
                " books and answer only if you do not agree. If we hear nothing from you by"
                " %s, the balance counts as confirmed.",
                deadline,
            )
        if self.in_writing:
            return title, self.env._(
                "Our records show the following balance of your account. Please compare it with your"
                " books and return a signed and stamped copy of your answer by %s.",
                deadline,
            )
        return title, self.env._(
            "Our records show the following balance of your account. Please compare it with your"
            " books and tell us by %s whether you agree.",
            deadline,
        )

    def _show_day(self, day):
        return format_date(self.env, day, date_format="long")

    # ------------------------------------------------------------------ buttons

    def action_open_reconciliation(self):
        """Open the reconciliation sheets of these letters."""
        self.check_access("read")
        return self._open_records("receivable_reconciliation_action", self.reconciliation_ids)

    # ------------------------------------------------------------------ sending

    def _release(self):
        """Let the letters of a campaign go out: by email from the queue, the others wait for the printer."""
        for letter in self:
            by_mail = letter.channel == "mail" and letter._has_address(letter._get_recipient())
            letter._system_write({"state": "ready", "channel": "mail" if by_mail else "print"})
        # sudo: a scheduled action of our own
        self.env.ref("credit_collection.ir_cron_receivable_confirmation_send").sudo()._trigger()

    # ------------------------------------------------------------------ hooks of the mailing

    def _may_send(self):
        return self.env.su or self.env.user._has_role(*MAKERS)

    def _check_ready(self):
        # A letter that was only prepared can be left out; `_check_confirmed` keeps it from going.
        return None if self.state == "draft" else super()._check_ready()

    def _check_confirmed(self):
        if self.state == "draft":
            raise UserError(self.env._("Send %s first.", self.campaign_id.name))

    def _prepare_delivery(self, address=None, mail=None):
        go = super()._prepare_delivery(address, mail)
        if go and self.date_deadline < self.company_id._credit_today():
            self._cancel(self.env._("It had not gone out by the day of answer."))
            return False
        return go

    def _get_subject(self):
        return self._get_titles()[0]

    def _create_mail(self, attachments, mail):
        """Keep the mail off every chatter: whoever reads letter or case must not find the link.

        Answers by mail go to the person responsible for the campaign, who enters them.
        """
        system = self.with_user(SUPERUSER_ID)
        created = super(ReceivableConfirmation, system)._create_mail(attachments, mail)
        answers_to = self.campaign_id.user_id.email_formatted or self.company_id.email_formatted
        # As the system: messages are kept as they are.
        created.with_env(self._system().env).write(
            {
                "model": False,
                "res_id": False,
                "author_id": self.env.ref("base.partner_root").id,
                "reply_to": answers_to,
            }
        )
        return created

    def _mail(self, template):
        """Mail the link once more, as `_create_mail` does."""
        self.ensure_one()
        recipient = self._get_recipient()
        if not self._has_address(recipient):
            return
        self.env.ref(f"credit_collection.{template}").with_user(SUPERUSER_ID).send_mail(
            self.id,
            email_values={
                "model": False,
                "res_id": False,
                "author_id": self.env.ref("base.partner_root").id,
                "email_to": self.email_to or recipient.email,
                "reply_to": self.campaign_id.user_id.email_formatted,
            },
        )

    # ------------------------------------------------------------------ by hand

    def action_by_post(self):
        """Send letters on paper instead: those that wait, and those whose mail came back.

        :raise UserError: one is not to be sent yet, or has reached its customer
        """
        self._send_otherwise("print")
        return True

    def action_send_again(self):
        """Send letters whose mail came back once more, to the address that their customer has now.

        :raise UserError: there is no address, or the mail did not come back
        """
        for letter in self:
            if not letter._has_address(letter.sudo()._get_recipient()):  # sudo: an address
                raise UserError(self.env._("%s has no email address.", letter.display_name))
        self._send_otherwise("mail")
        # sudo: a scheduled action of our own
        self.env.ref("credit_collection.ir_cron_receivable_confirmation_send").sudo()._trigger()
        return True

    def _send_otherwise(self, channel):
        for letter in self._lock_for_user():
            if letter.state not in ("ready", "bounced"):
                raise UserError(
                    self.env._("%s has gone out, or is not to be sent yet.", letter.display_name)
                )
            letter._system_write(
                {"state": "ready", "channel": channel, "failure": False, "next_try": False}
            )
