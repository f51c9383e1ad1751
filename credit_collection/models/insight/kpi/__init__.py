"""What are the rates of a month: recovery, overdue, bad debt, DSO, CEI?

States none: month by company or salesperson; once it ended, a new version needs a reason.
Hooks  none; insight_kpi_inputs.py defines collected, written off and overdue.
Crons  insight.kpi._cron_close: the month that ended.
"""

from . import insight_kpi
from . import insight_kpi_inputs
from . import insight_kpi_sql
