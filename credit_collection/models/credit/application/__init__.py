"""Which terms does somebody ask for, and who approves them?

States credit.application: draft -> requested -> approved | rejected; cancelled.
Hooks  credit.application._get_missing_documents, _adjust_proposal, _check_can_request,
       _get_decision_source, _do_request, _may_delete, action_cancel.
Crons  none.
"""

from . import credit_application
from . import credit_application_proposal
from . import credit_application_flow
from . import credit_application_signature
from . import credit_application_portal
from . import res_partner
from . import credit_application_code
