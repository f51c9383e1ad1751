from datetime import timedelta

from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL, format_date

from .collection_promise_outcome import REVIEW_DAYS

# Days before an unsigned agreement lapses, on which its collector is reminded.
WARN_DAYS = 2


class CollectionAgreement(models.Model):
    """How an agreement comes into force, and how it ends by hand."""

    _inherit = "collection.agreement"

    # ------------------------------------------------------------------ request

    def _check_can_request(self):
        result = super()._check_can_request()
        self._check_may_collect()
        if self.state != "draft":
            raise UserError(
                self.env._("Approval of %s has already been requested.", self.display_name)
            )
        self._check_portfolio(self.partner_id, self.company_id)
        self._check_terms()
        self.item_ids._check_item()
        self._check_items()
        return result

    def _check_items(self):
        # sudo: any agreement on the items counts, seen or not
        others = (
            self.env["collection.agreement.item"]
            .sudo()
            .search(
                [
                    ("move_line_id", "in", self.item_ids.move_line_id.ids),
                    ("state", "in", ("requested", "active")),
                    ("agreement_id", "!=", self.id),
                ]
            )
        )
        if others:
            raise UserError(
                self.env._(
                    "%(items)s: under %(agreement)s already.",
                    items=", ".join(others.move_id.mapped("name")),
                    agreement=others.agreement_id[:1].name,
                )
            )

    def _prepare_request_values(self):
        case = self.case_id if self.case_id.state == "open" else False
        return {
            **super()._prepare_request_values(),
            "case_id": (case or self._get_open_case(self.partner_id, self.company_id)).id,
        }

    def _do_request(self):
        """Request approval; within the collector's authority (P2-02) put it into force at once."""
        beyond = self.filtered(lambda agreement: agreement._get_authority_gaps())
        for agreement in self - beyond:
            agreement._system_write(
                {
                    **agreement._prepare_request_values(),
                    "state": "active",
                    "decided_at": fields.Datetime.now(),
                }
            )
            agreement._after_approved()
        return super(CollectionAgreement, beyond)._do_request()

    # ------------------------------------------------------------------ decision

    def _get_approval_facts(self):
        """Tell approvers what was paid since the request: it counts for the first instalments."""
        # sudo: amounts follow the ledger, whatever the approver may read of it
        document, money = self.sudo(), self.currency_id
        customer = document.partner_id.commercial_partner_id
        open_now = document.env["credit.open.item"]._get_net(document.company_id, customer.ids)
        paid = [
            document.env._(
                "%(invoice)s: %(old)s → %(new)s",
                invoice=item.move_id.name,
                old=money.format(item.amount),
                new=money.format(open_now.get(item.move_line_id.id, 0.0)),
            )
            for item in document.item_ids
            if money.compare_amounts(open_now.get(item.move_line_id.id, 0.0), item.amount) < 0
        ]
        facts = super()._get_approval_facts()
        return [*facts, (self.env._("Paid Since the Request"), ", ".join(paid))] if paid else facts

    def _after_approved(self):
        result = super()._after_approved()
        # sudo: approvers may not write promises and cases
        for agreement in self.sudo():
            company = agreement.company_id
            today = company._credit_today()
            agreement._system_write({"date_active": today})
            grace = timedelta(days=company.collection_agreement_grace_days)
            for line in agreement.line_ids.filtered(lambda line, day=today: line.date_due < day):
                # A decision that took its time is no fault of the customer.
                line._system_write({"date_limit": today + grace})
            promised = agreement.env["collection.promise.line"].search(
                [
                    ("move_line_id", "in", agreement.item_ids.move_line_id.ids),
                    ("state", "=", "open"),
                ]
            )
            promised.promise_id._do_cancel(
                self.env._("Replaced by the repayment agreement %s.", agreement.name)
            )
            if agreement.case_id:
                agreement.case_id.message_post(
                    body=self.env._(
                        "%(agreement)s is active: %(amount)s until %(date)s.",
                        agreement=agreement.name,
                        amount=agreement.currency_id.format(agreement.amount_total),
                        date=format_date(self.env, agreement.date_last),
                    )
                )
                agreement.case_id._refresh()
            if agreement.requested_by_id != self.env.user:
                agreement._notify_people(
                    self.env._("%s was approved and is active.", agreement.name)
                )
        return result

    def _after_rejected(self):
        result = super()._after_rejected()
        # sudo: people are notified whoever rejects
        for agreement in self.sudo():
            agreement._notify_people(self.env._("%s was rejected.", agreement.name))
        return result

    def _notify_people(self, body, users=None):
        """Notify people of this agreement: by default the requester and the collector."""
        self.ensure_one()
        users = users or self.requested_by_id | self.user_id
        self._notify_users(users, body)

    # ------------------------------------------------------------------ ended by hand

    def _check_can_cancel(self):
        result = super()._check_can_cancel()
        self._check_may_collect()
        if self.state not in ("draft", "requested", "active"):
            raise UserError(self.env._("%s has ended already.", self.display_name))
        if self.state == "active" and not self._may_end():
            raise AccessError(
                self.env._(
                    "%s is active: a collection manager ends it, or its collector on the day on"
                    " which it was activated.",
                    self.display_name,
                )
            )
        return result

    def _do_cancel(self, note):
        note = self._clean_note(note)
        # sudo: the checks came before; reviews and case follow
        for agreement in self.sudo():
            agreement._cancel_reviews()
            agreement._system_write(
                {
                    "state": "cancelled",
                    "end_note": note,
                    "date_end": agreement.company_id._credit_today(),
                }
            )
            agreement.case_id._refresh()
        return True

    def action_cancel(self):
        """End an agreement by hand: asks for the reason first (`collection.end`)."""
        self.ensure_one()
        self._check_can_cancel()
        return self._open_end("cancel", self.env._("End the Agreement"))

    def action_activate(self):
        """Show the whole schedule, and ask before the agreement is activated or sent for approval."""
        self.ensure_one()
        self._check_can_request()
        return self.env["base"]._open_records(
            "collection_agreement_activate_action", context={"default_agreement_id": self.id}
        )

    # ------------------------------------------------------------------ documents

    def action_print(self):
        """Print the agreement with its schedule, for both sides to sign (P1-10)."""
        self.check_access("read")
        for agreement in self:
            if not agreement.line_ids:
                raise UserError(
                    self.env._(
                        "%(agreement)s has no schedule yet: %(error)s",
                        agreement=agreement.name,
                        error=agreement.schedule_error or "",
                    )
                )
        return self.env.ref("credit_collection.action_report_collection_agreement").report_action(
            self
        )

    def action_open_invoices(self):
        """Open the invoices that the agreement covers, with the user's own rights."""
        self.ensure_one()
        self.check_access("read")
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Invoices of %s", self.name),
            "res_model": "account.move",
            "view_mode": "list,form",
            "domain": [("id", "in", self.item_ids.move_id.ids)],
            "context": {"create": False},
        }

    # ---- Whether agreements are kept, by the open amounts of their items after the set-off.

    @api.model
    def _evaluate(self, company):
        """Evaluate the agreements of a company as the ledger is now; safe to repeat.

        Payments of the items since the agreement, by date, are set against the principal
        due, oldest instalment first. Less than due after the days of grace: the
        instalment is missed, the agreement broken, its protection over (P1-10). All paid: it is
        kept, on the day the last money came. Credit notes and cancelled invoices count like
        payments; the fee does not.
        For `REVIEW_DAYS` a verdict follows the ledger: a bank statement entered late that shows
        the instalment was paid in time puts a broken agreement into force again, money taken
        back breaks a kept one. Not where a newer agreement covers its items.

        :return: the agreements whose state changed
        """
        rows = self.env.execute_query_dict(self._evaluate_sql(company))
        lines = self.env["collection.agreement.line"]._system()
        verdicts = {row["id"]: row for row in rows}
        touched = lines.browse(verdicts).agreement_id.with_env(lines.env).sorted()
        today = company._credit_today()
        changed = dict.fromkeys(("active", "kept", "broken"), touched.browse())
        for agreement in touched - touched._get_replaced():
            judged = [
                verdicts.get(line.id, {}).get("verdict", line.state) for line in agreement.line_ids
            ]
            state = "active"
            if "missed" in judged:
                state = "broken"
            elif set(judged) == {"paid"}:
                state = "kept"
            ended_before = agreement.state == state == "broken"
            for line, verdict in zip(agreement.line_ids, judged, strict=True):
                # Items due after the end belong to no instalment.
                late = ended_before and line.state == "open" and verdict == "missed"
                if line.id in verdicts and not late:
                    line.write({"state": verdict, "amount_paid": verdicts[line.id]["paid"]})
            if agreement.state != state:
                changed[state] |= agreement
        changed["active"]._drop_broken_work()
        changed["active"].write({"state": "active", "date_end": False, "end_note": False})
        for state in ("kept", "broken"):
            changed[state].write({"state": state, "date_end": today, "end_note": False})
        changed["active"]._after_revived()
        changed["broken"]._after_broken()
        for agreement in changed["kept"]:
            agreement._notify_people(
                self.env._("%s has been fulfilled: all amounts are paid.", agreement.name)
            )
        all_changed = touched.browse().union(*changed.values())
        all_changed.case_id.filtered(lambda case: case.state == "open")._refresh()
        self._lapse_unsigned(company, today)
        return self.browse(all_changed.ids)

    def _get_replaced(self):
        """Return ended agreements with an item that another covers, or did later."""
        ended = self.filtered(lambda agreement: agreement.state != "active")
        others = self.env["collection.agreement.item"].search(
            [
                ("move_line_id", "in", ended.item_ids.move_line_id.ids),
                ("state", "in", ("requested", "active", "kept", "broken")),
            ]
        )
        return ended.filtered(
            lambda agreement: any(
                other.move_line_id in agreement.item_ids.move_line_id
                and other.agreement_id != agreement
                and (other.state in ("requested", "active") or other.agreement_id.id > agreement.id)
                for other in others
            )
        )

    @api.model
    def _evaluate_sql(self, company):
        """Return SQL of the instalments that need a change: id, verdict, paid (in time, on this one)."""
        for model in (self._name, f"{self._name}.line", f"{self._name}.item"):
            self.env[model].flush_model()
        whose = SQL(
            """
            agreement.company_id = %(company)s
            AND (agreement.state = 'active'
                 OR agreement.state IN ('kept', 'broken')
                    AND agreement.date_end >= %(today)s - %(review)s)
            """,
            company=company.id,
            today=SQL("%s::date", company._credit_today()),
            review=REVIEW_DAYS,
        )
        items, join, left = self.env["collection.promise.line"]._open_in_time_sql(
            company,
            SQL(
                "SELECT agreement.partner_id, line.date_limit FROM collection_agreement agreement"
                " JOIN collection_agreement_line line ON line.agreement_id = agreement.id WHERE %s",
                whose,
            ),
        )
        return SQL(
            """
            %(items)s
            SELECT * FROM (
                SELECT line.id, line.number, line.state, line.amount_paid, line.agreement_id,
                       LEAST(line.amount, GREATEST(paid.amount - line.due + line.amount, 0)) AS paid,
                       CASE WHEN paid.amount >= line.due THEN 'paid'
                            WHEN line.date_limit < %(today)s THEN 'missed'
                            ELSE 'open' END AS verdict
                  FROM (SELECT line.*, SUM(line.amount) OVER (
                                   PARTITION BY line.agreement_id ORDER BY line.number) AS due
                          FROM collection_agreement agreement
                          JOIN collection_agreement_line line ON line.agreement_id = agreement.id
                         WHERE %(whose)s) line
                 CROSS JOIN LATERAL (
                       SELECT COALESCE(SUM(CASE WHEN aml.parent_state = 'cancel' THEN covered.amount
                              ELSE LEAST(GREATEST(covered.amount + (%(left_out)s) - %(left)s, 0),
                                         covered.amount) END), 0) AS amount
                         FROM collection_agreement_item covered
                         JOIN account_move_line aml ON aml.id = covered.move_line_id
                        %(join)s
                        WHERE covered.agreement_id = line.agreement_id
                       OFFSET 0) paid
            ) judged
             WHERE verdict <> state OR paid IS DISTINCT FROM amount_paid
             ORDER BY agreement_id, number
            """,
            items=items,
            join=join,
            left=left,
            left_out=self.env["collection.agreement.item"]._left_out_sql("covered"),
            today=SQL("%s::date", company._credit_today()),
            whose=whose,
        )

    def _drop_broken_work(self):
        """End the activities from the day on which these were broken."""
        kind = self.env.ref("credit_collection.mail_activity_collection_promise")
        for agreement in self:
            # sudo: written by the run, for other users
            activities = (
                agreement.sudo().activity_ids | agreement.sudo().case_id.activity_ids
            ).filtered(
                lambda activity, agreement=agreement: (
                    activity.activity_type_id == kind
                    and activity.date_deadline == agreement.date_end
                    and agreement.name in (activity.summary or "")
                )
            )
            activities.unlink()

    def _after_revived(self):
        """Notify the users who were notified that it had ended."""
        for agreement in self:
            agreement._notify_people(
                self.env._(
                    "%s is active again: all installments due were paid on time according to the "
                    "ledger.",
                    agreement.name,
                ),
                agreement._get_people() | agreement.requested_by_id,
            )

    def _after_broken(self):
        """Notify collector, salesperson and head; the collector gets an activity."""
        for agreement in self:
            missed = agreement.line_ids.filtered(lambda line: line.state == "missed")[:1]
            note = self.env._(
                "Installment %(number)s of %(amount)s, due on %(date)s, was not paid.",
                number=missed.number,
                amount=agreement.currency_id.format(missed.amount),
                date=format_date(self.env, missed.date_due),
            )
            agreement.end_note = note
            agreement._notify_people(
                self.env._(
                    "%(agreement)s is in default. %(note)s", agreement=agreement.name, note=note
                ),
                agreement._get_people() | agreement.requested_by_id,
            )
        self._schedule_work(
            "credit_collection.mail_activity_collection_promise",
            lambda agreement: self.env._("%s is in default", agreement.name),
        )

    @api.model
    def _lapse_unsigned(self, company, today):
        """Remind the collectors, once, of active agreements without the signed copy; end those late.

        The days to sign count from the day of activation; 0 = an agreement needs no copy.
        """
        days = company.collection_agreement_sign_days
        if not days:
            return
        unsigned = self.search(
            [
                ("company_id", "=", company.id),
                ("state", "=", "active"),
                ("signed_attachment_ids", "=", False),
            ]
        )
        lapsed = unsigned.filtered(lambda one: one.date_lapse and one.date_lapse < today)
        late = (unsigned - lapsed).filtered(
            lambda one: (
                not one.sign_warned
                and one.date_lapse
                and one.date_lapse <= today + relativedelta(days=WARN_DAYS)
            )
        )
        late._system_write({"sign_warned": True})
        late._schedule_work(
            "credit_collection.mail_activity_collection_promise",
            lambda agreement: self.env._("%s is not signed yet", agreement.name),
        )
        for agreement in lapsed:
            agreement._system_write(
                {
                    "state": "lapsed",
                    "date_end": today,
                    "end_note": self.env._(
                        "No signed copy arrived by %s.", format_date(self.env, agreement.date_lapse)
                    ),
                }
            )
            agreement._notify_people(
                self.env._("%(agreement)s lapsed. %(note)s", agreement=agreement.name,
                           note=agreement.end_note),
                agreement._get_people() | agreement.requested_by_id,
            )  # fmt: skip
            agreement.case_id.filtered(lambda case: case.state == "open")._refresh()
