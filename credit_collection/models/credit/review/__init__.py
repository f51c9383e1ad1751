"""What changed about a customer since its terms were decided?

States credit.warning: open -> done (by a person with a note, or by itself when the cause is gone).
       credit.service.summary: draft -> sent.
Hooks  res.partner._get_broken_promise_counts (risk level); credit.review._get_facts;
       credit.warning._get_causes, _get_origin_models, _compute_description (kinds of warnings).
Crons  daily: credit.review._cron_daily (risk levels, warnings, yearly and quarterly reviews),
       credit.service.summary._cron_daily (summaries of service managers, once a month).
"""

from . import credit_warning
from . import credit_review
from . import credit_review_proposal
from . import credit_service_summary
from . import credit_application
from . import credit_assessment
from . import res_partner
