from odoo import api, models
from odoo.exceptions import AccessError


class BasePartnerMergeAutomaticWizard(models.TransientModel):
    """Two customers become one: records open once per customer go on once, nothing is lost."""

    _inherit = "base.partner.merge.automatic.wizard"

    def _merge(self, partner_ids, dst_partner=None, extra_checks=True):
        """Refuse a merge that would unfreeze a customer, unless by credit control."""
        partners = self.env["res.partner"].browse(partner_ids).exists()
        if not partners._credit_may_decide() and partners._credit_is_decided():
            raise AccessError(
                self.env._("Only credit controllers may merge customers with credit decisions.")
            )
        if not partners._credit_may_assign():
            # sudo: users who merge contacts may not see the salespeople
            users = partners.sudo().user_id
            # sudo: the salespeople, seen or not
            moved = (
                partners if len(users) > 1 else partners.sudo().filtered(lambda p: not p.user_id)
            )
            (moved if users else partners.browse())._credit_check_salesperson_stays()
        return super()._merge(partner_ids, dst_partner=dst_partner, extra_checks=extra_checks)

    @api.model
    def _update_foreign_keys(self, src_partners, dst_partner):
        # Odoo moves rows by SQL: a unique index would stop the merge.
        # sudo: users who merge contacts may have no rights in credit
        wizard = self.sudo()
        for name in (
            "locks", "documents", "assessments", "applications", "warnings", "members", "sublimits",
        ):  # fmt: skip
            getattr(wizard, f"_credit_merge_{name}")(src_partners, dst_partner)
        self.env.flush_all()
        result = super()._update_foreign_keys(src_partners, dst_partner)
        self.env.registry.clear_cache()  # credit.group._members_by_group, credit.sublimit._by_company
        return result

    @api.model
    def _update_reference_fields(self, src_partners, dst_partner):
        # Messages and files, evidence among them, go on with the target.
        wizard = self.with_env(self.env["credit.protected.mixin"]._system().env)
        return super(BasePartnerMergeAutomaticWizard, wizard)._update_reference_fields(
            src_partners, dst_partner
        )

    @api.model
    def _credit_duplicates(self, model, partners, dst_partner, domain, names, first=None):
        """Return duplicates after the merge; one of each stays out of the answer.

        :param names: fields that are alike among duplicates
        :param first: key of the record that stays, before "of the target" and "the oldest"
        """
        # sudo: users who merge contacts may have no rights in credit
        records = self.env[model].sudo().search([("partner_id", "in", partners.ids), *domain])
        duplicates = records.browse()
        for group in records.grouped(lambda record: tuple(record[n] for n in names)).values():
            duplicates |= group.sorted(
                lambda record: (
                    first(record) if first else 0,
                    record.partner_id != dst_partner,
                    record.id,
                )
            )[1:]
        return duplicates

    @api.model
    def _credit_merge_locks(self, src_partners, dst_partner):
        # The next confirmation makes its row anew.
        # sudo: users who merge contacts may have no rights in credit
        self.env["credit.lock"].sudo().search([("partner_id", "in", src_partners.ids)]).unlink()

    @api.model
    def _credit_merge_documents(self, src_partners, dst_partner):
        """Keep the document that is there on the list, the other one in the archive."""
        self._credit_duplicates(
            "credit.document",
            src_partners | dst_partner,
            dst_partner,
            [("active", "=", True)],
            ["company_id", "type_id"],
            lambda document: not document.attachment_ids,
        ).active = False

    @api.model
    def _credit_merge_assessments(self, src_partners, dst_partner):
        """Keep the further one open; of the same year or quarter one keeps the key."""
        partners = src_partners | dst_partner
        self._credit_duplicates(
            "credit.assessment",
            partners,
            dst_partner,
            [("state", "in", ("draft", "scoring"))],
            ["company_id", "kind"],
            lambda assessment: assessment.state == "draft",
        ).action_cancel()
        self._credit_drop_review_keys("credit.assessment", partners, dst_partner)

    @api.model
    def _credit_merge_applications(self, src_partners, dst_partner):
        """Cancel duplicate requests: those of the source customer rest on terms that are gone."""
        partners = src_partners | dst_partner
        self._credit_duplicates(
            "credit.application",
            partners,
            dst_partner,
            [("state", "=", "requested")],
            ["company_id"],
        ).action_cancel()
        self._credit_drop_review_keys("credit.application", partners, dst_partner)

    @api.model
    def _credit_merge_sublimits(self, src_partners, dst_partner):
        """Keep the lowest sub-limit of a kind."""
        self._credit_duplicates(
            "credit.sublimit",
            src_partners | dst_partner,
            dst_partner,
            [],
            ["company_id", "kind"],
            lambda sublimit: sublimit.amount,
        ).unlink()

    @api.model
    def _credit_drop_review_keys(self, model, partners, dst_partner):
        duplicates = self._credit_duplicates(
            model,
            partners,
            dst_partner,
            [("review_key", "!=", False)],
            ["company_id", "review_key"],
            lambda record: record.state == "cancelled",
        )
        duplicates._system_write({"review_key": False})

    @api.model
    def _credit_merge_warnings(self, src_partners, dst_partner):
        """Keep one of two warnings of a kind; the daily run takes the figures of both anew."""
        for domain in ([("is_present", "=", True)], [("state", "=", "open")]):
            self._credit_duplicates(
                "credit.warning",
                src_partners | dst_partner,
                dst_partner,
                domain,
                ["company_id", "kind"],
                lambda warning: warning.state != "open",
            )._system_write({"is_present": False, "state": "done"})

    @api.model
    def _credit_merge_members(self, src_partners, dst_partner):
        """Keep one shared limit per company: that of the target."""
        # sudo: users who merge contacts may have no rights in credit
        members = self.env["credit.group.member"].sudo()
        members = members.search(
            [
                ("partner_id", "in", (src_partners | dst_partner).ids),
                ("group_id.active", "=", True),
            ]
        )
        companies, taken, second = members.group_id._get_companies(), set(), members.browse()
        for member in members.sorted(lambda m: (m.partner_id != dst_partner, m.id)):
            ids = set(companies[member.group_id].ids)
            if taken & ids:
                second |= member
            else:
                taken |= ids
        second.unlink()
        # A group in the archive may name both as well.
        self._credit_duplicates(
            "credit.group.member", src_partners | dst_partner, dst_partner, [], ["group_id"]
        ).unlink()
