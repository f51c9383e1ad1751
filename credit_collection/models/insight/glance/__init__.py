"""What does one customer owe, what was said and decided, and what comes next?

States none: one page per customer, read on demand; every number opens its rows.
Hooks  insight.glance._get_step: the next step and its reason, the first rule that is true.
Crons  none.
"""

from . import insight_glance
from . import insight_glance_figures
from . import insight_glance_proposal
from . import res_partner
