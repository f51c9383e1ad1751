from datetime import datetime, time, timedelta

import pytz

from odoo import fields, models


class ResCompany(models.Model):
    _inherit = "res.company"

    collection_own_portfolio = fields.Boolean(
        "Collectors See Their Own Customers Only",
        help="Cases, letters, contacts and promises of other collectors are hidden from a collector.",
        prefetch="collection",
    )

    # ------------------------------------------------------------------ working days

    def _collection_add_workdays(self, day, days):
        """The day that is `days` working days after `day`, by the company's working calendar.

        Day 0 is `day` itself, or the next working day when nobody works on it.
        """
        self.ensure_one()
        calendar = self.resource_calendar_id
        if not calendar:
            return day + timedelta(days=days)
        zone = pytz.timezone(calendar.tz or "UTC")
        # Working days from `day` on, `day` included when it is one.
        start = zone.localize(datetime.combine(day, time.min))
        is_workday = self._collection_is_workday(day)
        planned = calendar.plan_days(
            days + 1 if is_workday else max(days, 1), start, compute_leaves=True
        )
        return planned.astimezone(zone).date() if planned else day + timedelta(days=days)

    def _collection_is_workday(self, day):
        """Whether the company works on a day."""
        self.ensure_one()
        calendar = self.resource_calendar_id
        if not calendar:
            return day.weekday() < 5
        zone = pytz.timezone(calendar.tz or "UTC")
        start = zone.localize(datetime.combine(day, time.min))
        stop = zone.localize(datetime.combine(day, time.max))
        return bool(calendar._work_intervals_batch(start, stop)[False])
