"""What did the monthly credit control meeting see, decide, and what became of it?

States insight.meeting: draft -> held; insight.meeting.decision: open -> done, dropped.
Hooks  none.
Crons  none.
"""

from . import insight_meeting
from . import insight_meeting_line
from . import insight_meeting_decision
