"""Area `credit`: may this customer buy on credit?

Owns   credit.grade, credit.rule, credit.exposure.line (SQL view), credit.hold, credit.hold.reason,
       credit.gate (one row per customer and company, touched by every confirmation).
States credit.hold: held -> requested -> released | rejected; ends as cleared, expired, cancelled;
       `observed` is what Observe mode would have held.
Gate   sale_order_gate.py: whatever makes an order binding ends in `_credit_gate`, which raises.
Doors  sale_order_park.py: where a person or a customer confirms, the refusal becomes a hold.
Hooks  credit.exposure.line._get_exposure_selects (kinds), credit.rule._check_<rule_type> (rules),
       res.partner._credit_security_sql (what raises the effective limit).
Crons  credit.hold._cron_recheck, every 15 minutes: clears what is cured, ends what is expired.
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
from . import res_currency
from . import res_partner
from . import res_partner_figures
from . import res_partner_hierarchy
from . import sale_order
from . import sale_order_check
from . import sale_order_gate
from . import sale_order_park
from . import sale_order_line
from . import account_account
from . import account_move
from . import account_payment_term
from . import ir_attachment
from . import payment_transaction
from . import tier_definition
from . import tier_review
