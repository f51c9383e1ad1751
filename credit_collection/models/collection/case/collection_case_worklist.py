import pytz

from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.fields import Domain
from odoo.tools import SQL, format_date

# Computed figures that lists sort by and groups sum up.
AMOUNTS = ("amount_overdue", "amount_chase", "days_overdue")


class CollectionCase(models.Model):
    """Columns of the worklist, and actions without leaving it."""

    _inherit = "collection.case"

    # The customer tracks these three.
    phone = fields.Char(related="partner_id.phone", tracking=False)
    email = fields.Char(related="partner_id.email", tracking=False)
    risk_level = fields.Selection(
        related="partner_id.credit_risk_level", string="Risk", tracking=False
    )
    last_contact_label = fields.Char("Last Contact Summary", compute="_compute_last_contact_label")
    next_step = fields.Char(
        compute="_compute_next_step", help="The next activity: its summary, or its type."
    )
    work_state = fields.Selection(
        [("todo", "To Do"), ("done", "Done Today"), ("later", "Planned for Later")],
        "Today",
        compute="_compute_work_state",
        search="_search_work_state",
        help="Done today: somebody talked to the customer today. Planned for later: the next"
        " activity is after today.",
    )
    can_log = fields.Boolean(compute="_compute_can_log")
    review_course = fields.Text(
        "Course of Events", help="Course of events, for the review of a closed case."
    )
    review_solution = fields.Text("Solution")
    review_lesson = fields.Text("Lessons Learned")
    letter_count = fields.Integer(compute="_compute_counts")
    contact_count = fields.Integer(compute="_compute_counts")
    promise_count = fields.Integer(compute="_compute_counts")
    dispute_count = fields.Integer(compute="_compute_counts")
    agreement_count = fields.Integer(compute="_compute_counts")
    hold_count = fields.Integer(compute="_compute_counts")
    item_ids = fields.One2many(
        "collection.ledger", compute="_compute_item_ids", string="Open Items"
    )

    @api.depends_context("lang", "tz")
    @api.depends("date_last_contact", "last_contact_text")
    def _compute_last_contact_label(self):
        for case in self:
            last = case.date_last_contact
            case.last_contact_label = last and self.env._(
                "%(date)s: %(words)s",
                date=format_date(self.env, fields.Datetime.context_timestamp(case, last).date()),
                words=case.last_contact_text or "",
            )

    @api.depends("activity_ids.summary", "activity_ids.activity_type_id")
    def _compute_next_step(self):
        for case in self:
            # As Odoo's date of it: the first that is due.
            case.next_step = case.activity_ids[:1].display_name

    @api.depends_context("uid")
    @api.depends("partner_id")
    def _compute_can_log(self):
        for case in self:
            case.can_log = case._may_log()

    @api.depends("contact_ids", "letter_ids", "promise_ids", "dispute_ids", "agreement_ids")
    def _compute_counts(self):
        for name, model in (
            ("letter_count", "collection.letter"),
            ("contact_count", "collection.contact"),
            ("promise_count", "collection.promise"),
            ("dispute_count", "collection.dispute"),
            ("agreement_count", "collection.agreement"),
        ):
            counts = dict(
                self.env[model]._read_group([("case_id", "in", self.ids)], ["case_id"], ["__count"])
            )
            for case in self:
                case[name] = counts.get(case, 0)
        holds = {
            (partner, company): count
            for partner, company, count in self.env["credit.hold"]._read_group(
                [
                    ("partner_id", "in", self.partner_id.ids),
                    ("state", "in", ("held", "requested")),
                ],
                ["partner_id", "company_id"],
                ["__count"],
            )
        }
        for case in self:
            case.hold_count = holds.get((case.partner_id, case.company_id), 0)

    @api.depends("partner_id", "company_id")
    def _compute_item_ids(self):
        ledger = self.env["collection.ledger"]
        for case in self:
            case.item_ids = ledger.search_fetch(
                [("partner_id", "=", case.partner_id.id), ("company_id", "=", case.company_id.id)]
            )

    # ------------------------------------------------------------------ today

    @api.model
    def _work_state_sql(self, alias):
        """Return SQL of `work_state`: the user's day, from the last contact and the next activity."""
        now = fields.Datetime.context_timestamp(self, fields.Datetime.now())
        midnight = now.replace(hour=0, minute=0, second=0, microsecond=0).astimezone(pytz.utc)
        return SQL(
            """(CASE WHEN %(last)s >= %(midnight)s THEN 'done'
                     WHEN (SELECT MIN(activity.date_deadline) FROM mail_activity activity
                            WHERE activity.res_model = 'collection.case' AND activity.active
                              AND activity.res_id = %(id)s) > %(today)s THEN 'later'
                     ELSE 'todo' END)""",
            last=SQL.identifier(alias, "date_last_contact"),
            midnight=midnight.replace(tzinfo=None),
            id=SQL.identifier(alias, "id"),
            today=now.date(),
        )

    @api.depends("date_last_contact", "activity_ids.date_deadline")
    def _compute_work_state(self):
        self._flush_work_state()
        query = self._as_query(ordered=False)
        states = dict(
            self.env.execute_query(
                query.select(SQL.identifier(self._table, "id"), self._work_state_sql(self._table))
            )
        )
        for case in self:
            case.work_state = states.get(case.id, "todo")

    @api.model
    def _search_work_state(self, operator, value):
        if operator != "in":
            return NotImplemented
        self._flush_work_state()
        # A case always has a state: nothing is found for an empty value.
        wanted = tuple(one for one in value if one) or (None,)
        return Domain.custom(
            to_sql=lambda model, alias, query: SQL("%s IN %s", model._work_state_sql(alias), wanted)
        )

    def _field_to_sql(self, alias, field_expr, query=None):
        # Lets the panel beside the list count by it.
        if field_expr == "work_state":
            self._flush_work_state()
            return self._work_state_sql(alias)
        if field_expr == "amount_collected":
            return self._collected_sql(alias)
        # Lets lists be sorted by the amounts, groups have their totals.
        if field_expr in AMOUNTS and query is not None:
            return self._amount_sql(alias, field_expr, query)
        return super()._field_to_sql(alias, field_expr, query)

    @api.model
    def _amount_sql(self, alias, name, query):
        """Return SQL of a figure of `_compute_amounts`, in company currency, of all cases at once."""
        table = query.make_alias(alias, "overdue")
        if table not in query._joins:
            # sudo: sums over items that the user need not see one by one
            items = self.env["credit.open.item"].sudo()
            items._flush_sources()
            companies = self.env.companies
            if self.env.su:
                # sudo: the superuser reads the cases of every company
                companies = companies.sudo().search([])  # pylint: disable=no-search-all
            query.add_join(
                "LEFT JOIN",
                table,
                SQL(
                    """(SELECT partner_id, company_id, SUM(net) AS amount_overdue,
                               SUM(chase) AS amount_chase, MAX(days) AS days_overdue
                          FROM (%s) item WHERE days > 0 AND net_currency > 0
                         GROUP BY partner_id, company_id)""",
                    items._get_items_sql(companies),
                ),
                SQL(
                    "%s = %s AND %s = %s",
                    SQL.identifier(alias, "partner_id"),
                    SQL.identifier(table, "partner_id"),
                    SQL.identifier(alias, "company_id"),
                    SQL.identifier(table, "company_id"),
                ),
            )
        return SQL("COALESCE(%s, 0)", SQL.identifier(table, name))

    @api.model
    def _flush_work_state(self):
        self.flush_model(["date_last_contact"])
        self.env["mail.activity"].flush_model(["date_deadline", "active", "res_model", "res_id"])

    # ------------------------------------------------------------------ rights log

    def _may_log(self):
        """Return whether the user may log contacts with this customer."""
        self.ensure_one()
        user = self.env.user
        return (
            self.env.su
            or user._has_role(
                "collector", "legal", "controller", "finance_manager", "sales_manager", "sales_head"
            )
            or (
                user._has_role("salesperson")
                and self.sudo().partner_id.user_id == user  # sudo: only the customer's salesperson
            )
        )

    def _check_can_log(self):
        """Raise unless the user sees the cases and may log contacts with their customers.

        :raise AccessError: naming the customer
        """
        self.check_access("read")
        for case in self:
            if not case._may_log():
                raise AccessError(
                    self.env._(
                        "Only collectors and the salesperson can log contacts with %s.",
                        case.partner_id.display_name,
                    )
                )

    # ------------------------------------------------------------------ the dialog

    def _open_log(self, name, **defaults):
        self.ensure_one()
        self._check_can_log()
        return {
            "type": "ir.actions.act_window",
            "name": name,
            "res_model": "collection.case.log",
            "view_mode": "form",
            "target": "new",
            "context": {
                "default_case_id": self.id,
                **{f"default_{key}": value for key, value in defaults.items()},
            },
        }

    def action_log_call(self):
        """Open the dialog to log a call."""
        return self._open_log(self.env._("Log a Contact"), channel="call")

    def action_log_promise(self):
        """Open the dialog to log a call with a promise to pay."""
        return self._open_log(self.env._("Log a Promise"), channel="call", result="promise")

    def action_log_dispute(self):
        """Open the dialog to log a call in which an invoice is contested."""
        return self._open_log(self.env._("Log a Dispute"), channel="call", result="dispute")

    def action_log_letter(self):
        """Open the dialog that writes a letter to the customer."""
        self.ensure_one()
        self._check_can_log()
        return self._open_records(
            "collection_letter_write_action",
            context={"active_model": self._name, "active_ids": self.ids},
        )

    # ---- Each figure of a case opens the documents behind it.

    def _open_of_case(self, xmlid, domain, **context):
        self.ensure_one()
        self.check_access("read")
        return self._open_records(xmlid, domain=domain, context=context)

    def _open_overdue_items(self, amount):
        """Open the customer's overdue items with an amount in this column of the ledger."""
        self.ensure_one()
        return self._open_of_case(
            "collection_ledger_action",
            [*self._get_customer_domain(), ("days", ">", 0), (amount, ">", 0)],
        )

    def action_open_overdue(self):
        """Open the overdue items of the customer in the receivables ledger."""
        return self._open_overdue_items("amount")

    def action_open_blocked(self):
        """Open the items blocked from dunning, also in part: disputed, promised, excluded, in payment."""
        return self._open_overdue_items("amount_blocked")

    def action_open_contacts(self):
        """Open the contacts with the customer."""
        self.ensure_one()
        return self._open_of_case("collection_contact_action", [("case_id", "=", self.id)])

    def action_open_invoices(self):
        """Open the overdue invoices of the customer."""
        self.ensure_one()
        return self._open_of_case(
            "account.action_move_out_invoice_type",
            [
                ("commercial_partner_id", "=", self.partner_id.id),
                ("company_id", "=", self.company_id.id),
                ("move_type", "in", ("out_invoice", "out_receipt")),
                ("days_overdue", ">", 0),
            ],
            default_move_type="out_invoice",
        )

    def action_open_holds(self):
        """Open the held orders of the customer."""
        self.ensure_one()
        return self._open_of_case(
            "credit_hold_action",
            [
                ("partner_id", "=", self.partner_id.id),
                ("company_id", "=", self.company_id.id),
                ("state", "in", ("held", "requested")),
            ],
        )

    def action_open_letters(self):
        """Open the letters to the customer."""
        self.ensure_one()
        return self._open_of_case("collection_letter_action", [("case_id", "=", self.id)])

    def action_open_promises(self):
        """Open the promises of the customer."""
        self.ensure_one()
        return self._open_of_case("collection_promise_action", [("case_id", "=", self.id)])

    def action_open_disputes(self):
        """Open the disputes of the customer."""
        self.ensure_one()
        return self._open_of_case("collection_dispute_action", [("case_id", "=", self.id)])

    def action_open_agreements(self):
        """Open the repayment agreements of the customer."""
        self.ensure_one()
        return self._open_of_case("collection_agreement_action", [("case_id", "=", self.id)])

    def action_new_agreement(self):
        """Open the form of a new repayment agreement with this customer (P1-10)."""
        self.ensure_one()
        self.check_access("read")
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Repayment Agreement"),
            "res_model": "collection.agreement",
            "view_mode": "form",
            "context": {
                "default_partner_id": self.partner_id.id,
                "default_company_id": self.company_id.id,
                "default_currency_id": self.company_id.currency_id.id,
            },
        }
