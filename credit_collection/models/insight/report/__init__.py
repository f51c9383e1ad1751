"""What does the month tell management: totals, aging, its bridge, reasons, effect, suggestions?

States insight.report: draft -> requested -> approved; rejected, cancelled. Figures are frozen in it.
Hooks  none.
Crons  insight.report._cron_daily: drafts the report of a closed month, mails approved ones.
"""

from . import insight_report
from . import insight_report_section
from . import insight_report_suggestion
from . import insight_report_figures
from . import insight_report_sql
