"""May this order go out, and who releases it otherwise?

States credit.hold: held -> requested -> released | rejected; ends as cleared, expired, cancelled;
       `observed`: Observe mode would have held it.
Gate   sale_order_gate.py: every way to make an order binding ends in `_credit_gate`, which raises.
       sale_order.py: where a person or a customer confirms, the refusal becomes a hold.
       account_move_gate.py: invoices that no checked order covers, which stay drafts.
       sale_order_flow.py: nothing more to invoice, requested -> approved.
Books  limit, gate, verdict and hold are those of the root company; an order in a branch counts there.
Hooks  credit.hold._check_application, _has_plan, _prepare_hold_values, _get_open_fields, _cron_recheck,
       _get_approval_facts, _get_release_gap; of documents other than orders: _get_document_fields,
       _get_customer, _get_message, _get_mail_template, _post_on_document,
       _credit_get_stoppable; of credit.stop.mixin: _credit_may_stop, _credit_get_responsible,
       _credit_get_customers, _credit_place_stop;
       credit.rule._check_<type>, _get_paying_rules, _get_limit_rules and _get_collection_stops.
Crons  every 15 minutes: credit.hold._cron_recheck clears cured holds, ends expired ones.
"""

from . import credit_lock
from . import credit_stop_mixin
from . import credit_hold
from . import credit_hold_release
from . import credit_rule_check
from . import sale_order
from . import sale_order_flow
from . import sale_order_check
from . import sale_order_gate
from . import sale_order_line
from . import payment_transaction
from . import account_move
from . import account_move_gate
from . import res_partner
