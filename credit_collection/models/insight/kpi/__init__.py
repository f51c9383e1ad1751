"""What are the indicators of a month: recovery, overdue, bad debt, DSO, CEI, what contacts bring and cost?

States none: month by company, sales team, salesperson, collector; once it ended, a new version
       needs a reason. insight.contact: rows of a query over contacts and receipts.
Hooks  none; insight_kpi_inputs.py defines collected, written off and overdue.
Crons  insight.kpi._cron_close: the month that ended, and its alerts.
"""

from . import insight_kpi
from . import insight_kpi_inputs
from . import insight_kpi_sql
from . import insight_kpi_figures
from . import crm_team
from . import insight_contact
