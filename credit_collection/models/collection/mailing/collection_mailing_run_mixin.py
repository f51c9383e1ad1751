from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from .collection_mailing_mixin import BATCH

# Roles that mail to many customers at once.
MAKERS = ("collection_manager", "controller", "accountant")


class CollectionMailingRunMixin(models.AbstractModel):
    """One mailing to many customers: previewed, started by a person, sent by the documents' job.

    preview  documents are listed with recipient and figures; nothing goes
    running  the queue sends them, each in a transaction of its own: a killed job goes on
    stopped  by a person; the rest waits until it is continued, or cancelled
    done     each had its turn; those that failed are tried again, those on paper are to be printed

    | action                           | who            | restriction        |
    | create, preview, start, delete   | `MAKERS`       | a preview          |
    | stop                             | `MAKERS`       | running            |
    | continue, cancel the rest        | `MAKERS`       | stopped            |

    A model has `document_ids`, of `collection.mailing.document.mixin`, writes them in
    `_create_documents`, and names in `_job` the scheduled action that sends them.
    """

    _name = "collection.mailing.run.mixin"
    _description = "Mailing to Customers"
    _inherit = ["credit.protected.mixin", "credit.company.mixin", "mail.thread"]
    _order = "id desc"
    _check_company_auto = True
    _job = None

    company_id = fields.Many2one(
        "res.company",
        required=True,
        index=True,
        default=lambda self: self.env.company.root_id,
        domain="[('id', 'in', allowed_company_ids), ('parent_id', '=', False)]",
    )
    state = fields.Selection(
        [
            ("preview", "Preview"),
            ("running", "Running"),
            ("stopped", "Stopped"),
            ("done", "Done"),
        ],
        string="Status",
        default="preview",
        required=True,
        readonly=True,
        index=True,
    )
    is_automatic = fields.Boolean(
        "Scheduled", readonly=True, help="Created by the scheduled action."
    )
    user_id = fields.Many2one("res.users", "Started by", readonly=True)
    date_start = fields.Datetime("Started", readonly=True)
    date_end = fields.Datetime("Ended", readonly=True)
    document_count = fields.Integer("Documents", compute="_compute_counts")
    sent_count = fields.Integer("Sent", compute="_compute_counts")
    waiting_count = fields.Integer("In the Queue", compute="_compute_counts")
    print_count = fields.Integer(
        "To Print", compute="_compute_counts", help="No email address: print them, or enter one."
    )
    failed_count = fields.Integer(
        "Failed", compute="_compute_counts", help="Retried automatically."
    )
    bounced_count = fields.Integer("Bounced", compute="_compute_counts")
    cancelled_count = fields.Integer("Cancelled", compute="_compute_counts")
    progress = fields.Float(compute="_compute_counts")

    def _compute_counts(self):
        # Not as the superuser: of documents hidden from the user nothing is counted.
        groups = self.document_ids.browse()._read_group(
            [("run_id", "in", self.ids)], ["run_id", "state", "channel"], ["__count"]
        )
        failed = dict(
            self.document_ids.browse()._read_group(
                [("run_id", "in", self.ids), ("state", "=", "ready"), ("failure", "!=", False)],
                ["run_id"],
                ["__count"],
            )
        )
        for run in self:
            counts = dict.fromkeys(("sent", "printed", "bounced", "cancelled", "ready", "paper"), 0)
            for of_run, state, channel, count in groups:
                if of_run == run:
                    counts["paper" if (state, channel) == ("ready", "print") else state] += count
            run.document_count = total = sum(counts.values())
            run.sent_count = counts["sent"] + counts["printed"]
            run.print_count = counts["paper"]
            run.failed_count = min(failed.get(run, 0), counts["ready"])
            run.waiting_count = counts["ready"] - run.failed_count
            run.bounced_count, run.cancelled_count = counts["bounced"], counts["cancelled"]
            run.progress = 100.0 * (total - counts["ready"]) / total if total else 0.0

    # ------------------------------------------------------------------ hooks

    def _create_documents(self):
        """Create the documents of a preview. For the model to say."""
        raise NotImplementedError

    def _get_parameters(self):
        """Return names of the fields that people fill in on a preview."""
        return {"company_id"}

    # ------------------------------------------------------------------ rights

    @api.model
    def _check_may_run(self):
        if not self.env.su:
            self.env.user._require_role(self.env._("Mailing to customers"), *MAKERS)

    @api.model
    def _get_create_fields(self):
        return self._get_parameters()

    def _get_open_fields(self):
        return self._get_parameters() if self.state == "preview" else set()

    def _may_delete(self):
        return self.state == "preview"

    def write(self, vals):
        """Write; documents listed for other parameters are listed anew before they can go."""
        result = super().write(vals)
        if not self._is_system() and not self._get_parameters().isdisjoint(vals):
            self._drop_documents()
        return result

    def _drop_documents(self):
        """Delete the documents of previews: none went."""
        # sudo: documents are the system's
        self.sudo().filtered(lambda run: run.state == "preview").document_ids._system_unlink()

    # ------------------------------------------------------------------ buttons

    def _lock_in(self, *states):
        """Return the run as the superuser, locked; the second user sees the first's change.

        :param states: in which the action is possible
        :raise AccessError: the user may not mail
        :raise UserError: in another state
        """
        self.ensure_one()
        self._check_may_run()
        self.check_access("write")
        # sudo: runs are the system's from here on; the right was checked
        run = self.sudo()
        if run.try_lock_for_update() != run:
            raise UserError(
                self.env._("%s is being changed at this moment: try again.", self.display_name)
            )
        run.invalidate_recordset(["state"])
        if run.state not in states:
            raise UserError(
                self.env._(
                    "You cannot do this: %(run)s is “%(state)s”.",
                    run=self.display_name,
                    state=dict(self._fields["state"]._description_selection(self.env))[run.state],
                )
            )
        return run

    def action_preview(self):
        """List who receives what; documents of a preview before are dropped.

        :raise UserError: it was started
        """
        run = self._lock_in("preview")
        run._drop_documents()
        run._create_documents()
        run.invalidate_recordset(["document_ids"])
        return True

    def action_start(self):
        """Start: the documents go into the queue.

        :raise UserError: there is none, or it was started
        """
        run = self._lock_in("preview")
        run._system_write({"user_id": self.env.user.id})
        run._do_start()
        return True

    def _do_start(self):
        """Release the documents of a preview; what went already, by another run, is left out."""
        if not self.document_ids:
            self._create_documents()
        if not self.document_ids:
            raise UserError(
                self.env._("There is nothing to send: no customer has a balance or a movement.")
            )
        self.document_ids._start()
        self._system_write({"state": "running", "date_start": fields.Datetime.now()})
        self._wake()

    def action_stop(self):
        """Stop the run after the document it is at; what went stays.

        :raise UserError: it is not running
        """
        self._lock_in("running")._system_write({"state": "stopped"})
        return True

    def action_continue(self):
        """Go on with a stopped run.

        :raise UserError: it was not stopped
        """
        self._lock_in("stopped")._system_write({"state": "running"})
        self._wake()
        return True

    def action_cancel_rest(self):
        """End a stopped run: what has not gone by mail is cancelled.

        :raise UserError: it was not stopped
        """
        run = self._lock_in("stopped")
        for document in run.document_ids.filtered(lambda one: one.state == "ready"):
            document._cancel(self.env._("Cancelled by %s.", self.env.user.name))
        run._system_write({"state": "done", "date_end": fields.Datetime.now()})
        return True

    def action_open_documents(self):
        """Open the documents of this run."""
        self.ensure_one()
        self.check_access("read")
        return {
            "type": "ir.actions.act_window",
            "name": self.display_name,
            "res_model": self.document_ids._name,
            "view_mode": "list,form",
            "domain": [("run_id", "=", self.id)],
        }

    # ------------------------------------------------------------------ the queue

    @api.model
    def _end_done(self):
        """End runs whose documents each had their turn."""
        running = self.search([("state", "=", "running")])
        waiting = running.document_ids.search(
            [
                ("run_id", "in", running.ids),
                ("state", "=", "ready"),
                ("channel", "!=", "print"),
                ("failure", "=", False),
            ]
        ).run_id
        (running - waiting)._system_write({"state": "done", "date_end": fields.Datetime.now()})

    def _wake(self):
        """Call the job that sends the documents."""
        # sudo: a scheduled action of our own
        self.env.ref(self._job).sudo()._trigger()


class CollectionMailingDocumentMixin(models.AbstractModel):
    """A document of a mailing: listed by its preview, in the queue while the mailing runs.

    A model has `run_id`, names in `_once` the fields of what goes to a customer only once, and has a
    unique index of customer, company and these, WHERE is_started AND state != 'cancelled'.
    """

    _name = "collection.mailing.document.mixin"
    _description = "Document of a Mailing"
    _inherit = ["collection.mailing.mixin"]
    _order = "run_id desc, partner_id, id"
    _check_company_auto = True
    _once = ()

    is_started = fields.Boolean("Mailing Started", readonly=True)
    address = fields.Char(
        "To", compute="_compute_address", help="Address that it went to, or would go to now."
    )

    @api.depends("state", "channel", "email_to", "partner_id")
    def _compute_address(self):
        for document in self:
            # sudo: contacts of a customer whose document the user may read
            source = document.sudo()
            if source.channel == "print":
                document.address = False
            else:
                document.address = source.email_to or source._get_recipient().email

    @api.model
    def _get_queue_domain(self):
        return super()._get_queue_domain() & Domain("run_id.state", "in", ("running", "done"))

    @api.model
    def _cron_send(self, batch=BATCH):
        result = super()._cron_send(batch)
        self.env[self._fields["run_id"].comodel_name]._end_done()
        return result

    def _may_send(self):
        return self.env.su or self.env.user._has_role(*MAKERS)

    def _check_confirmed(self):
        """Refuse a document of a preview."""
        if not self.is_started:
            raise UserError(self.env._("Start %s first.", self.run_id.display_name))

    def _start(self):
        """Release the documents of a mailing; what the customer has from another one is cancelled."""

        def key(document):
            names = ("partner_id", "company_id", *self._once)
            return tuple(document[name] for name in names)

        known = self.search(
            [
                ("partner_id", "in", self.partner_id.ids),
                ("is_started", "=", True),
                ("state", "!=", "cancelled"),
            ]
        )
        gone = {key(document): document for document in known}
        twins = self.filtered(lambda document: key(document) in gone)
        for document in twins:
            document._cancel(
                self.env._(
                    "%s already includes this document.", gone[key(document)].run_id.display_name
                )
            )
        (self - twins)._system_write({"is_started": True})

    def action_send(self):
        """Send at once what is ready; what was to be printed goes by mail where there is an address now.

        :raise UserError: see `_check_confirmed` and the mixin
        """
        for document in self._lock_for_user():
            if document.state == "ready":
                document._check_confirmed()
            if document.channel == "print":
                document._system_write({"channel": document._choose_channel(document.partner_id)})
        return super().action_send()
