import json

from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.tools import format_date, frozendict

from ....engine import review
from ...base.res_users import ROLES
from ..terms.res_partner import BLOCKED_CONTROLS, CREDIT_GROUPS

# A change of one of these is a decision that asks for a next review.
DECIDED = (
    "credit_limit", "credit_limit_currency_id", "credit_limit_default", "credit_term_days", "credit_grade_id",
    "credit_control",
)  # fmt: skip

THRESHOLDS = ("medium_days", "high_days", "share_percent", "broken_medium", "broken_high")


class ResPartner(models.Model):
    """The date of the next review follows a decision (P1-04)."""

    _inherit = "res.partner"

    # ---- Risk level of a customer by the policy's rule, with its reason in words
    credit_risk_manual = fields.Boolean(
        "Risk Level Set Manually",
        company_dependent=True,
        index=False,
        copy=False,
        readonly=True,
        groups=ROLES["controller"],
        help="The daily update does not change this level until it is reset to automatic.",
    )
    # Codes and figures of the last change; the words follow in the reader's language.
    credit_risk_facts = fields.Text(
        company_dependent=True, index=False, copy=False, readonly=True, groups=fields.NO_ACCESS
    )
    credit_risk_reason = fields.Text(
        "Risk Level Reason", compute="_compute_credit_risk_reason", groups=CREDIT_GROUPS
    )

    # ---- Open warnings on the customer
    credit_warning_count = fields.Integer(
        "Warnings", compute="_compute_credit_warnings", groups=CREDIT_GROUPS
    )
    credit_warning_text = fields.Text(
        "Early Warning", compute="_compute_credit_warnings", groups=CREDIT_GROUPS
    )

    def _credit_terms_changed(self, vals, before):
        # First the date, so that it is part of the same entry of the history.
        if "credit_review_date" not in vals:
            changed = [
                customer_id
                for customer_id, values in self._credit_decided_values().items()
                if values["credit_review_date"] == before[customer_id]["credit_review_date"]
                and any(values[name] != before[customer_id][name] for name in DECIDED)
            ]
            self.browse(changed)._credit_plan_review()
        result = super()._credit_terms_changed(vals, before)
        customers = self.filtered(lambda partner: partner.commercial_partner_id == partner)
        self.env["credit.warning"]._decided(customers, self.env.company)
        return result

    def _credit_plan_review(self):
        """Set the next review by the grade's interval where none lies ahead."""
        company = self.env.company
        today, by_date = company._credit_today(), {}
        # sudo: the policy's interval; the decision was made already
        for partner in self.sudo():
            ahead = partner.credit_review_date and partner.credit_review_date > today
            credit = partner.credit_grade_id or partner.credit_control == "limit"
            if (
                partner.commercial_partner_id != partner
                or partner.credit_control in BLOCKED_CONTROLS
                or ahead
                or not credit
            ):
                continue
            day = today + relativedelta(months=partner._credit_review_months(company))
            by_date.setdefault(day, self.browse())
            by_date[day] |= partner
        for day, partners in by_date.items():
            partners._credit_as_part().write({"credit_review_date": day})

    def _credit_review_months(self, company):
        """Return months between two reviews: of the grade in the policy, else of policy or company."""
        self.ensure_one()
        # sudo: the grade counts, whether the user sees it or not
        line = self._credit_policy(company)._grade_line(self.sudo().credit_grade_id)
        return line.review_months or company._credit_threshold("credit_review_months", self)

    # ---- Risk level of a customer by the policy's rule, with its reason in words (P1-14).
    #
    # The daily run (credit_review.py) sets it, as an entry of the credit history, when level
    # or reasons change. A controller who writes a level overrules the rule, until they release
    # it or empty the level.

    @api.depends_context("company", "lang")
    @api.depends("credit_risk_level", "credit_risk_facts", "credit_risk_manual")
    def _compute_credit_risk_reason(self):
        # sudo: only words about a level that the user may read
        for partner, customer in zip(self, self.commercial_partner_id.sudo(), strict=False):
            partner.credit_risk_reason = customer._credit_risk_text()

    def _credit_risk_text(self):
        """Return the reason of the present level in words."""
        self.ensure_one()
        if not self.credit_risk_level:
            return False
        if self.credit_risk_manual:
            return self.env._("Set manually.")
        facts = json.loads(self.credit_risk_facts or "{}")
        if not facts:
            return False
        reasons = [self._credit_risk_sentence(*item) for item in facts["reasons"]]
        return self.env._(
            "%(reasons)s (as of %(date)s)",
            reasons="; ".join(reasons) or self.env._("No risk indicators"),
            date=format_date(self.env, facts["date"]),
        )

    @api.model
    def _credit_risk_sentence(self, code, figure):
        sentences = {
            "last_grade": lambda: self.env._("lowest grade"),
            "low_grade": lambda: self.env._("a low grade"),
            "overdue_high": lambda: self.env._("%s days overdue", figure),
            "overdue_medium": lambda: self.env._("%s days overdue", figure),
            "share": lambda: self.env._("overdue, with %s%% of all receivables", figure),
            "broken_high": lambda: self.env._("%s broken promises", figure),
            "broken_medium": lambda: self.env._("%s broken promises", figure),
        }
        return sentences[code]() if code in sentences else code

    @api.model
    def _get_broken_promise_counts(self, partners, company):
        """Hook: {commercial partner id: promises to pay that were broken}. Collection overrides it."""
        return {}

    # ------------------------------------------------------------------ by the rule

    def _credit_apply_risk(self, facts):
        """Set level and reason of these customers where the rule says something new.

        :param facts: see `credit.review._get_facts`
        """
        decided = {}
        for customer in self:
            if customer.credit_risk_manual and customer.credit_risk_level:
                continue
            level, reasons = customer._credit_risk_by_rule(facts[customer.id])
            known = json.loads(customer.credit_risk_facts or "{}")
            codes = [code for code, _figure in reasons]
            same = level == customer.credit_risk_level
            if same and codes == [reason[0] for reason in known.get("reasons", [])]:
                continue
            stored = {"date": str(facts[customer.id]["today"]), "reasons": reasons}
            # Past `write`, which goes through all contacts: nobody else reads this field.
            self._fields["credit_risk_facts"].write(customer, json.dumps(stored))
            customer.modified(["credit_risk_facts"])
            if not same or not known:  # else the same level for another reason: no decision
                note = "; ".join(self._credit_risk_sentence(*reason) for reason in reasons)
                note = note or self.env._("No risk indicators")
                decided.setdefault(level, {})[customer.id] = note
        for level, notes in decided.items():
            values = {"credit_risk_level": level, "credit_risk_manual": False}
            self.browse(notes)._credit_decide(values, "review", note=frozendict(notes))

    def _credit_risk_by_rule(self, facts):
        """Return (level, [[code, figure], …]) of this customer, see `engine.review.risk_level`."""
        self.ensure_one()
        policy, grade, figures = facts["policy"], self.credit_grade_id, facts["figures"]
        return review.risk_level(
            {
                "is_last_grade": policy._is_last_grade(grade),
                "is_low_grade": policy._is_low_grade(grade),
                "days_overdue": figures["credit_days_overdue"],
                "overdue": float(figures["credit_overdue"]),
                "receivable": float(figures["receivable"]),
                "total": facts["total"],
                "broken_promises": facts["broken_promises"],
            },
            {name: facts["threshold"](f"credit_risk_{name}") for name in THRESHOLDS},
        )

    # ------------------------------------------------------------------ by hand

    def _credit_prepare_write(self, vals):
        self._credit_check_risk(vals)
        if "credit_risk_level" in vals and "credit_risk_manual" not in vals:
            level = vals["credit_risk_level"]
            # sudo: former values count, whether the user sees them or not
            known = self.sudo().mapped(lambda p: p.credit_risk_level or False) or [False]
            if any(old != (level or False) for old in known):
                vals = {**vals, "credit_risk_manual": bool(level)}
        return super()._credit_prepare_write(vals)

    @api.model
    def _credit_check_risk(self, vals):
        if not self.env.su and not {"credit_risk_manual", "credit_risk_facts"}.isdisjoint(vals):
            raise AccessError(self.env._("The reason of the risk level is written by the system."))

    def action_credit_release_risk(self):
        """Give the risk level back to the rule, which sets it at once."""
        self.check_access("write")
        if not self._credit_may_decide():
            raise AccessError(self.env._("Only credit controllers release a risk level."))
        company = self.env.company._credit_root()
        # sudo: rights were checked; the rule reads data that controllers may not
        customers = self.commercial_partner_id.sudo().with_company(company)
        customers.credit_risk_manual = False
        customers._credit_apply_risk(self.env["credit.review"]._get_facts(customers, company))
        return True

    # ---- Open warnings on the customer.

    @api.depends_context("company", "uid", "lang")
    @api.depends("commercial_partner_id")
    def _compute_credit_warnings(self):
        groups = self.env["credit.warning"]._read_group(
            [
                ("partner_id", "in", self.commercial_partner_id.ids),
                ("company_id", "=", self.env.company.root_id.id),
                ("state", "=", "open"),
            ],
            ["partner_id"],
            ["id:recordset"],
        )
        found = dict(groups)
        for partner in self:
            warnings = found.get(partner.commercial_partner_id, self.env["credit.warning"])
            partner.credit_warning_count = len(warnings)
            partner.credit_warning_text = "\n".join(warnings.mapped("description"))

    def action_open_credit_warnings(self):
        """Open the warnings of this customer."""
        return self._credit_open_documents("credit_warning_action")
