from odoo import api, fields, models
from odoo.exceptions import UserError


class CreditHold(models.Model):
    """Reason B of an application for release: a repayment agreement or a promise in force (P4-10)."""

    _inherit = "credit.hold"

    agreement_id = fields.Many2one(
        "collection.agreement",
        "Repayment Agreement",
        check_company=True,
        index="btree_not_null",
        ondelete="restrict",
        tracking=True,
    )

    def _get_open_fields(self):
        names = super()._get_open_fields()
        return names | {"agreement_id"} if "release_reason" in names else names

    @api.onchange("release_reason")
    def _onchange_release_reason_agreement(self):
        if self.release_reason != "plan":
            self.agreement_id = False
        elif not self.agreement_id:
            self.agreement_id = self.env["collection.agreement"].search(
                [
                    ("partner_id", "=", self.partner_id.id),
                    ("company_id", "=", self.company_id.id),
                    ("state", "=", "active"),
                ],
                limit=1,
            )

    def _has_plan(self):
        return super()._has_plan() or bool(self._get_plan())

    def _get_plan(self):
        """Return the agreement that the application names, else one or a promise in force; else nothing."""
        self.ensure_one()
        if self.agreement_id:
            return self.agreement_id
        domain = [
            ("partner_id", "=", self.partner_id.id),
            ("company_id", "=", self.company_id.id),
        ]
        # sudo: a yes or no about what the customer agreed to
        agreements, promises = (
            self.env[model].sudo() for model in ("collection.agreement", "collection.promise")
        )
        return agreements.search([*domain, ("state", "=", "active")], limit=1) or promises.search(
            [*domain, ("state", "=", "open")], limit=1
        )

    def _get_approval_facts(self):
        facts = super()._get_approval_facts()
        plan = self.release_reason == "plan" and self._get_plan()
        return [*facts, (self.env._("Agreement or Promise"), plan.display_name)] if plan else facts

    def _check_application(self):
        super()._check_application()
        if self.release_reason != "plan":
            return
        # sudo: a yes or no about the agreement that the applicant names
        agreement = self.agreement_id.sudo()
        if not agreement:
            # sudo: the rule binds users who may not read settings
            needed = self.company_id.sudo().collection_release_needs_agreement
            if needed and not self._get_plan():
                raise UserError(
                    self.env._(
                        "Reason B requires a repayment agreement that is active or was fulfilled, "
                        "or an open promise to pay."
                    )
                )
            return
        if agreement.partner_id != self.partner_id:
            raise UserError(self.env._("%s is of another customer.", agreement.name))
        if agreement.state not in ("active", "kept"):
            raise UserError(
                self.env._(
                    "%(agreement)s is %(state)s. Reason B requires an agreement that is active "
                    "or was fulfilled.",
                    agreement=agreement.name,
                    state=dict(agreement._fields["state"]._description_selection(self.env))[
                        agreement.state
                    ],
                )
            )
