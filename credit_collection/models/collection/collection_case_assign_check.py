from odoo import api, fields, models
from odoo.exceptions import ValidationError


class CollectionCase(models.Model):
    """Who may give a case to whom by hand."""

    _inherit = "collection.case"

    can_assign = fields.Boolean(compute="_compute_can_assign")

    @api.depends_context("uid")
    def _compute_can_assign(self):
        self.can_assign = self._is_manager()

    def write(self, vals):
        if not {"user_id", "team_id"}.isdisjoint(vals) and not self._is_system():
            self._check_may_assign(vals)
        return super().write(vals)

    def _check_may_assign(self, vals):
        """Collectors take cases for themselves; managers give them to people of the company.

        :raise AccessError: somebody else gives a case away
        :raise ValidationError: the collector does not work in the company of the case
        """
        taking = vals.keys() & {"user_id", "team_id"} == {"user_id"}
        if not taking or vals["user_id"] != self.env.user.id:
            self._check_manager()
        user = self.env["res.users"].browse(vals.get("user_id") or []).sudo()  # sudo: his companies
        for case in self:
            if user and (user.share or not user.active or case.company_id not in user.company_ids):
                raise ValidationError(
                    self.env._(
                        "%(user)s does not work in %(company)s.",
                        user=user.name,
                        company=case.company_id.name,
                    )
                )
