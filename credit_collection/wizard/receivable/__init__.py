from . import receivable_ageing_report
from . import receivable_ageing_report_line
