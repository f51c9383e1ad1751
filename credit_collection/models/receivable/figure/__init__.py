"""What are the rates of a month: recovery, overdue, bad debt, DSO, CEI?

States none: month by company or salesperson; once it ended, a new version needs a reason.
Hooks  none; receivable_figure_inputs.py defines collected and written off.
Crons  receivable.figure._cron_close: the month that ended.
"""

from . import receivable_figure
from . import receivable_figure_inputs
