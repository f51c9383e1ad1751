from odoo import api, fields, models
from odoo.tools import format_date


class ReceivableWriteoffLine(models.Model):
    """Claims of the register are looked at again on their day (P1-12, P3-09)."""

    _inherit = "receivable.writeoff.line"

    date_reminded = fields.Date(
        readonly=True, copy=False, help="The day of review for which somebody was asked."
    )

    @api.model
    def _cron_review(self):
        """Ask the customer's collector, else his salesperson, to review claims that are due.

        One activity per application; the next one comes when another day of review is set.
        """
        tasks = self.env["collection.task"]
        for company in self.env["res.company"].search([]):  # pylint: disable=no-search-all
            today = company._credit_today()
            due = self.search(
                [
                    *self._get_claim_domain(),
                    ("company_id", "=", company.id),
                    ("amount_remaining", ">", 0),
                    ("review_date", "<=", today),
                ]
            ).filtered(lambda c: c.date_reminded != c.review_date)
            for keeper, claims in due.grouped(lambda c: c._get_keeper()).items():
                tasks._assign(
                    claims.writeoff_id,
                    keeper,
                    "mail_activity_claim_review",
                    lambda writeoff, due=claims: self._get_review_summary(writeoff, due),
                    today,
                )
            for day, claims in due.grouped("review_date").items():
                claims._system().date_reminded = day

    def _get_keeper(self):
        company = self.company_id
        partner = self.partner_id.with_company(company)
        return (
            partner.collection_user_id or self.user_id or company.credit_controller_id
        ).filtered("active")[:1] or company._collection_head()

    @api.model
    def _get_review_summary(self, writeoff, claims):
        claims = claims.filtered(lambda c: c.writeoff_id == writeoff)
        return writeoff.env._(
            "%(customer)s still owes %(amount)s written off on %(date)s: review the claim",
            customer=writeoff.partner_id.name,
            amount=writeoff.currency_id.format(sum(claims.mapped("balance_claim"))),
            date=format_date(writeoff.env, writeoff.date),
        )
