from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import format_date, format_list

from ..mailing.collection_mailing_mixin import PRINT_LIMIT


class CollectionLetter(models.Model):
    """A letter with its lines as they were and the PDF that went out."""

    _name = "collection.letter"
    _description = "Collection Letter"
    _inherit = ["collection.mailing.mixin"]
    _order = "date desc, id desc"
    _check_company_auto = True
    _report = "credit_collection.action_report_collection_letter"
    _mail_template = "credit_collection.mail_template_collection_letter"

    name = fields.Char(readonly=True, copy=False, default="/")
    type_id = fields.Many2one(
        "collection.letter.type", required=True, readonly=True, ondelete="restrict"
    )
    currency_id = fields.Many2one("res.currency", required=True, readonly=True)
    case_id = fields.Many2one("collection.case", readonly=True, index=True, ondelete="set null")
    stage_id = fields.Many2one("collection.stage", readonly=True, ondelete="set null")
    run_id = fields.Many2one(
        "collection.run", readonly=True, index="btree_not_null", ondelete="set null"
    )
    channel = fields.Selection(selection_add=[("sms", "SMS")], ondelete={"sms": "cascade"})
    date = fields.Date(required=True, readonly=True)
    line_ids = fields.One2many("collection.letter.line", "letter_id", "Items", readonly=True)
    is_test = fields.Boolean(
        "Test", readonly=True, help="Test letter: sent to its user; no customer was contacted."
    )
    level = fields.Integer(
        readonly=True,
        aggregator=None,
        help="First day of the stage; negative = before the due date.",
    )

    # How it went out; empty while it is ready.
    deadline = fields.Date("Pay by", readonly=True, help="Day that the letter named.")
    opening = fields.Html("Introduction", readonly=True)
    closing = fields.Html(readonly=True)
    text_id = fields.Many2one(
        "collection.letter.text", "Letter Template", readonly=True, ondelete="set null"
    )
    writer_id = fields.Many2one(
        "res.users", "Written by", readonly=True, help="Empty = by the daily run."
    )
    jump_reason = fields.Char(
        "Why Out of Turn", readonly=True, help="Why a stage was skipped, or a deadline not awaited."
    )
    # The second person (setting of the company), for types that need Legal.
    confirmed_by_id = fields.Many2one("res.users", "Confirmed by", readonly=True)
    confirmed_at = fields.Datetime("Confirmed on", readonly=True)
    # A draft for a law firm, and what the firm made of it.
    audience = fields.Selection(related="type_id.audience")
    firm_id = fields.Many2one("res.partner", "Law Firm", readonly=True, ondelete="restrict")
    lawyer = fields.Char(readonly=True)
    lawyer_license = fields.Char("License Number", readonly=True)
    firm_ref = fields.Char("Reference of the Firm", readonly=True)
    annex_ids = fields.Many2many(
        "ir.attachment", "collection_letter_annex_rel", string="Annexes", readonly=True, copy=False
    )
    signed_attachment_id = fields.Many2one(
        "ir.attachment", "Signed Letter", readonly=True, ondelete="restrict", copy=False
    )
    signed_date = fields.Date("Sent by the Firm on", readonly=True)
    signed_pdf = fields.Binary(related="signed_attachment_id.datas", string="Signed Letter (PDF)")

    # Figures as they were when the letter was written, or refreshed when it went out;
    # in the currency of the letter where not said otherwise.
    amount_open = fields.Monetary("Amount Due", readonly=True, help="Residual of the items listed.")
    amount_total = fields.Monetary(
        "To Pay",
        readonly=True,
        help="Amount requested, less unapplied credits and suspended amounts.",
    )
    amount_company = fields.Monetary(
        "To Pay (Company Currency)", currency_field="company_currency_id", readonly=True
    )
    company_currency_id = fields.Many2one(
        related="company_id.currency_id", string="Company Currency"
    )
    amount_credit = fields.Monetary(
        "Credits", readonly=True, help="Payments and credit notes not yet applied, for information."
    )
    days_overdue = fields.Integer(
        readonly=True, aggregator="max", help="Of the oldest item listed; negative = not yet due."
    )
    item_count = fields.Integer("Number of Items", readonly=True)
    # All that the customer owes in the currency, after credits, by age.
    age_not_due = fields.Monetary("Not Due", readonly=True)
    age_30 = fields.Monetary("1–30 Days", readonly=True)
    age_60 = fields.Monetary("31–60 Days", readonly=True)
    age_90 = fields.Monetary("61–90 Days", readonly=True)
    age_over = fields.Monetary("Over 90 Days", readonly=True)

    _waiting = models.Index("(id) WHERE state = 'ready'")
    # One letter per customer, currency and day of runs, however often a run is killed and repeated.
    _run_once = models.UniqueIndex(
        "(partner_id, company_id, currency_id, date)"
        " WHERE run_id IS NOT NULL AND is_test IS NOT TRUE AND state != 'cancelled'",
        "This customer has a letter of today's run in this currency already.",
    )

    # ---- Conduct
    contact_policy_warning = fields.Char(
        compute="_compute_contact_policy_warning",
        help="Contact limits that it would exceed.",
    )
    recent_note = fields.Text(compute="_compute_recent_note", help="What went out lately.")

    # ---- Conduct (P2-21): before sending a letter by hand, the user sees the limits it would break.

    @api.depends("state", "channel", "type_id", "partner_id")
    def _compute_contact_policy_warning(self):
        contacts = self.env["collection.contact"]
        for letter in self:
            letter.contact_policy_warning = (
                letter.state == "ready"
                and not letter.is_test
                and contacts._get_letter_warning(
                    letter.type_id, letter.channel, letter.partner_id, letter.company_id
                )
            )

    @api.depends("state", "type_id", "partner_id", "company_id")
    def _compute_recent_note(self):
        for letter in self:
            letter.recent_note = (
                letter.state == "ready"
                and not letter.is_test
                and letter.type_id.audience == "customer"
                and self._get_recent_note(letter.partner_id, letter.company_id)
            )

    @api.model
    def _get_recent_note(self, partner, company):
        """Return the letters that went to a customer within the days of the contact limits, a line each.

        :param partner: commercial partner
        """
        company = company.sudo()  # sudo: settings
        days = company.collection_contact_days
        # sudo: letters of every colleague count
        letters = self.sudo().search(
            [
                ("partner_id", "=", partner.id),
                ("company_id", "=", company.id),
                ("state", "in", ("sent", "printed")),
                ("is_test", "=", False),
                ("type_id.audience", "=", "customer"),
                ("sent_at", ">", fields.Datetime.now() - timedelta(days=days)),
            ]
        )
        if not letters:
            return ""
        lines = [
            self.env._(
                "%(date)s: %(type)s, %(amount)s, %(letter)s",
                date=format_date(self.env, one.company_id._credit_date(one.sent_at)),
                type=one.type_id.with_env(self.env).name,
                amount=one.currency_id.format(one.amount_total),
                letter=one.name,
            )
            for one in letters.sorted("sent_at", reverse=True)
        ]
        head = self.env._("Sent to this customer in the last %s days:", days)
        return "\n".join([head, *lines])

    @api.model
    def _get_jump(self, letter_type, partner, company, case, moves):
        """Return why a letter by hand would be out of turn, in words; empty when it is not.

        The letter of the case's present stage never is. Another one is, where the customer's
        ladder has a milder letter that did not go out about what is open now, or where the
        deadline of a milder one still runs.

        :param partner: commercial partner
        :param moves: the only documents that the letter is about; empty = all
        """
        # sudo: ladder and letters of every colleague count
        kind, system, now = letter_type.sudo(), self.sudo(), case.sudo().stage_id
        if kind.audience == "internal" or kind == now.letter_type_id:
            return ""
        stages = self.env["collection.stage"]._get_ladder(partner, company)
        ladder = stages.filtered(lambda stage: stage.days_from >= 0).letter_type_id
        gone = system.search(
            [
                ("partner_id", "=", partner.id),
                ("company_id", "=", company.id),
                ("state", "in", ("sent", "printed")),
                ("is_test", "=", False),
                ("level", ">=", 0),
                ("type_id.audience", "!=", "internal"),
                ("line_ids.move_line_id.reconciled", "=", False),
                *([("line_ids.move_id", "in", moves.ids)] if moves else []),
            ]
        )
        today = company._credit_today()
        reached = max(gone.type_id.mapped("sequence"), default=0)
        skipped = ladder.filtered(lambda one: reached < one.sequence < kind.sequence)
        if skipped:
            return self.env._(
                "“%(letter)s” skips %(skipped)s.",
                letter=letter_type.name,
                skipped=format_list(
                    self.env, [f"“{name}”" for name in skipped.with_env(self.env).mapped("name")]
                ),
            )
        running = gone.filtered(
            lambda one: (
                one.deadline and one.deadline >= today and one.type_id.sequence < kind.sequence
            )
        )
        if running:
            return self.env._(
                "The customer may still pay until %(date)s by %(letter)s.",
                date=format_date(self.env, max(running.mapped("deadline"))),
                letter=running[0].name,
            )
        return ""

    def _get_broken_limit(self):
        """Return the limit that a letter sent now would break, in words; a run keeps to it by itself."""
        self.ensure_one()
        if self.run_id:
            return ""
        return self.env["collection.contact"]._get_broken_count(self.partner_id, self.company_id)

    def _get_print_limit(self):
        return PRINT_LIMIT


class CollectionLetterLine(models.Model):
    """An instalment as it was when the letter was written."""

    _name = "collection.letter.line"
    _description = "Item of a Collection Letter"
    _inherit = ["credit.protected.mixin"]
    _order = "letter_id, date_maturity, id"

    letter_id = fields.Many2one(
        "collection.letter", required=True, readonly=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="letter_id.company_id", store=True, index=True)
    currency_id = fields.Many2one(related="letter_id.currency_id")
    move_line_id = fields.Many2one("account.move.line", readonly=True, ondelete="set null")
    move_id = fields.Many2one("account.move", readonly=True, index=True, ondelete="set null")
    name = fields.Char("Document", readonly=True)
    date = fields.Date(readonly=True)
    date_maturity = fields.Date("Due Date", readonly=True)
    days_overdue = fields.Integer(readonly=True, aggregator=None)
    ref = fields.Char("Reference", readonly=True)
    amount_original = fields.Monetary("Amount", readonly=True, help="Of the installment.")
    amount = fields.Monetary("Amount Due", readonly=True, help="Document currency, as it was.")
    net = fields.Monetary(
        "Amount After Credits", readonly=True, help="Unapplied credits pay the oldest item first."
    )
    chase = fields.Monetary("To Pay", readonly=True, help="Portion requested in the letter.")
    block_codes = fields.Char(readonly=True, help="Reason a part is suspended.")
    level = fields.Integer(
        readonly=True,
        aggregator=None,
        help="First day of the stage: payment of an item is requested once per level.",
    )

    _item_level = models.Index("(move_line_id, level)")
