from odoo import api, fields, models
from odoo.tools import SQL, format_date

from ...models.receivable.ageing.receivable_ageing import BASES

# Fields that the rows of a report depend on: another value needs another report.
PARAMETERS = {"company_id", "date", "basis", "with_notes", "with_interest"}


class ReceivableAgeingReport(models.TransientModel):
    """The ageing as of a day, created for one user: parameters here, open items in its lines.

    Rows are written once, set-based, by `receivable.ageing`, and belong to the parameters:
    a change of these drops the rows. So a screen never shows the items of one day under
    the date of another.
    """

    _name = "receivable.ageing.report"
    _inherit = ["credit.company.mixin"]
    _description = "Aging as of a Date"
    _transient_max_hours = 24.0
    _check_company_auto = True

    company_id = fields.Many2one(
        "res.company",
        required=True,
        default=lambda self: self.env.company.root_id,
        domain="[('id', 'in', allowed_company_ids)]",
        ondelete="cascade",
    )
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
    is_made = fields.Boolean(readonly=True)
    line_ids = fields.One2many("receivable.ageing.report.line", "report_id")

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
    def _compute_display_name(self):
        for report in self:
            report.display_name = self.env._(
                "Aging as of %(date)s, %(company)s",
                date=format_date(self.env, report.date),
                company=report.company_id.name,
            )

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            vals.pop("is_made", None)
            vals.pop("line_ids", None)
        return super().create([{**vals, "is_made": False} for vals in vals_list])

    def write(self, vals):
        vals = {name: value for name, value in vals.items() if name not in ("is_made", "line_ids")}
        if PARAMETERS & vals.keys():
            self._drop_lines()
        return super().write(vals)

    # ------------------------------------------------------------------ rows

    def _check_readable(self):
        """Require the user's own report, of a company they may see."""
        self.ensure_one()
        self.check_access("read")
        self.company_id._credit_check_chosen()

    def _set_made(self, is_made):
        # Past the own `write`, which lets nobody say so.
        models.TransientModel.write(self, {"is_made": is_made})

    def _drop_lines(self):
        # sudo: rows are the system's; the report is the user's own
        self.line_ids.sudo().unlink()
        for report in self:
            report._set_made(False)

    def _create_lines(self):
        """Write the open items, once. One statement, whatever the number of items."""
        for report in self.filtered(lambda r: not r.is_made):
            company = report.company_id
            ageing = self.env["receivable.ageing"]
            columns = self.env["receivable.ageing.column"]._get_columns(company)
            ageing._flush_sources()
            self.env.flush_all()
            self.env.execute_query(
                SQL(
                    """
                    INSERT INTO receivable_ageing_report_line (
                        report_id, company_id, as_of, kind, move_line_id, move_id, partner_id, user_id,
                         service_manager_id, term_days, account_id, currency_id, date, date_invoice,
                         date_maturity, days, column_id, amount, amount_receivable, amount_note,
                         amount_currency, net, create_uid, create_date, write_uid, write_date)
                    SELECT %(report)s, %(company)s, %(as_of)s, item.kind, item.move_line_id, item.move_id,
                           item.partner_id, partner.user_id, partner.credit_service_manager_id,
                           COALESCE((partner.credit_term_days ->> %(root)s)::int, 0),
                           item.account_id, item.currency_id, item.date,
                           item.date_invoice, item.date_maturity, item.days,
                           (%(columns)s::int[])[item.column_index + 1],
                           item.amount, CASE WHEN item.kind = 'note' THEN 0 ELSE item.amount END,
                           CASE WHEN item.kind = 'note' THEN item.amount ELSE 0 END,
                           item.amount_currency, item.net,
                           %(uid)s, %(now)s, %(uid)s, %(now)s
                      FROM (%(items)s) item
                 LEFT JOIN res_partner partner ON partner.id = item.partner_id
                     WHERE %(with_interest)s OR NOT EXISTS (
                           SELECT FROM receivable_interest note
                            WHERE item.move_id IN (note.move_id, note.reverse_move_id))
                 RETURNING NULL
                    """,
                    report=report.id,
                    company=company.id,
                    root=str(company._credit_root().id),
                    as_of=report.date,
                    columns=columns.ids,
                    with_interest=report.with_interest,
                    uid=self.env.uid,
                    now=self.env.cr.now(),
                    items=ageing._get_items_sql(
                        company,
                        report.date,
                        ageing._get_kinds(company, report.date, report.with_notes),
                        report.basis,
                    ),
                )
            )
            report._set_made(True)
            self.env["receivable.ageing.report.line"].invalidate_model()
            report.invalidate_recordset(["line_ids"])

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

    def _get_action(self, name):
        self._check_readable()
        self._create_lines()
        return self._open_records(
            name,
            name=self.display_name,
            display_name=self.display_name,
            domain=[("report_id", "=", self.id)],
        )

    def action_open_items(self):
        """Open the items of the ageing, by customer."""
        return self._get_action("receivable_ageing_report_line_action")

    def action_open_matrix(self):
        """Open the matrix of customers and columns, with receivables and notes apart (P4-29)."""
        action = self._get_action("receivable_ageing_report_line_action_matrix")
        measures = [
            *(("amount_receivable", "amount_note") if self._shows_notes() else ()),
            "amount",
        ]
        return {**action, "context": {"pivot_measures": measures}}

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
