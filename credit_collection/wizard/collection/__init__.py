from . import collection_end
from . import collection_leave_out
from . import collection_reason_set
from . import collection_dispute_open
