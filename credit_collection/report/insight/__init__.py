from . import insight_report_xlsx
from . import insight_target_xlsx
