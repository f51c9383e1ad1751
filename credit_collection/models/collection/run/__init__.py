"""Which customers get which letter or activity today?

States collection.run: preview -> running -> done | failed;
       running -> stopped -> running.
Hooks  collection.run._after_apply (once per company and run).
Crons  hourly: collection.run._cron_run: runs at work go on, daily runs start at their hour.
"""

from . import collection_run
from . import collection_run_decision
from . import collection_run_process
from . import collection_run_apply
