"""What is open, and what of it may be collected?

States none: `collection.item` is the one SQL of open items, `collection.ledger` a view for people.
Hooks  collection.item._get_rest_selects (what of an item is blocked from collection, and why)
       and _flush_sources.
Entry  account.move._set_collection_reason and _leave_out: for wizards and sheets, they check rights.
Crons  none.
"""

from . import collection_item
from . import collection_reason
from . import account_move
from . import account_move_line
from . import account_payment
from . import collection_ledger
