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

    def _get_release_gap(self):
        """Return also what reason B lacks (P4-10): overdue amounts that hold the order and are neither
        under an agreement in force nor promised for a day that has not passed."""
        if self.release_reason != "plan":
            return super()._get_release_gap()
        # sudo: the books count, whoever asks
        order = self.order_id.sudo()
        verdict = order._credit_check()[order.id]
        broken = [r["rule_id"] for r in verdict.reasons if r["rule_type"] == "overdue"]
        if not broken:
            return ""
        # sudo: days of the rules, for users who may not read them
        rules = self.env["credit.rule"].sudo().browse(broken)
        days = min(rules.mapped("days")) + verdict.facts.grace_days
        # sudo: items of the customer, of which a sum is told
        items = self.env["credit.open.item"].sudo()._get_items(self.company_id, self.partner_id.ids)
        open_amount = sum(
            row["chase"] if {"agreement", "promise"} & set(row["block_codes"]) else row["net"]
            for row in items
            if row["days"] > days and row["net_currency"] > 0
        )
        if self.currency_id.compare_amounts(float(open_amount), 0.0) <= 0:
            return ""
        return self.env._(
            "Reason B: %s of the overdue part is neither under an active agreement nor promised.",
            self.currency_id.format(float(open_amount)),
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
