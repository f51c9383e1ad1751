"""Which items are open, and how much of them may be collected?

States none: `collection.ledger` is a view for people over `credit.open.item`.
Hooks  collection.reason._get_use_counts: commonest reasons are proposed first;
       collection.ledger._get_ledger_sql: more columns of its rows.
Entry  account.move._set_collection_reason and _exclude_from_collection, for wizards: check rights.
Crons  none.
"""

from . import collection_reason
from . import account_move
from . import account_move_line
from . import account_payment
from . import collection_ledger
