from odoo import models
from odoo.tools import SQL

from .res_partner import BLOCKED_CONTROLS


class ResPartner(models.Model):
    """P1-05: supply stops at once for customers of the last grade with debt open."""

    _inherit = "res.partner"

    def _credit_grade_changed(self):
        """P1-05: the last grade with debt open stops supply at once. Hook after a grade is set."""
        company = self.env.company
        # sudo: whoever may set the grade triggers it, whatever else he may read
        last = self.sudo()._credit_filter_last_grade(company)
        debts = last._credit_debts(company)
        for partner in last:
            debt = debts.get(partner.id, 0.0)
            if company.currency_id.compare_amounts(debt, 0.0) <= 0:
                continue
            note = self.env._(
                "Frozen at once: grade %(grade)s with %(amount)s open.",
                grade=partner.credit_grade_id.code,
                amount=company.currency_id.format(debt),
            )
            partner._credit_decide({"credit_control": "frozen"}, "freeze", note=note)
            partner.message_post(body=note)

    def _credit_filter_last_grade(self, company):
        """Those of these customers who have the last grade and are supplied."""
        return self.filtered(
            lambda partner: (
                partner.credit_control not in BLOCKED_CONTROLS
                and partner._credit_policy(company)._is_last_grade(partner.credit_grade_id)
            )
        )

    def _credit_debts(self, company):
        """{customer id: what he owes in company currency}: receivables, and notes not paid (P4-08)."""
        if not self.ids:
            return {}
        lines = self.env["credit.exposure.line"].sudo()
        lines._flush_sources()
        kinds = [kind for kind, _label in lines._fields["kind"]._description_selection(self.env)]
        debts = tuple(kind for kind in kinds if kind not in ("order", "draft"))
        return {
            partner: float(amount)
            for partner, amount in self.env.execute_query(
                SQL(
                    "SELECT total.partner_id, total.exposure FROM (%s) total",
                    lines._get_totals_sql(company, self.ids, kinds=debts),
                )
            )
        }

    def _credit_freeze_debtors(self):
        """P1-05: freeze who came to owe after he got the last grade; what people lifted stays so."""
        company = self.env.company
        last = self._credit_filter_last_grade(company)
        if not last:
            return
        lifted = self.env["credit.decision"].search(
            [
                ("partner_id", "in", last.ids),
                ("company_id", "=", company.id),
                ("old_control", "in", BLOCKED_CONTROLS),
                ("new_control", "not in", BLOCKED_CONTROLS),
            ]
        )
        stay = lifted.filtered(lambda d: d.new_grade_id == d.partner_id.credit_grade_id)
        (last - stay.partner_id)._credit_grade_changed()
