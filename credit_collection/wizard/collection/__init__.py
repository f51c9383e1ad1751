from . import collection_letter_write
from . import collection_letter_resend
from . import collection_allocation
from . import collection_case_close
from . import collection_case_log
from . import collection_contact_addition
