from markupsafe import Markup

from odoo import SUPERUSER_ID, api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools.mail import email_normalize_all

STATES = [
    ("draft", "Draft"),
    ("requested", "Approval Requested"),
    ("approved", "Approved"),
    ("rejected", "Rejected"),
    ("cancelled", "Cancelled"),
]

SIDES = [("ours", "In Our Records Only"), ("theirs", "In the Customer's Records Only")]

FAULTS = [("ours", "Our Error"), ("theirs", "Customer's Error"), ("timing", "Timing Only")]

LINE_INPUTS = {"balance_id", "side", "name", "date", "amount", "fault", "remedy"}

RECONCILE = "mail_activity_confirmation_reconcile"

CORRECT = "mail_activity_reconciliation_correct"

TELL = "mail_activity_reconciliation_tell"


class ReceivableReconciliation(models.Model):
    """Reconciliation sheet (调节表): why a customer's balance differs from ours (P4-15, P4-31).

    draft      accounting lists the items in one of the two books alone, whose error each is and
               what was done
    requested  frozen; sales manager, finance manager and general manager decide in turn
    approved   our errors are a task for accounting, the customer is told of theirs at once
    rejected, cancelled

    | action          | who                     | restriction          |
    | fill, request   | accounting, controllers | while a draft        |
    | approve, reject | reviewers of the tier   | never the requester  |
    | withdraw        | who requested           | while requested      |
    | anew            | accounting, controllers | rejected, cancelled  |

    Our balance, less what is in our records only, plus what is in theirs only, is the customer's
    balance. What this leaves unexplained in a currency needs words.
    """

    _name = "receivable.reconciliation"
    _description = "Reconciliation Sheet"
    _inherit = ["credit.numbered.mixin", "credit.approval.mixin"]
    _order = "id desc"
    _approval_fields = ("partner_id", "date", "difference", "summary", "note")
    _approval_amount = "difference"
    _author_fields = frozenset({"note"})
    _draft_state = "draft"
    _check_company_auto = True
    _mail_post_access = "read"

    state = fields.Selection(STATES)
    confirmation_id = fields.Many2one(
        "receivable.confirmation",
        "Balance Confirmation",
        required=True,
        readonly=True,
        index=True,
        ondelete="restrict",
    )
    company_id = fields.Many2one(related="confirmation_id.company_id", store=True, index=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    partner_id = fields.Many2one(
        related="confirmation_id.partner_id", string="Customer", store=True, index=True
    )
    date = fields.Date(related="confirmation_id.date", store=True)
    user_id = fields.Many2one(related="confirmation_id.user_id", store=True)
    difference = fields.Monetary(
        related="confirmation_id.difference", store=True, string="Difference"
    )
    balance_ids = fields.One2many(related="confirmation_id.balance_ids", string="Balances")
    remark = fields.Text(related="confirmation_id.note")
    line_ids = fields.One2many("receivable.reconciliation.line", "reconciliation_id", "Items")
    note = fields.Text(
        "Explanation", tracking=True, help="Required where a difference stays unexplained."
    )
    summary = fields.Text("Whose Error", compute="_compute_summary")
    told_on = fields.Datetime("Customer Notified on", readonly=True, tracking=True)
    can_edit = fields.Boolean(compute="_compute_can_edit")

    _once_a_letter = models.UniqueIndex(
        "(confirmation_id) WHERE state NOT IN ('rejected', 'cancelled')",
        "This letter has a reconciliation sheet already.",
    )

    @api.depends("name", "partner_id")
    def _compute_display_name(self):
        for sheet in self:
            # sudo: the name of the customer, on a sheet the user may read
            sheet.display_name = f"{sheet.name} ({sheet.sudo().partner_id.name})"

    @api.depends_context("uid")
    @api.depends("state")
    def _compute_can_edit(self):
        may = self.has_access("write")
        for sheet in self:
            sheet.can_edit = may and sheet.state == "draft"

    @api.depends("line_ids.fault", "line_ids.amount", "line_ids.currency_id")
    @api.depends_context("lang")
    def _compute_summary(self):
        fault = self.env["receivable.reconciliation.line"]._fields["fault"]
        names = dict(fault._description_selection(self.env))
        for sheet in self:
            sheet.summary = "\n".join(
                f"{names.get(line.fault, '–')}: {line.name}, {line.currency_id.format(line.amount)}"
                for line in sheet.line_ids
            )

    # ------------------------------------------------------------------ fields that people may write

    def _get_open_fields(self):
        self.ensure_one()
        return {"line_ids", "note"} if self.state == "draft" else set()

    # ------------------------------------------------------------------ how it comes about

    @api.model
    def _create_for(self, letter):
        """Create the sheet of a letter with the items that the customer does not have."""
        sheet = self._system_create(
            {
                "confirmation_id": letter.id,
                "line_ids": [
                    fields.Command.create(
                        {
                            "balance_id": line.balance_id.id,
                            "side": "ours",
                            "name": line.name or line.ref or "–",
                            "date": line.date,
                            "amount": line.amount,
                            "note": line.note,
                        }
                    )
                    for line in letter.line_ids
                    if line.answer == "disagree"
                ],
            }
        )
        return sheet

    def action_new(self):
        """Start a new sheet in place of one that was rejected or cancelled, with its items.

        :raise UserError: it still counts
        """
        self.ensure_one()
        self.check_access("write")
        if self.state not in ("rejected", "cancelled"):
            raise UserError(self.env._("%s still counts: change it, or withdraw it.", self.name))
        self.flush_recordset(["state"])  # the index of the database decides what still counts
        sheet = self._system_create(
            {
                "confirmation_id": self.confirmation_id.id,
                "note": self.note,
                # What is taken over was written by others.
                "author_ids": [fields.Command.set(self.sudo()._get_authors().ids)],  # sudo: users
                "line_ids": [fields.Command.create(line._prepare_copy()) for line in self.line_ids],
            }
        )
        return self._open_records("receivable_reconciliation_action", sheet)

    # ------------------------------------------------------------------ request and decision

    def _check_can_request(self):
        result = super()._check_can_request()
        if self.state != "draft":
            raise UserError(
                self.env._("Approval of %s has already been requested.", self.display_name)
            )
        self._check_all(*self._get_input_checks())
        return result

    def _do_request(self):
        result = super()._do_request()
        self.env["collection.task"]._unassign(self, RECONCILE)
        return result

    def _get_input_checks(self):
        return [self._check_lines, self._check_explained] if self.state == "draft" else []

    def _check_lines(self):
        lacking = self.line_ids.filtered(
            lambda one: not one.fault or not (one.remedy or "").strip()
        )
        if lacking:
            raise UserError(
                self.env._(
                    "Enter whose error it is and what was done: %s.",
                    ", ".join(lacking.mapped("name")),
                )
            )

    def _check_explained(self):
        left = [
            balance.currency_id.format(balance.unexplained)
            for balance in self.balance_ids
            if not balance.currency_id.is_zero(balance.unexplained)
        ]
        if left and not (self.note or "").strip():
            raise UserError(
                self.env._(
                    "The items leave %s unexplained. Add the missing items, or say why in Explanation.",
                    ", ".join(left),
                )
            )
        if not self.line_ids and not (self.note or "").strip():
            raise UserError(self.env._("List at least one item, or enter an Explanation."))

    def _after_approved(self):
        result = super()._after_approved()
        # sudo: accounting and the customer are told, whoever approves last
        for sheet in self.sudo():
            sheet._correct_ours()
            sheet._tell_customer()
        return result

    def _correct_ours(self):
        """Ask accounting to correct our errors at once."""
        lines = self.line_ids.filtered(lambda line: line.fault == "ours")
        if lines:
            self.env["collection.task"]._assign(
                self,
                self.company_id._collection_accounting(),
                CORRECT,
                lambda s: s.env._("Correct our errors: %s", s.name),
                self.company_id._credit_today(),
                note=lambda s: s._get_lines_html("ours"),
            )

    def _tell_customer(self):
        """Tell the customer of their errors at once; without an address the salesperson does."""
        if not self.line_ids.filtered(lambda line: line.fault == "theirs"):
            return
        recipient = self.confirmation_id._get_recipient()
        if email_normalize_all(recipient.email):
            # By the system, as the letter: the address is the customer's, not the approver's.
            self.env.ref("credit_collection.mail_template_reconciliation").with_user(
                SUPERUSER_ID
            ).send_mail(self.id, email_values={"email_to": recipient.email})
            self._system_write({"told_on": fields.Datetime.now()})
            return
        self.env["collection.task"]._assign(
            self,
            self.partner_id.user_id or self.company_id._collection_accounting(),
            TELL,
            lambda s: s.env._("No email address: notify the customer of the errors in %s", s.name),
            self.company_id._credit_today(),
            note=lambda s: s._get_lines_html("theirs"),
        )

    def _get_lines_html(self, fault):
        """Return a list of the items that are somebody's error, for messages and activities."""
        row = Markup("<li>%s · %s · %s</li>")
        return Markup("<ul>%s</ul>") % Markup().join(
            row % (line.name, line.currency_id.format(line.amount), line.remedy or "")
            for line in self.line_ids
            if line.fault == fault
        )

    # ------------------------------------------------------------------ buttons

    def action_cancel(self):
        """Cancel sheets that are not decided yet."""
        self.check_access("write")
        for sheet in self:
            sheet._check_can_end()
        for sheet in self:
            sheet._cancel_reviews()
            sheet._system_write({"state": "cancelled"})
        return True

    def action_print(self):
        """Print the reconciliation sheets."""
        self.check_access("read")
        report = self.env.ref("credit_collection.action_report_receivable_reconciliation")
        return report.report_action(self)


class ReceivableReconciliationLine(models.Model):
    """An item that stands in one of the two books alone."""

    _name = "receivable.reconciliation.line"
    _description = "Item of a Reconciliation Sheet"
    _inherit = ["credit.approval.line.mixin"]
    _document_field = "reconciliation_id"
    _order = "reconciliation_id, side, id"

    reconciliation_id = fields.Many2one(
        "receivable.reconciliation", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="reconciliation_id.company_id", store=True)
    state = fields.Selection(related="reconciliation_id.state")
    balance_id = fields.Many2one(
        "receivable.confirmation.balance",
        "Currency",
        required=True,
        index=True,
        ondelete="cascade",
        compute="_compute_balance_id",
        store=True,
        readonly=False,
        precompute=True,
    )
    currency_id = fields.Many2one(related="balance_id.currency_id", string="Currency of the Item")
    side = fields.Selection(SIDES, "Where", required=True, default="theirs")
    name = fields.Char("Document", required=True)
    date = fields.Date()
    amount = fields.Monetary(
        required=True, help="Invoices positive, payments and credit notes negative."
    )
    note = fields.Char("Remark of the Customer")
    fault = fields.Selection(FAULTS, "Whose Error")
    remedy = fields.Char("What Was Done")

    @api.depends("reconciliation_id")
    def _compute_balance_id(self):
        for line in self:
            line.balance_id = line.balance_id or line.reconciliation_id.balance_ids[:1]

    @api.constrains("balance_id", "reconciliation_id")
    def _check_balance(self):
        for line in self:
            if line.balance_id.confirmation_id != line.reconciliation_id.confirmation_id:
                raise ValidationError(
                    self.env._("Currency of %s: choose one of this letter.", line.name)
                )

    def _get_open_fields(self):
        self.ensure_one()
        return LINE_INPUTS if self.reconciliation_id.state == "draft" else set()

    @api.model
    def _get_create_fields(self):
        return LINE_INPUTS | {"reconciliation_id"}

    @api.model_create_multi
    def create(self, vals_list):
        lines = super().create(vals_list)
        if not self._is_system():
            lines._check_draft()
        return lines

    def _may_delete(self):
        return self.reconciliation_id.state == "draft"

    def _check_draft(self):
        """Raise unless the sheets of these items are drafts: nobody adds to what was requested."""
        for sheet in self.reconciliation_id:
            if sheet.state != "draft":
                raise UserError(
                    self.env._("%s was requested: its items stay as they are.", sheet.display_name)
                )

    def _prepare_copy(self):
        names = ("side", "name", "date", "amount", "note", "fault", "remedy")
        return {"balance_id": self.balance_id.id, **{name: self[name] for name in names}}
