"""What is written to the customer, in which words, and did it arrive?

States collection.letter: ready -> sent | printed | bounced | cancelled.
       collection.letter.approval: waiting -> approved -> void (the text changed).
Hooks  collection.letter.text._get_placeholders: more values for texts;
       collection.letter._prepare_delivery: what is fixed as it goes out;
       collection.letter._create_for_run writes the letters of a batch.
Crons  collection.letter._cron_send.
"""

from . import collection_claim_mixin
from . import credit_policy
from . import credit_document
from . import collection_letter_type
from . import collection_letter_approval
from . import collection_letter
from . import collection_letter_create
from . import collection_letter_mail
from . import collection_letter_send
from . import collection_conduct
from . import collection_agreement
from . import res_bank
from . import sms_tracker
