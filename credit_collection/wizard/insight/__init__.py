from . import insight_kpi_compute
