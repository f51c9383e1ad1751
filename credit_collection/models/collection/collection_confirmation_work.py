from odoo import models

from .collection_confirmation_line import MEASURES

WORK = "mail_activity_sheet_work"


class CollectionConfirmationLine(models.Model):
    """The answer on the invoices, and the work that Finance gives out (P3-05, P3-12)."""

    _inherit = "collection.confirmation.line"

    def _write_answer(self):
        """Keep reason and fault on the invoices, and propose who deals with each line."""
        # sudo: the answer counts, whether its author may write invoices or not
        for line in self.sudo().filtered("reason_id"):
            reason = line.reason_id
            line._system().write(
                {
                    "is_confirmed": True,
                    "route": reason.route,
                    "measure_letter": reason.route == "measures",
                }
            )
            line.move_id.write(
                {
                    "collection_reason_id": reason.id,
                    "collection_reason_note": line.reason_note,
                    "collection_fault_unit": line.fault_unit,
                    "collection_fault_user_id": line.fault_user_id.id,
                }
            )

    # ------------------------------------------------------------------ giving out the work

    def _give_out(self, deadline):
        """Activities for the people who deal with these lines: one per person and record."""
        cases = self._get_cases()
        work = {}
        for line in self:
            company = line.company_id
            case = cases.get(line.partner_id, self.env["collection.case"])
            # Without a case (all rests, or the run has not been) the invoice carries the work.
            record = case or line.move_id
            collector = company._collection_usable(case.user_id | line.user_id)[:1]
            collector = company._collection_usable(case.user_id) or collector
            finance = company._collection_finance()
            people = {
                "accounting": [(line.move_id, company._collection_accounting())],
                "collector": [(record, collector)],
                "sales": [(record, collector), (record, company._collection_sales_head())],
                "measures": [(record, collector)],
            }[line.route]
            if line.route == "measures" and (line.measure_limit or line.measure_stop):
                people.append((record, finance))
            if line.route == "measures" and line.measure_team:
                people.append((record, company._collection_head(case.team_id)))
            for target, user in people:
                if target and user:
                    key = (target, user)
                    work[key] = work.get(key, self.browse()) | line
        for (target, user), lines in work.items():
            self.env["collection.task"]._assign(
                target,
                user,
                WORK,
                lambda record, lines=lines: lines.with_context(
                    lang=record.env.context.get("lang")
                )._get_work_summary(),
                deadline,
                lambda record, lines=lines: lines.with_context(
                    lang=record.env.context.get("lang")
                )._get_work_note(),
            )
        self.filtered(lambda line: line.route == "measures" and line.measure_limit)._propose_limit()

    def _get_cases(self):
        found = (
            self.env["collection.case"]
            .sudo()
            .search(
                [
                    ("partner_id", "in", self.partner_id.ids),
                    ("company_id", "in", self.company_id.ids),
                    ("state", "=", "open"),
                ]
            )
        )
        return {case.partner_id: case for case in found if case.company_id in self.company_id}

    def _get_work_summary(self):
        return self.env._(
            "%(sheet)s: deal with %(documents)s",
            sheet=self.confirmation_id[:1].name,
            documents=", ".join(self.mapped("document")[:3]) + ("…" if len(self) > 3 else ""),
        )

    def _get_measures(self):
        """The measures chosen, in words."""
        self.ensure_one()
        return [self._fields[name]._description_string(self.env) for name in MEASURES if self[name]]

    def _get_work_note(self):
        return self.env["ir.qweb"]._render(
            "credit_collection.collection_confirmation_work", {"lines": self}
        )

    def _propose_limit(self):
        """A draft application that takes what is overdue off the limit; people request and approve it."""
        applications = self.env["credit.application"].sudo()
        for customer, lines in self.grouped("partner_id").items():
            company = lines.company_id
            partner = customer.sudo().with_company(company)
            waiting = applications.search_count(
                [
                    ("partner_id", "=", customer.id),
                    ("company_id", "=", company.id),
                    ("kind", "=", "downgrade"),
                    ("state", "in", ("draft", "requested")),
                ],
                limit=1,
            )
            if waiting or partner.credit_control not in ("limit", "none"):
                continue
            overdue = sum(lines.mapped("amount"))
            left = partner.credit_limit - overdue if partner.credit_control == "limit" else 0.0
            keeps = company.currency_id.compare_amounts(left, 0.0) > 0
            applications._system().create(
                {
                    "kind": "downgrade",
                    "partner_id": customer.id,
                    "company_id": company.id,
                    "grade_id": partner.credit_grade_id.id,
                    "formula": "manual",
                    "control": "limit" if keeps else "cash",
                    "limit": left if keeps else 0.0,
                    "term_days": partner.credit_term_days if keeps else 0,
                    "reason": self.env._(
                        "%(sheet)s: %(amount)s overdue by plain default; the limit less that.",
                        sheet=lines.confirmation_id[:1].name,
                        amount=company.currency_id.format(overdue),
                    ),
                }
            )
