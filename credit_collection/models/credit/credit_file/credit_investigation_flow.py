from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from .credit_investigation import STATED

ACTIVITY = "credit_collection.mail_activity_credit_investigation"

# The eight sections of 客户信用调查评定表, in the order of the form.
SECTIONS = (
    "form_basics", "form_leaders", "form_banks", "form_business", "form_finances", "form_dealings",
    "form_record", "form_other",
)  # fmt: skip

# What people fill in.
CONTENT = {
    "partner_id", "company_id", "date", "user_id", "source", "topic", "note", "attachment_ids",
    "is_form", "amount", "related_name", "register_reference", "register_name", "url", *STATED,
    *SECTIONS,
}  # fmt: skip

VALID_MONTHS = 3


class CreditInvestigation(models.Model):
    """The credit investigation form, renewed in full each quarter (客户信用调查评定表, P4-27, P4-19).

    draft    being filled in by its author, who answers for its truth
    filled   complete; a manager looks for contradictions
    checked  filed: changed no more, the next form starts from it

    | action | who                                       | restriction                     |
    | fill   | the author, controllers                   | no section is empty             |
    | check  | sales and finance managers, controllers   | never the author; with a remark |

    A note about the customer (`is_form` off) stays a draft. Changes in between are notes.
    """

    _inherit = "credit.investigation"

    is_form = fields.Boolean(
        "Investigation Form", help="The whole form with its eight sections, valid for a quarter."
    )
    state = fields.Selection(
        [("draft", "Draft"), ("filled", "To Check"), ("checked", "Checked")],
        "Status",
        default="draft",
        required=True,
        readonly=True,
        copy=False,
        tracking=True,
    )
    form_basics = fields.Text("Basics")
    form_leaders = fields.Text("Shareholders, Legal Representative, Leaders")
    form_banks = fields.Text("Settlement Bank Accounts")
    form_business = fields.Text("Business Situation")
    form_finances = fields.Text("Financial Situation")
    form_dealings = fields.Text("Dealings with Us")
    form_record = fields.Text("Credit Record")
    form_other = fields.Text("Other Matters", help="Enter “none” where there is nothing to say.")
    valid_until = fields.Date(compute="_compute_valid_until", store=True)
    previous_id = fields.Many2one(
        "credit.investigation", "Previous Form", compute="_compute_previous_id"
    )
    changes = fields.Text("Changes Since the Former Form", compute="_compute_previous_id")
    check_note = fields.Text("Discrepancies Found", copy=False)
    writer_ids = fields.Many2many(
        "res.users",
        "credit_investigation_writer_rel",
        string="Written by",
        readonly=True,
        copy=False,
        context={"active_test": False},
    )
    checked_by_id = fields.Many2one("res.users", "Checked by", readonly=True, copy=False)
    checked_at = fields.Datetime("Checked on", readonly=True, copy=False)
    can_fill = fields.Boolean(compute="_compute_can")
    can_check = fields.Boolean(compute="_compute_can")
    can_return = fields.Boolean(compute="_compute_can")

    @api.depends("date", "is_form")
    def _compute_valid_until(self):
        for row in self:
            dated = row.is_form and row.date
            row.valid_until = dated and row.date + relativedelta(months=VALID_MONTHS)

    @api.depends("partner_id", "company_id", "is_form", *SECTIONS)
    @api.depends_context("lang")
    def _compute_previous_id(self):
        for row in self:
            former = row.is_form and self.search(
                [
                    ("partner_id", "=", row.partner_id.id),
                    ("company_id", "=", row.company_id.id),
                    ("is_form", "=", True),
                    ("state", "!=", "draft"),
                    ("id", "!=", row._origin.id),
                    ("date", "<=", row.date),
                ],
                order="date desc, id desc",
                limit=1,
            )
            row.previous_id = former
            row.changes = "\n".join(row._get_changes(former)) if former else False

    @api.depends("state", "user_id", "create_uid", "is_form", "writer_ids")
    @api.depends_context("uid")
    def _compute_can(self):
        for row in self:
            filled = row.is_form and row.state == "filled"
            row.can_fill = row.is_form and row.state == "draft" and not row._get_foreign()
            row.can_check = filled and row._may_check()
            row.can_return = filled and row._may_return()

    def _get_changes(self, former):
        """Return a sentence for each section that says something else than the former form."""
        for name in SECTIONS:
            old, new = (former[name] or "").strip(), (self[name] or "").strip()
            if old != new:
                yield self.env._(
                    "%(section)s: %(new)s (before: %(old)s)",
                    section=self._fields[name]._description_string(self.env),
                    new=new or "–",
                    old=old or "–",
                )

    # ------------------------------------------------------------------ who writes what

    @api.model
    def _get_create_fields(self):
        return CONTENT

    def _get_open_fields(self):
        if self.state == "draft":
            return CONTENT
        return {"check_note"} if self.state == "filled" and self._may_check() else set()

    def _may_delete(self):
        return self.state != "checked"

    def _may_check(self):
        """Return whether the user may check this form: managers and controllers, never the author."""
        self.ensure_one()
        user = self.env.user
        # sudo: all who wrote in it, seen or not
        writers = self.user_id | self.create_uid | self.sudo().writer_ids
        return user not in writers and user._has_role(
            "sales_manager", "finance_manager", "controller"
        )

    def _may_return(self):
        return self.user_id == self.env.user or self._may_check()

    def _note_writers(self, vals):
        """Keep who wrote in a section: nobody checks a form that they wrote in."""
        if not self._is_system() and not vals.keys().isdisjoint(SECTIONS):
            self._system_write({"writer_ids": [fields.Command.link(self.env.uid)]})

    # ------------------------------------------------------------------ flow

    def action_fill(self):
        """Hand the form in to be checked.

        :raise UserError: a section is empty
        """
        for row in self:
            row.check_access("write")
            row._check_is_author()
            if not row.is_form or row.state != "draft":
                raise UserError(self.env._("%s is no draft of a form.", row.display_name))
            row._check_sections()
            row._system_write({"state": "filled"})
            # sudo: activities of others end as well
            row.sudo().activity_feedback([ACTIVITY])
        return True

    def _get_input_checks(self):
        return [self._check_sections] if self.is_form and self.state == "draft" else []

    def _check_sections(self):
        empty = [
            self._fields[name]._description_string(self.env)
            for name in SECTIONS
            if not (self[name] or "").strip()
        ]
        if empty:
            raise UserError(self.env._("Fill in these sections first: %s.", ", ".join(empty)))

    def action_check(self):
        """File the form: it was compared with the papers and the trade record.

        :raise AccessError: by the author, or without the role
        """
        for row in self:
            row.check_access("read")
            if not row.is_form or row.state != "filled":
                raise UserError(self.env._("%s is not waiting to be checked.", row.display_name))
            if not row._may_check():
                raise AccessError(
                    self.env._(
                        "%s is checked by a manager or a credit controller other than its author.",
                        row.display_name,
                    )
                )
            row._system_write(
                {
                    "state": "checked",
                    "checked_by_id": self.env.uid,
                    "checked_at": fields.Datetime.now(),
                }
            )
        return True

    def action_back(self):
        """Give the form back to its author, who corrects it: who may check it."""
        for row in self:
            row.check_access("read")
            if row.state != "filled" or not row._may_return():
                raise UserError(self.env._("%s is not waiting to be checked.", row.display_name))
            row._system_write({"state": "draft"})
        return True

    # ------------------------------------------------------------------ each quarter

    @api.model
    def _cron_renew(self):
        """Ask for the form of every customer with a limit whose last one is older than a quarter.

        In one batch: a draft each, which begins as the last form, for the customer's salesperson.
        """
        for company in self.env["res.partner"]._credit_companies():
            self._renew(company)

    @api.model
    def _renew(self, company):
        """Do so for one legal entity.

        :return: the new drafts, as superuser
        """
        today = company._credit_today()
        # sudo: the job is the system's
        system = self.sudo().with_company(company)
        customers = system.env["res.partner"].search(
            [
                ("credit_control", "=", "limit"),
                "|",
                ("credit_limit", ">", 0),
                ("credit_limit_default", "=", True),
                ("parent_id", "=", False),
                ("company_id", "in", [False, *company._credit_entity_ids()]),
            ]
        )
        forms = system.search(
            [
                ("is_form", "=", True),
                ("company_id", "=", company.id),
                ("partner_id", "in", customers.ids),
            ],
            order="date, id",
        )
        done = forms.filtered(lambda form: form.state != "draft")
        last = {form.partner_id: form for form in done}
        begun = {form.partner_id: form for form in forms - done}
        controller = (company.credit_controller_id or company._credit_controllers())[:1]
        values = []
        for customer in customers:
            former = last.get(customer, self.browse())
            if former and former.valid_until >= today:
                continue
            author = customer.user_id or controller or self.env.user
            if draft := begun.get(customer):
                # Begun and forgotten: its author is asked again, or who took the customer over.
                if not draft.user_id.active:
                    draft._system_write({"user_id": author.id})
                if not draft.activity_ids:
                    draft.activity_schedule(ACTIVITY, user_id=draft.user_id.id)
                continue
            values.append(
                {
                    **{name: former[name] for name in SECTIONS},
                    "partner_id": customer.id,
                    "company_id": company.id,
                    "user_id": author.id,
                    "date": today,
                    "is_form": True,
                    "topic": "basic",
                    # kept for everybody in the company, so in its language
                    "note": self.with_context(lang=company.partner_id.lang).env._(
                        "Form of the quarter"
                    ),
                }
            )
        drafts = system._system().create(values)
        for user, own in drafts.grouped("user_id").items():
            own.activity_schedule(ACTIVITY, user_id=user.id)
        return drafts
