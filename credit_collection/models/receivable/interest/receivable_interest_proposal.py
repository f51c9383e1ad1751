from dateutil.relativedelta import relativedelta

from odoo import api, models
from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tools import SQL, groupby

# Notes of so many customers are created and kept at a time.
BATCH = 50


class ReceivableInterest(models.Model):
    """What is proposed: interest of days that no note charges, and fees that none charged."""

    _inherit = "receivable.interest"

    @api.model
    def _check_may_propose(self):
        self.env.user._require_role(
            self.env._("Proposing late interest"), "collector", "controller", "accountant"
        )

    @api.model
    def _cron_propose(self):
        """Daily: propose notes of the past month, once a month, where the company says so.

        Batch by batch: what is killed half way goes on where it stopped, as each day is charged once.
        """
        cron = self.env["ir.cron"]
        # sudo: the job goes over all companies
        companies = self.env["res.company"].sudo()
        for company in companies.search(
            [("parent_id", "=", False), ("receivable_interest_run", "=", "monthly")]
        ):
            month_end = company._credit_today() + relativedelta(day=1, days=-1)
            if company.receivable_interest_until and company.receivable_interest_until >= month_end:
                continue
            # sudo: notes are the system's
            notes = self.sudo().with_company(company)
            partners = notes._get_late_partners(company, month_end)
            cron._commit_progress(remaining=len(partners))
            for start in range(0, len(partners), BATCH):
                batch = partners[start : start + BATCH]
                notes._propose(company, month_end, batch)
                if not cron._commit_progress(len(batch)):
                    return
            company.receivable_interest_until = month_end
            cron._commit_progress(0)

    @api.model
    def _get_late_partners(self, company, as_of):
        """Return the customers for whom there is something to propose, by interest or fee."""
        accrual = self.env["receivable.interest.accrual"]
        accrual._flush_sources()
        rows = self.env.execute_query(
            SQL(
                "SELECT DISTINCT partner_id FROM (%s) period",
                accrual._get_periods_sql(company, as_of),
            )
        )
        ids = {partner_id for (partner_id,) in rows}
        ids |= {line["partner_id"] for line in self._get_fee_lines(company, as_of)}
        return self.env["res.partner"].browse(sorted(ids))

    @api.model
    def _propose(self, company, as_of, partners):
        """Create draft notes of customers, one per currency, until a day; set-based.

        :param as_of: last day of interest (date)
        :param partners: commercial partners
        :return: the notes, with the rights of the caller
        """
        company = company._credit_root()
        # sudo: what is charged follows from books and terms, whoever asks
        notes = self.sudo().with_company(company)
        values = {}
        for row in notes._get_proposed_lines(company, as_of, partners):
            values.setdefault((row.pop("partner_id"), row.pop("currency_id")), []).append(row)
        kept = []
        for (partner_id, currency_id), lines in sorted(values.items()):
            currency = self.env["res.currency"].browse(currency_id)
            if notes._is_below_minimum(company, currency, lines):
                continue
            kept.append(
                {
                    "name": notes._next_number(company),
                    "partner_id": partner_id,
                    "company_id": company.id,
                    "currency_id": currency_id,
                    "date": company._credit_today(),
                    "date_to": as_of,
                    "line_ids": [Command.create(line) for line in lines],
                }
            )
        created = notes._system_create(kept)
        self.env.flush_all()  # the database refuses a day that another note charges, now
        return created.with_env(self.env)

    @api.model
    def _is_below_minimum(self, company, currency, lines):
        terms = self.env["receivable.interest.term"].browse(
            {line["term_id"] for line in lines if line.get("term_id")}
        )
        if len(terms) == 0 or any(line["kind"] not in ("interest", "lump") for line in lines):
            return False
        minimum = min(terms.mapped("minimum"))
        total = sum(line["amount_computed"] for line in lines)
        in_company = currency._convert(total, company.currency_id, company, company._credit_today())
        return company.currency_id.compare_amounts(in_company, minimum) < 0

    @api.model
    def _get_proposed_lines(self, company, as_of, partners):
        """Return values of lines with partner_id and currency_id: interest, then fixed sums, fees."""
        rows = self.env["receivable.interest.accrual"]._get_periods(company, as_of, partners)
        line_ids = {row["move_line_id"] for row in rows}
        charged, with_lump = self._get_charged(line_ids)
        terms = self.env["receivable.interest.term"].browse({row["term_id"] for row in rows})
        terms = {term.id: term for term in terms}
        lines, lumps = [], []
        for line_id, periods in groupby(rows, lambda row: row["move_line_id"]):
            first, term = periods[0], terms[periods[0]["term_id"]]
            currency = self.env["res.currency"].browse(first["currency_id"])
            amount = currency.round(float(sum(period["amount"] for period in periods)))
            if term.cap_percent:
                most = float(first["original"]) * term.cap_percent / 100
                amount = min(amount, max(currency.round(most - charged.get(line_id, 0.0)), 0.0))
            shared = {
                "partner_id": first["partner_id"],
                "currency_id": first["currency_id"],
                "move_line_id": line_id,
                "term_id": term.id,
                "source": first["source"],
                "date_maturity": first["date_maturity"],
                "original": float(first["original"]),
            }
            if not currency.is_zero(amount):
                lines.append(
                    {
                        **shared,
                        "kind": "interest",
                        "amount_computed": amount,
                        "period_ids": [
                            Command.create(self._prepare_period(period)) for period in periods
                        ],
                    }
                )
            if term.lump and line_id not in with_lump:
                lump = company.currency_id._convert(
                    term.lump, currency, company, company._credit_today()
                )
                lumps.append({**shared, "kind": "lump", "amount_computed": lump})
        return [*lines, *lumps, *self._get_fee_lines(company, as_of, partners)]

    @api.model
    def _prepare_period(self, period):
        names = ("move_line_id", "date_from", "date_to", "days", "rate_id", "year_days")
        return {
            **{name: period[name] for name in names},
            **{name: float(period[name]) for name in ("principal", "rate", "amount")},
        }

    @api.model
    def _get_charged(self, line_ids):
        """Return ({item: interest charged so far}, items whose fixed sum was charged), waived included."""
        lines = self.env["receivable.interest.line"]
        charged, with_lump = {}, set()
        for item, kind, amount in lines._read_group(
            [("move_line_id", "in", list(line_ids)), ("charges", "=", True)],
            ["move_line_id", "kind"],
            ["amount_computed:sum"],
        ):
            if kind == "interest":
                charged[item.id] = amount
            elif kind == "lump":
                with_lump.add(item.id)
        return charged, with_lump

    # ------------------------------------------------------------------ fees

    @api.model
    def _get_fee_lines(self, company, as_of, partners=None):
        """Return values of lines with fees until a day, with partner_id and currency_id.

        :param partners: commercial partners; all when None
        """
        for model in (
            "collection.letter", "collection.letter.line", "collection.letter.type",
            "collection.agreement", "collection.agreement.line", "receivable.interest.line",
        ):  # fmt: skip
            self.env[model].flush_model()
        company = company._credit_root()
        whose = SQL()
        if partners is not None:
            whose = SQL("AND document.partner_id IN %s", tuple(partners.ids) or (0,))
        return [
            *self.env.execute_query_dict(self._agreement_fees_sql(company, as_of, whose)),
            *self._get_letter_fees(company, as_of, whose),
        ]

    @api.model
    def _agreement_fees_sql(self, company, as_of, whose):
        """Select fees of instalments that fell due while their agreement was in force (P2-09, P2-13)."""
        return SQL(
            """
            SELECT document.partner_id, document.currency_id, 'agreement' AS kind,
                   line.id AS agreement_line_id, line.date_due AS date_maturity,
                   line.amount::float AS original, line.fee::float AS amount_computed
              FROM collection_agreement document
              JOIN collection_agreement_line line ON line.agreement_id = document.id
             WHERE document.company_id = %(company)s AND document.date_active IS NOT NULL %(whose)s
               AND document.state IN ('active', 'kept', 'broken', 'lapsed', 'cancelled')
               AND line.fee > 0 AND line.date_due <= %(as_of)s
               AND (document.state IN ('active', 'kept') OR line.date_due <= document.date_end)
               AND NOT EXISTS (SELECT FROM receivable_interest_line charged
                                WHERE charged.agreement_line_id = line.id AND charged.charges)
             ORDER BY document.id, line.number
            """,
            company=company.id,
            as_of=as_of,
            whose=whose,
        )

    @api.model
    def _get_letter_fees(self, company, as_of, whose):
        """Return lines of letters that went out and cost something: none is the first about all its
        items, and none repeats a letter of its type about the same items."""
        rows = self.env.execute_query_dict(
            SQL(
                """
                SELECT document.partner_id, document.currency_id, 'letter' AS kind,
                       document.id AS letter_id, document.date AS date_maturity,
                       kind.receivable_fee::float AS fee, item.move_line_ids,
                       document.type_id, document.amount_open::float AS original
                  FROM collection_letter document
                  JOIN collection_letter_type kind ON kind.id = document.type_id
                 CROSS JOIN LATERAL (
                       SELECT array_agg(line.move_line_id) AS move_line_ids
                         FROM collection_letter_line line
                        WHERE line.letter_id = document.id AND line.move_line_id IS NOT NULL
                          AND EXISTS (
                              SELECT FROM collection_letter_line former
                                JOIN collection_letter sent ON sent.id = former.letter_id
                                JOIN collection_letter_type audience ON audience.id = sent.type_id
                               WHERE former.move_line_id = line.move_line_id
                                 AND sent.id <> document.id AND sent.sent_at < document.sent_at
                                 AND sent.state IN ('sent', 'printed') AND sent.level >= 0
                                 AND sent.is_test IS NOT TRUE AND audience.audience = 'customer')) item
                 WHERE document.company_id = %(company)s %(whose)s
                   AND document.state IN ('sent', 'printed') AND document.is_test IS NOT TRUE
                   AND kind.audience = 'customer' AND kind.receivable_fee > 0
                   AND document.date BETWEEN kind.receivable_fee_since AND %(as_of)s
                   AND document.level >= 0 AND item.move_line_ids IS NOT NULL
                   AND NOT EXISTS (SELECT FROM receivable_interest_line charged
                                    WHERE charged.letter_id = document.id AND charged.charges)
                 ORDER BY document.id
                """,
                company=company.id,
                as_of=as_of,
                whose=whose,
            )
        )
        done = self._get_items_with_fee({row["type_id"] for row in rows})
        lines = []
        for row in rows:
            items = set(row.pop("move_line_ids"))
            fee, type_id = row.pop("fee"), row.pop("type_id")
            known = done.setdefault(type_id, set())
            if items <= known:
                continue
            known |= items
            currency = self.env["res.currency"].browse(row["currency_id"])
            amount = company.currency_id._convert(fee, currency, company, row["date_maturity"])
            lines.append({**row, "amount_computed": amount})
        return lines

    @api.model
    def _get_items_with_fee(self, type_ids):
        """Return {letter type: items of its letters that cost something already}."""
        rows = self.env.execute_query(
            SQL(
                """
                SELECT letter.type_id, array_agg(DISTINCT line.move_line_id)
                  FROM receivable_interest_line charged
                  JOIN collection_letter letter ON letter.id = charged.letter_id
                  JOIN collection_letter_line line ON line.letter_id = letter.id
                 WHERE charged.charges AND letter.type_id IN %s
                 GROUP BY letter.type_id
                """,
                tuple(type_ids) or (0,),
            )
        )
        return {type_id: set(items) for type_id, items in rows}

    def action_recompute(self):
        """Compute drafts anew, as payments and terms are now; waivers are entered again.

        :raise UserError: no draft, or nothing is left to charge
        """
        fresh = self.browse()
        for note in self:
            note._check_draft()
            company, partner, day = note.company_id, note.partner_id, note.date_to
            currency = note.currency_id
            note._system_write({"state": "cancelled"})
            self.env.flush_all()
            found = self._propose(company, day, partner).filtered(
                lambda one, currency=currency: one.currency_id == currency
            )
            if not found:
                raise UserError(self.env._("%s: nothing is left to charge.", note.display_name))
            fresh |= found
        return self._open_records("receivable_interest_action", fresh)
