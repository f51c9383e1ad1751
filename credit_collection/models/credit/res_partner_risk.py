import json

from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.tools import format_date, frozendict

from ...engine import review
from .res_partner import CREDIT_GROUPS

THRESHOLDS = ("medium_days", "high_days", "share_percent", "broken_medium", "broken_high")


class ResPartner(models.Model):
    """Risk level of a customer by the policy's rule, with its reason in words (P1-14).

    The daily run (credit_review.py) sets it, as an entry of the credit history, when level
    or reasons change. A controller who writes a level overrules the rule, until he releases
    it or empties the level.
    """

    _inherit = "res.partner"

    credit_risk_manual = fields.Boolean(
        "Risk Set by Hand",
        company_dependent=True,
        copy=False,
        readonly=True,
        groups="credit_collection.group_credit_controller",
        help="The daily rule leaves the level alone until it is released.",
    )
    # Codes and figures of the last change; the words follow in the reader's language.
    credit_risk_facts = fields.Text(
        company_dependent=True, copy=False, readonly=True, groups=fields.NO_ACCESS
    )
    credit_risk_reason = fields.Text(
        "Reason of the Risk Level", compute="_compute_credit_risk_reason", groups=CREDIT_GROUPS
    )

    @api.depends_context("company", "lang")
    @api.depends("credit_risk_level", "credit_risk_facts", "credit_risk_manual")
    def _compute_credit_risk_reason(self):
        # sudo: only words about a level that the user may read
        for partner, customer in zip(self, self.commercial_partner_id.sudo(), strict=False):
            partner.credit_risk_reason = customer._credit_risk_text()

    def _credit_risk_text(self):
        """The reason of the present level in words."""
        self.ensure_one()
        if not self.credit_risk_level:
            return False
        if self.credit_risk_manual:
            return self.env._("Set by hand.")
        facts = json.loads(self.credit_risk_facts or "{}")
        if not facts:
            return False
        reasons = [self._credit_risk_sentence(*item) for item in facts["reasons"]]
        return self.env._(
            "%(reasons)s (as of %(date)s)",
            reasons="; ".join(reasons) or self.env._("Nothing speaks for a risk"),
            date=format_date(self.env, facts["date"]),
        )

    @api.model
    def _credit_risk_sentence(self, code, figure):
        sentences = {
            "last_grade": lambda: self.env._("the last grade"),
            "low_grade": lambda: self.env._("a low grade"),
            "overdue_high": lambda: self.env._("%s days overdue", figure),
            "overdue_medium": lambda: self.env._("%s days overdue", figure),
            "share": lambda: self.env._("overdue, with %s %% of all receivables", figure),
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
                note = note or self.env._("Nothing speaks for a risk")
                decided.setdefault(level, {})[customer.id] = note
        for level, notes in decided.items():
            values = {"credit_risk_level": level, "credit_risk_manual": False}
            self.browse(notes)._credit_decide(values, "review", note=frozendict(notes))

    def _credit_risk_by_rule(self, facts):
        """(level, [[code, figure], …]) of this customer, see `engine.review.risk_level`."""
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
        customers = self.commercial_partner_id.sudo()
        customers.credit_risk_manual = False
        customers._credit_apply_risk(
            self.env["credit.review"]._get_facts(customers, self.env.company)
        )
        return True
