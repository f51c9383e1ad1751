"""Which indicators went over their mark, who talks with whom about it, and what came of it?

States insight.alert: open -> done.
Hooks  none.
Crons  none of its own: alerts follow the indicators of a closed month (insight.kpi._cron_close).
"""

from . import insight_alert_rule
from . import insight_alert
