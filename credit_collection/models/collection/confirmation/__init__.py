"""What does the salesperson say about each overdue item?

States collection.confirmation: sent -> answered -> routed.
Hooks  none.
Crons  collection.confirmation._cron_sheets (notices, sheets, late answers).
"""

from . import collection_confirmation
from . import collection_confirmation_line
from . import collection_confirmation_create
