from itertools import groupby

from dateutil.relativedelta import relativedelta

from odoo import api, models
from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tools import SQL

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
        ids = {partner_id for (partner_id,) in rows} | self._get_fee_partner_ids(company, as_of)
        return self.env["res.partner"].browse(sorted(ids))

    @api.model
    def _get_fee_partner_ids(self, company, as_of):
        """Hook: ids of customers with a fee to propose. Extended by the kinds of fees."""
        return set()

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
        for line_id, periods in groupby(rows, key=lambda row: row["move_line_id"]):
            periods = list(periods)
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

    @api.model
    def _get_fee_lines(self, company, as_of, partners):
        """Hook: values of lines with fees, with partner_id and currency_id. Extended by their kinds."""
        return []

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
