"""What are the rates of a month: recovery, overdue, bad debt, DSO, CEI?

States none: month by company or salesperson, recomputable.
Hooks  none; what counts as collected or written off is in receivable_figure_inputs.py.
Crons  none.
"""

from . import receivable_figure
from . import receivable_figure_inputs
