"""Which action follows at how many days overdue?

States none; stages and escalation rules belong to a version of the policy.
Hooks  credit.rule._get_collection_stops (customers whose case stops orders).
Crons  none.
"""

from . import collection_stage
from . import collection_escalation
from . import credit_policy
from . import credit_rule
