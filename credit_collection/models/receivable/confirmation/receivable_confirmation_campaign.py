from collections import defaultdict

from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain
from odoo.tools import format_date

STATES = [
    ("draft", "Draft"),
    ("prepared", "Prepared"),
    ("sent", "Sent"),
    ("closed", "Closed"),
]

INPUTS = {
    "company_id", "date", "scope", "partner_ids", "kind", "send_by", "in_writing", "date_deadline",
    "user_id", "note",
}  # fmt: skip

# Roles that make campaigns, send letters and enter answers from paper.
MAKERS = ("accountant", "controller")


class ReceivableConfirmationCampaign(models.Model):
    """Balance confirmation of many customers as of a day: 对账 (P4-15, P4-31).

    draft     who is asked, in which form, by when
    prepared  the letters are made and can be looked at; nothing has gone out
    sent      letters go out by email in batches, the others are printed; answers come in
    closed    no letter waits for its answer any more

    | action                  | who                     | restriction    |
    | prepare, discard, send  | accounting, controllers | in this order  |
    | print, report           | readers                 | once prepared  |

    Rotation asks a third of the customers in each month of a quarter, the last month all who were
    not asked yet: each comes once a quarter. In the two months of the settings all are asked, for
    a signed copy. How letters come about: receivable_confirmation_campaign_create.py.
    """

    _name = "receivable.confirmation.campaign"
    _description = "Balance Confirmation Campaign"
    _inherit = ["credit.company.mixin", "credit.numbered.mixin", "mail.activity.mixin"]
    _order = "date desc, id desc"
    _check_company_auto = True
    _mail_post_access = "read"

    state = fields.Selection(STATES)
    company_id = fields.Many2one(
        "res.company", required=True, index=True, default=lambda self: self.env.company.root_id
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    user_id = fields.Many2one(
        "res.users", "Responsible", default=lambda self: self.env.user, tracking=True
    )
    date = fields.Date(
        "Balances as of",
        required=True,
        default=lambda self: self.env.company._credit_today() + relativedelta(day=1, days=-1),
        tracking=True,
    )
    scope = fields.Selection(
        [
            ("rotation", "Rotation: Each Once a Quarter"),
            ("all", "All with Open Items"),
            ("chosen", "Chosen Customers"),
        ],
        "Customers Asked",
        required=True,
        default="rotation",
    )
    partner_ids = fields.Many2many(
        "res.partner",
        "receivable_confirmation_campaign_partner_rel",
        string="Customers",
        domain="['|', ('is_company', '=', True), ('parent_id', '=', False)]",
    )
    kind = fields.Selection(
        [("positive", "Positive: Please Answer"), ("negative", "Negative: Only if You Disagree")],
        "Form of Confirmation",
        required=True,
        default="positive",
        help="Negative: silence until the day of answer counts as agreement, and the letter says so.",
    )
    send_by = fields.Selection(
        [("mail", "Email, Else Post"), ("print", "Post")],
        "Send by",
        required=True,
        default="mail",
    )
    in_writing = fields.Boolean(
        "Signed Copy Required",
        compute="_compute_in_writing",
        store=True,
        readonly=False,
        precompute=True,
        help="Customers answer with a copy that they signed and stamped.",
    )
    date_deadline = fields.Date(
        "Answer by",
        compute="_compute_date_deadline",
        store=True,
        readonly=False,
        precompute=True,
        tracking=True,
    )
    note = fields.Text(
        "Text in the Letters", help="Stands in each letter after its first paragraph."
    )
    confirmation_ids = fields.One2many(
        "receivable.confirmation", "campaign_id", "Letters", readonly=True
    )
    letter_count = fields.Integer("Number of Letters", compute="_compute_counts")
    amount = fields.Monetary(
        "Balances", compute="_compute_counts", help="Of all letters, in company currency."
    )
    waiting_count = fields.Integer("Waiting for an Answer", compute="_compute_counts")
    answered_count = fields.Integer("Answers", compute="_compute_counts")
    differing_count = fields.Integer("Differences", compute="_compute_counts")
    paper_count = fields.Integer("To Print", compute="_compute_counts")

    @api.depends("date", "scope", "company_id")
    def _compute_in_writing(self):
        for campaign in self:
            campaign.in_writing = campaign._is_month_of_all()

    @api.depends("company_id")
    def _compute_date_deadline(self):
        for campaign in self:
            # sudo: a setting
            company = (campaign.company_id or self.env.company).sudo()
            days = company.receivable_confirmation_days
            campaign.date_deadline = company._credit_today() + relativedelta(days=days)

    def _compute_counts(self):
        rows = self.env["receivable.confirmation"]._read_group(
            [("campaign_id", "in", self.ids), ("state", "!=", "cancelled")],
            ["campaign_id", "state", "result", "channel"],
            ["__count", "amount:sum"],
        )
        found = defaultdict(list)
        for campaign, *row in rows:
            found[campaign].append(row)
        for campaign in self:
            own = found[campaign]
            campaign.letter_count = sum(count for *_key, count, _amount in own)
            campaign.amount = sum(amount for *_key, amount in own)
            campaign.answered_count = sum(row[3] for row in own if row[0] == "answered")
            campaign.differing_count = sum(row[3] for row in own if row[1] == "differs")
            campaign.waiting_count = sum(
                row[3] for row in own if row[0] in ("sent", "printed", "bounced")
            )
            campaign.paper_count = sum(
                row[3] for row in own if row[0] == "ready" and row[2] == "print"
            )

    @api.constrains("date", "date_deadline")
    def _check_days(self):
        for campaign in self:
            today = campaign.company_id._credit_today()
            if campaign.date > today:
                raise ValidationError(
                    self.env._(
                        "Balances as of %(day)s: choose today, %(today)s, or a day before.",
                        day=format_date(self.env, campaign.date),
                        today=format_date(self.env, today),
                    )
                )
            if not campaign.date_deadline or campaign.date_deadline <= campaign.date:
                raise ValidationError(
                    self.env._(
                        "Answer by (%(deadline)s) must be after Balances as of (%(day)s).",
                        deadline=format_date(self.env, campaign.date_deadline) or "–",
                        day=format_date(self.env, campaign.date),
                    )
                )

    @api.constrains("scope", "partner_ids")
    def _check_chosen(self):
        for campaign in self:
            if campaign.scope == "chosen" and not campaign.partner_ids:
                raise ValidationError(self.env._("Customers: choose at least one."))

    # ------------------------------------------------------------------ fields that people may write

    def _get_open_fields(self):
        self.ensure_one()
        if self.state == "draft":
            return INPUTS
        return {"user_id"} if self.state != "closed" else set()

    @api.model
    def _get_create_fields(self):
        return INPUTS

    def _may_delete(self):
        return self.state == "draft"

    # ------------------------------------------------------------------ who is asked

    def _is_month_of_all(self):
        """Return whether a rotation asks all customers in this month, in writing (P4-15)."""
        self.ensure_one()
        # sudo: a setting
        company = (self.company_id or self.env.company).sudo()
        months = (company.receivable_confirmation_month_1, company.receivable_confirmation_month_2)
        return self.scope == "rotation" and bool(self.date) and str(self.date.month) in months

    # ------------------------------------------------------------------ letters

    def _check_makes(self, state):
        """Raise unless the user makes campaigns and these are in a state."""
        self.env.user._require_role(self.env._("Balance confirmations"), *MAKERS)
        self.check_access("write")
        for campaign in self:
            if campaign.state != state:
                raise UserError(
                    self.env._(
                        "%(campaign)s is “%(state)s”: this is not possible in this status.",
                        campaign=campaign.name,
                        state=dict(self._fields["state"]._description_selection(self.env))[
                            campaign.state
                        ],
                    )
                )

    def action_prepare(self):
        """Make the letters with their balances and open items, to be looked at before they go out.

        :raise AccessError: a customer was chosen whom the user may not see
        :raise UserError: nobody is to be asked
        """
        self.ensure_one()
        self._check_makes("draft")
        # sudo: the ORM hides chosen customers of other companies; the rights are the user's
        self.sudo().partner_ids.with_env(self.env).check_access("read")
        # sudo: the books of all customers, for users who make campaigns
        if not self.sudo()._create_letters():
            raise UserError(
                self.env._(
                    "There is no customer to ask: none has an open item on that day, or all had a"
                    " letter this quarter already."
                )
            )
        self._system_write({"state": "prepared"})
        return self.action_open_letters()

    def action_discard(self):
        """Discard the letters that were prepared; the campaign is a draft again."""
        self._check_makes("prepared")
        # sudo: letters are the system's, of campaigns that the user may write
        self.sudo().confirmation_ids._system_unlink()
        self._system_write({"state": "draft"})
        return True

    def action_send(self):
        """Send the letters: by email in batches, in the background; the others are to be printed.

        The day of answer may not have passed.

        :raise UserError: it has, or there is no letter left
        """
        self._check_makes("prepared")
        for campaign in self:
            if campaign.date_deadline <= campaign.company_id._credit_today():
                raise UserError(
                    self.env._(
                        "Answer by: %s has passed. Discard the letters and choose a later day.",
                        format_date(self.env, campaign.date_deadline),
                    )
                )
            # sudo: letters are the system's, of campaigns that the user may write
            letters = campaign.sudo().confirmation_ids.filtered(lambda one: one.state == "draft")
            if not letters:
                raise UserError(self.env._("%s has no letter.", campaign.name))
            letters._release()
            campaign._system_write({"state": "sent"})
        return True

    @api.model
    def _close_answered(self):
        """Close campaigns none of whose letters waits for anything."""
        # sudo: the job closes campaigns of all companies
        sent = self.sudo().search([("state", "=", "sent")])
        # sudo: as above
        waiting = self.env["receivable.confirmation"].sudo()._read_group(
            [("campaign_id", "in", sent.ids), ("state", "in", ("ready", "sent", "printed", "bounced"))],
            ["campaign_id"],
        )  # fmt: skip
        (sent - self.browse().union(*(campaign for (campaign,) in waiting)))._system_write(
            {"state": "closed"}
        )

    # ------------------------------------------------------------------ opening and printing

    def action_open_letters(self):
        """Open the letters of these campaigns."""
        self.check_access("read")
        return self._open_records(
            "receivable_confirmation_action",
            domain=[("campaign_id", "in", self.ids)],
            context={},
        )

    def action_open_differences(self):
        """Open the letters whose customers do not agree."""
        self.check_access("read")
        return self._open_records(
            "receivable_confirmation_action",
            domain=[("campaign_id", "in", self.ids), ("result", "=", "differs")],
            context={},
        )

    def action_open_statistics(self):
        """Open the reply statistics of these campaigns."""
        self.check_access("read")
        return self._open_records(
            "receivable_confirmation_action_statistics",
            domain=[("campaign_id", "in", self.ids), ("state", "!=", "cancelled")],
        )

    def action_print_letters(self):
        """Print the letters that go on paper and were not printed yet, as many as go at once."""
        self.ensure_one()
        letters = self.env["receivable.confirmation"]
        letters = letters.search(
            [("campaign_id", "=", self.id), ("state", "=", "ready"), ("channel", "=", "print")],
            limit=letters._get_print_limit(),
        )
        if not letters:
            raise UserError(self.env._("%s has no letter left to print.", self.name))
        return letters.action_print()

    def action_print(self):
        """Print the auditor's report of this campaign."""
        self.check_access("read")
        return self.env.ref(
            "credit_collection.action_report_receivable_confirmation_campaign"
        ).report_action(self)

    def action_export(self):
        """Export the auditor's report of this campaign as a workbook."""
        self.check_access("read")
        return self.env.ref(
            "credit_collection.action_xlsx_receivable_confirmation_campaign"
        ).report_action(self)

    def _get_statistics(self):
        """Return rows of the reply statistics (客户回函统计表): by salesperson and grade, in the company's
        currency; the last one is the total.

        :return: [(salesperson, grade, {part: (number, amount)})], parts: sent, answered, agreed,
            differs, assumed, silent, waiting
        """
        self.ensure_one()
        rows = self.env["receivable.confirmation"]._read_group(
            Domain("campaign_id", "=", self.id)
            & Domain("state", "not in", ("draft", "ready", "cancelled")),
            ["user_id", "grade_id", "state", "result"],
            ["__count", "amount:sum"],
        )
        found, total = {}, defaultdict(lambda: (0, 0.0))
        for user, grade, state, result, count, amount in rows:
            parts = found.setdefault((user, grade), defaultdict(lambda: (0, 0.0)))
            for part in ("sent", "answered" if state == "answered" else None, result or "waiting"):
                if part:
                    for sums in (parts, total):
                        sums[part] = (sums[part][0] + count, sums[part][1] + amount)
        lines = [(user, grade, parts) for (user, grade), parts in found.items()]
        lines.sort(key=lambda line: (line[0].name or "", line[1].sequence, line[1].id))
        empty = self.env["res.users"], self.env["credit.grade"]
        return [*lines, (*empty, total)]

    @api.model
    def _get_parts(self):
        """Return [(part, name)] of the reply statistics in their order."""
        names = {
            "sent": self.env._("Sent"),
            "answered": self.env._("Answered"),
            "agreed": self.env._("In Agreement"),
            "differs": self.env._("Differing"),
            "assumed": self.env._("Agreed by Silence"),
            "silent": self.env._("Silent"),
            "waiting": self.env._("Waiting"),
        }
        return list(names.items())

    def _get_letters(self):
        """Return the letters that went out, in the order of their customers."""
        self.ensure_one()
        letters = self.confirmation_ids.filtered(
            lambda one: one.state not in ("draft", "ready", "cancelled")
        )
        return letters.sorted(lambda one: (one.partner_id.name or "", one.id))
