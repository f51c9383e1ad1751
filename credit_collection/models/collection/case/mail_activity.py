from odoo import api, models
from odoo.tools import format_date


class MailActivity(models.Model):
    """Activities to choose from say when they are due."""

    _inherit = "mail.activity"

    @api.depends("date_deadline")
    @api.depends_context("collection_with_date", "lang")
    def _compute_display_name(self):
        result = super()._compute_display_name()
        if self.env.context.get("collection_with_date"):
            for activity in self:
                activity.display_name = self.env._(
                    "%(activity)s, due on %(date)s",
                    activity=activity.display_name,
                    date=format_date(self.env, activity.date_deadline),
                )
        return result
