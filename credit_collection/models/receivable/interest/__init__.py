"""What does being late cost the customer?

States receivable.interest: draft -> requested -> approved -> posted | rejected; cancelled,
       reversed. Within the collector's authority a draft is approved at once.
Books  each day of an instalment is charged once (`receivable.interest.period`, by the database);
       a correction takes back what a dispute struck out since, as a credit note.
Hooks  none.
Crons  receivable.interest._cron_propose: corrections, and notes of the past month.
"""

from . import receivable_reference
from . import receivable_interest_term
from . import credit_policy
from . import res_partner
from . import account_move
from . import collection_letter_type
from . import receivable_interest_accrual
from . import receivable_interest
from . import receivable_interest_flow
from . import receivable_interest_proposal
from . import receivable_interest_line
from . import receivable_interest_closing
from . import credit_exposure_line
from . import credit_open_item
from . import collection_ledger
from . import collection_case
from . import collection_letter
