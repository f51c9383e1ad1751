from . import base_partner_merge
from . import credit_behaviour_month
from . import credit_first_steps
from . import credit_litigation_note
from . import credit_order_closure
from . import credit_policy_load
from . import credit_terms_change
from . import credit_warning_close
