from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL, format_date

ACTIONS = [
    ("open", "Opened"),
    ("advance", "Next Stage"),
    ("lower", "Earlier Stage"),
    ("close", "Closed"),
    ("keep", "No Change"),
    ("none", "No Case"),
]

# Why a customer gets no letter; the first reason that applies.
SKIP_REASONS = [
    ("no_stage", "No stage for this age"),
    ("not_due", "Nothing overdue"),
    ("no_letter", "No letter at this stage"),
    ("closed", "Case closed manually"),
    ("paused", "Case paused"),
    ("minimum", "Below the minimum amount"),
    ("asked", "Already requested"),
    ("bank_guard", "Bank not reconciled"),
    ("bank_line", "Unmatched bank transaction"),
    ("payment", "Payment promised"),
    ("quiet", "Too soon after the last letter"),
    ("contact_limit", "Contact limit reached"),
    ("dispute", "Disputed"),
    ("promise", "Promised"),
    ("agreement", "Under a repayment agreement"),
    ("excluded", "Excluded"),
    ("no_followup", "Excluded from follow-up"),
    ("blocked", "Payment blocked"),
    ("in_payment", "In payment"),  # of runs before 19.0.1.2
    ("other_block", "Suspended for another reason"),
]

PLAN = SQL.identifier("collection_run_plan")

# Rows of the plan in which something happens.
WORK = SQL(
    "(plan.case_action IN ('open', 'advance', 'lower', 'close')"
    " OR plan.letter_currency_ids IS NOT NULL OR plan.activity IS TRUE OR plan.case_id IS NOT NULL"
    " AND (plan.stage_id IS NOT NULL AND plan.stage_id IS DISTINCT FROM plan.case_stage_id"
    "      OR COALESCE(plan.case_is_key, FALSE) <> plan.is_key"
    "      OR plan.escalation_ids IS NOT NULL AND NOT plan.notified))"
)


class CollectionRun(models.Model):
    """One pass over the open items of a company: cases, activities, letters.

    preview  lists letters and activities, customers skipped and why; changes nothing else
    running  at work, or killed and waiting to go on
    stopped  by a person, between two batches; goes on when continued
    done     finished
    failed   could not be decided; nothing happened

    | action              | who                                     | restriction              |
    | preview, start, test| collection manager, credit controller   | one running per company  |
    | stop, continue      | the same                                | running; stopped         |
    | daily run           | scheduled action                        | companies in that mode   |

    The decision is in collection_run_decision.py, its effects in collection_run_apply.py,
    batches, commits and the schedule in collection_run_process.py.
    """

    _name = "collection.run"
    _description = "Collection Run"
    _inherit = ["credit.protected.mixin"]
    _order = "date desc, id desc"
    _check_company_auto = True

    company_id = fields.Many2one("res.company", required=True, readonly=True, index=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    date = fields.Date(required=True, readonly=True, help="Day of the company's time zone.")
    state = fields.Selection(
        [
            ("preview", "Preview"),
            ("running", "Running"),
            ("stopped", "Stopped"),
            ("done", "Done"),
            ("failed", "Failed"),
        ],
        string="Status",
        default="preview",
        required=True,
        readonly=True,
    )
    is_test = fields.Boolean(
        "Test", readonly=True, help="Every email is sent to the user who started the run."
    )
    is_automatic = fields.Boolean("Daily", readonly=True)
    kind = fields.Selection(
        [("daily", "Daily"), ("hand", "Manual"), ("test", "Test")],
        "Type",
        compute="_compute_kind",
    )
    can_start = fields.Boolean(compute="_compute_can_start")
    is_overtaken = fields.Boolean(compute="_compute_can_start")
    # In a table of its own: written while the job holds the run itself.
    stopper_ids = fields.Many2many(
        "res.users",
        "collection_run_stop_rel",
        string="Stopped by",
        readonly=True,
        context={"active_test": False},
    )
    # The hook before the decision worked already; a run that goes on does not repeat it.
    is_prepared = fields.Boolean(readonly=True)
    user_id = fields.Many2one("res.users", "Started by", readonly=True)
    continuer_ids = fields.Many2many(
        "res.users",
        "collection_run_continue_rel",
        string="Continued by",
        readonly=True,
        context={"active_test": False},
    )
    line_ids = fields.One2many("collection.run.line", "run_id", "Customers", readonly=True)

    # Progress and outcome
    date_start = fields.Datetime("Started", readonly=True)
    date_end = fields.Datetime("Ended", readonly=True)
    customer_total = fields.Integer("Customers to Do", readonly=True)
    customer_done = fields.Integer("Customers Done", readonly=True)
    progress = fields.Float(compute="_compute_progress", aggregator=None)
    stop_note = fields.Text(compute="_compute_stop_note")
    amount_chase = fields.Monetary(
        "To Collect",
        readonly=True,
        aggregator=None,
        help="Of all customers with overdue items, as decided when the run began.",
    )
    open_count = fields.Integer("Opened", readonly=True)
    advance_count = fields.Integer("Next Stage", readonly=True)
    lower_count = fields.Integer("Earlier Stage", readonly=True)
    close_count = fields.Integer("Closed", readonly=True)
    letter_count = fields.Integer("Letters", readonly=True)
    activity_count = fields.Integer("Activities", readonly=True)
    error_count = fields.Integer("Errors", readonly=True)
    skip_counts = fields.Json(readonly=True)
    skip_summary = fields.Text("No Letter", compute="_compute_skip_summary")
    message = fields.Text(readonly=True, help="Why letters were held back, or what failed.")

    _automatic_once = models.UniqueIndex(
        "(company_id, date) WHERE is_automatic", "The daily run of this day is there already."
    )
    _running_once = models.UniqueIndex(
        "(company_id) WHERE state = 'running'",
        "Another run is in progress for this company. Wait until it has finished.",
    )

    @api.depends("company_id", "date", "is_test")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for run in self:
            name = self.env._("Run of %s", format_date(self.env, run.date))
            run.display_name = self.env._("%s (test)", name) if run.is_test else name

    @api.depends("state", "customer_total", "customer_done")
    def _compute_progress(self):
        for run in self:
            total = run.customer_total
            run.progress = 100.0 if run.state == "done" else (
                100.0 * run.customer_done / total if total else 0.0
            )  # fmt: skip

    @api.depends("state", "stopper_ids", "customer_total", "customer_done")
    def _compute_stop_note(self):
        for run in self:
            if run.is_overtaken:
                run.stop_note = self.env._(
                    "Stopped. %s has taken up what was left.", run._get_later().display_name
                )
                continue
            run.stop_note = run.state == "stopped" and self.env._(
                "Stopped by %(names)s after %(done)s of %(total)s customers. What was done so far stays;"
                " what is left is decided anew when the run continues.",
                # sudo: the names of colleagues
                names=", ".join(run.sudo().stopper_ids.mapped("name")),
                done=run.customer_done,
                total=run.customer_total,
            )

    @api.depends("is_automatic", "is_test")
    def _compute_kind(self):
        for run in self:
            run.kind = "test" if run.is_test else "daily" if run.is_automatic else "hand"

    @api.depends("state", "company_id")
    def _compute_can_start(self):
        # sudo: a run of the company is in the way, visible or not
        busy = self.sudo().search([("state", "=", "running")]).company_id
        for run in self:
            run.can_start = (
                run.state in ("preview", "failed", "stopped") and run.company_id not in busy
            )
            run.is_overtaken = run.state == "stopped" and bool(run._get_later())

    @api.depends("skip_counts")
    @api.depends_context("lang")
    def _compute_skip_summary(self):
        labels = dict(
            self.env["collection.run.line"]._fields["skip"]._description_selection(self.env)
        )
        for run in self:
            run.skip_summary = "\n".join(
                f"{labels.get(reason, reason)}: {count}"
                for reason, count in sorted((run.skip_counts or {}).items(), key=lambda i: -i[1])
            )

    # ------------------------------------------------------------------ hooks

    def _before_decide(self):
        """Evaluate promises, agreements and disputes, so that the run decides on facts of today."""
        for company in self.company_id:
            # sudo: evaluated by the ledger, whoever starts the run
            env = self.sudo().env
            env["collection.promise.line"]._evaluate(company)
            env["collection.agreement"]._evaluate(company)
            env["collection.dispute"]._close_settled(company)

    def _after_apply(self):
        """Apply the effects of the cases as they are now: takeover, weekly follow-up. Extend."""

    def _get_guard_message(self):
        """Return why no letter goes at all, in words; False when they do."""
        journals = self.company_id._collection_guard_journals()
        if not journals:
            return False
        return self.env._(
            "No letters: %(journals)s not reconciled for more than %(days)s days.",
            journals=", ".join(journals.mapped("display_name")),
            days=self.company_id.collection_bank_guard_days,
        )

    # ------------------------------------------------------------------ buttons

    @api.model
    def _check_may_run(self):
        if not self.env.su:
            self.env.user._require_role(
                self.env._("Starting a collection run"), "collection_manager", "controller"
            )

    def action_new(self):
        """Create a preview for the company of the user and open it."""
        self._check_may_run()
        company = self.env.company._credit_root()
        # sudo: runs are written by the system, for users who may start them
        run = (
            self.sudo()
            ._system()
            .create(
                {
                    "company_id": company.id,
                    "date": company._credit_today(),
                    "user_id": self.env.user.id,
                }
            )
        )
        run._do_preview()
        return run.with_env(self.env).get_formview_action()

    def action_preview(self):
        """Create the preview anew, with the ledger as it is now."""
        self.ensure_one()
        self._check_can_start()
        # sudo: runs are written by the system, for users who may start them
        self.sudo()._system()._do_preview()
        return True

    def action_start(self):
        """Start the run: cases move, letters and activities are written."""
        self.ensure_one()
        self._check_can_start()
        # sudo: runs are written by the system, for users who may start them
        self.sudo()._system()._do_start()
        return True

    def action_start_test(self):
        """Start a test: letters are written, and every mail goes to the user alone."""
        self.ensure_one()
        self._check_can_start()
        if not self.env.user.email:
            raise UserError(
                self.env._(
                    "Enter an email address in your preferences: test emails are sent there."
                )
            )
        # sudo: runs are written by the system, for users who may start them
        self.sudo()._system()._do_start(is_test=True)
        return True

    def action_stop(self):
        """Stop the run after the batch it is at; what was done so far stays.

        :raise UserError: it is not running
        """
        self.ensure_one()
        self._check_may_run()
        self.check_access("read")
        if self.state != "running":
            raise UserError(self.env._("%s is not running.", self.display_name))
        # By SQL: a write would touch the run itself, which the job holds.
        self.env.cr.execute(
            SQL(
                "INSERT INTO collection_run_stop_rel (collection_run_id, res_users_id)"
                " VALUES (%s, %s) ON CONFLICT DO NOTHING",
                self.id,
                self.env.uid,
            )
        )
        self.invalidate_recordset(["stopper_ids"])
        self._wake()
        return True

    def action_continue(self):
        """Go on with a stopped run: what is left is decided anew, by the books of today.

        :raise UserError: it was not stopped, or another run of the company is at work
        """
        self.ensure_one()
        self._check_can_start("stopped")
        later = self._get_later()
        if later:
            raise UserError(
                self.env._(
                    "%(run)s cannot continue: %(later)s has taken up what was left.",
                    run=self.display_name,
                    later=later.display_name,
                )
            )
        # sudo: runs are written by the system, for users who may start them
        self.sudo()._system().write(
            {
                "state": "running",
                # A daily run of a former day would be cut off.
                "date": self.company_id._credit_today(),
                "continuer_ids": [fields.Command.link(self.env.uid)],
                "stopper_ids": False,
                "date_end": False,
                "message": False,
            }
        )
        self._wake()
        return True

    def _get_later(self):
        """Return the daily run of today, where this one is the daily run of a former day."""
        self.ensure_one()
        today = self.company_id._credit_today()
        if not self.is_automatic or self.date >= today:
            return self.browse()
        # sudo: a run of the company, visible or not
        return self.sudo().search(
            [
                ("company_id", "=", self.company_id.id),
                ("date", "=", today),
                ("is_automatic", "=", True),
            ],
            limit=1,
        )

    def _get_makers(self):
        """Return who started the run, or went on with it: others confirm its letters."""
        return self.user_id | self.continuer_ids

    def _check_can_start(self, *states):
        self._check_may_run()
        self.check_access("read")
        if self.state not in (states or ("preview", "failed")):
            if states:
                raise UserError(self.env._("%s was not stopped.", self.display_name))
            raise UserError(self.env._("%s was started already.", self.display_name))
        # sudo: a run of the company is in the way, visible or not
        rival = self.sudo().search(
            [("company_id", "=", self.company_id.id), ("state", "=", "running")], limit=1
        )
        if rival:
            raise UserError(
                self.env._("%s is still running. Wait until it has finished.", rival.display_name)
            )

    def _do_start(self, is_test=False):
        """Hand the run to the scheduled action, which begins at once."""
        self.line_ids.unlink()
        self.write(
            {
                "state": "running",
                "stopper_ids": False,
                "is_test": is_test,
                "is_prepared": False,
                "date": self.company_id._credit_today(),
                "user_id": self.env.user.id,
                "date_start": fields.Datetime.now(),
                "message": False,
            }
        )
        self._wake()

    def _wake(self):
        # sudo: only the job's trigger; the right was checked
        self.env.ref("credit_collection.ir_cron_collection_run").sudo()._trigger()

    def action_open_lines(self):
        """Open the customers of this run."""
        self.ensure_one()
        return self._open_records(
            "collection_run_line_action",
            domain=[("run_id", "=", self.id)],
            context={"search_default_happens": 1},
            name=self.display_name,
        )

    @api.autovacuum
    def _gc_previews(self):
        """Delete previews nobody started after a week."""
        limit = fields.Datetime.subtract(fields.Datetime.now(), days=7)
        # sudo: previews of every company and user
        self.sudo()._system().search(
            [("state", "=", "preview"), ("create_date", "<", limit)]
        ).unlink()

    # ---- The preview of a run: the lines it would write, from the same decision.

    def _do_preview(self):
        """List the actions of a run started now, customer by customer; nothing else changes."""
        lines = self.env["collection.run.line"]._system()
        self.line_ids.unlink()
        self.date = self.company_id._credit_today()
        self.message = self._get_guard_message()
        self._decide()
        self.env.execute_query(
            SQL(
                """
                INSERT INTO collection_run_line (
                    run_id, company_id, partner_id, case_id, user_id, action, stage_from_id,
                    stage_id, days_overdue, amount_overdue, amount_chase, is_key, letter_type_id,
                    letter_count, has_activity, skip, happens, create_uid, write_uid, create_date, write_date)
                SELECT %(run)s, %(company)s, plan.partner_id, plan.case_id, plan.user_id,
                       plan.case_action, plan.case_stage_id, plan.stage_id,
                       COALESCE(plan.days, plan.days_all, 0), plan.overdue, plan.chase_overdue,
                       plan.is_key,
                       CASE WHEN plan.letter_currency_ids IS NOT NULL THEN stage.letter_type_id END,
                       COALESCE(array_length(plan.letter_currency_ids, 1), 0), plan.activity,
                       plan.skip, %(work)s, %(uid)s, %(uid)s, %(now)s, %(now)s
                  FROM %(plan)s plan
             LEFT JOIN collection_stage stage ON stage.id = plan.stage_id
                 ORDER BY plan.chase DESC, plan.partner_id
             RETURNING id
                """,
                run=self.id,
                company=self.company_id.id,
                work=WORK,
                uid=self.env.uid,
                now=SQL("now() AT TIME ZONE 'UTC'"),
                plan=PLAN,
            )
        )
        self.env.cr.execute(SQL("DROP TABLE %s", PLAN))
        lines.invalidate_model()
        self.invalidate_recordset(["line_ids"])
        self.write(self._get_counts())


class CollectionRunLine(models.Model):
    """The actions of a run, or its preview, for one customer; why none; errors."""

    _name = "collection.run.line"
    _description = "Customer of a Collection Run"
    _inherit = ["credit.protected.mixin"]
    _order = "run_id desc, id"
    _rec_name = "partner_id"

    run_id = fields.Many2one(
        "collection.run", required=True, readonly=True, ondelete="cascade", index=True
    )
    company_id = fields.Many2one(related="run_id.company_id", store=True, index=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    date = fields.Date(related="run_id.date")
    partner_id = fields.Many2one(
        "res.partner", "Customer", required=True, readonly=True, ondelete="cascade"
    )
    case_id = fields.Many2one(
        "collection.case", readonly=True, index="btree_not_null", ondelete="cascade"
    )
    user_id = fields.Many2one("res.users", "Collector", readonly=True)
    action = fields.Selection(ACTIONS, "Result", readonly=True)
    stage_from_id = fields.Many2one("collection.stage", "Stage Before", readonly=True)
    stage_id = fields.Many2one("collection.stage", readonly=True)
    days_overdue = fields.Integer(readonly=True, aggregator="max")
    amount_overdue = fields.Monetary("Overdue", readonly=True)
    amount_chase = fields.Monetary("To Collect", readonly=True)
    is_key = fields.Boolean("Priority Case", readonly=True)
    letter_type_id = fields.Many2one("collection.letter.type", "Letter", readonly=True)
    letter_count = fields.Integer("Letters", readonly=True, help="One per currency.")
    has_activity = fields.Boolean("Activity", readonly=True)
    # A preview lists all customers of the decision; a run has lines of these alone.
    happens = fields.Boolean("With Changes", readonly=True, default=True)
    skip = fields.Selection(SKIP_REASONS, "Why No Letter", readonly=True)
    error = fields.Text(readonly=True)
