import logging
from functools import partial

from dateutil.relativedelta import relativedelta

from odoo import api, models
from odoo.fields import Domain
from odoo.tools import SQL

from ....engine import review

_logger = logging.getLogger(__name__)

# How long a change of leadership warns.
LEADERSHIP_MONTHS = 3

# How long a lawsuit is a new one (P2-25).
LAWSUIT_MONTHS = 6


class CreditReview(models.AbstractModel):
    """The daily run over customers: risk level, early warnings, reviews (P1-04, P1-14, P4-07, P5-05, P5-06).

    Figures are taken set-based for a batch of customers. A fault at one of them stops nobody
    else: the batch is undone and done again customer by customer. Committed batch by batch:
    a killed run goes on where it was, on the same day. A second run on the same day changes nothing; of two
    at the same time one leaves the company to the other.

    What it opens for people is in credit_review_proposal.py.
    """

    _name = "credit.review"
    _description = "Credit Review"

    @api.model
    def _cron_daily(self, batch=250):
        """Daily, for every legal entity whose credit control is not off."""
        companies = self.env["res.partner"]._credit_companies()
        for company in companies:
            today = company._credit_today()
            if company.credit_review_day != today:  # leftovers are done anew
                company.write({"credit_review_day": today, "credit_review_cursor": 0})
                self.env["sale.order"]._credit_notify_closing(company)
            self.env["sale.order"]._credit_note_pending(company)
        runs = [(company, self._get_customers(company)) for company in companies]
        self.env["ir.cron"]._commit_progress(remaining=sum(len(ids) for _company, ids in runs))
        for company, ids in runs:
            total = self._get_total_receivable(company)
            for start in range(0, len(ids), batch):
                if not self._lock(company):
                    self.env["ir.cron"]._commit_progress(len(ids) - start)
                    break
                part = self.env["res.partner"].browse(ids[start : start + batch])
                self._run(part, company, total)
                last = start + batch >= len(ids)
                company.credit_review_cursor = 0 if last else part[-1].id
                if not self.env["ir.cron"]._commit_progress(len(part)):
                    return
            if not ids and company.credit_review_cursor:
                company.credit_review_cursor = 0

    @api.model
    def _lock(self, company):
        """Keep other runs away from a company until the next commit; False if one is at work."""
        [[locked]] = self.env.execute_query(
            SQL("SELECT pg_try_advisory_xact_lock(hashtext(%s), %s)", self._name, company.id)
        )
        return locked

    @api.model
    def _run(self, customers, company, total=None):
        """Work on some customers of a company. Commits nothing."""
        head = (company.credit_controller_id or company._credit_controllers())[:1]
        context = {"lang": head.lang or self.env.lang}
        # sudo: the daily run is the system's
        model = self.sudo().with_company(company).with_context(**context)
        customers = customers.with_env(model.env)
        facts = model._get_facts(customers, company, total)
        try:
            with self.env.cr.savepoint():
                model._review_customers(customers, company, facts)
        except Exception:
            _logger.info("A review of company %s failed: one by one now", company.id, exc_info=True)
        else:
            return
        for customer in customers:
            try:
                with self.env.cr.savepoint():
                    model._review_customers(customer, company, facts)
            except Exception:
                _logger.exception(
                    "Review of customer %s in company %s failed", customer.id, company.id
                )

    @api.model
    def _review_customers(self, customers, company, facts):
        """Do the daily work for some customers. Extend for more.

        :param facts: see `_get_facts`
        """
        customers._credit_freeze_debtors()
        customers._credit_apply_risk(facts)
        entered = self.env["sale.order"]._credit_check_entered(customers, company)
        for customer in customers:
            facts[customer.id]["entered"] = entered.get(customer.id, [])
        self.env["credit.warning"]._sync(customers, company, facts)
        decided = customers.filtered(self._is_decided)
        self._open_yearly(decided, company, facts)
        self._adjust_quarterly(decided, company, facts)

    @api.model
    def _is_decided(self, customer):
        """Return whether credit control decided something about a customer that can be reviewed."""
        control = customer.credit_control
        return control != "blacklist" and bool(
            customer.credit_grade_id
            or control == "limit"
            or (control in ("cash", "frozen") and not customer.credit_is_new)
        )

    # ------------------------------------------------------------------ who

    @api.model
    def _get_customers(self, company):
        """Return ids of the customers of a company with a decision, exposure or a warning, in order.

        Those behind the cursor of a run that was cut off are done.
        """
        # sudo: the job reads every customer
        partners = self.env["res.partner"].sudo()
        partners._flush_credit_sources()
        partners.flush_model(["credit_grade_id", "credit_is_new", "active", "company_id"])
        self.env["credit.warning"].flush_model(["company_id", "is_present", "partner_id"])
        # sudo: sums of the ledger, for the job
        rows = self.env.execute_query(
            SQL(
                """SELECT customer.id
                     FROM res_partner customer
                LEFT JOIN (%(totals)s) total ON total.partner_id = customer.id
                    WHERE customer.commercial_partner_id = customer.id
                      -- who owes is looked after, in the archive as well
                      AND (customer.active OR total.exposure <> 0)
                      AND customer.id > %(cursor)s
                      AND COALESCE(customer.company_id, %(company)s) IN %(companies)s
                      AND (total.exposure <> 0
                           OR customer.credit_grade_id ->> %(key)s IS NOT NULL
                           OR (customer.credit_is_new IS NOT TRUE
                               AND customer.credit_control ->> %(key)s <> 'none')
                           OR EXISTS (SELECT 1 FROM credit_warning warning
                                       WHERE warning.partner_id = customer.id
                                         AND warning.company_id = %(company)s
                                         AND warning.is_present))
                    ORDER BY customer.id""",
                totals=self.env["credit.exposure.line"].sudo()._get_totals_sql(company),
                company=company.id,
                companies=company._credit_entity_ids(),
                key=str(company.id),
                cursor=company.credit_review_cursor,
            )
        )
        return [row[0] for row in rows]

    # ------------------------------------------------------------------ figures

    @api.model
    def _get_windows(self, today):
        """Return periods of the trade record that warnings and reviews look at: {name: (from, to)}."""
        back = partial(relativedelta, days=-1)
        return {
            "month": review.full_months(today, 1),
            "months_before": review.full_months(today, 12, skip=1),
            "last_3_full_months": review.full_months(today, 3),
            "year_before_them": review.full_months(today, 12, skip=3),
            "half_year": review.full_months(today, 6),
            "half_year_before": review.full_months(today, 6, skip=6),
            "last_3_months": (today - back(months=3), today),
            "last_12_months": (today - back(months=12), today),
            "quarter": review.last_quarter(today),
            "year": (today.replace(month=1, day=1), today),
        }

    @api.model
    def _get_facts(self, customers, company, total=None):
        """Return the facts that decide warnings, risk and reviews, for many customers at once.

        :return: {customer id: facts}: today, policy, threshold (function of its name), figures
            (see `_get_credit_figures_sql`), total (receivables of all customers), documents and
            securities that run out, leadership (findings of its change), lawsuits (noted lately),
            warnings (whose cause was there), broken_promises,
            reviewed (keys of reviews that need no opening), and by each name of
            `_get_windows` the trade record of that period
        """
        today = company._credit_today()
        windows = self._get_windows(today)
        # sudo: the trade record is the system's figure
        behaviour = self.env["credit.payment.behaviour"].sudo()
        periods = behaviour._get_periods(customers, company, list(windows.values()))
        figures = customers._get_credit_figures(company)
        broken = customers._get_broken_promise_counts(customers, company)
        # sudo: the review is the system's, whoever starts it
        records = {
            "documents": self._get_ending_documents(customers, company),
            "securities": self._get_ending_securities(customers, company),
            "leadership": self.env["credit.investigation"].sudo().search(
                [
                    *self._of(customers, company),
                    ("topic", "=", "leadership"),
                    ("date", ">", today - relativedelta(months=LEADERSHIP_MONTHS)),
                ]
            ),
            "lawsuits": self.env["credit.investigation"].sudo().search(
                [
                    *self._of(customers, company),
                    ("topic", "=", "litigation"),
                    ("date", ">", today - relativedelta(months=LAWSUIT_MONTHS)),
                ]
            ),
            "warnings": self.env["credit.warning"].sudo().search(
                [*self._of(customers, company), ("is_present", "=", True)]
            ),
        }  # fmt: skip
        of_customer = {
            name: found.grouped(lambda record: record.partner_id.commercial_partner_id.id)
            for name, found in records.items()
        }
        reviewed = self._get_reviewed(customers, company, today)
        if total is None:
            total = self._get_total_receivable(company)
        policies = {customer: customer._credit_policy(company) for customer in customers}
        return {
            customer.id: {
                "today": today,
                "policy": policies[customer],
                "threshold": partial(company._credit_threshold_of, policies[customer]),
                "figures": figures[customer.id],
                "total": total,
                "broken_promises": broken.get(customer.id, 0),
                "reviewed": reviewed.get(customer.id, {}),
                **{
                    name: of_customer[name].get(customer.id, found.browse())
                    for name, found in records.items()
                },
                **dict(zip(windows, periods[customer.id], strict=True)),
            }
            for customer in customers
        }

    @api.model
    def _of(self, customers, company):
        return [("partner_id", "in", customers.ids), ("company_id", "=", company.id)]

    @api.model
    def _get_total_receivable(self, company):
        """Return the debts of all customers to a company; customers with a credit balance are ignored."""
        # sudo: sums of the ledger, for the job
        lines = self.env["credit.exposure.line"].sudo()
        lines._flush_sources()
        [[total]] = self.env.execute_query(
            SQL(
                "SELECT COALESCE(SUM(GREATEST(total.receivable, 0)), 0) FROM (%s) total",
                lines._get_totals_sql(company, kinds=("receivable",)),
            )
        )
        return float(total)

    @api.model
    def _get_ending_documents(self, customers, company):
        """Return documents on file that ran out or do within 30 days."""
        # sudo: the review is the system's, whoever starts it
        documents = self.env["credit.document"].sudo().with_company(company)
        domain = Domain(self._of(customers, company)) & Domain(
            "state", "in", ["expiring", "expired"]
        )
        return documents.search(domain)

    @api.model
    def _get_ending_securities(self, customers, company):
        """Return securities near their end, before or after it, that no later one of their kind replaces."""
        # sudo: the review is the system's, whoever starts it
        securities = (
            self.env["credit.security"]
            .sudo()
            .search(
                [
                    ("commercial_partner_id", "in", customers.ids),
                    ("company_id", "=", company.id),
                    ("cancelled", "=", False),
                ]
            )
        )
        today = company._credit_today()
        lasting = {
            (security.commercial_partner_id, security.kind)
            for security in securities
            if security.state in ("valid", "future")
        }
        return securities.filtered(
            lambda s: (
                s.state in ("expiring", "expired")
                and s.date_to >= today - (s._warn_date() - today)
                and (s.commercial_partner_id, s.kind) not in lasting
            )
        )
