from odoo import api, fields, models
from odoo.tools import SQL, format_date

from ...models.receivable.ageing.receivable_ageing import BASES
from ...models.receivable.ageing.receivable_ageing_column import COLUMN_NAMES, COLUMNS

# Fields that the rows of a report depend on: another value needs another report.
PARAMETERS = {"company_id", "date", "basis", "with_notes", "with_interest"}

# What the report writes itself.
OWN = {"is_made", "is_summed", "line_ids", "row_ids"}


class ReceivableAgeingReport(models.TransientModel):
    """The ageing as of a day, created for one user: parameters here, customers in its rows, open
    items in its lines.

    Both are written once, set-based, by `receivable.ageing`: rows for the matrix, the lines of a
    customer when somebody opens the row, all lines for lists of items and workbooks. They belong
    to the parameters: a change of these drops them. So a screen never shows the items of one day
    under the date of another.
    """

    _name = "receivable.ageing.report"
    _inherit = ["credit.company.dialog"]
    _description = "Aging as of a Date"
    _transient_max_hours = 24.0
    _check_company_auto = True

    currency_id = fields.Many2one(related="company_id.currency_id")
    date = fields.Date(
        "As of", required=True, default=lambda self: self.env.company._credit_today()
    )
    basis = fields.Selection(BASES, "Days From", required=True, default="due")
    with_notes = fields.Boolean(
        default=True, help="Notes received count as receivables until they mature."
    )
    with_interest = fields.Boolean(
        "With Interest and Fees",
        default=True,
        help="Invoices of interest notes stand in the aging beside the principal.",
    )
    has_interest = fields.Boolean(compute="_compute_has_interest")
    has_notes = fields.Boolean(compute="_compute_has_notes")
    contingent = fields.Monetary(
        "Contingent Notes",
        compute="_compute_contingent",
        help="Notes discounted or endorsed that mature on or after this day; not in the aging.",
    )
    is_made = fields.Boolean(readonly=True, help="All lines are written.")
    is_summed = fields.Boolean(readonly=True, help="The rows are written.")
    line_ids = fields.One2many("receivable.ageing.report.line", "report_id")
    row_ids = fields.One2many("receivable.ageing.report.row", "report_id")

    @api.depends("company_id")
    def _compute_has_notes(self):
        ageing = self.env["receivable.ageing"]
        for report in self:
            report.has_notes = ageing._has_notes(report.company_id)

    @api.depends("company_id")
    def _compute_has_interest(self):
        for report in self:
            # sudo: whether there are any, for the form alone
            notes = self.env["receivable.interest"].sudo()
            report.has_interest = bool(
                notes.search(
                    [("company_id", "=", report.company_id.id), ("move_id", "!=", False)], limit=1
                )
            )

    @api.onchange("date", "company_id")
    def _onchange_date(self):
        """Say what an aging of a day to come leaves out; a day of another age is refused.

        :raise ValidationError: see `_check_typed_dates`
        """
        self._check_typed_dates()
        if not self.date or self.date <= self.company_id._credit_today():
            return None
        message = self.env._(
            "%s is still to come: the aging counts what is posted today, without payments and"
            " invoices until then.",
            format_date(self.env, self.date),
        )
        return {"warning": {"title": self.env._("A day to come"), "message": message}}

    @api.depends("company_id", "date")
    def _compute_contingent(self):
        for report in self:
            report.contingent = sum(report._get_contingent().values()) if report.date else 0.0

    @api.depends("date", "company_id")
    @api.depends_context("ageing_columns")
    def _compute_display_name(self):
        # The title of the matrix says the day: its first row is the total, and has a pager to hold.
        is_total = "ageing_columns" in self.env.context
        for report in self:
            report.display_name = (
                self.env._("Total")
                if is_total
                else self.env._(
                    "Aging as of %(date)s, %(company)s",
                    date=format_date(self.env, report.date),
                    company=report.company_id.name,
                )
            )

    @api.model_create_multi
    def create(self, vals_list):
        vals_list = [
            {**{name: value for name, value in vals.items() if name not in OWN}, "is_made": False}
            for vals in vals_list
        ]
        return super().create(vals_list)

    def write(self, vals):
        vals = {name: value for name, value in vals.items() if name not in OWN}
        if PARAMETERS & vals.keys():
            self._drop_rows()
        return super().write(vals)

    # ------------------------------------------------------------------ rows

    def _check_readable(self):
        """Require the user's own report, of a company they may see."""
        self.ensure_one()
        self.check_access("read")
        self.company_id._credit_check_chosen()

    def _set_own(self, **vals):
        # Past the own `write`, which lets nobody say so.
        models.TransientModel.write(self, vals)

    def _drop_rows(self):
        # sudo: rows are the system's; the report is the user's own
        system = self.sudo()
        system.line_ids.unlink()
        system.row_ids.unlink()
        self._set_own(is_made=False, is_summed=False)

    def _select_items(self, partner=None, with_net=True):
        """Select the open items of the report, with `term_days` and the persons of their customer.

        :param partner: a customer, or an empty record for what has none; all when None
        :param with_net: see `receivable.ageing._get_items_sql`
        """
        self.ensure_one()
        company = self.company_id
        ageing = self.env["receivable.ageing"]
        whose = SQL() if partner is None or partner else SQL("AND item.partner_id IS NULL")
        return SQL(
            "SELECT item.* FROM (%(items)s) item WHERE TRUE %(whose)s %(interest)s",
            items=ageing._get_items_sql(
                company,
                self.date,
                ageing._get_kinds(company, self.date, self.with_notes),
                self.basis,
                partners=partner or None,
                with_net=with_net,
            ),
            whose=whose,
            interest=SQL()
            if self.with_interest
            else SQL(
                "AND NOT EXISTS (SELECT FROM receivable_interest note"
                " WHERE item.move_id IN (note.move_id, note.reverse_move_id))"
            ),
        )

    def _insert(self, model, columns, values, source):
        """Insert one row of a model per row of `source`, an SQL with `item` and `partner`."""
        self.env["receivable.ageing"]._flush_sources()
        self.env.flush_all()
        columns = [
            "report_id",
            "company_id",
            "term_days",
            "user_id",
            "service_manager_id",
            *columns,
        ]
        names = SQL(", ").join(map(SQL.identifier, columns))
        # By way of a temporary table: PostgreSQL computes what fills one in parallel, an INSERT never.
        self.env.cr.execute(
            SQL(
                "CREATE TEMPORARY TABLE receivable_ageing_new (%s) ON COMMIT DROP AS"
                " SELECT %s, %s, COALESCE((partner.credit_term_days ->> %s)::int, 0),"
                " partner.user_id, partner.credit_service_manager_id, %s FROM (%s) item"
                " LEFT JOIN res_partner partner ON partner.id = item.partner_id",
                names,
                self.id,
                self.company_id.id,
                str(self.company_id._credit_root().id),
                SQL(", ").join(values),
                source,
            )
        )
        table = SQL.identifier(self.env[model]._table)
        self.env.cr.execute(
            SQL("INSERT INTO %s (%s) SELECT %s FROM receivable_ageing_new", table, names, names)
        )
        self.env.cr.execute(SQL("DROP TABLE receivable_ageing_new"))
        self.env[model].invalidate_model()
        self.invalidate_recordset(["line_ids", "row_ids"])

    def _create_rows(self):
        """Write the sums of each customer and currency, once, set-based: whatever their number."""
        for report in self.filtered(lambda r: not r.is_summed):
            columns = self.env["receivable.ageing.column"]._get_columns(report.company_id)
            sums = {
                **{
                    name: SQL("column_index = %s", index)
                    for index, name in enumerate(COLUMN_NAMES[: len(columns)])
                },
                "amount": SQL("TRUE"),
                "amount_note": SQL("kind = 'note'"),
                "amount_receivable": SQL("kind <> 'note'"),
                "late": SQL("days > 0 AND amount > 0"),
                "over_180": SQL("days > 180 AND amount > 0"),
                "credits": SQL("amount < 0"),
            }
            names = ["partner_id", "currency_id", "days", "amount_currency", *sums]
            report._insert(
                "receivable.ageing.report.row",
                [*names, "create_date"],
                [*(SQL.identifier("item", name) for name in names), SQL("%s", self.env.cr.now())],
                # Materialized: days and bucket of an item are computed once, not for each sum.
                SQL(
                    "WITH item AS MATERIALIZED (%s)"
                    " SELECT partner_id, currency_id, MAX(days) FILTER (WHERE amount > 0) AS days,"
                    " SUM(amount_currency) AS amount_currency, %s FROM item GROUP BY 1, 2",
                    report._select_items(with_net=False),
                    SQL(", ").join(
                        SQL(
                            "COALESCE(SUM(amount) FILTER (WHERE %s), 0) AS %s",
                            which,
                            SQL.identifier(name),
                        )
                        for name, which in sums.items()
                    ),
                ),
            )
            report._set_own(is_summed=True)

    def _create_lines(self, partner=None):
        """Write the open items, once, set-based: whatever their number.

        :param partner: see `_select_items`
        """
        for report in self.filtered(lambda r: not r.is_made):
            columns = self.env["receivable.ageing.column"]._get_columns(report.company_id)
            names = [
                "kind", "move_line_id", "move_id", "partner_id", "account_id", "currency_id", "date",
                "date_invoice", "date_maturity", "days", "amount", "amount_currency", "net",
            ]  # fmt: skip
            now, uid = SQL("%s", self.env.cr.now()), SQL("%s", self.env.uid)
            more = {
                "as_of": SQL("%s", report.date),
                "column_id": SQL("(%s::int[])[item.column_index + 1]", columns.ids),
                "amount_receivable": SQL("CASE item.kind WHEN 'note' THEN 0 ELSE item.amount END"),
                "amount_note": SQL("CASE item.kind WHEN 'note' THEN item.amount ELSE 0 END"),
                "create_uid": uid,
                "create_date": now,
                "write_uid": uid,
                "write_date": now,
            }
            report._insert(
                "receivable.ageing.report.line",
                [*names, *more],
                [*(SQL.identifier("item", name) for name in names), *more.values()],
                SQL(
                    "SELECT * FROM (%s) item WHERE COALESCE(partner_id, 0) NOT IN"
                    " (SELECT COALESCE(partner_id, 0) FROM receivable_ageing_report_line"
                    " WHERE report_id = %s)",
                    report._select_items(partner),
                    report.id,
                ),
            )
            if partner is None:
                report._set_own(is_made=True)

    def _shows_notes(self):
        """Return whether receivables and notes stand in columns of their own beside the total (P4-29)."""
        self.ensure_one()
        return self.with_notes and self.has_notes

    def _get_matrix(self, measure="amount", group="partner_id"):
        """Return columns and, per customer, the amounts in them, for screen, PDF and workbook.

        :param measure: `amount`, or `amount_receivable` and `amount_note`, which add up to it
        :param group: `partner_id`, or `service_manager_id` in place of customers (P5-14)
        :return: (names of the columns, [(customer, [amount per column], total)], totals, total);
            amounts in company currency, largest customer first, in the same order for each measure
        """
        self._check_readable()
        self._create_lines()
        columns = self.env["receivable.ageing.column"]._get_columns(self.company_id)
        amounts = {}
        order = {}
        for partner, column, whole, amount in self.env["receivable.ageing.report.line"]._read_group(
            [("report_id", "=", self.id)],
            [group, "column_id"],
            ["amount:sum", f"{measure}:sum"],
        ):
            amounts.setdefault(partner, dict.fromkeys(columns, 0.0))[column] = amount
            order[partner] = order.get(partner, 0.0) + whole
        rows = sorted(
            (
                (partner, [found[column] for column in columns], sum(found.values()))
                for partner, found in amounts.items()
            ),
            key=lambda row: (-order[row[0]], row[0].id),
        )
        totals = [sum(row[1][index] for row in rows) for index in range(len(columns))]
        return columns.mapped("name"), rows, totals, sum(totals)

    def _get_service_rows(self):
        """Return rows and totals of `_get_matrix` by service manager; no rows where no customer has one."""
        _names, rows, totals, total = self._get_matrix(group="service_manager_id")
        return (rows if any(row[0] for row in rows) else []), totals, total

    def _get_contingent(self):
        """Return {note id: amount}; nothing of a company that the user may not see."""
        if self.company_id not in self.env.companies.root_id:
            return {}
        return self.env["receivable.ageing"]._get_contingent(self.company_id, self.date)

    # ------------------------------------------------------------------ buttons

    def _open(self, name, **values):
        title = self.display_name
        domain = [("report_id", "=", self.id)]
        return self._open_records(
            name, **{"name": title, "display_name": title, "domain": domain, **values}
        )

    def _open_items_of(self, partner, currency):
        """Open the items of a customer in a currency, of a report that the user may read."""
        self._check_readable()
        self._create_lines(partner)
        return self._open(
            "receivable_ageing_report_line_action",
            domain=[
                ("report_id", "=", self.id),
                ("partner_id", "=", partner.id),
                ("currency_id", "=", currency.id),
            ],
            context={},
        )

    def action_open_items(self):
        """Open the items of the ageing, by customer."""
        self._check_readable()
        self._create_lines()
        return self._open("receivable_ageing_report_line_action")

    def action_open_matrix(self):
        """Open the matrix of customers and buckets, with receivables and notes apart (P4-29).

        A row opens its items. Buckets that its columns cannot name, of another company than the
        user's or too many, stand in a pivot of all items.
        """
        self._check_readable()
        buckets = self.env["receivable.ageing.column"]
        columns = buckets._get_columns(self.company_id)
        notes = self._shows_notes()
        if len(columns) > COLUMNS or columns != buckets._get_columns(self.env.company):
            self._create_lines()
            measures = ["amount_receivable", "amount_note", "amount"] if notes else ["amount"]
            return self._open(
                "receivable_ageing_report_line_action_matrix", context={"pivot_measures": measures}
            )
        self._create_rows()
        return self._open(
            "receivable_ageing_report_row_action",
            context={
                "search_default_total": 1,
                "ageing_columns": len(columns),
                "ageing_notes": notes,
            },
        )

    def action_open_contingent(self):
        """Open the notes that were contingent on the day."""
        self._check_readable()
        return self._open_records(
            "receivable_note_action",
            domain=[("id", "in", list(self._get_contingent()))],
            context={},
        )

    def action_print(self):
        """Print the matrix as a PDF."""
        self._check_readable()
        return self.env.ref("credit_collection.action_report_receivable_ageing").report_action(self)

    def action_export(self):
        """Export matrix and open items as a workbook."""
        self._check_readable()
        return self.env.ref("credit_collection.action_xlsx_receivable_ageing").report_action(self)
