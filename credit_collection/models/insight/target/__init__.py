"""What shall be reached, and what is paid or deducted for it?

States insight.target: draft -> requested -> approved; rejected, cancelled.
Hooks  none.
Crons  none.
"""

from . import insight_target
from . import insight_target_tier
