"""Which customers are asked to pay, by whom, and what was said?

States collection.case: open -> closed (one open per customer and company).
Hooks  collection.task._assign gives people work; res.company._collection_head finds whom.
Crons  collection.case._cron_archive (closed in an earlier year);
       credit.hold._cron_recheck closes cases of customers who have paid.
"""

from . import collection_team
from . import collection_case
from . import collection_case_member
from . import collection_case_assign
from . import collection_case_schedule
from . import collection_case_rank
from . import collection_case_worklist
from . import collection_task
from . import res_users
from . import res_partner
from . import credit_warning
from . import collection_contact
from . import collection_timeline
from . import collection_case_figures
from . import collection_reason
from . import collection_measure
from . import mail_activity
