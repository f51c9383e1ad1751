"""Area `insight`: how are we doing?

Reads the other areas, and none of them reads it. Amounts come from their queries (ageing of a day,
ledger of exposure, shares of a provision), so no figure has a second SQL here.
"""

from . import res_company
from . import res_config_settings

from . import kpi
from . import snapshot
from . import check
from . import target
from . import alert
from . import report
from . import meeting
from . import lesson
from . import overview
from . import glance
