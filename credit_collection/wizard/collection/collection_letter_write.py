from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from ...models.collection.letter.collection_letter_create import FIRM

# Days before the due date that a letter on items not yet due looks ahead.
AHEAD = 30


class CollectionLetterWrite(models.TransientModel):
    """Write a letter by hand: from a case, a customer or some of their invoices (P1-07, P1-11)."""

    _name = "collection.letter.write"
    _inherit = ["credit.company.mixin"]
    _description = "Write a Letter"

    partner_id = fields.Many2one("res.partner", "Customer", required=True)
    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company.root_id
    )
    case_id = fields.Many2one("collection.case", compute="_compute_case_id")
    move_ids = fields.Many2many("account.move", string="Only These Invoices")
    type_id = fields.Many2one(
        "collection.letter.type",
        "Letter",
        required=True,
        domain=[("audience", "!=", "agreement")],
        default=lambda self: self.env["collection.letter.type"].search(
            [("code", "=", "payment_reminder")], limit=1
        ),
    )
    channel = fields.Selection(
        [("mail", "Email"), ("print", "Print"), ("sms", "SMS")], default="mail", required=True
    )
    currency_id = fields.Many2one(
        "res.currency",
        compute="_compute_currency_id",
        store=True,
        precompute=True,
        readonly=False,
        required=True,
        help="A letter speaks of one currency.",
    )
    scope = fields.Selection(
        [("overdue", "Overdue Items"), ("due", "Items Due Within 30 Days")],
        "Covers",
        compute="_compute_scope",
        store=True,
        precompute=True,
        readonly=False,
        required=True,
    )
    # A letter of a law firm: the last one proposes firm, lawyer and licence.
    audience = fields.Selection(related="type_id.audience")
    firm_id = fields.Many2one(
        "res.partner", "Law Firm", compute="_compute_firm", store=True, precompute=True,
        readonly=False, domain=[("is_company", "=", True)],
    )  # fmt: skip
    lawyer = fields.Char(compute="_compute_firm", store=True, precompute=True, readonly=False)
    lawyer_license = fields.Char(
        "License Number", compute="_compute_firm", store=True, precompute=True, readonly=False
    )
    firm_ref = fields.Char("Reference of the Firm")
    hint = fields.Text(compute="_compute_hint")
    contact_policy_warning = fields.Char(compute="_compute_contact_policy_warning")
    recent_note = fields.Text(compute="_compute_contact_policy_warning")
    jump = fields.Char("Out of Turn", compute="_compute_contact_policy_warning")
    jump_reason = fields.Char("Reason", help="Why it goes out all the same; kept with the letter.")

    @api.model
    def default_get(self, fields):
        """Return customer and invoices from the place where the wizard was opened."""
        values = super().default_get(fields)
        model, ids = self.env.context.get("active_model"), self.env.context.get("active_ids")
        if not ids or model not in ("collection.case", "res.partner", "account.move"):
            return values
        records = self.env[model].browse(ids).exists()
        records.check_access("read")
        if model == "res.partner":
            partners = records.commercial_partner_id
        elif model == "account.move":
            partners = records.commercial_partner_id
            values["move_ids"] = [(6, 0, records.ids)]
        else:
            partners = records.partner_id
        if len(partners) != 1:
            raise UserError(self.env._("Choose one customer: a letter goes to one."))
        if model != "res.partner" and len(records.company_id.root_id) == 1:
            values["company_id"] = records.company_id.root_id.id
        values["partner_id"] = partners.id
        return values

    @api.depends("partner_id", "company_id")
    def _compute_case_id(self):
        for wizard in self:
            wizard.case_id = self.env["collection.case"]._find_open(
                wizard.partner_id.commercial_partner_id, wizard.company_id
            )

    @api.depends("partner_id", "company_id", "move_ids")
    def _compute_currency_id(self):
        for wizard in self:
            items = wizard._get_items() if wizard.partner_id else []
            overdue = [item for item in items if item["days"] > 0] or items
            wizard.currency_id = (
                overdue[0]["currency_id"] if overdue else wizard.company_id.currency_id
            )

    @api.depends("type_id")
    def _compute_scope(self):
        for wizard in self:
            wizard.scope = "due" if wizard.type_id.code == "account_confirmation" else "overdue"

    @api.depends("type_id", "company_id")
    def _compute_firm(self):
        for wizard in self:
            last = {}
            if wizard.type_id.audience == "firm":
                last = self.env["collection.letter"]._get_last_firm(wizard.company_id)
            for name in FIRM:
                wizard[name] = last.get(name)

    @api.depends("partner_id", "company_id", "currency_id", "scope", "move_ids", "type_id")
    def _compute_hint(self):
        for wizard in self:
            if not (wizard.partner_id and wizard.currency_id):
                wizard.hint = False
                continue
            items = [item for item in wizard._get_items() if wizard._is_asked(item)]
            total = float(sum(item["chase_currency"] for item in items))
            wizard.hint = (
                self.env._(
                    "%(amount)s to collect; number of items: %(count)s.",
                    count=len(items),
                    amount=wizard.currency_id.format(total),
                )
                if items
                else self.env._(
                    "Nothing to collect in this currency: not due, paid, disputed, promised or "
                    "excluded."
                )
            )

    @api.depends("partner_id", "company_id", "type_id", "channel", "move_ids")
    def _compute_contact_policy_warning(self):
        contacts, letters = self.env["collection.contact"], self.env["collection.letter"]
        for wizard in self:
            # Users who may not write learn nothing about the customer.
            wizard.contact_policy_warning = wizard.recent_note = wizard.jump = False
            if not (wizard.partner_id and wizard.type_id and wizard._may_write()):
                continue
            # sudo: contacts of the customer count, seen or not
            customer = wizard.partner_id.sudo().commercial_partner_id
            wizard.contact_policy_warning = contacts._get_letter_warning(
                wizard.type_id, wizard.channel, customer, wizard.company_id
            )
            if wizard.type_id.audience == "customer":
                wizard.recent_note = letters._get_recent_note(customer, wizard.company_id)
            wizard.jump = letters._get_jump(
                wizard.type_id, customer, wizard.company_id, wizard.case_id, wizard.move_ids
            )

    def _get_items(self):
        """Return open items of customer or chosen invoices; none where the user may not write."""
        if not self._may_write():
            return []
        # sudo: sums over items of a customer for whom the user may write, see _check_may_write
        items = (
            self.env["credit.open.item"]
            .sudo()
            ._get_items(self.company_id, self.partner_id.commercial_partner_id.ids)
        )
        chosen = set(self.move_ids.ids)
        return [item for item in items if not chosen or item["move_id"] in chosen]

    def _is_asked(self, item):
        return (
            item["currency_id"] == self.currency_id.id
            and item["chase_currency"] > 0
            and (item["days"] > 0 if self.scope == "overdue" else -AHEAD <= item["days"] <= 0)
        )

    def _may_write(self):
        """Return whether the user may write: collectors in their portfolio, the customer's own people."""
        user = self.env.user
        if self.company_id not in self.env.companies.root_id:
            return False
        # sudo: the owners of customer and case
        customer = self.partner_id.sudo().commercial_partner_id
        # sudo: the case's collector, seen or not
        case = self.env["collection.case"].sudo()._find_open(customer, self.company_id)
        if user in (customer.user_id | case.user_id):
            return True
        # sudo: the setting binds users who may not read settings
        bound = (
            user._collection_is_portfolio_bound()
            and case
            and self.company_id.sudo().collection_own_portfolio
        )
        return not bound and user._has_role("collector", "legal")

    def _check_may_write(self):
        self.partner_id.check_access("read")
        if self.company_id not in self.env.companies.root_id:
            raise AccessError(self.env._("%s is not one of your companies.", self.company_id.name))
        if not self._may_write():
            raise AccessError(
                self.env._("Only collectors and the salesperson of the customer write letters.")
            )

    def _create_letter(self):
        """Create the letter, as the ledger is now.

        :raise UserError: there is nothing to ask for, it is out of turn without a reason, or no
            template states the truth about this customer
        """
        self.ensure_one()
        self._check_may_write()
        reason = (self.jump_reason or "").strip()
        if self.jump and not reason:
            raise UserError(self.env._("%s Give a reason to write it all the same.", self.jump))
        if self.audience == "agreement":
            raise UserError(self.env._("“%s” is no letter.", self.type_id.name))
        if self.audience == "firm" and not (self.firm_id and self.lawyer and self.lawyer_license):
            raise UserError(
                self.env._(
                    "A lawyer's letter is issued by a law firm: enter the firm, the lawyer and the"
                    " license number."
                )
            )
        company = self.company_id
        case = self.case_id
        level = max(case.stage_id.days_from, 1) if self.scope == "overdue" else -AHEAD
        row = {
            "case_id": case.id,
            "partner_id": self.partner_id.commercial_partner_id.id,
            "currency_id": self.currency_id.id,
            "stage_id": case.stage_id.id,
            "type_id": self.type_id.id,
            "channel": self.channel,
            "level": level,
        }
        # sudo: letters are written by the system for users who may ask for one
        letter = (
            self.env["collection.letter"]
            .sudo()
            ._insert_letters(
                company, company._credit_today(), [row], writer_id=self.env.user.id,
                move_ids=self.move_ids.ids or None,
            )
        )  # fmt: skip
        if not letter:
            raise UserError(self.hint or self.env._("There is nothing to collect."))
        if self.audience == "firm":
            letter._system_write(
                {"firm_ref": self.firm_ref, "firm_id": self.firm_id.id, "lawyer": self.lawyer,
                 "lawyer_license": self.lawyer_license}
            )  # fmt: skip
        # sudo: texts of the company, whoever writes
        self.env["collection.letter.text"].sudo()._get_for(letter, approved=False)
        if self.jump:
            letter._system_write({"jump_reason": reason})
            (case.sudo() or letter).message_post(  # sudo: kept for the next reader of the case
                body=self.env._(
                    "%(user)s wrote %(letter)s (%(type)s) out of turn. %(jump)s Reason: %(reason)s",
                    user=self.env.user.name,
                    letter=letter.name,
                    type=self.type_id.name,
                    jump=self.jump,
                    reason=reason,
                )
            )
        return letter.with_env(self.env)

    def action_write(self):
        """Write the letter and open it: look at it, then send, print or cancel it."""
        letter = self._create_letter()
        return letter.get_formview_action()

    def action_send(self):
        """Write the letter and send it at once, or print it; or ask the second person for it."""
        letter = self._create_letter()
        if letter.needs_confirmation:
            letter.action_request_confirmation()
            return letter.get_formview_action()
        if letter.channel == "print":
            return letter.action_print()
        letter.action_send()
        return letter.get_formview_action()
