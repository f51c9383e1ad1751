"""How old are open items, as of any day?

States none; `receivable.long.overdue` is the quarterly list over 180 days (P4-18).
Books  those of the legal entity: branches have no ageing of their own.
Hooks  receivable.ageing._get_extra_selects(company, as_of): kinds beside the receivable accounts;
       _flush_sources.
Crons  none.
"""

from . import account_move_line
from . import receivable_ageing_column
from . import receivable_ageing
from . import receivable_long_overdue
