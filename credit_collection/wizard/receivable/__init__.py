from . import receivable_ageing_report
from . import receivable_ageing_report_line
from . import receivable_figure_compute
from . import receivable_long_overdue_load
