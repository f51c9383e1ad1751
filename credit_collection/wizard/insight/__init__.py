from . import insight_kpi_compute
from . import insight_target_propose
