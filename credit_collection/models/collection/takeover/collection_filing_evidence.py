import logging
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import format_date

from .collection_filing import EVIDENCE
from .collection_filing_flow import ACCEPT_TASK, EVIDENCE_TASK

_logger = logging.getLogger(__name__)


class CollectionFilingEvidence(models.Model):
    """One document of the evidence pack: attached, or promised for a day (P3-07)."""

    _name = "collection.filing.evidence"
    _description = "Handover Evidence"
    _inherit = ["credit.attachment.mixin", "credit.protected.mixin"]
    _frozen_when = {"attachment_ids": [("filing_id.state", "not in", ("draft", "filed"))]}
    _order = "filing_id, sequence, id"
    _rec_name = "kind"

    filing_id = fields.Many2one(
        "collection.filing",
        string="Handover",
        required=True,
        readonly=True,
        ondelete="cascade",
        index=True,
    )
    company_id = fields.Many2one(related="filing_id.company_id", store=True, index=True)
    sequence = fields.Integer(default=10)
    kind = fields.Selection(EVIDENCE, "Evidence Type", required=True, default="other")
    attachment_ids = fields.Many2many("ir.attachment", string="Files")
    date_promised = fields.Date("Missing, Promised for")
    note = fields.Char()
    is_asked = fields.Boolean("Required", readonly=True, help="On the checklist of every handover.")
    is_given = fields.Boolean("Provided", compute="_compute_is_given")

    @api.depends("attachment_ids")
    def _compute_is_given(self):
        for line in self:
            line.is_given = bool(line.attachment_ids)

    def _get_open_fields(self):
        filing = self.filing_id
        if filing.state in ("draft", "filed") and filing._may_work():
            names = {"sequence", "attachment_ids", "date_promised", "note"}
            return names if self.is_asked else names | {"kind"}
        # Promised documents may still come.
        if filing.state == "evidence" and filing._may_work() and not self.attachment_ids:
            return {"attachment_ids", "note"}
        return set()

    @api.model
    def _get_create_fields(self):
        return {"filing_id", "sequence", "kind", "attachment_ids", "date_promised", "note"}

    @api.model_create_multi
    def create(self, vals_list):
        lines = super().create(vals_list)
        for line in lines:
            if not line._is_system() and not line._may_change():
                raise AccessError(
                    self.env._("Evidence of %s is added by its collector.", line.filing_id.name)
                )
        return lines

    def _may_change(self):
        return self.filing_id.state in ("draft", "filed") and self.filing_id._may_work()


class CollectionFiling(models.Model):
    """Evidence handed in, accepted, late (P3-07)."""

    _inherit = "collection.filing"

    def action_evidence_complete(self):
        """Hand in the evidence pack with reason and proposal.

        :raise UserError: a document is neither attached nor promised, reason or proposal is empty
        """
        self.check_access("read")
        for filing in self:
            if not filing._may_work():
                filing._raise_not_collector()
            if filing.state != "filed":
                raise UserError(self.env._("%s does not wait for evidence.", filing.display_name))
            filing._check_evidence()
            filing._do_hand_in()
        return True

    def _check_evidence(self):
        self.ensure_one()
        faults = [
            self.env._("“%s” is empty.", self._fields[name]._description_string(self.env))
            for name in ("reason", "proposal")
            if not (self[name] or "").strip()
        ]
        today = self.company_id._credit_today()
        open_lines = self.evidence_ids.filtered(
            lambda line: (
                not line.attachment_ids and not (line.date_promised and line.date_promised >= today)
            )
        )
        if open_lines or not self.evidence_ids:
            kinds = dict(self.evidence_ids._fields["kind"]._description_selection(self.env))
            faults.append(
                self.env._(
                    "Attach the document, or enter the future date it is promised for: %s.",
                    ", ".join(kinds[line.kind] for line in open_lines) or "–",
                )
            )
        if faults:
            raise UserError("\n".join(faults))

    def _do_hand_in(self):
        # sudo: the right was checked before; company settings and tasks
        for filing in self.sudo():
            company = filing.company_id
            filing._system_write(
                {
                    "state": "evidence",
                    "handed_in_by_id": self.env.user.id,
                    "handed_in_at": fields.Datetime.now(),
                    "is_evidence_late": company._credit_today() > filing.date_evidence,
                }
            )
            task = self.env["collection.task"]
            task._unassign(filing, EVIDENCE_TASK, ACCEPT_TASK)
            task._assign(
                filing,
                company._collection_head(filing.team_id),
                ACCEPT_TASK,
                lambda f: f.env._("Review the evidence for %s", f.partner_id.name),
                company._collection_add_workdays(company._credit_today(), 3),
            )

    def _check_can_accept(self):
        self.check_access("read")
        for filing in self:
            if filing.state != "evidence":
                raise UserError(self.env._("%s has no evidence to accept.", filing.display_name))
            if not filing._may_accept():
                raise AccessError(
                    self.env._(
                        "Only the team head or a collection manager can accept the evidence, and "
                        "not evidence they submitted themselves."
                    )
                )

    def action_accept(self):
        """Accept the evidence pack."""
        self._check_can_accept()
        for filing in self:
            filing._system_write(
                {
                    "state": "done",
                    "accepted_by_id": self.env.user.id,
                    "accepted_at": fields.Datetime.now(),
                }
            )
            self.env["collection.task"]._unassign(filing, ACCEPT_TASK)
        return True

    def action_send_back(self):
        """Ask for more: the collector has the same working days again."""
        self._check_can_accept()
        # sudo: the right was checked above; company settings and tasks
        for filing in self.sudo():
            company = filing.company_id
            deadline = company._collection_add_workdays(
                company._credit_today(), company.collection_evidence_days
            )
            filing._system_write(
                {"state": "filed", "date_evidence": deadline, "reminded_on": False}
            )
            task = self.env["collection.task"]
            task._unassign(filing, ACCEPT_TASK)
            task._assign(
                filing,
                company._collection_usable(filing.collector_id) or filing.user_id,
                EVIDENCE_TASK,
                lambda f: f.env._(
                    "Evidence for %s was returned: check what is missing", f.partner_id.name
                ),
                deadline,
            )
        return True

    # ------------------------------------------------------------------ deadlines

    @api.model
    def _cron_filings(self):
        """Daily: remind of evidence on the day before, notify the head when it is late. Each once."""
        # sudo: the job runs for every company
        for company in self.env["res.company"].sudo().search([("parent_id", "=", False)]):
            today = company._credit_today()
            # sudo: filings of every company and collector
            waiting = self.sudo().search(
                [
                    ("company_id", "=", company.id),
                    ("state", "=", "filed"),
                    ("date_evidence", "<=", company._collection_add_workdays(today, 1)),
                ]
            )
            for filing in waiting:
                try:
                    with self.env.cr.savepoint():
                        filing._remind_evidence(today)
                except Exception:
                    _logger.exception("Deadline of filing %s failed", filing.name)

    def _remind_evidence(self, today):
        self.ensure_one()
        if self.case_id.state == "closed":
            # Paid or written off meanwhile: nobody needs the pack any more.
            self._system_write({"state": "cancelled"})
            self.env["collection.task"]._unassign(self, EVIDENCE_TASK)
        elif today <= self.date_evidence and not self.reminded_on:
            self._system_write({"reminded_on": today})
            people = self.company_id._collection_usable(self.collector_id) or self.user_id
            self._notify_users(
                people,
                self.with_context(lang=people[:1].lang).env._(
                    "Evidence, reason and proposal are due on %s.",
                    format_date(self.env, self.date_evidence),
                ),
            )
        elif today > self.date_evidence and not self.is_evidence_late:
            self._system_write({"is_evidence_late": True})
            self.env["collection.task"]._assign(
                self,
                self.company_id._collection_head(self.team_id),
                ACCEPT_TASK,
                lambda f: f.env._(
                    "%(collector)s has not submitted evidence for %(customer)s",
                    collector=f.collector_id.name,
                    customer=f.partner_id.name,
                ),
                today + timedelta(days=1),
            )
