import operator
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain
from odoo.tools import SQL, format_date

from ...credit.terms.res_partner import CREDIT_GROUPS
from .collection_ledger import AGE_BUCKETS, age_bucket_sql

# Columns of the one query below.
FIGURES = ("days_overdue", "age_bucket", "collection_case_id", "collection_stage_id")

COMPARISONS = {"<": operator.lt, ">": operator.gt, "<=": operator.le, ">=": operator.ge}


class AccountMove(models.Model):
    """Why an invoice is overdue and who caused it (P3-05, P3-12); excluded for a time."""

    _inherit = "account.move"

    collection_reason_id = fields.Many2one(
        "collection.reason", "Overdue Reason", copy=False, index="btree_not_null", tracking=True
    )
    collection_reason_category = fields.Selection(
        related="collection_reason_id.category", string="Reason Category", store=True
    )
    collection_reason_note = fields.Char("Specific Reason", copy=False)
    collection_fault_unit = fields.Char("Caused by (Unit)", copy=False, help="Unit that caused it.")
    collection_fault_user_id = fields.Many2one("res.users", "Caused by (Person)", copy=False)
    collection_excluded_until = fields.Date(
        "Excluded from Collection until", copy=False, tracking=True, index="btree_not_null"
    )
    collection_exclusion_reason = fields.Char("Exclusion Reason", copy=False, tracking=True)
    collection_dispute_id = fields.Many2one(
        "collection.dispute",
        "Settles Dispute",
        copy=False,
        index="btree_not_null",
        ondelete="set null",
        check_company=True,
        help="Posting this credit note closes the dispute as accepted.",
    )
    collection_dispute_ids = fields.One2many("collection.dispute", "move_id", "Disputes")

    # ---- The collection information on an invoice, in one query that also filters and groups lists
    days_overdue = fields.Integer(
        compute="_compute_collection_figures",
        search=lambda self, sign, value: self._search_collection_figure(
            "days_overdue", sign, value
        ),
        groups=CREDIT_GROUPS,
        aggregator=None,
        help="Of the oldest open installment, in the company's time zone.",
    )
    age_bucket = fields.Selection(
        [bucket for bucket in AGE_BUCKETS if bucket[0] != "credit"],
        "Age",
        compute="_compute_collection_figures",
        search=lambda self, sign, value: self._search_collection_figure("age_bucket", sign, value),
        groups=CREDIT_GROUPS,
    )
    collection_case_id = fields.Many2one(
        "collection.case",
        compute="_compute_collection_figures",
        search=lambda self, sign, value: self._search_collection_figure(
            "collection_case_id", sign, value
        ),
        groups=CREDIT_GROUPS,
        help="Open case of the customer, while the invoice is overdue.",
    )
    collection_stage_id = fields.Many2one(
        "collection.stage",
        compute="_compute_collection_figures",
        search=lambda self, sign, value: self._search_collection_figure(
            "collection_stage_id", sign, value
        ),
        groups=CREDIT_GROUPS,
        help="Stage of the customer's case, while the invoice is overdue.",
    )
    collection_promise_date = fields.Date(
        "Promised for", compute="_compute_collection_promise_date", groups=CREDIT_GROUPS
    )
    collection_letter_count = fields.Integer(
        "Letters", compute="_compute_collection_letter_count", groups=CREDIT_GROUPS
    )

    # ------------------------------------------------------------------ excluded for a time

    @api.model
    def _check_may_collect_invoices(self):
        """Raise unless the user is accountant, collector or controller: they give these reasons."""
        if not self.env.su:
            self.env.user._require_role(
                self.env._("Collection of invoices"), "accountant", "collector", "controller"
            )

    @api.constrains("collection_excluded_until", "collection_exclusion_reason")
    def _check_collection_exclusion(self):
        for move in self.filtered("collection_excluded_until"):
            # sudo: the limit of days binds users who may not read settings
            company, until = move.company_id.sudo(), move.collection_excluded_until
            today = company._credit_today()
            days = company.collection_exclusion_max_days
            if not (move.collection_exclusion_reason or "").strip():
                raise ValidationError(
                    self.env._("Enter why %s is excluded from collection.", move.name)
                )
            if not today <= until <= today + timedelta(days=days):
                raise ValidationError(
                    self.env._(
                        "%(invoice)s can be excluded for at most %(days)s days, until %(last)s, "
                        "and not until a past date (%(until)s).",
                        invoice=move.name,
                        last=format_date(self.env, today + timedelta(days=days)),
                        days=days,
                        until=format_date(self.env, until),
                    )
                )

    def _exclude_from_collection(self, until, reason):
        """Exclude these invoices from collection for a time; without a day, include them again.

        :param until: last day on which they are excluded
        :raise ValidationError: no reason, a day in the past or further than the company allows
        """
        self._check_may_collect_invoices()
        self.check_access("read")
        # sudo: collectors read invoices only; the fields hold no accounting data
        moves = self.sudo()
        moves.write(
            {
                "collection_excluded_until": until,
                "collection_exclusion_reason": (reason or "").strip() or False,
            }
        )
        self._refresh_collection_cases()

    def _set_collection_reason(self, vals):
        """Note why these invoices are overdue, and who caused it (P3-05, P3-12).

        :param vals: any of collection_reason_id, collection_reason_note,
            collection_fault_unit, collection_fault_user_id
        """
        self._check_may_collect_invoices()
        self.check_access("read")
        names = {
            "collection_reason_id", "collection_reason_note", "collection_fault_unit",
            "collection_fault_user_id",
        }  # fmt: skip
        # sudo: collectors read invoices only; the fields hold no accounting data
        self.sudo().write({name: value for name, value in vals.items() if name in names})
        self._refresh_collection_cases()

    def _refresh_collection_cases(self):
        # sudo: an event on the case, whoever may see it
        moves = self.sudo()
        cases = moves.env["collection.case"]
        cases._find_open(moves.commercial_partner_id, moves.company_id)._refresh()

    def _open_collection_wizard(self, model, title):
        self._check_may_collect_invoices()
        return {
            "type": "ir.actions.act_window",
            "name": title,
            "res_model": model,
            "view_mode": "form",
            "target": "new",
            "context": {"default_move_ids": self.ids},
        }

    def action_collection_exclude(self):
        """Exclude the invoices from collection until a day, for a reason: opens the form."""
        return self._open_collection_wizard(
            "collection.exclusion", self.env._("Exclude from Collection")
        )

    def action_collection_reason(self):
        """Say why the invoices are overdue, and who caused it: opens the form."""
        return self._open_collection_wizard("collection.reason.set", self.env._("Overdue Reason"))

    def action_collection_dispute(self):
        """Note that the customer contests this invoice: opens the form."""
        self.ensure_one()
        self.check_access("read")
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Register Dispute"),
            "res_model": "collection.dispute.open",
            "view_mode": "form",
            "target": "new",
            "context": {"default_move_id": self.id},
        }

    # ------------------------------------------------------------------ credit note of a dispute

    @api.constrains("collection_dispute_id", "reversed_entry_id", "partner_id")
    def _check_collection_dispute(self):
        for move in self.filtered("collection_dispute_id"):
            # sudo: only whether the credit note fits
            dispute = move.collection_dispute_id.sudo()
            if (
                move.move_type != "out_refund"
                or move.commercial_partner_id != dispute.partner_id
                or move.reversed_entry_id != dispute.move_id
            ):
                raise ValidationError(
                    self.env._(
                        "Only a credit note for %(invoice)s settles %(dispute)s.",
                        invoice=dispute.move_id.name,
                        dispute=dispute.name,
                    )
                )

    def _post(self, soft=True):
        posted = super()._post(soft)
        notes = posted.filtered("collection_dispute_id")
        # sudo: the accountant of the credit note decides, whoever it was assigned to
        notes.sudo().collection_dispute_id._close_accepted(notes.sudo())
        return posted

    # ---- The collection information on an invoice, in one query that also filters and groups lists.

    # ------------------------------------------------------------------ the one query

    @api.model
    def _get_collection_figures_sql(self, move_ids=None):
        """Return one row per invoice with an open instalment: id and the columns of `FIGURES`."""
        return SQL(
            """SELECT line.move_id AS id, MAX(line.days_overdue) AS days_overdue,
                      %(age)s AS age_bucket,
                      CASE WHEN MAX(line.days_overdue) > 0 THEN MAX(debt.id) END AS collection_case_id,
                      CASE WHEN MAX(line.days_overdue) > 0 THEN MAX(debt.stage_id) END
                      AS collection_stage_id
                 FROM (%(ledger)s) line
            LEFT JOIN collection_case debt ON debt.partner_id = line.partner_id
                      AND debt.company_id = %(root)s AND debt.state = 'open'
                WHERE line.kind = 'receivable' AND line.amount > 0 AND %(moves)s
                GROUP BY line.move_id""",
            root=self.env["res.company"]._credit_root_sql(SQL("line.company_id")),
            age=age_bucket_sql(SQL("MAX(line.days_overdue)")),
            # sudo: the SQL only; readers of a figure read the invoice
            ledger=self.env["credit.exposure.line"].sudo()._get_exposure_sql(("receivable",)),
            moves=SQL("TRUE")
            if move_ids is None
            else SQL("line.move_id IN %s", tuple(move_ids) or (0,)),
        )

    @api.model
    def _flush_collection_figures(self):
        # sudo: values computed on the way read past the user
        env = self.sudo().env
        env["credit.exposure.line"]._flush_sources()
        env["collection.case"].flush_model(["partner_id", "company_id", "state", "stage_id"])

    @api.depends_context("uid")
    @api.depends("line_ids.amount_residual", "line_ids.date_maturity", "state")
    def _compute_collection_figures(self):
        self._flush_collection_figures()
        rows = {
            row["id"]: row
            for row in self.env.execute_query_dict(self._get_collection_figures_sql(self.ids))
        }
        # Case data hidden from the user does not show on the invoice either.
        visible = self.env["collection.case"].search(
            [("id", "in", [row["collection_case_id"] for row in rows.values()])]
        )
        for move in self:
            row = rows.get(move._origin.id, {})
            case = row.get("collection_case_id")
            shown = case in visible._ids
            move.days_overdue = row.get("days_overdue") or 0
            move.age_bucket = row.get("age_bucket") or False
            move.collection_case_id = case if shown else False
            move.collection_stage_id = row.get("collection_stage_id") if shown else False

    @api.model
    def _search_collection_figure(self, name, sign, value):
        self._check_field_access(self._fields[name], "read")
        self._flush_collection_figures()
        column = self._collection_figure_sql("figure", name)
        if sign in COMPARISONS:
            condition = SQL("%s %s %s", column, SQL(sign), value or 0)
            # Invoices without an open instalment count as 0 days.
            without = COMPARISONS[sign](0, value or 0)
        elif sign == "in":
            wanted = tuple(one for one in value if one)
            without = len(wanted) < len(value)
            condition = SQL("%s IN %s", column, wanted or (None,))
            if without:
                condition = SQL("(%s OR %s IS NULL OR %s::text = '0')", condition, column, column)
        else:
            return NotImplemented
        if without:
            return Domain("id", "not in", self._select_figures(SQL("(%s) IS NOT TRUE", condition)))
        return Domain("id", "in", self._select_figures(condition))

    @api.model
    def _collection_figure_sql(self, table, name):
        """Return SQL of a figure: of a case that the user may not see, nothing."""
        column = SQL.identifier(table, name)
        if self.env.su or name not in ("collection_case_id", "collection_stage_id"):
            return column
        return SQL(
            "CASE WHEN %s IN %s THEN %s END",
            SQL.identifier(table, "collection_case_id"),
            self.env["collection.case"]._search([], active_test=False).subselect(),
            column,
        )

    @api.model
    def _select_figures(self, condition):
        return SQL(
            "(SELECT figure.id FROM (%s) figure WHERE %s)",
            self._get_collection_figures_sql(),
            condition,
        )

    def _field_to_sql(self, alias, field_expr, query=None):
        if field_expr in FIGURES and query is not None:
            self._check_field_access(self._fields[field_expr], "read")
            self._flush_collection_figures()
            table = query.make_alias(alias, "collection_figures")
            if table not in query._joins:
                query.add_join(
                    "LEFT JOIN",
                    table,
                    SQL("(%s)", self._get_collection_figures_sql()),
                    SQL("%s = %s", SQL.identifier(alias, "id"), SQL.identifier(table, "id")),
                )
            return self._collection_figure_sql(table, field_expr)
        return super()._field_to_sql(alias, field_expr, query)

    # ------------------------------------------------------------------ promise, letters

    @api.depends("line_ids")
    def _compute_collection_promise_date(self):
        groups = self.env["collection.promise.line"]._read_group(
            [("move_line_id.move_id", "in", self.ids), ("state", "=", "open")],
            ["move_line_id"],
            ["date_promised:min"],
        )
        dates = {}
        for line, day in groups:
            move = line.sudo().move_id  # sudo: only to which invoice the line belongs
            dates[move.id] = min(day, dates.get(move.id, day))
        for move in self:
            move.collection_promise_date = dates.get(move._origin.id, False)

    @api.depends("line_ids")
    def _compute_collection_letter_count(self):
        groups = self.env["collection.letter.line"]._read_group(
            [("move_id", "in", self.ids), ("letter_id.state", "!=", "cancelled")],
            ["move_id"],
            ["letter_id:count_distinct"],
        )
        counts = {move.id: count for move, count in groups}
        for move in self:
            move.collection_letter_count = counts.get(move._origin.id, 0)

    def action_open_collection_letters(self):
        """Open the letters that asked for this invoice."""
        self.ensure_one()
        self.check_access("read")
        lines = self.env["collection.letter.line"].search([("move_id", "=", self.id)])
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Letters"),
            "res_model": "collection.letter",
            "view_mode": "list,form",
            "domain": [("id", "in", lines.letter_id.ids)],
        }

    def action_open_collection_case(self):
        """Open the collection case of the customer."""
        self.ensure_one()
        self.check_access("read")
        self.collection_case_id.check_access("read")
        return self.collection_case_id.get_formview_action()


class AccountMoveReversal(models.TransientModel):
    _inherit = "account.move.reversal"

    collection_dispute_id = fields.Many2one("collection.dispute", "Settles Dispute", readonly=True)

    def _prepare_default_reversal(self, move):
        values = super()._prepare_default_reversal(move)
        if self.collection_dispute_id and self.collection_dispute_id.move_id == move:
            values["collection_dispute_id"] = self.collection_dispute_id.id
        return values
