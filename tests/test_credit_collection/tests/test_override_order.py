from types import FunctionType

from odoo.tests import TransactionCase, tagged

# Modules in order of call; the mixins of the add-on are excluded.
FRAMES = """
account.move._credit_is_checked
    receivable.interest.account_move
    credit.hold.account_move_gate
account.move._post
    receivable.entry.account_move
    collection.open_item.account_move
    credit.hold.account_move
account.move.create
    receivable.entry.account_move
    credit.hold.account_move
account.move.write
    receivable.entry.account_move
    credit.hold.account_move
collection.run._after_apply
    receivable.writeoff.collection_run
    collection.takeover.collection_run
    collection.run.collection_run
credit.application._check_can_request
    credit.assessment.credit_assessment_signoff
    credit.application.credit_application_flow
credit.application._get_decision_source
    credit.review.credit_application
    credit.application.credit_application_flow
credit.application._may_delete
    credit.review.credit_application
    credit.application.credit_application
credit.hold._check_application
    collection.resolution.credit_hold
    credit.hold.credit_hold_release
credit.hold._cron_recheck
    collection.case.collection_case_rank
    credit.hold.credit_hold
credit.hold._get_approval_facts
    collection.resolution.credit_hold
    credit.hold.credit_hold_release
credit.hold._get_open_fields
    collection.resolution.credit_hold
    credit.hold.credit_hold
credit.hold._get_release_gap
    collection.resolution.credit_hold
    credit.hold.credit_hold_release
credit.hold._has_plan
    collection.resolution.credit_hold
    credit.hold.credit_hold_release
credit.hold._prepare_hold_values
    receivable.note.credit_hold
    credit.hold.credit_hold
credit.policy._get_content_fields
    receivable.writeoff.credit_policy
    receivable.interest.credit_policy
    receivable.confirmation.credit_policy
    receivable.statement.credit_policy
    collection.letter.credit_policy
    collection.stage.credit_policy
    credit.assessment.credit_scorecard
    credit.policy.credit_policy
credit.policy._get_summary_fields
    collection.stage.credit_policy
    credit.policy.credit_policy_template
res.partner._add_missing_default_values
    receivable.interest.res_partner
    credit.terms.res_partner
res.partner._credit_approved_limit_sql
    credit.collateral.res_partner
    credit.exposure.res_partner
res.partner._credit_check_decision
    receivable.statement.res_partner
    credit.terms.res_partner
res.partner._credit_closed_fields
    receivable.statement.res_partner
    credit.credit_file.res_partner
    credit.terms.res_partner
res.partner._credit_collateral_changed
    credit.hold.res_partner
    credit.collateral.res_partner
res.partner._credit_columns_sql
    credit.collateral.res_partner
    credit.exposure.res_partner
res.partner._credit_file_models
    receivable.note.res_partner
    receivable.writeoff.res_partner
    receivable.interest.res_partner
    receivable.confirmation.res_partner
    receivable.statement.res_partner
    collection.case.res_partner
    credit.hold.res_partner
    credit.terms.res_partner_salesperson
res.partner._credit_full_sql
    credit.collateral.res_partner
    credit.exposure.res_partner_check
res.partner._credit_get_supply_users
    collection.case.res_partner
    credit.terms.res_partner_decision
res.partner._credit_prepare_write
    credit.review.res_partner
    credit.credit_file.res_partner
    credit.policy.res_partner
    credit.terms.res_partner
res.partner._credit_security_sql
    credit.collateral.res_partner
    credit.exposure.res_partner
res.partner._credit_shared_sql
    credit.collateral.res_partner
    credit.exposure.res_partner
res.partner._credit_start
    credit.policy.res_partner
    credit.terms.res_partner
res.partner._credit_terms_changed
    credit.review.res_partner
    credit.hold.res_partner
    credit.policy.res_partner
    credit.terms.res_partner
res.partner._field_to_sql
    credit.exposure.res_partner
    credit.terms.res_partner_sql
res.partner._flush_credit_sources
    credit.collateral.res_partner
    credit.exposure.res_partner
res.partner._get_broken_promise_counts
    receivable.note.res_partner
    collection.resolution.collection_promise_outcome
    credit.review.res_partner
res.partner.create
    collection.case.res_partner
    credit.terms.res_partner
res.partner.write
    collection.case.res_partner
    credit.terms.res_partner
"""
PREFIX = "odoo.addons.credit_collection.models."
MODELS = (
    "account.move", "collection.case", "collection.run", "credit.application", "credit.assessment",
    "credit.hold", "credit.policy", "insight.kpi", "res.partner",
    "sale.order", "sale.order.line",
)  # fmt: skip


@tagged("post_install", "-at_install")
class TestOverrideOrder(TransactionCase):
    """Which of our methods take part where several do: it follows the order of imports."""

    maxDiff = None

    def test_frames(self):
        found = []
        for model in MODELS:
            frames = {}
            for cls in self.registry[model].__mro__:
                module = cls.__module__.removeprefix(PREFIX)
                if module == cls.__module__ or "_mixin" in module or module.startswith("base."):
                    continue
                for name, member in vars(cls).items():
                    if isinstance(member, FunctionType):
                        frames.setdefault(name, []).append(module)
            found += [
                "\n    ".join([f"{model}.{name}", *modules])
                for name, modules in sorted(frames.items())
                if len(modules) > 1
            ]
        self.assertEqual("\n".join(found), FRAMES.strip())
