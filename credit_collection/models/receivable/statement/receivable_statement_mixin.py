from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import format_date


class ReceivableStatementMixin(models.AbstractModel):
    """What a statement of account is made of: kind and period, in a `company_id`; and its words."""

    _name = "receivable.statement.mixin"
    _description = "Type and Period of a Statement"
    _long_dates = ("date_from",)

    kind = fields.Selection(
        [("open", "Open Items"), ("activity", "Activity of a Period")],
        "Type",
        required=True,
        default="open",
        help="Open Items: what is unpaid on the day. Activity: opening balance, every invoice, credit"
        " note and payment of the period, closing balance.",
    )
    date_from = fields.Date(
        "Period from",
        default=lambda self: self.env.company._credit_today() + relativedelta(months=-3, day=1),
    )
    date_to = fields.Date(
        "As of", required=True, default=lambda self: self.env.company._credit_today()
    )

    @api.constrains("kind", "date_from", "date_to", "company_id")
    def _check_period(self):
        for report in self:
            today = report.company_id._credit_today()
            if report.date_to > today:
                raise ValidationError(
                    self.env._(
                        "As of %(day)s: a statement ends today, %(today)s, at the latest.",
                        day=format_date(self.env, report.date_to),
                        today=format_date(self.env, today),
                    )
                )
            if report.kind != "activity":
                continue
            if not report.date_from:
                raise ValidationError(self.env._("Enter the first day of the period."))
            if report.date_from > report.date_to:
                raise ValidationError(
                    self.env._(
                        "The period begins on %(start)s, after its last day %(end)s.",
                        start=format_date(self.env, report.date_from),
                        end=format_date(self.env, report.date_to),
                    )
                )

    def _find_accounts(self, customers):
        """Return {customer id: [Account]} of those who have something to be told.

        The caller has checked that the user may see them.

        :param customers: commercial partners
        """
        self.ensure_one()
        start = self.date_from if self.kind == "activity" else self.date_to
        found = self.env["receivable.statement"]._get_accounts(
            self.company_id, customers, start, self.date_to
        )
        if self.kind == "activity":
            return found
        return {
            key: kept
            for key, accounts in found.items()
            if (kept := [one for one in accounts if one.items or one.notes])
        }

    def _get_titles(self, lang):
        """Return the heading of a statement and what it lists, in a language."""
        env = self.with_context(lang=lang).env
        end = format_date(env, self.date_to, lang_code=lang)
        title = env._("Statement of Account as of %s", end)
        if self.kind == "activity":
            return title, env._(
                "All movements from %(start)s to %(end)s. Payments and credit notes are negative.",
                start=format_date(env, self.date_from, lang_code=lang),
                end=end,
            )
        return title, env._(
            "All items open on this day. Payments and credit notes not yet applied are negative."
        )

    def _get_bucket_names(self, lang):
        """Return the names of the columns of the ageing in a language."""
        buckets = self.env["receivable.ageing.column"]._get_columns(self.company_id)
        return buckets.with_context(lang=lang).mapped("name")

    def _get_pay_links(self, accounts):
        """Return {journal entry id: link by which its invoice is paid online}; none where it cannot."""
        company = self.company_id
        if not company._collection_can_pay_online():
            return {}
        ids = {row.move_id for one in accounts for row in one.items if row.kind == "invoice"}
        # sudo: links of the invoices that the statement lists
        moves = self.env["account.move"].sudo().browse(ids)
        return {
            move.id: move.get_base_url() + move.get_portal_url()
            for move in moves
            if move.amount_residual > 0
        }
