from . import collection_letter_write
from . import collection_letter_resend
