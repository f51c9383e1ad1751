from datetime import timedelta

import pytz

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_duration

# Contacts that disturb a customer: their hours and number are limited.
LIMITED_CHANNELS = ("call", "sms", "visit")


class CollectionContact(models.Model):
    """Conduct (P2-21): hours and number of contacts; beyond them a reason is asked for and kept."""

    _inherit = "collection.contact"

    limit_reason = fields.Char(
        "Reason Beyond the Limits",
        help="Why the customer was contacted outside the hours or more often than allowed.",
    )
    limit_broken = fields.Char("Limit Exceeded", readonly=True)

    @api.model
    def _count_recent(self, partners, company, date=None):
        """{commercial partner id: contacts of ours that count} in the days before `date`.

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
        """In words that a further contact would be one too many; empty when it would not.

        :param partner: commercial partner
        """
        company = company.sudo()  # sudo: settings only
        count = self._count_recent(partner, company, date).get(partner.id, 0)
        if not company.collection_contact_max or count < company.collection_contact_max:
            return ""
        return self.env._(
            "%(count)s contacts within %(days)s days already; %(max)s are allowed.",
            count=count,
            days=company.collection_contact_days,
            max=company.collection_contact_max,
        )

    @api.model
    def _get_broken_limits(self, case, channel, direction, date):
        """In words which limits of conduct a contact would break; empty when none.

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
        """In words which limits a letter sent by hand now would break; empty when none.

        Mail and SMS outside the hours are refused, see `collection.letter.action_send`; one
        contact too many is for the writer to answer for, and noted with the contact.

        :param partner: commercial partner
        """
        if letter_type.audience == "internal":
            return ""
        company = company.sudo()  # sudo: settings only
        words = [self._get_broken_count(partner, company)]
        if channel != "print" and not company._collection_may_contact_now():
            words.append(
                self.env._(
                    "Letters go out from %(start)s to %(end)s only: it cannot be sent now.",
                    start=format_duration(company.collection_hour_from),
                    end=format_duration(company.collection_hour_to),
                )
            )
        return " ".join(filter(None, words))

    @api.model
    def _check_conduct(self, vals_list):
        """Refuse what breaks a limit without a reason.

        :raise UserError: naming the limit
        """
        for vals in vals_list:
            broken = self._get_vals_broken_limits(vals)
            if broken and not (vals.get("limit_reason") or "").strip():
                raise UserError(
                    self.env._("%s Give a reason to log this contact all the same.", broken)
                )

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
        # Which limit was broken is for the system to say, when the contact is logged.
        broken = [self._get_vals_broken_limits(vals) for vals in vals_list]
        result = super()._check_protected_create(vals_list)
        return [
            {
                **vals,
                "limit_broken": words,
                "limit_reason": vals.get("limit_reason") if words else False,
            }
            for vals, words in zip(result, broken, strict=True)
        ]
