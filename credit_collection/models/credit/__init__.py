"""Area `credit`: may this customer buy on credit?

Owns   credit.grade, credit.rule, credit.exposure.line (SQL view), credit.hold, credit.hold.reason,
       credit.gate (one row per customer and company, touched by every confirmation),
       credit.policy with credit.policy.grade, its hold rules, scorecards and templates,
       credit.application (new, change, temporary, downgrade), credit.decision (history of the
       customer's terms), credit.security, credit.group with credit.group.member (shared limit).
       Assessments: credit.scorecard (criterion, option), credit.assessment (line, sheet, score,
       signoff), credit.assessment.group (who takes part),
       credit.document (type), credit.investigation; credit.payment.behaviour (the trade record).
       credit.review (the daily run: risk level, warnings, reviews), credit.warning.
       The credit file: one page per customer, with credit.behaviour.month and
       credit.litigation.note (wizards); the import of terms: res_partner_import.py.
       Signature of the customer in the portal: credit_application_sign.py and _portal.py.
States credit.hold: held -> requested -> released | rejected; ends as cleared, expired, cancelled;
       `observed` is what Observe mode would have held.
       credit.application: draft -> requested -> approved | rejected; cancelled.
       credit.security: future, valid, expiring, expired by its dates; cancelled.
       credit.policy: draft -> requested -> active -> retired; rejected. Never edited once active.
       A `template` is copied, and never in force.
       credit.warning: open -> done (by a person with a note, or by itself when the cause is gone).
       credit.assessment: draft -> scoring -> done | cancelled; sheets: open <-> submitted.
Gate   sale_order_gate.py: whatever makes an order binding ends in `_credit_gate`, which raises.
Doors  sale_order_park.py: where a person or a customer confirms, the refusal becomes a hold.
Hooks  credit.exposure.line._get_exposure_selects (kinds), credit.rule._check_<rule_type> (rules),
       res.partner._credit_security_sql (what raises the effective limit),
       res.partner._credit_grade_changed (after a grade is set), _credit_propose_limit;
       credit.policy._get_content_fields (what management approves), _get_summary_fields,
       res.partner._credit_decide (the one door for code that decides; writes the history),
       credit.decision._selection_origin, credit.application._get_missing_documents,
       credit.application._adjust_proposal, credit.assessment._get_contradictions,
       credit.payment.behaviour._get_dispute_counts, _get_dispute_action, _payment_sql,
       res.partner._get_broken_promise_counts (risk level), credit.review._review_customers.
Crons  credit.hold._cron_recheck, every 15 minutes: clears what is cured, ends what is expired;
       daily: credit.security._cron_expiry, res.partner._cron_credit_temporary,
       credit.document._cron_expiry (papers that run out), credit.assessment._cron_remind,
       credit.review._cron_daily (risk levels, early warnings, yearly and quarterly reviews).
"""

from . import credit_gate
from . import credit_grade
from . import credit_exposure_line
from . import credit_exposure_line_order
from . import credit_exposure_line_totals
from . import credit_rule
from . import credit_rule_checks
from . import credit_policy
from . import credit_policy_grade
from . import credit_policy_flow
from . import credit_policy_template
from . import credit_hold
from . import credit_hold_park
from . import credit_hold_recheck
from . import credit_hold_reason
from . import credit_hold_release
from . import credit_decision
from . import credit_security
from . import credit_security_letter
from . import credit_security_limit
from . import credit_group
from . import credit_application
from . import credit_application_formula
from . import credit_application_terms
from . import credit_application_term
from . import credit_application_flow
from . import credit_application_papers
from . import credit_application_sign
from . import credit_application_portal
from . import credit_application_code
from . import credit_application_answer
from . import res_company
from . import res_config_settings
from . import res_currency
from . import res_partner
from . import res_partner_term
from . import res_partner_figures
from . import res_partner_hierarchy
from . import res_partner_review
from . import res_partner_decision
from . import res_partner_cover
from . import res_partner_application
from . import res_partner_policy
from . import res_partner_freeze
from . import res_partner_hold
from . import sale_order
from . import sale_order_check
from . import sale_order_prepaid
from . import sale_order_gate
from . import sale_order_park
from . import sale_order_line
from . import account_account
from . import account_move
from . import account_payment_term
from . import res_users
from . import mail_thread
from . import mail_message
from . import ir_attachment
from . import credit_application_guard
from . import payment_transaction
from . import tier_definition
from . import tier_review
from . import tier_review_access
from . import credit_scorecard
from . import credit_policy_scorecard
from . import credit_policy_changes
from . import credit_payment_behaviour
from . import credit_payment_behaviour_sql
from . import credit_payment_behaviour_open
from . import credit_document
from . import credit_document_accepted
from . import credit_investigation
from . import credit_assessment
from . import credit_assessment_group
from . import credit_assessment_line
from . import credit_assessment_sheet
from . import credit_assessment_books
from . import credit_assessment_flow
from . import credit_assessment_open
from . import credit_assessment_people
from . import credit_assessment_signoff
from . import res_partner_assessment
from . import res_partner_risk
from . import credit_warning
from . import credit_warning_causes
from . import credit_warning_open
from . import res_partner_warning
from . import credit_warning_decided
from . import credit_review
from . import credit_review_open
from . import credit_review_documents
from . import res_partner_credit_file
from . import res_partner_import
from . import res_partner_salesperson
from . import base_import
