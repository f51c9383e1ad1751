"""What is written to the customer, in which words, and did it arrive?

States collection.letter: ready -> sent | printed | bounced | cancelled.
Hooks  none; collection.letter._create_for_run writes the letters of a batch.
Crons  collection.letter._cron_send.
"""

from . import collection_letter_type
from . import collection_letter
from . import collection_letter_create
from . import collection_letter_mail
from . import collection_letter_send
from . import mail_mail
from . import mail_thread
from . import sms_tracker
