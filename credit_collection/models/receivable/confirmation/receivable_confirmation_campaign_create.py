from dateutil.relativedelta import relativedelta

from odoo import api, models
from odoo.tools import SQL, date_utils, split_every

from ....engine.rotation import MONTHS, month_of_quarter
from ...base.bulk import insert, take_names

# Customers whose accounts are read at once.
CHUNK = 500


class ReceivableConfirmationCampaign(models.Model):
    """Who is asked, and the letters with what stood in the books."""

    _inherit = "receivable.confirmation.campaign"

    def _get_customers(self):
        """Return the customers who are asked, in the order of their ids."""
        self.ensure_one()
        # sudo: who owes follows from the books, whoever may read them
        partners = self.env["res.partner"].sudo()
        if self.scope == "chosen":
            # sudo: the customers chosen, as above
            return partners.browse(sorted(self.sudo().partner_ids.commercial_partner_id.ids))
        ageing = self.env["receivable.ageing"]
        ageing._flush_sources()
        rows = self.env.execute_query(
            SQL(
                """SELECT DISTINCT partner_id FROM (%s) item
                    WHERE partner_id IS NOT NULL AND amount_currency <> 0 ORDER BY partner_id""",
                ageing._get_book_sql(self.company_id._credit_root(), self.date),
            )
        )
        ids = [partner_id for (partner_id,) in rows]
        if self.scope == "rotation" and not self._is_month_of_all():
            turn, asked = (self.date.month - 1) % MONTHS, self._get_asked()
            ids = [id_ for id_ in ids if month_of_quarter(id_) <= turn and id_ not in asked]
        return partners.browse(ids)

    def _get_asked(self):
        """Return ids of customers with a letter about a day of this quarter."""
        # sudo: letters of the company, whoever made them
        rows = (
            self.env["receivable.confirmation"]
            .sudo()
            ._read_group(
                [
                    ("company_id", "=", self.company_id.id),
                    ("date", ">=", date_utils.start_of(self.date, "quarter")),
                    ("date", "<=", date_utils.end_of(self.date, "quarter")),
                    ("state", "!=", "cancelled"),
                ],
                ["partner_id"],
            )
        )
        return {partner.id for (partner,) in rows}

    def _create_letters(self):
        """Create one letter per customer, with what stood in the books, in three statements a chunk."""
        self.ensure_one()
        company, letters = self.company_id._credit_root(), self.env["receivable.confirmation"]
        made = letters.browse()
        for chunk in split_every(CHUNK, self._get_customers().ids, self.env["res.partner"].browse):
            # sudo: facts about customers, whoever makes the campaign
            customers = company._credit_in(chunk.sudo())
            accounts = self.env["receivable.statement"]._get_accounts(
                company, customers, self.date, self.date
            )
            found = {
                customer: [one for one in accounts.get(customer.id, ()) if one.items]
                for customer in customers
            }
            if self.scope != "chosen":
                found = {customer: own for customer, own in found.items() if own}
            made |= self._insert_letters(company, found)
        return made

    def _insert_letters(self, company, found):
        """Insert letters, balances and items of {customer: [Account]}."""
        currency = company.currency_id
        rates = {
            one.currency: self.env["res.currency"]._get_conversion_rate(
                one.currency, currency, company, self.date
            )
            for own in found.values()
            for one in own
        }
        get_lang = self.env["receivable.confirmation"].new({"company_id": company.id})._get_lang
        names = take_names(
            self.env,
            "receivable.confirmation",
            company,
            self.company_id._credit_today(),
            len(found),
        )
        letters = insert(
            self.env["receivable.confirmation"],
            [
                {
                    "name": name,
                    "campaign_id": self.id,
                    "company_id": company.id,
                    "partner_id": customer.id,
                    "asked_id": customer.id,
                    "user_id": customer.user_id.id,
                    "grade_id": customer.credit_grade_id.id,
                    "date": self.date,
                    "date_deadline": self.date_deadline,
                    "kind": self.kind,
                    "in_writing": self.in_writing,
                    "channel": self.send_by,
                    "lang": get_lang(customer),
                    "amount": currency.round(sum(one.closing * rates[one.currency] for one in own)),
                }
                for name, (customer, own) in zip(names, found.items(), strict=True)
            ],
        )
        rows = [
            (letter, one)
            for letter, own in zip(letters, found.values(), strict=True)
            for one in own or [None]
        ]
        balances = insert(
            self.env["receivable.confirmation.balance"],
            [
                {
                    "confirmation_id": letter.id,
                    "currency_id": (one.currency if one else currency).id,
                    "amount": one.closing if one else 0.0,
                }
                for letter, one in rows
            ],
        )
        insert(
            self.env["receivable.confirmation.line"],
            [
                {
                    "confirmation_id": letter.id,
                    "balance_id": balance.id,
                    "currency_id": balance.currency_id.id,
                    "move_id": row.move_id,
                    "kind": row.kind,
                    "name": row.name,
                    "ref": row.ref,
                    "date": row.date,
                    "date_maturity": row.date_maturity,
                    "original": row.original,
                    "amount": row.amount,
                }
                for balance, (letter, one) in zip(balances, rows, strict=True)
                if one
                for row in one.items
            ],
        )
        self.env["receivable.confirmation"].invalidate_model()
        return letters

    @api.model
    def _create_rotation(self, company, today):
        """Prepare the campaign of the month that ended, where the company wants it, once."""
        month_end = today + relativedelta(day=1, days=-1)
        if not company.receivable_confirmation_rotation or self.search_count(
            [("company_id", "=", company.id), ("scope", "=", "rotation"), ("date", "=", month_end)],
            limit=1,
        ):
            return self.browse()
        people = company._collection_accounting()
        campaign = self._system_create(
            {"company_id": company.id, "date": month_end, "scope": "rotation", "user_id": people.id}
        )
        if not campaign._create_letters():
            campaign._system_unlink()
            return self.browse()
        campaign._system_write({"state": "prepared"})
        self.env["collection.task"]._assign(
            campaign,
            people,
            "mail_activity_confirmation_send",
            lambda c: c.env._("Look at the letters of %s and send them", c.name),
            today,
        )
        return campaign
