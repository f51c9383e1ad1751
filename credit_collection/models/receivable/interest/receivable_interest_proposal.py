from dateutil.relativedelta import relativedelta

from odoo import api, models
from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tools import SQL, groupby

from ....engine import interest

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
        for company in companies.search([("parent_id", "=", False)]):
            self._propose_corrections(company)
            cron._commit_progress()
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

    # ------------------------------------------------------------------ corrections

    @api.model
    def _propose_corrections(self, company, partners=None, again=False):
        """Propose to take back what posted notes charged on parts whose dispute was accepted since.

        For exactly the days and the part that the dispute strikes out, as far as it was charged: a
        note that was waived in part or capped gives back in proportion. Where no interest at all is
        left on the instalment, its fixed sum goes back, too.

        :param partners: commercial partners; all when None
        :param again: also what was proposed before and cancelled
        :return: draft notes, one per dispute, with the rights of the caller
        """
        company = company._credit_root()
        # sudo: what is taken back follows from books and disputes, whoever asks
        notes = self.sudo().with_company(company)
        whose = [] if partners is None else [("partner_id", "in", partners.ids)]
        disputes = notes.env["collection.dispute"].search(
            [
                ("company_id", "=", company.id),
                ("state", "=", "accepted"),
                ("credit_note_ids", "!=", False),
                *whose,
            ]
        )
        lines = notes.env["receivable.interest.line"]
        charged = lines.search(
            [
                ("kind", "=", "interest"),
                ("note_id.state", "=", "posted"),
                ("move_id", "in", disputes.move_id.ids),
                ("amount", ">", 0),
            ]
        )
        known = lines.search(
            [
                ("kind", "=", "correction"),
                ("corrects_id", "in", charged.ids),
                *([("charges", "=", True)] if again else []),
            ]
        )
        done = {(line.corrects_id, line.dispute_id) for line in known}
        created = notes.browse()
        for dispute in disputes:
            # A note that was computed later has left the part out.
            own = charged.filtered(
                lambda line, dispute=dispute: (
                    line.move_id == dispute.move_id
                    and line.note_id.date <= dispute.date_close
                    and (line, dispute) not in done
                )
            )
            values = own and notes._prepare_correction(company, dispute, own)
            if values:
                created |= notes._system_create([values])
        return created.with_env(self.env)

    @api.model
    def _prepare_correction(self, company, dispute, charged):
        """Return values of a note that takes back what a dispute strikes out of charged lines, or {}."""
        now = self._get_principals(company, dispute.partner_id)
        before = self._get_principals(company, dispute.partner_id, without=dispute)
        lines = []
        for line in charged:
            item = line.move_line_id.id
            periods = [
                self._prepare_struck(period, *part)
                for period in line.period_ids
                for part in interest.struck(
                    (period.date_from, period.date_to, period.principal),
                    now.get(item, []),
                    before.get(item, []),
                )
            ]
            # In proportion to what was charged of what was computed.
            share = line.amount / sum(line.period_ids.mapped("amount"))
            amount = line.currency_id.round(sum(one["amount"] for one in periods) * share)
            if line.currency_id.compare_amounts(amount, 0) >= 0:
                continue
            lines.append((line, max(amount, -line.amount), periods))
            if item not in now:
                lumps = line.note_id.line_ids.filtered(
                    lambda one, line=line: (
                        one.kind == "lump"
                        and one.move_line_id == line.move_line_id
                        and one.amount > 0
                    )
                )
                lines += [(lump, -lump.amount, []) for lump in lumps]
        if not lines:
            return {}
        return {
            "name": self._next_number(company),
            "partner_id": dispute.partner_id.id,
            "company_id": company.id,
            "currency_id": dispute.currency_id.id,
            "date": company._credit_today(),
            "date_to": max(charged.mapped("date_to")),
            "line_ids": [
                Command.create(
                    {
                        "kind": "correction",
                        "corrects_id": line.id,
                        "dispute_id": dispute.id,
                        "move_line_id": line.move_line_id.id,
                        "term_id": line.term_id.id,
                        "source": line.source,
                        "date_maturity": line.date_maturity,
                        "original": line.original,
                        "amount_computed": amount,
                        "period_ids": [Command.create(period) for period in periods],
                    }
                )
                for line, amount, periods in lines
            ],
        }

    @api.model
    def _get_principals(self, company, partner, without=None):
        """Return {item: [(first day, last day, principal)]} that bears interest, charged or not."""
        rows = self.env["receivable.interest.accrual"]._get_periods(
            company, company._credit_today(), partner, charged=True, without=without
        )
        result = {}
        for row in rows:
            result.setdefault(row["move_line_id"], []).append(
                (row["date_from"], row["date_to"], float(row["principal"]))
            )
        return result

    @api.model
    def _prepare_struck(self, period, first, last, principal):
        """Return values of the days of a period on which a part is struck out, below zero."""
        days = (last - first).days + 1
        return {
            "move_line_id": period.move_line_id.id,
            "date_from": first,
            "date_to": last,
            "days": days,
            "principal": -principal,
            "rate": period.rate,
            "rate_id": period.rate_id.id,
            "year_days": period.year_days,
            "amount": -principal * period.rate / 100 * days / period.year_days,
        }

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
                lump = (term.lump_currency_id or company.currency_id)._convert(
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
        company = company._credit_root()
        whose = SQL()
        if partners is not None:
            whose = SQL("AND document.partner_id IN %s", tuple(partners.ids) or (0,))
        self._flush_fees()
        return [
            *self.env.execute_query_dict(self._agreement_fees_sql(company, as_of, whose)),
            *self._get_letter_fees(company, as_of, whose),
            *self.env.execute_query_dict(self._costs_sql(company, as_of, whose)),
        ]

    @api.model
    def _get_fees_with(self, letter):
        """Return lines of letters as `_get_fee_lines` does, as if a letter went out now."""
        self._flush_fees()
        company = letter.company_id._credit_root()
        whose = SQL("AND document.partner_id = %s", letter.partner_id.id)
        return self._get_letter_fees(company, letter.date, whose, letter.id)

    @api.model
    def _flush_fees(self):
        for model in (
            "collection.letter", "collection.letter.line", "collection.letter.type",
            "collection.agreement", "collection.agreement.line", "receivable.interest.line",
        ):  # fmt: skip
            self.env[model].flush_model()

    @api.model
    def _costs_sql(self, company, as_of, whose):
        """Select fees of lawyers for letters that they signed (P2-16), as recorded with the letter."""
        return SQL(
            """
            SELECT document.partner_id, document.currency_id, 'cost' AS kind,
                   document.id AS letter_id, document.signed_date AS date_maturity,
                   document.amount_open::float AS original,
                   document.receivable_cost::float AS amount_computed
              FROM collection_letter document
             WHERE document.company_id = %(company)s AND document.receivable_cost > 0 %(whose)s
               AND document.signed_date <= %(as_of)s AND document.is_test IS NOT TRUE
               AND NOT EXISTS (SELECT FROM receivable_interest_line charged
                                WHERE charged.letter_id = document.id AND charged.kind = 'cost'
                                  AND charged.charges)
             ORDER BY document.id
            """,
            company=company.id,
            as_of=as_of,
            whose=whose,
        )

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
    def _get_letter_fees(self, company, as_of, whose, going=0):
        """Return lines of letters that went out and cost something: none is the first about all its
        items, and none repeats a letter of its type about the same items.

        The amount is the one that the letter named; of letters from before it was named, that of
        their type. An SMS names none, and costs nothing.

        :param going: id of a letter that counts as if it went out now
        """
        rows = self.env.execute_query_dict(
            SQL(
                """
                SELECT document.partner_id, document.currency_id, 'letter' AS kind,
                       document.id AS letter_id, document.date AS date_maturity,
                       kind.receivable_fee::float AS fee, item.move_line_ids,
                       CASE WHEN document.id <> %(going)s
                            THEN document.receivable_fee::float END AS named,
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
                                 AND sent.id <> document.id
                                 AND (sent.sent_at < document.sent_at OR document.id = %(going)s)
                                 AND sent.state IN ('sent', 'printed') AND sent.level >= 0
                                 AND sent.is_test IS NOT TRUE AND audience.audience = 'customer')) item
                 WHERE document.company_id = %(company)s %(whose)s
                   AND (document.state IN ('sent', 'printed') OR document.id = %(going)s)
                   AND document.is_test IS NOT TRUE AND document.channel <> 'sms'
                   AND kind.audience = 'customer' AND document.date <= %(as_of)s
                   AND CASE WHEN document.receivable_fee IS NULL OR document.id = %(going)s
                            THEN kind.receivable_fee > 0
                                 AND document.date >= kind.receivable_fee_since
                            ELSE document.receivable_fee > 0 END
                   AND document.level >= 0 AND item.move_line_ids IS NOT NULL
                   AND NOT EXISTS (SELECT FROM receivable_interest_line charged
                                    WHERE charged.letter_id = document.id
                                      AND charged.kind = 'letter' AND charged.charges)
                 ORDER BY document.id = %(going)s, document.id
                """,
                company=company.id,
                as_of=as_of,
                whose=whose,
                going=going,
            )
        )
        done = self._get_items_with_fee({row["type_id"] for row in rows})
        lines = []
        for row in rows:
            items = set(row.pop("move_line_ids"))
            fee, named, type_id = row.pop("fee"), row.pop("named"), row.pop("type_id")
            known = done.setdefault(type_id, set())
            if items <= known:
                continue
            known |= items
            currency = self.env["res.currency"].browse(row["currency_id"])
            amount = named or company.currency_id._convert(
                fee, currency, company, row["date_maturity"]
            )
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
                 WHERE charged.charges AND charged.kind = 'letter' AND letter.type_id IN %s
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
            if note.is_correction:
                raise UserError(
                    self.env._("%s is a correction: cancel it and propose anew.", note.display_name)
                )
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
