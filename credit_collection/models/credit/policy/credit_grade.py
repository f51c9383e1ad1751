from odoo import api, fields, models, tools
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain


class CreditGrade(models.Model):
    """Standing of a customer (P1-03): its meaning and its requirements for orders (P1-05)."""

    _name = "credit.grade"
    _description = "Credit Grade"
    _order = "sequence, id"
    _rec_names_search = ["code", "name"]

    code = fields.Char(required=True, help="Short sign of the grade, A to D by default.")
    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10, help="Best grade first.")
    active = fields.Boolean(default=True)
    color = fields.Integer(aggregator=None)
    description = fields.Html(translate=True)
    prepayment_percent = fields.Float(
        "Prepayment (%)",
        default=100.0,
        help="Share of an order that a cash customer of this grade pays before it is confirmed.",
        aggregator=None,
    )

    _code_uniq = models.UniqueIndex("(code)", "There is a grade with this code already.")

    @api.depends("code", "name")
    def _compute_display_name(self):
        for grade in self:
            grade.display_name = f"{grade.code} – {grade.name}"

    @api.model
    def _search_display_name(self, operator, value):
        # As it is shown and exported, "A – No overdue", it can be imported again.
        if operator in ("=", "in") and value:
            values = [value] if isinstance(value, str) else value
            codes = [str(text).split(" – ")[0] for text in values]
            return super()._search_display_name(operator, value) | Domain("code", "in", codes)
        return super()._search_display_name(operator, value)

    @api.model
    @tools.ormcache()
    def _ladder(self):
        """Return ((id, sequence, prepayment %), ...) of the active grades, best first.

        For customers without a policy: the daily review asks for every customer.
        """
        # sudo: a grade means the same whoever asks
        return tuple(
            (grade.id, grade.sequence, grade.prepayment_percent)
            for grade in self.sudo().with_context(active_test=False).search([("active", "=", True)])
        )

    @api.model_create_multi
    def create(self, vals_list):
        grades = super().create(vals_list)
        self.env.registry.clear_cache()  # _ladder
        return grades

    def write(self, vals):
        result = super().write(vals)
        if not {"sequence", "active", "prepayment_percent"}.isdisjoint(vals):
            self.env.registry.clear_cache()  # _ladder
        return result

    def unlink(self):
        result = super().unlink()
        self.env.registry.clear_cache()  # _ladder
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_used(self):
        # sudo: the history of customers whom the administrator may not see
        decisions = self.env["credit.decision"].sudo()
        # sudo: policies and templates of any company
        lines = self.env["credit.policy.grade"].sudo()
        for grade in self:
            used = decisions.search_count(
                ["|", ("old_grade_id", "=", grade.id), ("new_grade_id", "=", grade.id)], limit=1
            )
            if used or lines.search_count([("grade_id", "=", grade.id)], limit=1):
                raise UserError(
                    self.env._(
                        "Grade %s is used in customers' credit history or in a policy and cannot "
                        "be deleted. Archive it instead.",
                        grade.code,
                    )
                )

    @api.constrains("prepayment_percent")
    def _check_prepayment_percent(self):
        for grade in self:
            if not 0 <= grade.prepayment_percent <= 100:
                raise ValidationError(
                    self.env._(
                        "Prepayment (%%) of grade %(grade)s must be between 0 and 100, not %(value)s.",
                        grade=grade.code,
                        value=grade.prepayment_percent,
                    )
                )
