from . import receivable_ageing_report
from . import receivable_ageing_report_line
from . import receivable_figure_compute
from . import receivable_long_overdue_load
from . import receivable_writeoff_apply
from . import receivable_recovery_register
from . import receivable_undo
from . import receivable_note_do
