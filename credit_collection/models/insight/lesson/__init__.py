"""What did closed cases teach, and which of them are like the one that is open?

States none.
Hooks  none.
Crons  none.
"""

from . import insight_lesson
from . import collection_case
