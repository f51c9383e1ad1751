from . import insight_target_xlsx
