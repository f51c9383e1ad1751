from collections import defaultdict

from dateutil.relativedelta import relativedelta

from odoo import fields, models
from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tools import SQL

from ....engine.ageing import column_months, column_ranges
from ....engine.provision import loss_rates, roll_rate


class ReceivableProvision(models.Model):
    """Exposures, roll rates and rows of a provision; all sums come from `receivable.ageing`."""

    _inherit = "receivable.provision"

    def _check_draft(self):
        for provision in self:
            if provision.state != "draft":
                raise UserError(
                    self.env._("%s is no longer a draft and cannot be changed.", provision.name)
                )

    def action_compute(self):
        """Compute exposures and rates as of the date; typed and adjusted values stay.

        :raise UserError: not a draft, or the ageing has no columns
        """
        self.check_access("write")
        self._check_draft()
        for provision in self:
            provision._compute_figures()
        return True

    # ------------------------------------------------------------------ sums

    def _get_columns(self):
        """Return [(name, first day, last day)] of the ageing columns of the company."""
        columns = self.env["receivable.ageing.column"]._get_columns(self.company_id)
        ranges = column_ranges(columns.mapped("days_from"))
        return [(c.name, *limits) for c, limits in zip(columns, ranges, strict=True)]

    def _group_sql(self):
        """Return SQL of the row that a customer (alias `partner`) belongs to: grade id, segment."""
        # sudo: the grade decides the row, whoever may read it
        partners = self.env["res.partner"].sudo().with_company(self.company_id)
        nothing = SQL("NULL::int"), SQL("NULL::varchar")
        return {
            "none": nothing,
            "grade": (partners._field_to_sql("partner", "credit_grade_id"), nothing[1]),
            "segment": (nothing[0], partners._field_to_sql("partner", "credit_segment")),
        }[self.group_by]

    def _items_sql(self, day):
        ageing = self.env["receivable.ageing"]
        kinds = ageing._get_kinds(self.company_id, day, self.with_notes)
        return ageing._get_items_sql(self.company_id, day, kinds)

    def _get_owed(self):
        """Return {customer id: balance after credits} on the day of the provision."""
        self.ensure_one()
        self.env["receivable.ageing"]._flush_sources()
        return dict(
            self.env.execute_query(
                SQL(
                    "SELECT partner_id, SUM(net) FROM (%s) item GROUP BY partner_id",
                    self._items_sql(self.date),
                )
            )
        )

    def _get_exposures(self):
        """Return {(column, grade id, segment): (amount, customer ids)} of the pool."""
        self.ensure_one()
        self.env["receivable.ageing"]._flush_sources()
        self.env["res.partner"].flush_model(["credit_grade_id", "credit_segment"])
        grade, segment = self._group_sql()
        excluded = self.specific_ids.partner_id.ids
        rows = self.env.execute_query(
            SQL(
                """
                SELECT item.column_index, %(grade)s AS grade, %(segment)s AS segment, SUM(item.net),
                       ARRAY_AGG(DISTINCT partner.id) FILTER (WHERE partner.id IS NOT NULL)
                  FROM (%(items)s) item LEFT JOIN res_partner partner ON partner.id = item.partner_id
                 WHERE item.net > 0 AND COALESCE(item.partner_id, 0) NOT IN %(excluded)s
                 GROUP BY 1, 2, 3
                """,
                grade=grade,
                segment=segment,
                items=self._items_sql(self.date),
                excluded=tuple(excluded) or (-1,),
            )
        )
        return {(column, g or False, s or False): (owed, ids) for column, g, s, owed, ids in rows}

    def _get_effective(self, company, day):
        """Return the provision that stood in the books of a day: the last one posted and not reversed."""
        # sudo: figures of the company, whoever may read its provisions
        found = self.sudo().search(
            [
                ("company_id", "=", company._credit_root().id),
                ("state", "in", ("posted", "reversed")),
                ("date", "<=", day),
                ("move_id.date", "<=", day),
            ]
        )
        return found.filtered(lambda p: not p.reversal_move_id or p.reversal_move_id.date > day)[:1]

    def _get_shares_sql(self):
        """Select the allowance of each customer: partner_id, currency_id, amount (company currency).

        Specific ones as they are; of the pool, the items of the provision's day at the rates of
        their rows. Shares are rounded one by one, so cents may differ from the whole.
        """
        self.ensure_one()
        columns = self.env["receivable.ageing.column"]._get_columns(self.company_id)
        return SQL(
            """
            SELECT item.partner_id, item.currency_id,
                   ROUND(SUM(item.net * line.rate::numeric / 100), %(digits)s) AS amount
              FROM (%(items)s) item
              JOIN receivable_provision_line line ON line.provision_id = %(provision)s
                   AND line.days_from = (%(starts)s::int[])[item.column_index + 1]
         LEFT JOIN receivable_provision_line_customer_rel own
                   ON own.receivable_provision_line_id = line.id AND own.res_partner_id = item.partner_id
             WHERE item.net > 0 AND COALESCE(item.partner_id, 0) NOT IN %(excluded)s
               AND (%(is_one_pool)s OR own.res_partner_id IS NOT NULL
                    OR item.partner_id IS NULL AND line.grade_id IS NULL AND line.segment IS NULL)
             GROUP BY 1, 2
         UNION ALL
            SELECT partner_id, %(currency)s, amount FROM receivable_provision_specific
             WHERE provision_id = %(provision)s
            """,
            digits=self.currency_id.decimal_places,
            items=self._items_sql(self.date),
            provision=self.id,
            starts=columns.mapped("days_from"),
            excluded=tuple(self.specific_ids.partner_id.ids) or (-1,),
            is_one_pool=self.group_by == "none",
            currency=self.currency_id.id,
        )

    # ------------------------------------------------------------------ roll rates

    def _get_month_ends(self):
        """Return the month-ends of the history, latest first: one more than the months."""
        last = self.date
        if last != last + relativedelta(day=31):
            last = last + relativedelta(day=1, days=-1)
        return [last + relativedelta(months=-n, day=31) for n in range(self.roll_months + 1)]

    def _get_rolls(self):
        """Return rows of the working: amounts in each column at each month-end, and those rolled on.

        Items are tracked one by one. A column of one month is looked at again a month later,
        wider ones after as many months as they are wide, when an unpaid item has left them. Of
        items not due those count that fall due within the month. Credits not applied pay the
        oldest first, on both days.

        :return: [(month-end, looked at again, column, grade id, segment, stood, rolled)]
        """
        self.ensure_one()
        days = self._get_month_ends()
        months = column_months([first for _name, first, _last in self._get_columns()])
        horizons = [(index, width or 1) for index, width in enumerate(months[:-1])]
        if not horizons:
            return []
        self.env["receivable.ageing"]._flush_sources()
        self.env["res.partner"].flush_model(["credit_grade_id", "credit_segment"])
        ageing = self.env["receivable.ageing"]
        grade, segment = self._group_sql()
        return self.env.execute_query(
            SQL(
                """
                WITH item AS MATERIALIZED (%(items)s),
                     horizon(column_index, months) AS (VALUES %(horizons)s)
                SELECT stood.day, rolled_day.day, stood.column_index,
                       %(grade)s AS grade, %(segment)s AS segment,
                       SUM(stood.net), SUM(LEAST(stood.net, COALESCE(rolled.net, 0)))
                  FROM item stood
                  JOIN horizon ON horizon.column_index = stood.column_index
                  JOIN (VALUES %(days)s) AS rolled_day(n, day) ON rolled_day.n = stood.n - horizon.months
             LEFT JOIN item rolled ON rolled.move_line_id = stood.move_line_id AND rolled.n = rolled_day.n
             LEFT JOIN res_partner partner ON partner.id = stood.partner_id
                 WHERE stood.column_index > 0 OR stood.date_maturity < rolled_day.day
                 GROUP BY 1, 2, 3, 4, 5
                """,
                items=SQL(" UNION ALL ").join(
                    SQL(
                        "SELECT %s AS n, %s::date AS day, move_line_id, partner_id, date_maturity,"
                        " column_index, net FROM (%s) book WHERE net > 0",
                        n,
                        day,
                        ageing._get_items_sql(self.company_id, day, ("receivable",)),
                    )
                    for n, day in enumerate(days)
                ),
                horizons=SQL(", ").join(SQL("(%s, %s)", *pair) for pair in horizons),
                days=SQL(", ").join(SQL("(%s, %s::date)", n, day) for n, day in enumerate(days)),
                grade=grade,
                segment=segment,
            )
        )

    def _get_loss_rates(self, rolls):
        """Return {(grade id, segment): [(loss rate 0–1, without history)]} of every group that rolled.

        A group without history of its own in a column takes the company's; the key None is
        the company as a whole.
        """
        samples = defaultdict(list)
        for _day, _again, column, grade, segment, stood, rolled in rolls:
            samples[(grade or False, segment or False), column].append((stood, rolled))
            samples[None, column].append((stood, rolled))
        inner = range(len(self._get_columns()) - 1)
        result = {}
        for group in {group for group, _column in samples} | {None}:
            known = []
            for column in inner:
                own = roll_rate(samples.get((group, column), []))
                known.append(own if own is not None else roll_rate(samples.get((None, column), [])))
            rates = loss_rates(known, self.loss_given_last / 100.0)
            result[group] = [
                (rate, any(roll is None for roll in known[index:]))
                for index, rate in enumerate(rates)
            ]
        return result

    # ------------------------------------------------------------------ rows

    def _get_former_rates(self):
        """Return {key of a row: rate} of the last provision with typed rates that was decided."""
        former = self.search(
            [
                ("company_id", "=", self.company_id.id),
                ("state", "in", ("approved", "posted", "reversed")),
                ("rate_source", "=", "typed"),
                ("date", "<=", self.date),
                ("id", "!=", self.id),
            ],
            limit=1,
        )
        return {line._get_key(): line.base_rate for line in former.line_ids}

    def _prepare_lines(self, columns, rolls):
        """Return {key of a row: values}, by group and column; typed rates stay, or follow the last ones."""
        exposures = self._get_exposures()
        losses = self._get_loss_rates(rolls) if self.rate_source == "roll" else {}
        typed = {
            **self._get_former_rates(),
            **{line._get_key(): line.base_rate for line in self.line_ids},
        }
        result = {}
        groups = {(grade, segment) for _column, grade, segment in exposures} or {(False, False)}
        for grade, segment in groups:
            for index, (name, first, _last) in enumerate(columns):
                key = (first, grade, segment)
                rate, unknown = typed.get(key, 0.0), False
                if losses:
                    share, unknown = losses.get((grade, segment), losses[None])[index]
                    rate = share * 100.0
                exposure, customers = exposures.get((index, grade, segment), (0.0, None))
                result[key] = {
                    "column_index": index,
                    "column_name": name,
                    "days_from": first,
                    "grade_id": grade,
                    "segment": segment,
                    "exposure": exposure,
                    # In a pool of all the ageing names the customers.
                    "customer_ids": [
                        Command.set(customers or [] if self.group_by != "none" else [])
                    ],
                    "base_rate": rate,
                    "is_without_history": unknown,
                }
        return result

    def _compute_figures(self):
        """Write rows, working and sums."""
        self.ensure_one()
        columns = self._get_columns()
        if not columns:
            raise UserError(self.env._("The aging has no buckets. Define them in Configuration."))
        # sudo: rows, working and sums are the system's figures
        system = self.sudo()._system()
        self.specific_ids._set_exposure()
        owed = self._get_owed()
        rolls = self._get_rolls() if self.rate_source == "roll" else []
        kept = system.line_ids
        for key, vals in self._prepare_lines(columns, rolls).items():
            line = kept.filtered(lambda row, key=key: row._get_key() == key)[:1]
            if line:
                line.write(vals)
                kept -= line
            else:
                kept.create({**vals, "provision_id": self.id})
        kept.unlink()
        system.roll_ids.unlink()
        system.env["receivable.provision.roll"].create(
            [
                {
                    "provision_id": self.id,
                    "date": day,
                    "date_rolled": again,
                    "column_index": column,
                    "column_name": columns[column][0],
                    "grade_id": grade,
                    "segment": segment,
                    "amount_stood": stood,
                    "amount_rolled": rolled,
                }
                for day, again, column, grade, segment, stood, rolled in rolls
            ]
        )
        system.write(
            {
                "computed_at": fields.Datetime.now(),
                "receivable_total": sum(owed.values()),
                "credit_total": sum(amount for amount in owed.values() if amount < 0),
                "present": self._get_present(),
            }
        )

    def _get_present(self):
        """Return the credit balance of the allowance account on the day, posted entries alone."""
        self.ensure_one()
        if not self.allowance_account_id:
            return 0.0
        # sudo: the balance of the account, whoever may read its items
        [(balance,)] = (
            self.env["account.move.line"]
            .sudo()
            ._read_group(
                [
                    ("account_id", "=", self.allowance_account_id.id),
                    ("company_id", "in", self.company_id._credit_entity_ids()),
                    ("parent_state", "=", "posted"),
                    ("date", "<=", self.date),
                ],
                [],
                ["balance:sum"],
            )
        )
        return self.currency_id.round(-(balance or 0.0))
