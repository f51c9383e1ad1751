"""What did the customer promise, agree to or dispute?

States collection.promise.line: open -> kept | partly | broken | cancelled.
       collection.agreement: draft -> requested -> active -> kept | broken; rejected, cancelled;
       late statements bring it back for 60 days. collection.dispute: open -> accepted | rejected | cancelled.
Entry  collection.promise._register_promise and _allocate, collection.dispute._open: they check rights.
       Judged once per company before a run decides (`collection.run._before_decide`).
Hooks  collection.agreement._prepare_request_values (what is frozen when it is requested).
Crons  none.
"""

from . import collection_resolution_mixin
from . import collection_promise
from . import collection_promise_outcome
from . import collection_agreement
from . import collection_agreement_schedule
from . import collection_agreement_flow
from . import collection_dispute
from . import collection_dispute_flow
from . import account_partial_reconcile
from . import credit_exposure_line
from . import credit_hold
from . import credit_open_item
from . import credit_payment_behaviour
from . import credit_rule
from . import res_partner
