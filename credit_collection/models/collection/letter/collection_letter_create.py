from odoo import api, models
from odoo.tools import SQL, format_date

from ...base.bulk import take_names

SEQUENCE = "collection.letter"

# Columns of the ageing on a letter: field -> last day.
AGES = (("age_not_due", 0), ("age_30", 30), ("age_60", 60), ("age_90", 90))

OLDEST = "age_over"

# The law firm that issues a letter.
FIRM = ("firm_id", "lawyer", "lawyer_license")


class CollectionLetter(models.Model):
    """Letters written for a whole batch of customers with few statements."""

    _inherit = "collection.letter"

    @api.model
    def _create_for_run(self, run, rows):
        """Write the letters of a batch of customers, lines included, with few statements.

        A customer who has a letter of today's runs in that currency gets none, nor does one
        with nothing to ask for.

        :param run: `collection.run`
        :param rows: dicts case_id (or None), partner_id, currency_id, stage_id, type_id, channel,
            level (days_from of the stage); the lines are the customer's items in that currency
            with `chase` and, for a level >= 0, days > 0, else days between level and 0
        :return: `collection.letter` created
        """
        if not rows:
            return self.browse()
        if run.is_test:
            # Whatever the channel, a test is mail to the user alone.
            rows = [{**row, "channel": "mail"} for row in rows]
        letters = self._insert_letters(
            run.company_id, run.date, rows, run_id=run.id, is_test=bool(run.is_test)
        )
        # sudo: the firm of a letter that the user of the run may not see
        firm = self.sudo()._get_last_firm(run.company_id)
        letters.filtered(lambda letter: letter.audience == "firm")._system_write(firm)
        return letters

    @api.model
    def _get_last_firm(self, company):
        """Return firm, lawyer and licence of the last lawyer's letter of a company, to be proposed.

        A company's first such letter has nothing to propose: a person writes it.
        """
        last = self.search([("company_id", "=", company.id), ("firm_id", "!=", False)], limit=1)
        return {"firm_id": last.firm_id.id, **{name: last[name] for name in FIRM[1:]}}

    @api.model
    def _insert_letters(
        self, company, date, rows, run_id=None, is_test=False, writer_id=None,
        move_ids=None,
    ):  # fmt: skip
        """Insert letters and their lines as the books are now, see `_create_for_run`.

        :param move_ids: ids of the only documents to list
        """
        self.env["credit.open.item"]._flush_sources()
        self.flush_model()
        names = take_names(self.env, SEQUENCE, company, date, len(rows))
        values = SQL(", ").join(
            SQL(
                "(%s, %s::int, %s::int, %s::int, %s::int, %s::int, %s, %s::int)",
                name,
                row.get("case_id") or None,
                row["partner_id"],
                row["currency_id"],
                row.get("stage_id") or None,
                row["type_id"],
                row["channel"],
                row.get("level") or 0,
            )
            for name, row in zip(names, rows, strict=True)
        )
        partner_ids = {row["partner_id"] for row in rows}
        # Ids of letters are looked up in one object: of letters just inserted PostgreSQL expects
        # one, and a join would compare each with each.
        found = self.env.execute_query(
            SQL(
                """
                WITH asked(name, case_id, partner_id, currency_id, stage_id, type_id, channel, level)
                     AS (VALUES %(values)s),
                item AS MATERIALIZED (%(items)s),
                line AS MATERIALIZED (%(lines)s),
                total AS MATERIALIZED (%(totals)s),
                age AS MATERIALIZED (%(ages)s),
                credit AS MATERIALIZED (%(credits)s),
                letter AS (
                    INSERT INTO collection_letter (
                        name, state, type_id, partner_id, company_id, currency_id, case_id, stage_id,
                        run_id, channel, date, is_test, writer_id, level,
                        amount_open, amount_total, amount_company, amount_credit, days_overdue,
                        item_count, age_not_due, age_30, age_60, age_90, age_over,
                        create_uid, write_uid, create_date, write_date)
                    SELECT asked.name, 'ready', asked.type_id, asked.partner_id, %(company)s,
                           asked.currency_id, asked.case_id, asked.stage_id, %(run)s::int,
                           asked.channel, %(date)s::date, %(is_test)s, %(writer)s::int, asked.level,
                           total.amount_open, total.amount_total, total.amount_company,
                           COALESCE(credit.amount, 0), total.days_overdue, total.item_count,
                           age.age_not_due, age.age_30, age.age_60, age.age_90, age.age_over,
                           %(uid)s, %(uid)s, %(now)s, %(now)s
                      FROM asked
                      JOIN total ON total.name = asked.name
                      JOIN age ON age.partner_id = asked.partner_id
                              AND age.currency_id = asked.currency_id
                 LEFT JOIN credit ON credit.partner_id = asked.partner_id
                                 AND credit.currency_id = asked.currency_id
                     ORDER BY asked.name
                        ON CONFLICT DO NOTHING
                 RETURNING id, name),
                line_of_letter AS (
                    INSERT INTO collection_letter_line (
                        letter_id, company_id, move_line_id, move_id, name, ref, date, date_maturity,
                        days_overdue, amount_original, amount, net, chase, block_codes, level,
                        create_uid, write_uid, create_date, write_date)
                    SELECT line.letter_id, %(company)s, line.move_line_id, line.move_id, line.document,
                           line.ref, line.date, line.date_maturity, line.days, line.amount_original,
                           line.amount_currency, line.net_currency, line.chase_currency, line.block_codes,
                           line.level, %(uid)s, %(uid)s, %(now)s, %(now)s
                      FROM (SELECT line.*, ((SELECT jsonb_object_agg(name, id) FROM letter)
                                            ->> line.letter_name)::int AS letter_id
                              FROM line) line
                     WHERE line.letter_id IS NOT NULL
                     ORDER BY line.letter_id, line.date_maturity, line.move_line_id)
                SELECT id FROM letter ORDER BY id
                """,
                values=values,
                items=self.env["credit.open.item"]._get_items_sql(company, sorted(partner_ids)),
                lines=self._get_lines_sql(move_ids),
                totals=self._get_totals_sql(),
                ages=self._get_ages_sql(),
                credits=self._get_credits_sql(company, partner_ids),
                company=company.id,
                run=run_id,
                date=date,
                is_test=is_test,
                writer=writer_id,
                uid=self.env.uid,
                now=SQL("now() AT TIME ZONE 'UTC'"),
            )
        )
        self.env["collection.case"].invalidate_model(["letter_ids"])
        return self.browse(row[0] for row in found)

    @api.model
    def _get_lines_sql(self, move_ids=None):
        """Return items that a letter lists; reads `asked` and `item`. Amounts rounded to the currency.

        :param move_ids: ids of the only documents to list
        """
        return SQL(
            """
            SELECT asked.name AS letter_name, asked.level, item.move_line_id, item.move_id,
                   COALESCE(aml.move_name, aml.name) AS document, move.ref, item.date,
                   item.date_maturity, item.days, aml.amount_currency AS amount_original,
                   item.amount_currency, %(net)s AS net_currency, %(chase)s AS chase_currency,
                   item.chase, NULLIF(array_to_string(item.block_codes, ','), '') AS block_codes
              FROM asked
              JOIN item ON item.partner_id = asked.partner_id
                       AND item.currency_id = asked.currency_id
              JOIN account_move_line aml ON aml.id = item.move_line_id
              JOIN account_move move ON move.id = item.move_id
              JOIN res_currency currency ON currency.id = item.currency_id
             WHERE %(chase)s > 0
               AND CASE WHEN asked.level >= 0 THEN item.days > 0
                        ELSE item.days BETWEEN asked.level AND 0 END
               %(only)s
            """,
            only=SQL("AND item.move_id IN %s", tuple(move_ids)) if move_ids else SQL(),
            net=self._round_sql("item.net_currency"),
            chase=self._round_sql("item.chase_currency"),
        )

    @api.model
    def _get_totals_sql(self):
        """Totals per letter over `line`."""
        return SQL(
            """
            SELECT line.letter_name AS name, SUM(line.amount_currency) AS amount_open,
                   SUM(line.chase_currency) AS amount_total, SUM(line.chase) AS amount_company,
                   MAX(line.days) AS days_overdue, COUNT(*) AS item_count
              FROM line GROUP BY line.letter_name
            """
        )

    @api.model
    def _get_ages_sql(self):
        """Return all that a customer owes in a currency after credits, by age; reads `item`."""
        ends = [days for _name, days in AGES]
        buckets = [
            (name, SQL("item.days > %s AND item.days <= %s", after, days))
            for (name, days), after in zip(AGES[1:], ends, strict=False)
        ]
        buckets += [(AGES[0][0], SQL("item.days <= %s", ends[0]))]
        buckets += [(OLDEST, SQL("item.days > %s", ends[-1]))]
        return SQL(
            "SELECT item.partner_id, item.currency_id, %s FROM item"
            " JOIN res_currency currency ON currency.id = item.currency_id"
            " GROUP BY item.partner_id, item.currency_id",
            SQL(", ").join(
                SQL(
                    "COALESCE(SUM(%s) FILTER (WHERE %s), 0) AS %s",
                    self._round_sql("item.net_currency"),
                    condition,
                    SQL.identifier(name),
                )
                for name, condition in buckets
            ),
        )

    @api.model
    def _get_credits_sql(self, company, partner_ids):
        """Return payments and credit notes not applied, per customer and currency, positive."""
        return SQL(
            """
            SELECT line.partner_id, line.currency_id, -SUM(line.amount_currency) AS amount
              FROM (%s) line
             WHERE line.company_id IN %s AND line.amount < 0
             GROUP BY line.partner_id, line.currency_id
            """,
            self.env["credit.exposure.line"]._select_open_item(
                SQL(
                    "(SELECT id, commercial_partner_id FROM res_partner"
                    " WHERE commercial_partner_id IN %s)",
                    tuple(sorted(partner_ids)),
                ),
            ),
            company._credit_entity_ids(),
        )

    @api.model
    def _round_sql(self, column):
        """Return an amount rounded to the currency of the item, `currency` in the query."""
        table, name = column.split(".")
        return SQL(
            "ROUND(%(amount)s / currency.rounding) * currency.rounding",
            amount=SQL.identifier(table, name),
        )

    # ---- The residual is read again before a letter goes out: nobody is asked for paid items.

    def _refresh(self):
        """Refresh the letter from the ledger, or cancel it when nothing remains.

        Items are those listed when it was written: one that fell due since has its own turn.
        Days stay counted to the date of the letter.

        :return: the open items of the customer; none when nothing remains to be asked for
        """
        self.ensure_one()
        currency = self.currency_id
        all_items = self.env["credit.open.item"]._get_items(self.company_id, self.partner_id.ids)
        items = [item for item in all_items if item["currency_id"] == currency.id]
        by_line = {item["move_line_id"]: item for item in items}
        changed = False
        for line in self.line_ids:
            item = by_line.get(line.move_line_id.id)
            values = {
                "amount": currency.round(float(item["amount_currency"])) if item else 0.0,
                "net": currency.round(float(item["net_currency"])) if item else 0.0,
                "chase": currency.round(float(item["chase_currency"])) if item else 0.0,
                "block_codes": item and ",".join(item["block_codes"]) or False,
            }
            if currency.is_zero(values["chase"]):
                line._system_unlink()
                changed = True
            elif any(line[name] != value for name, value in values.items()):
                line._system_write(values)
                changed = True
        if not self.line_ids:
            self._cancel(
                self.env._(
                    "No amount is left to collect: since the letter was created, the items were "
                    "paid, disputed, promised, put under agreement or excluded."
                )
            )
            return []
        if changed:
            self._system_write(self._get_figures(items))
        return all_items

    def _get_stop(self, items):
        """Return why a run would not write this letter any more, though something is open, or False.

        Between the run and the mail there may be a night, or hours after a failure. Letters
        written by hand are their writers' decision.
        """
        self.ensure_one()
        if not self.run_id or self.is_test or self.type_id.audience == "internal":
            return False
        company = self.company_id
        today = company._credit_today()
        case = self.case_id
        if case.state == "closed" and case.muted_until:
            return self.env._("%s was closed manually after the letter was created.", case.name)
        if case.date_pause and case.date_pause >= today:
            return self.env._("No letters until %s.", format_date(self.env, case.date_pause))
        if self.level >= 0 and self._is_below_minimum(items):
            return self.env._(
                "The remainder is below the minimum amount of stage “%s”.", self.stage_id.name
            )
        self.env.flush_all()
        found = self.env.execute_query(
            SQL(
                "SELECT reason FROM (%s) money WHERE partner_id = %s",
                self.env["collection.run"]._decision_money_sql(company, today),
                self.partner_id.id,
            )
        )
        if found:
            reasons = dict(
                self.env["collection.run.line"]._fields["skip"]._description_selection(self.env)
            )
            return reasons[found[0][0]]
        return self.run_id._get_guard_message()

    def _is_below_minimum(self, items):
        """Return whether the customer may be asked for less, in all, than the stage of the letter wants."""
        chase = sum(float(item["chase"]) for item in items if item["days"] > 0)
        return self.company_id.currency_id.compare_amounts(chase, self.stage_id.amount_min) < 0

    def _get_figures(self, items):
        """Return figures of the letter, for the lines it has and the open items of its currency."""
        lines, currency = self.line_ids, self.currency_id
        by_line = {item["move_line_id"]: item for item in items}
        figures = {
            "amount_open": sum(lines.mapped("amount")),
            "amount_total": sum(lines.mapped("chase")),
            "amount_company": sum(float(by_line[line.move_line_id.id]["chase"]) for line in lines),
            "amount_credit": self._get_credit(),
            "days_overdue": max(lines.mapped("days_overdue")),
            "item_count": len(lines),
            **{name: 0.0 for name, _days in AGES},
            OLDEST: 0.0,
        }
        for item in items:
            days = (self.date - item["date_maturity"]).days if item["date_maturity"] else 0
            name = next((name for name, limit in AGES if days <= limit), OLDEST)
            figures[name] += currency.round(float(item["net_currency"]))
        return figures

    def _get_credit(self):
        """Return payments and credit notes of the customer in the currency, not applied, positive."""
        rows = self.env.execute_query(
            SQL(
                "SELECT credit.amount FROM (%s) credit WHERE credit.currency_id = %s",
                self._get_credits_sql(self.company_id, self.partner_id.ids),
                self.currency_id.id,
            )
        )
        return self.currency_id.round(float(rows[0][0])) if rows else 0.0

    def _cancel(self, reason):
        self._system_write({"state": "cancelled", "cancel_reason": reason, "failure": False})
