from odoo import api, fields, models

from ....engine import review, scoring
from ....engine.terms import month_end_days

ACTIVITY = "credit_collection.mail_activity_credit_review"

YEAR_END_MONTH = 12

# The adjustment is proposed on the first days of a quarter, from the figures of the last.
QUARTER_DAYS = 15

CASH = {"control": "cash", "limit": 0.0, "term_days": 0}


class CreditReview(models.AbstractModel):
    """Assessments and applications that the daily run opens for people; it changes no terms itself."""

    _inherit = "credit.review"

    @api.model
    def _get_reviewed(self, customers, company, today):
        """Return {customer id: {key: True}} of reviews that were opened already, or need no other one.

        Keys are those of `review_key`: the year, or the quarter that is looked at.
        """
        of = self._of(customers, company)
        year = str(today.year)
        quarter = review.quarter_key(review.last_quarter(today)[0])
        # sudo: opened reviews count, whoever may read them
        env = self.sudo().env
        applications, assessments = env["credit.application"], env["credit.assessment"]
        year_start = today.replace(month=1, day=1)
        sources = {
            year: [
                assessments.search([*of, ("review_key", "=", year)]),
                assessments.search(
                    [
                        *of,
                        ("kind", "=", "yearly"),
                        ("state", "!=", "cancelled"),
                        "|",
                        ("date", ">=", year_start),
                        ("state", "!=", "done"),
                    ]
                ),
            ],
            quarter: [
                applications.search([*of, ("review_key", "=", quarter)]),
                applications.search(
                    [
                        *of,
                        ("kind", "in", ("change", "downgrade")),
                        ("state", "in", ("draft", "requested")),
                        # A draft that the salesperson leaves lying about stops no review.
                        "|",
                        "|",
                        ("state", "=", "requested"),
                        ("review_key", "!=", False),
                        ("create_uid", "in", company._credit_controllers().ids),
                    ]
                ),
                assessments.search([*of, ("review_key", "=", quarter)]),
                assessments.search(
                    [*of, ("kind", "=", "quarterly"), ("state", "in", ("draft", "scoring"))]
                ),
            ],
        }
        found = {}
        for key, records_list in sources.items():
            for records in records_list:
                for customer in records.partner_id:
                    found.setdefault(customer.id, {})[key] = True
        return found

    @api.model
    def _open_yearly(self, customers, company, facts):
        """Open assessments of customers with exposure or sales in the year, at year end (P5-05)."""
        today = company._credit_today()
        key = str(today.year)
        if today.month != YEAR_END_MONTH:
            return
        due = customers.filtered(
            lambda c: (
                key not in facts[c.id]["reviewed"]
                and (facts[c.id]["figures"]["credit_exposure"] or facts[c.id]["year"]["sales"])
            )
        )
        self._open_by_key(due, company, "yearly", key)

    @api.model
    def _open_by_key(self, customers, company, kind, key):
        # The key is the system's to write.
        assessments = self.env["credit.assessment"]._system()
        opened = assessments._open_assessments(customers, company, kind, review_key=key)
        led = opened.filtered("group_id")
        # sudo: leaders are asked, seen or not
        self._ask(
            led.with_env(self.env),
            lambda found: found.sudo()._get_leaders(),
            lambda found: self.env._("Start the review of %s", found.partner_id.name),
        )
        self._ask_controllers(
            (opened - led).with_env(self.env),
            lambda found: self.env._(
                "Name the reviewers and start the review of %s", found.partner_id.name
            ),
        )
        return opened

    @api.model
    def _ask_controllers(self, records, get_summary):
        users = {
            company: company.credit_controller_id or company._credit_controllers()
            for company in records.company_id
        }
        self._ask(records, lambda found: users[found.company_id], get_summary)

    @api.model
    def _ask(self, records, get_users, get_summary):
        """Notify people in their list of activities; not by a mail for each of thousands."""
        today = fields.Date.context_today(self)
        # sudo: the review notifies them, whoever runs it
        activities = self.env["mail.activity"].sudo()
        kind = self.env.ref(ACTIVITY)
        activities.with_context(mail_activity_quick_update=True).create(
            [
                {
                    "activity_type_id": kind.id,
                    "automated": True,
                    "date_deadline": today,
                    "res_id": record.id,
                    "res_model_id": self.env["ir.model"]._get_id(records._name),
                    "summary": get_summary(record),
                    "user_id": user.id,
                }
                for record in records
                for user in get_users(record)
            ]
        )

    # ------------------------------------------------------------------ quarter

    @api.model
    def _adjust_quarterly(self, customers, company, facts):
        """Propose less for late payers and low grades, an assessment for good ones (P4-07, P5-05)."""
        today = company._credit_today()
        key = review.quarter_key(review.last_quarter(today)[0])
        if today.month % 3 != 1 or today.day > QUARTER_DAYS:
            return
        due = customers.filtered(lambda c: key not in facts[c.id]["reviewed"])
        last = self._get_last_assessments(due, company)
        moves = {
            customer: self._get_grade_move(customer, facts[customer.id], last.get(customer))
            for customer in due
        }
        proposals = {
            customer: proposal
            for customer in due
            if (proposal := self._get_proposal(customer, facts[customer.id], *moves[customer]))
        }
        self._propose(company, key, proposals)
        rising = due.filtered(lambda c: moves[c][0] > 0 and c not in proposals)
        self._open_by_key(rising, company, "quarterly", key)

    @api.model
    def _get_proposal(self, customer, facts, move, grade):
        """Return (values, reason in words) of less term, a lower grade or both, or None.

        :param move: -1 where the grade falls to `grade`, see `_get_grade_move`
        """
        terms = self._get_downgrade(customer, facts)
        if move >= 0 or customer.credit_control == "frozen":
            return terms
        reason = self.env._(
            "%(late)s days late on average: by the speed of payment alone the last assessment"
            " gives grade %(new)s instead of %(old)s.",
            late=f"{facts['quarter']['days_late']:.1f}",
            new=grade.code,
            old=customer.credit_grade_id.code,
        )
        values, sentences = (terms[0], [terms[1]]) if terms else ({}, [])
        if facts["policy"]._is_cash_grade(grade):
            values = CASH
        elif not terms:
            values = {
                "control": customer.credit_control,
                "limit": customer.credit_approved_limit,
                "term_days": customer.credit_term_days,
                "term_start": customer.credit_term_start,
            }
        return {**values, "grade_id": grade.id}, " ".join([*sentences, reason])

    @api.model
    def _get_downgrade(self, customer, facts):
        """Return (values, reason in words) of less credit for a customer, or None."""
        control, term = customer.credit_control, customer.credit_term_days
        if control not in ("limit", "none"):
            return None
        if facts["policy"]._is_cash_grade(customer.credit_grade_id):
            return CASH, self.env._(
                "Grade %s gets no credit: back to cash.", customer.credit_grade_id.code
            )
        late, least = facts["quarter"]["days_late"], facts["threshold"]("credit_late_days")
        if late is None or not 0 < least < late:
            return None
        words = {"late": f"{late:.1f}", "least": least, "old": term}
        if term:
            shorter = review.shorter_term(term)
            return {
                "control": control,
                "limit": customer.credit_approved_limit,
                "term_days": shorter,
                "term_start": "invoice"
                if customer.credit_term_start == "month_end" and month_end_days(shorter) is None
                else customer.credit_term_start or "invoice",
            }, self.env._(
                "%(late)s days late on average, weighted by amount; late payers above %(least)s"
                " days lose term: from %(old)s to %(new)s days.",
                new=shorter,
                **words,
            )
        if control == "none":
            return None  # unlimited and no term to lose: the warning has to do
        return CASH, self.env._(
            "%(late)s days late on average, weighted by amount; above %(least)s days and without"
            " a term to shorten: back to cash.",
            late=words["late"],
            least=least,
        )

    @api.model
    def _propose(self, company, key, proposals):
        """Create draft applications that people request and approve.

        :param proposals: {customer: (values, reason in words)}
        """
        # sudo: proposals are the system's, whoever starts the review
        applications = (
            self.env["credit.application"]
            .sudo()
            ._system_create(
                [
                    {
                        "kind": "downgrade",
                        "partner_id": customer.id,
                        "company_id": company.id,
                        "grade_id": customer.credit_grade_id.id,
                        "formula": "manual",
                        "reason": self.env._(
                            "Review of the quarter %(quarter)s: %(reason)s",
                            quarter=key,
                            reason=reason,
                        ),
                        "review_key": key,
                        **values,
                    }
                    for customer, (values, reason) in proposals.items()
                ]
            )
        )
        self._ask_controllers(
            applications,
            lambda found: self.env._(
                "Look at the proposed downgrade of %s and request it", found.partner_id.name
            ),
        )

    @api.model
    def _get_last_assessments(self, customers, company):
        """Return {customer: the last finished assessment with points}."""
        found = {}
        domain = [
            *self._of(customers, company), ("state", "=", "done"), ("scorecard_id", "!=", False)
        ]  # fmt: skip
        # sudo: the review is the system's, whoever starts it
        for assessment in (
            self.env["credit.assessment"].sudo().search(domain, order="done_at desc, id desc")
        ):
            found.setdefault(assessment.partner_id, assessment)
        return found

    @api.model
    def _get_grade_move(self, customer, facts, last):
        """Return where the payments of the quarter alone would take the grade of the last assessment.

        :param last: the last assessment, or None
        :return: (1 = up, -1 = down, 0 = nowhere; the grade)
        """
        quarter, policy, grade = facts["quarter"], facts["policy"], customer.credit_grade_id
        if not last or not grade or quarter["days_late"] is None:
            return 0, grade
        score, most = last.score, sum(last.line_ids.mapped("max_points"))
        for line in last.line_ids.filtered(lambda item: item.source == "payment_speed"):
            option = scoring.pick_option(
                quarter["days_late"],
                [(option.value_from, option) for option in line.criterion_id.option_ids],
            )
            if option and most:
                score += 100.0 * (option.points - line.average_points) / most
        new = policy._grade_for_score(round(score, 2), last.ledger_breach_count)
        ranks = policy._grade_rank(new), policy._grade_rank(grade)
        if None in ranks or ranks[0] == ranks[1]:
            return 0, grade
        if ranks[0] > ranks[1]:
            # What the speed changed lowers a grade; a grade that people set above the score does not.
            return (-1, new) if score < last.score else (0, grade)
        # Paying nothing at all lifts nobody.
        return (1, new) if quarter["paid_amount"] else (0, grade)
