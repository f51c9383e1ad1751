from types import FunctionType

from odoo.tests import TransactionCase, tagged

# Who answers, the first called first; the mixins of the add-on are left out.
FRAMES = """
account.move._post
    collection.account_move
    credit.account_move
account.move.button_draft
    receivable.account_move_receivable
    receivable.account_move
collection.run._after_apply
    collection.collection_run_takeover
    collection.collection_run
credit.application._check_can_request
    credit.credit_assessment_signoff
    credit.credit_application_flow
credit.application._get_decision_source
    credit.credit_review_documents
    credit.credit_application_flow
credit.application._may_delete
    credit.credit_review_documents
    credit.credit_application
credit.application.action_cancel
    credit.credit_review_documents
    credit.credit_application_flow
credit.assessment._do_start
    credit.credit_review_documents
    credit.credit_assessment_flow
credit.assessment._get_open_fields
    credit.credit_assessment_people
    credit.credit_assessment
credit.assessment._may_manage
    credit.credit_assessment_people
    credit.credit_assessment
credit.assessment.action_cancel
    credit.credit_review_documents
    credit.credit_assessment_flow
credit.assessment.create
    credit.credit_assessment_people
    credit.credit_assessment
credit.assessment.write
    credit.credit_assessment_people
    credit.credit_assessment
credit.hold._check_application
    collection.collection_agreement_hold
    credit.credit_hold_release
credit.hold._cron_recheck
    collection.collection_case_rank
    credit.credit_hold_recheck
credit.hold._get_open_fields
    collection.collection_agreement_hold
    credit.credit_hold
credit.hold._has_plan
    collection.collection_agreement_hold
    credit.credit_hold_release
credit.policy._get_coded
    collection.credit_policy_stage
    credit.credit_policy_template
credit.policy._get_create_fields
    credit.credit_policy_review
    credit.credit_policy
credit.policy._get_open_fields
    credit.credit_policy_review
    credit.credit_policy
credit.policy._get_part_model
    collection.credit_policy_stage
    credit.credit_policy_template
credit.policy._get_part_name
    collection.credit_policy_stage
    credit.credit_policy_template
credit.policy._get_part_summary
    collection.credit_policy_stage
    credit.credit_policy_template
credit.policy._get_template_record
    collection.credit_policy_stage
    credit.credit_policy_template
credit.policy._get_template_values
    collection.credit_policy_stage
    credit.credit_policy_template
credit.policy._get_templates
    collection.credit_policy_stage
    credit.credit_policy_template
credit.policy.create
    credit.credit_policy_flow
    credit.credit_policy
ir.attachment._credit_check_evidence
    receivable.receivable_writeoff_evidence
    collection.ir_attachment
    credit.credit_application_guard
    credit.ir_attachment
res.partner._credit_approved_limit_sql
    credit.res_partner_cover
    credit.res_partner_figures
res.partner._credit_is_decided
    credit.res_partner_policy
    credit.res_partner_hierarchy
res.partner._credit_record_decision
    credit.credit_warning_decided
    credit.res_partner_decision
res.partner._credit_security_sql
    credit.res_partner_cover
    credit.res_partner_figures
res.partner._credit_shared_sql
    credit.res_partner_cover
    credit.res_partner_figures
res.partner._flush_credit_sources
    credit.res_partner_cover
    credit.res_partner_figures
res.partner._get_broken_promise_counts
    receivable.receivable_note_exposure
    collection.collection_promise_judge
    credit.res_partner_risk
res.partner.create
    collection.res_partner_collection
    credit.res_partner_credit_file
    credit.res_partner_risk
    credit.res_partner_policy
    credit.res_partner_decision
    credit.res_partner_review
    credit.res_partner
res.partner.load
    credit.res_partner_import
    credit.res_partner_decision
res.partner.write
    collection.res_partner_collection
    credit.res_partner_credit_file
    credit.res_partner_risk
    credit.res_partner_policy
    credit.res_partner_decision
    credit.res_partner_review
    credit.res_partner_term
    credit.res_partner
"""
PREFIX = "odoo.addons.credit_collection.models."
MODELS = (
    "account.move", "collection.case", "collection.run", "credit.application", "credit.assessment",
    "credit.hold", "credit.policy", "ir.attachment", "receivable.figure", "res.partner",
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
                if module == cls.__module__ or module.startswith(("mixins.", "base.")):
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
