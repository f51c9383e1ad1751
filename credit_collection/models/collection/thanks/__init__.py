"""Is the customer told that the money came?

States collection.thanks: ready -> sent | printed | bounced | cancelled.
Hooks  none.
Crons  collection.thanks._cron_send writes what is due, then sends it.
"""

from . import collection_thanks
