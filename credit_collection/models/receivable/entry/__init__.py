"""How does a document book, and who may change its entry?

States none. Entries are posted by Odoo, linked to their document, and changed or undone there alone.
Hooks  none. A document that books inherits `receivable.entry.mixin`; `_post_entry`, `_reverse_entry`.
Crons  none.
"""

from . import receivable_entry_mixin
from . import account_move
