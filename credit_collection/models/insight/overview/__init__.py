"""What waits for me, and how do my customers, my team, the company stand today?

States none: one page per role, read on demand; every number opens the rows that it counts.
Hooks  insight.overview._get_blocks_of_roles: the blocks of the page, by role.
Crons  none.
"""

from . import insight_overview
from . import insight_overview_worklist
from . import insight_overview_figures
from . import insight_overview_sql
