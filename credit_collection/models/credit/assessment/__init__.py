"""Which grade do several reviewers give a customer?

States credit.assessment: draft -> scoring -> done | cancelled; its sheets: open <-> submitted.
Hooks  credit.assessment._draft_activities (activities that end when it starts or is cancelled).
Crons  daily: credit.assessment._cron_remind.
"""

from . import credit_scorecard
from . import credit_assessment
from . import credit_assessment_figures
from . import credit_assessment_form
from . import credit_assessment_flow
from . import credit_assessment_group
from . import credit_assessment_sheet
from . import credit_assessment_signoff
from . import res_partner
