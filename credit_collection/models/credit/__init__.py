"""Area `credit`: may this customer buy on credit?

Owns   credit.grade, credit.rule, credit.exposure.line (SQL view), credit.hold, credit.hold.reason,
       credit.gate (one row per customer and company, touched by every confirmation).
       Assessments: credit.scorecard (criterion, option), credit.assessment (line, sheet, score),
       credit.document (type), credit.investigation; credit.payment.behaviour (the trade record).
States credit.hold: held -> requested -> released | rejected; ends as cleared, expired, cancelled;
       `observed` is what Observe mode would have held.
       credit.assessment: draft -> scoring -> done | cancelled; sheets: open <-> submitted.
Gate   sale_order_gate.py: whatever makes an order binding ends in `_credit_gate`, which raises.
Doors  sale_order_park.py: where a person or a customer confirms, the refusal becomes a hold.
Hooks  credit.exposure.line._get_exposure_selects (kinds), credit.rule._check_<rule_type> (rules),
       res.partner._credit_security_sql (what raises the effective limit),
       credit.payment.behaviour._get_dispute_counts, _get_dispute_action, _payment_sql,
       credit.assessment._get_contradictions.
Crons  credit.hold._cron_recheck, every 15 minutes: clears what is cured, ends what is expired.
       credit.document._cron_expiry, daily: activity for papers that run out.
       credit.assessment._cron_remind, daily: reviewers whose scores are due.
"""

from . import credit_gate
from . import credit_grade
from . import credit_exposure_line
from . import credit_rule
from . import credit_rule_checks
from . import credit_hold
from . import credit_hold_reason
from . import credit_hold_release
from . import res_company
from . import res_config_settings
from . import res_partner
from . import res_partner_figures
from . import res_partner_hierarchy
from . import sale_order
from . import sale_order_check
from . import sale_order_gate
from . import sale_order_park
from . import sale_order_line
from . import account_move
from . import ir_attachment
from . import payment_transaction
from . import tier_definition
from . import tier_review
from . import credit_scorecard
from . import credit_payment_behaviour
from . import credit_payment_behaviour_sql
from . import credit_payment_behaviour_open
from . import credit_document
from . import credit_investigation
from . import credit_assessment
from . import credit_assessment_line
from . import credit_assessment_sheet
from . import credit_assessment_books
from . import credit_assessment_flow
from . import res_partner_assessment
