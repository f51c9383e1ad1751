"""Which terms does somebody ask for, and who approves them?

States credit.application: draft -> requested -> approved | rejected; cancelled.
Hooks  credit.application._check_can_request, _get_decision_source, _may_delete, _draft_activities.
Crons  none.
"""

from . import credit_application
from . import credit_application_proposal
from . import credit_application_flow
from . import credit_application_signature
from . import credit_application_portal
from . import res_partner
from . import credit_application_code
