from . import collection_allocation
from . import collection_case_close
from . import collection_case_log
from . import collection_contact_addition
from . import collection_end
from . import collection_leave_out
from . import collection_reason_set
from . import collection_dispute_open
