import re

from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_date

from ....engine import document_names
from .collection_claim_mixin import AGREED


class CollectionLetter(models.Model):
    """Recipient, language and wording of a letter, and its PDF."""

    _inherit = "collection.letter"

    collector_id = fields.Many2one(
        "res.users", compute="_compute_collector_id", search="_search_collector_id"
    )
    salesperson_id = fields.Many2one(related="partner_id.user_id", string="Salesperson")
    # For the wording, in the language of the letter.
    date_text = fields.Char(compute="_compute_texts")
    deadline_text = fields.Char(
        compute="_compute_texts", help="Payment deadline stated in the letter."
    )
    earlier_date_text = fields.Char(
        compute="_compute_earlier_date_text", help="Day of the last letter about the same items."
    )
    amount_text = fields.Char(compute="_compute_texts")
    links = fields.Html(
        compute="_compute_links", help="To pay online, where that is possible, and to the case."
    )
    pdf = fields.Binary(related="attachment_id.datas", string="Letter")

    @api.depends("case_id.user_id", "writer_id", "partner_id.user_id")
    def _compute_collector_id(self):
        for letter in self:
            # sudo: the name of the collector, on a letter the user may read
            source = letter.sudo()
            letter.collector_id = (
                source.case_id.user_id or source.writer_id or source.partner_id.user_id
            )

    @api.model
    def _search_collector_id(self, operator, value):
        return [
            "|",
            ("case_id.user_id", operator, value),
            "&",
            ("case_id", "=", False),
            ("writer_id", operator, value),
        ]

    @api.depends("date", "amount_total", "currency_id", "company_id", "lang", "text_id", "deadline")
    @api.depends_context("lang")
    def _compute_texts(self):
        for letter in self:
            lang = letter.lang or self.env.lang
            env = letter.with_context(lang=lang).env

            def day(date, env=env, lang=lang):
                return format_date(env, date, lang_code=lang, date_format="long")

            letter.date_text = day(letter.date)
            letter.deadline_text = day(letter.deadline or letter._get_deadline())
            letter.amount_text = letter.currency_id.with_env(env).format(letter.amount_total)

    @api.depends("partner_id", "line_ids", "lang")
    @api.depends_context("lang")
    def _compute_earlier_date_text(self):
        for letter in self:
            lang = letter.lang or self.env.lang
            earlier = letter._origin._get_earlier()[:1]
            letter.earlier_date_text = format_date(
                letter.with_context(lang=lang).env, earlier.date, lang_code=lang, date_format="long"
            )

    @api.depends("line_ids", "type_id", "case_id", "lang")
    @api.depends_context("lang")
    def _compute_links(self):
        for letter in self:
            env = letter.with_context(lang=letter.lang or self.env.lang).env
            links = []
            if letter.type_id.audience == "internal" and letter.case_id:
                links = [(letter.case_id._notify_get_action_link("view"), letter.case_id.name)]
                label = env._("Open the case:")
            elif letter.type_id.audience == "customer" and letter._can_pay_online():
                # sudo: the links of the invoices that the letter lists
                moves = letter.sudo().line_ids.move_id.filtered(
                    lambda move: move.is_sale_document()
                )
                links = [(move.get_base_url() + move.get_portal_url(), move.name) for move in moves]
                label = env._("Pay online:")
            joined = Markup(", ").join(Markup('<a href="%s">%s</a>') % link for link in links)
            letter.links = links and Markup("<p>%s %s</p>") % (label, joined)

    def _get_deadline(self):
        """Return the day by which to pay: working days of text or type from the day it goes out."""
        self.ensure_one()
        # sudo: working days of the company, days of the text
        letter = self.sudo()
        company = letter.company_id
        if not company:
            return False
        days = letter.text_id.deadline_days or letter.type_id.deadline_days
        return company._collection_add_workdays(company._credit_today(), days)

    def _get_term_text(self):
        """Return the payment term of the customer in words, for letters before the due date (P2-07)."""
        self.ensure_one()
        # sudo: the term that the customer knows
        customer = self.company_id._credit_in(self.partner_id.sudo())
        if customer.credit_control == "limit" and customer.credit_term_days:
            return self.env._("%s days", customer.credit_term_days)
        # sudo: as above
        return customer.property_payment_term_id.with_env(self.env).sudo().name or ""

    # ------------------------------------------------------------------ what it may state

    def _get_earlier(self):
        """Return letters that reached the customer about an item of this letter, latest first."""
        self.ensure_one()
        # sudo: letters that the customer received, from any sender
        return self.sudo().search(
            [
                ("partner_id", "=", self.partner_id.id),
                ("company_id", "=", self.company_id.id),
                ("state", "in", ("sent", "printed")),
                ("is_test", "=", False),
                ("level", ">=", 0),
                ("type_id.audience", "=", "customer"),
                ("line_ids.move_line_id", "in", self.line_ids.move_line_id.ids),
                ("id", "not in", self.ids),
            ]
        )

    def _get_true_claims(self):
        """Return which of `CLAIMS` are true of this letter now: by what went out, contract and policy."""
        self.ensure_one()
        policy = self.partner_id._credit_policy(self.company_id)
        claims = {name for name in AGREED if policy[name]}
        claims |= self.env["credit.document"]._get_claims(self.partner_id, self.company_id)
        return claims | ({"claim_reminder"} if self._get_earlier() else set())

    # ------------------------------------------------------------------ recipient

    def _get_recipient(self):
        """Return the person a letter goes to: see the mixin; salesperson, user of a test run."""
        self.ensure_one()
        if self.is_test:
            return (self.run_id.user_id or self.env.user).partner_id
        if self.type_id.audience == "internal":
            return (self.partner_id.user_id or self.case_id.user_id).partner_id
        if self.type_id.audience == "firm":
            return self.firm_id
        return super()._get_recipient()

    def _has_address(self, partner):
        return bool(partner.phone) if self.channel == "sms" else super()._has_address(partner)

    def _prepare_wording(self, check=True):
        """Prepare recipient, language and wording of a letter that has not gone out yet.

        :param check: False also takes a text that Legal has not approved, to look at it
        """
        self.ensure_one()
        recipient = self._get_recipient()
        customer = recipient if self.type_id.audience == "internal" else self.partner_id
        lang = self._get_lang(customer)
        text = self.env["collection.letter.text"].with_context(lang=lang)
        text = text._get_for(self) if check else text._find_for(self)
        letter = self.with_context(lang=lang)
        values = {"lang": lang, "recipient_id": recipient.id, "text_id": text.id}
        filled = letter.new(values, origin=letter)
        subject = (
            text._fill("subject", filled) if text else self.type_id.with_context(lang=lang).name
        )
        if self.is_test:
            subject = self.env._("[Test] %s", subject)
        return {
            **values,
            "deadline": filled._get_deadline(),
            "subject": subject,
            "opening": text._fill("opening", filled) if text else False,
            "closing": text._fill("closing", filled) if text else False,
        }

    def _get_wording(self):
        """Return the wording of the PDF: as it went out, or would go out today."""
        self.ensure_one()
        # What is read as the superuser below stays in the cache, for the rest of the report too.
        self.check_access("read")
        # sudo: words, recipient and bank account of a letter that the user may read
        letter = self.sudo()
        if letter.text_id and letter.state != "ready":
            return {
                "lang": letter.lang,
                "subject": letter.subject,
                "opening": letter.opening,
                "closing": letter.closing,
                "recipient": letter.recipient_id or letter.partner_id,
            }
        values = letter._prepare_wording(check=False)
        # sudo: the letter's reader may not see every contact
        return {
            **values,
            "recipient": self.env["res.partner"].sudo().browse(values["recipient_id"]),
        }

    # ------------------------------------------------------------------ the PDF

    def _get_bank_accounts(self):
        """Return the company's accounts to pay to: those of the invoices, else those in the currency."""
        self.ensure_one()
        # sudo: printed on the letter
        letter = self.sudo()
        company_banks = letter.company_id.partner_id.bank_ids
        no_currency = self.env["res.currency"]
        banks = letter.line_ids.move_id.filtered("partner_bank_id").partner_bank_id & company_banks
        # An account in another currency on the invoice is none to pay this letter to.
        banks = banks.filtered(lambda bank: bank.currency_id in (letter.currency_id, no_currency))
        return (banks or letter.company_id._collection_get_banks(letter.currency_id))[:2]

    def _get_payment_reference(self):
        """Return the text by which the payment finds its items.

        One invoice: its own reference, which Odoo's bank matching knows. More: the number of the
        letter, which Match Payments (`collection.allocation`) resolves to the items of the letter.
        """
        self.ensure_one()
        # sudo: printed on the letter
        moves = self.sudo().line_ids.move_id
        return (moves.payment_reference or moves.name) if len(moves) == 1 else self.name

    @api.model
    def _get_named(self, partner, company, words):
        """Return the journal items of the letters to a customer that a payment's text names.

        :param partner: commercial partner
        :param words: memo, reference and label of the payment
        """
        # sudo: letters of every colleague
        letters = self.sudo().search(
            [
                ("partner_id", "=", partner.id),
                ("company_id", "=", company._credit_root().id),
                ("state", "in", ("sent", "printed")),
                ("is_test", "=", False),
            ]
        )
        named = letters.filtered(lambda letter: document_names.names(words, (letter.name,)))
        return named.line_ids.move_line_id

    def _can_pay_online(self):
        """Return whether the company takes payments online, so that invoices can be paid by link."""
        self.ensure_one()
        return self.company_id._collection_can_pay_online()

    def _get_annexes(self):
        """Return the files that prove the claim to a law firm: invoices, and letters that went out."""
        self.ensure_one()
        return self._get_invoice_attachments() | self._get_earlier().attachment_id

    def _get_annex_names(self):
        """Return the names of the annexes, as the draft for a law firm lists them."""
        self.ensure_one()
        # sudo: names of documents that the letter lists
        letter = self.sudo()
        moves = letter.line_ids.move_id.filtered(lambda move: move.is_sale_document())
        return [
            *moves.mapped("name"),
            *(
                f"{one.name} ({one.type_id.name}, {format_date(self.env, one.date)})"
                for one in self._get_earlier().with_env(letter.env)
            ),
        ]

    def _get_invoice_attachments(self):
        """Return the invoices listed, as PDF files, where the type of letter sends them along."""
        self.ensure_one()
        attachments = self.env["ir.attachment"]
        if not self.type_id.attach_invoices and self.type_id.audience != "firm":
            return attachments
        for move in self.line_ids.move_id.filtered(lambda move: move.is_sale_document()):
            if move.invoice_pdf_report_id:
                attachments |= move.invoice_pdf_report_id
                continue
            content, _kind = self.env["ir.actions.report"]._render_qweb_pdf(
                "account.account_invoices", move.ids
            )
            attachments |= attachments.create(
                {
                    "name": move._get_invoice_report_filename(),
                    "raw": content,
                    "mimetype": "application/pdf",
                    "res_model": self._name,
                    "res_id": self.id,
                }
            )
        return attachments

    # ------------------------------------------------------------------ the mail

    def _get_mail_template(self):
        return self.type_id.mail_template_id or super()._get_mail_template()

    def _get_mail_values(self):
        values = super()._get_mail_values()
        if not self.is_test:
            return values
        subject = values["subject"]
        if not subject.startswith(self.env._("[Test] %s", "").strip()):
            subject = self.env._("[Test] %s", subject)
        return {**values, "subject": subject, "email_cc": False}

    def _is_to_individual(self):
        """Return whether the customer is a person: of the segment, or by the form where it has none."""
        customer = self.company_id._credit_in(self.partner_id)
        segment = customer.credit_segment
        return segment == "individual" if segment else not customer.is_company

    def _create_sms(self):
        """Create the SMS of the letter in Odoo's queue, shown on the case with its failures."""
        self.ensure_one()
        if self._is_to_individual():
            template = self.env.ref("credit_collection.sms_template_collection_letter_individual")
        else:
            template = self.type_id.sms_template_id or self.env.ref(
                "credit_collection.sms_template_collection_letter"
            )
        body = template._render_field("body", self.ids, set_lang=self.lang)[self.id]
        thread = self.case_id or self
        message = thread._message_sms(body, sms_numbers=[self.email_to], put_in_queue=True)
        if not message:
            raise UserError(self.env._("The SMS of %s could not be written.", self.name))
        return message

    # ---- Mail and SMS that come back: the case shows it and the collector is asked to call.

    def _get_bounce_record(self):
        return self._get_case()

    def _get_bounce_user(self):
        return self.collector_id or self.case_id.team_id.head_id

    def _keep_address(self, address, name):
        """Keep the address that replaces one that came back as the customer's contact for dunning.

        The salesperson is told; the call that asked for it is done.

        :param name: name of the contact; may be empty
        """
        self.ensure_one()
        if self.is_test or self.type_id.audience != "customer":
            return
        values = {"phone" if self.channel == "sms" else "email": address}
        contact = self.partner_id._set_dunning_contact(values | ({"name": name} if name else {}))
        text = self.env._(
            "%(customer)s: letters go to %(address)s (%(contact)s) from now on, because %(old)s did"
            " not receive %(letter)s.",
            customer=self.partner_id.display_name,
            address=address,
            contact=contact.display_name,
            old=self.email_to,
            letter=self.name,
        )
        self.partner_id.message_post(body=text)
        users = self.partner_id.user_id - self.env.user
        if users:
            self._notify_users(users, text)
        calls = self.case_id.activity_ids.filtered(
            lambda one: one.automated and self.name in re.split(r"[\s:,]+", one.summary or "")
        )
        calls.action_feedback(feedback=text)

    def _get_bounce_words(self):
        summary = self.env._("Letter %s bounced: call the customer", self.name)
        if self.channel == "sms":
            return summary, self.env._(
                "The SMS to %(number)s was not delivered. Get another number and send the letter "
                "again.",
                number=self.email_to,
            )
        return summary, self.env._(
            "Email to %(address)s was not delivered. Get another address and send the letter "
            "again.",
            address=self.email_to,
        )
