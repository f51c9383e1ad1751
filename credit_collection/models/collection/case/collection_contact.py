from datetime import timedelta

import pytz

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tools import format_date, format_datetime, format_duration

from .collection_case_schedule import PATHS

CONTACT_CHANNELS = [
    ("call", "Call"),
    ("mail", "Email"),
    ("sms", "SMS"),
    ("visit", "Visit"),
    ("letter", "Letter"),
    ("other", "Other"),
]

CONTACT_RESULTS = [
    ("reached", "Contact Made"),
    ("promise", "Promises to Pay"),
    ("dispute", "Disputes"),
    ("refused", "Refuses to Pay"),
    ("no_answer", "No Answer"),
    ("message", "Message Left"),
    ("wrong", "Wrong Person"),
    ("bounced", "Bounced"),
    ("sent", "Sent"),
    ("other", "Other"),
]

# Fields that a person fills in to log a contact.
WRITTEN_BY_HAND = {
    "case_id", "date", "person_id", "channel", "direction", "result", "summary",
    "reason_id", "next_step", "date_next", "is_complaint", "limit_reason",
}  # fmt: skip

# Of these, fields that stay as they were even while the author may correct the text.
FIXED = {"case_id", "date", "limit_reason"}

EDIT_HOURS = 24

# Contacts that disturb a customer: their hours and number are limited.
LIMITED_CHANNELS = ("call", "sms", "visit")


class CollectionContact(models.Model):
    """One contact with a customer about their debt (P1-08, P2-21).

    Written by collectors, by salespeople for their own customers, and by the system for
    messages it sent. The author may correct the text within a day; after that only an addition is
    possible. Nothing is ever deleted. The contact policy stands at the end.
    """

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
    person_id = fields.Many2one("res.partner", help="Whom we talked to.")
    person_phone = fields.Char(related="person_id.phone", string="Phone")
    person_email = fields.Char(related="person_id.email", string="Email")
    channel = fields.Selection(CONTACT_CHANNELS, required=True, default="call")
    direction = fields.Selection(
        [("out", "Outbound"), ("in", "Inbound")], required=True, default="out"
    )
    result = fields.Selection(CONTACT_RESULTS, required=True, default="reached")
    summary = fields.Text("Conversation Summary")
    reason_id = fields.Many2one("collection.reason", "Reason Given by Customer")
    next_step = fields.Char()
    date_next = fields.Date("Next Step on")
    next_activity_id = fields.Many2one(
        "mail.activity",
        "Activity of the Next Step",
        readonly=True,
        ondelete="set null",
        index="btree_not_null",
    )
    is_complaint = fields.Boolean(
        "Complaint", help="The customer complained about how they were contacted or treated."
    )
    letter_id = fields.Many2one("collection.letter", readonly=True, ondelete="set null")
    path = fields.Selection(
        PATHS,
        compute="_compute_path",
        store=True,
        precompute=True,
        help="What the case pursued when the contact was logged.",
    )
    addition_to_id = fields.Many2one(
        "collection.contact",
        "Addition to",
        readonly=True,
        ondelete="cascade",
        index="btree_not_null",
    )
    addition_ids = fields.One2many("collection.contact", "addition_to_id", "Additions")
    is_automatic = fields.Boolean("Automatic", readonly=True)
    can_edit = fields.Boolean(compute="_compute_can_edit")

    # ---- Conduct
    limit_reason = fields.Char(
        "Reason Beyond the Limits",
        help="Why the customer was contacted outside the hours or more often than allowed.",
    )
    limit_broken = fields.Char("Limit Exceeded", readonly=True)

    # The reasons given lately, counted when one is chosen.
    _reasons = models.Index("(date, reason_id) WHERE reason_id IS NOT NULL")

    # Not on the path of the case: it stays as it was.
    @api.depends("case_id")
    def _compute_path(self):
        for contact in self:
            contact.path = contact.case_id.sudo().path  # sudo: whoever may log a contact

    @api.depends("channel", "result", "date")
    @api.depends_context("lang", "tz")
    def _compute_display_name(self):
        channels = dict(self._fields["channel"]._description_selection(self.env))
        results = dict(self._fields["result"]._description_selection(self.env))
        for contact in self:
            day = fields.Datetime.context_timestamp(contact, contact.date or fields.Datetime.now())
            contact.display_name = self.env._(
                "%(channel)s of %(date)s: %(result)s",
                channel=channels.get(contact.channel, ""),
                date=format_date(self.env, day.date()),
                result=results.get(contact.result, ""),
            )

    @api.depends_context("uid")
    @api.depends("user_id", "create_date", "is_automatic", "addition_to_id")
    def _compute_can_edit(self):
        limit = fields.Datetime.now() - timedelta(hours=EDIT_HOURS)
        for contact in self:
            contact.can_edit = not contact.id or (
                not contact.is_automatic
                and contact.user_id == self.env.user
                and bool(contact.create_date and contact.create_date > limit)
            )

    # ------------------------------------------------------------------ rights to write

    @api.model
    def _get_create_fields(self):
        return WRITTEN_BY_HAND

    def _get_open_fields(self):
        return WRITTEN_BY_HAND - FIXED if self.can_edit else set()

    @api.model_create_multi
    def create(self, vals_list):
        by_hand = not self._is_system()
        if by_hand:
            # Case, hour and channel count wherever they come from.
            defaults = self.default_get(sorted(WRITTEN_BY_HAND))
            vals_list = [{**defaults, **vals} for vals in vals_list]
            cases = self.env["collection.case"].browse(
                {vals["case_id"] for vals in vals_list if vals.get("case_id")}
            )
            cases._check_can_log()
            self._check_contact_policy(vals_list)
        contacts = super().create(vals_list)
        contacts.filtered(
            lambda contact: not contact.is_automatic and not contact.addition_to_id
        )._after_logged()
        return contacts

    def write(self, vals):
        late = [contact for contact in self if not self._is_system() and not contact.can_edit]
        if late:
            raise AccessError(
                self.env._(
                    "%s can no longer be changed: only its author can edit it, within one day. "
                    "Add a note instead.",
                    late[0].display_name,
                )
            )
        result = super().write(vals)
        if not {"summary", "result"}.isdisjoint(vals):
            self._update_case()
            self._report_refusal()
        if vals.get("is_complaint"):
            self._notify_complaint()
        return result

    @api.constrains("date", "create_date")
    def _check_date(self):
        for contact in self:
            if contact.date > fields.Datetime.now() + timedelta(minutes=5):
                raise ValidationError(
                    self.env._(
                        "Date: a contact cannot lie in the future (%s).",
                        format_datetime(self.env, contact.date),
                    )
                )

    @api.constrains("date_next")
    def _check_date_next(self):
        for contact in self:
            if error := self._get_past_error(contact.date_next):
                raise ValidationError(error)

    @api.model
    def _get_past_error(self, day):
        """Return why a next step cannot be planned for `day`, of the user's calendar; empty if it can."""
        if not day or day >= fields.Date.context_today(self):
            return ""
        return self.env._(
            "Next Step on: %(date)s is in the past; choose today or later.",
            date=format_date(self.env, day),
        )

    @api.constrains("person_id", "partner_id")
    def _check_person(self):
        # Messages sent or received by the system have any address.
        for contact in self.filtered(lambda contact: not contact.is_automatic):
            # sudo: a constraint looks at the person as it is, visible or not
            person = contact.person_id.sudo()
            if person and person.commercial_partner_id != contact.partner_id:
                raise ValidationError(
                    self.env._(
                        "Person: %(person)s does not belong to %(customer)s.",
                        person=person.display_name,
                        customer=contact.partner_id.display_name,
                    )
                )

    # ------------------------------------------------------------------ effects

    def _after_logged(self):
        self._update_case()
        for contact in self:
            if contact.date_next:
                contact._plan_next_step()
        self.filtered("is_complaint")._notify_complaint()
        self._report_refusal()
        self.case_id._plan_followed()
        self.case_id._refresh()

    def _update_case(self):
        """Refresh last contact and last text of the case, from its latest contact by a person."""
        for case in self.case_id:
            # sudo: the latest contact counts, whoever wrote it
            last = self.sudo().search(
                [
                    ("case_id", "=", case.id),
                    ("is_automatic", "=", False),
                    ("addition_to_id", "=", False),
                ],
                limit=1,
            )
            if last:
                case._system_write(
                    {"date_last_contact": last.date, "last_contact_text": last._get_text()}
                )

    def _get_text(self):
        """Return the text of the contact, or the result where nothing was noted."""
        self.ensure_one()
        return (self.summary or "").strip() or dict(
            self._fields["result"]._description_selection(self.env)
        )[self.result]

    def _plan_next_step(self):
        """Plan the next step as an activity of the collector."""
        self.ensure_one()
        case = self.case_id
        # sudo: users who log a contact do not edit cases; the activity is the collector's
        activity = case.sudo().activity_schedule(
            "mail.mail_activity_data_call"
            if self.channel == "call"
            else "mail.mail_activity_data_todo",
            date_deadline=self.date_next,
            summary=self.next_step or self.env._("Follow up"),
            note=self.summary or "",
            user_id=(case.user_id or self.env.user).id,
        )
        if activity:
            self._system_write({"next_activity_id": activity.id})

    def _report_refusal(self):
        """Report customers who say that they will not pay to the head of sales (P1-08)."""
        self.filtered(
            lambda contact: contact.result == "refused" and not contact.addition_to_id
        ).case_id._report_to_sales(
            lambda case: case.env._("%s refuses to pay", case.partner_id.name)
        )

    def _notify_complaint(self):
        """Notify the head of the team, or the head of collection instead, of a complaint, once."""
        for contact in self:
            case = contact.case_id.sudo()  # sudo: the head of the team is notified, by any user
            head = case.company_id._collection_head(case.team_id)
            if head:
                case.activity_schedule(
                    "mail.mail_activity_data_todo",
                    summary=self.env._("Complaint of the customer"),
                    note=contact.summary or "",
                    user_id=head.id,
                )

    # ------------------------------------------------------------------ additions

    def action_add(self):
        """Open the dialog that adds text to this contact."""
        self.ensure_one()
        self.check_access("read")
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Add to a Contact"),
            "res_model": "collection.contact.addition",
            "view_mode": "form",
            "target": "new",
            "context": {"default_contact_id": self.id},
        }

    def _add(self, text):
        """Append an addition by this user, with today's date.

        :raise AccessError: the user may not log contacts of this customer
        """
        self.ensure_one()
        self.check_access("read")
        self.case_id._check_can_log()
        root = self.addition_to_id or self
        # The addition repeats the text it adds to.
        return self._system_create(
            {
                "case_id": root.case_id.id,
                "addition_to_id": root.id,
                "user_id": self.env.user.id,
                "channel": root.channel,
                "direction": root.direction,
                "result": root.result,
                "person_id": root.person_id.id,
                "summary": text,
            }
        )

    # ---- Conduct (P2-21): hours and number of contacts; beyond them a reason is asked for and kept.

    @api.model
    def _count_recent(self, partners, company, date=None):
        """Return {commercial partner id: contacts of ours that count} in the days before `date`.

        Calls, SMS and visits that were logged, and every letter that went out.

        :param company: its `collection_contact_days` are looked back
        """
        date = date or fields.Datetime.now()
        # sudo: contacts of every colleague count
        groups = self.sudo()._read_group(
            [
                ("partner_id", "in", partners.ids),
                ("company_id", "=", company.id),
                ("direction", "=", "out"),
                ("addition_to_id", "=", False),
                ("date", ">", date - timedelta(days=company.collection_contact_days)),
                ("date", "<=", date),
                "|",
                ("channel", "in", LIMITED_CHANNELS),
                ("letter_id", "!=", False),
                ("result", "!=", "bounced"),
            ],
            ["partner_id"],
            ["__count"],
        )
        return {partner.id: count for partner, count in groups}

    @api.model
    def _get_broken_count(self, partner, company, date=None):
        """Return the warning that a further contact would be one too many; empty when it would not.

        :param partner: commercial partner
        """
        company = company.sudo()  # sudo: settings only
        count = self._count_recent(partner, company, date).get(partner.id, 0)
        if not company.collection_contact_max or count < company.collection_contact_max:
            return ""
        return self.env._(
            "Already %(count)s contacts within %(days)s days; the limit is %(max)s.",
            count=count,
            days=company.collection_contact_days,
            max=company.collection_contact_max,
        )

    @api.model
    def _get_broken_limits(self, case, channel, direction, date):
        """Return the contact limits that a contact would break, in words; empty when none.

        :param date: UTC; the hours are those of the customer's time zone, else the company's
        """
        if direction != "out" or channel not in LIMITED_CHANNELS:
            return ""
        case = case.sudo()  # sudo: time zone and settings only
        company = case.company_id
        zone = case.partner_id.tz or company.partner_id.tz or "UTC"
        local = pytz.utc.localize(date).astimezone(pytz.timezone(zone))
        hour = local.hour + local.minute / 60
        broken = []
        if not company.collection_hour_from <= hour < company.collection_hour_to:
            broken.append(
                self.env._(
                    "It is %(time)s where the customer is; contact is allowed from %(start)s to %(end)s.",
                    time=local.strftime("%H:%M"),
                    start=format_duration(company.collection_hour_from),
                    end=format_duration(company.collection_hour_to),
                )
            )
        broken.append(self._get_broken_count(case.partner_id, company, date))
        return " ".join(filter(None, broken))

    @api.model
    def _get_letter_warning(self, letter_type, channel, partner, company):
        """Return the limits that a letter sent by hand now would break, in words; empty when none.

        Mail and SMS outside the hours are refused, see `collection.letter.action_send`; one
        contact too many is the writer's responsibility, and noted with the contact.

        :param partner: commercial partner
        """
        if letter_type.audience != "customer":
            return ""
        company = company.sudo()  # sudo: settings only
        texts = [self._get_broken_count(partner, company)]
        if channel != "print" and not company._collection_may_contact_now():
            texts.append(
                self.env._(
                    "Letters go out from %(start)s to %(end)s only: it cannot be sent now.",
                    start=format_duration(company.collection_hour_from),
                    end=format_duration(company.collection_hour_to),
                )
            )
        return " ".join(filter(None, texts))

    @api.model
    def _check_contact_policy(self, vals_list):
        """Refuse contacts that break a limit without a reason.

        :raise UserError: naming the limit
        """
        for vals in vals_list:
            broken = self._get_vals_broken_limits(vals)
            if broken and not (vals.get("limit_reason") or "").strip():
                raise UserError(self.env._("%s Enter a reason to log this contact anyway.", broken))

    @api.model
    def _get_vals_broken_limits(self, vals):
        return self._get_broken_limits(
            self.env["collection.case"].browse(vals.get("case_id")),
            vals.get("channel") or "call",
            vals.get("direction") or "out",
            fields.Datetime.to_datetime(vals.get("date")) or fields.Datetime.now(),
        )

    @api.model
    def _check_protected_create(self, vals_list):
        # The system notes the broken limit, when the contact is logged.
        broken = [self._get_vals_broken_limits(vals) for vals in vals_list]
        result = super()._check_protected_create(vals_list)
        return [
            {
                **vals,
                "limit_broken": texts,
                "limit_reason": vals.get("limit_reason") if texts else False,
            }
            for vals, texts in zip(result, broken, strict=True)
        ]
