"""How did each customer stand at the end of a month, as it was when the month was closed?

States none: a closed month and its rows are written once; later corrections make a new version.
Hooks  none.
Crons  insight.month._cron_daily: months that ended, and those whose books changed since.
"""

from . import insight_month
from . import insight_snapshot
