"""Do exposure, ageing and general ledger agree, to the cent, every night?

States none: one row per company, written by the job.
Hooks  none.
Crons  insight.check._cron_daily: compares them, asks the finance manager where they differ.
"""

from . import insight_check
