"""What are the rates of a month: recovery, overdue, bad debt, DSO, CEI?

States none: month by company or salesperson, recomputable.
Hooks  none; receivable_figure_inputs.py defines collected and written off.
Crons  none.
"""

from . import receivable_figure
from . import receivable_figure_inputs
