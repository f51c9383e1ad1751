from odoo import api, fields, models


class CollectionCase(models.Model):
    """Closed cases are archived when their year has ended (P3-10)."""

    _inherit = "collection.case"

    active = fields.Boolean(
        default=True,
        readonly=True,
        help="Cases closed in an earlier year are in the archive, with all they hold.",
    )

    @api.model
    def _cron_archive(self):
        """Archive the cases that were closed before this year began, per company's calendar."""
        for company in self.env["res.company"].search([]):  # pylint: disable=no-search-all
            self.search(
                [
                    ("company_id", "=", company.id),
                    ("state", "=", "closed"),
                    ("date_close", "<", company._credit_today().replace(month=1, day=1)),
                ]
            )._system().write({"active": False})
