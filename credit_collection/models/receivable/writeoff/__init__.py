"""Which claims are given up, and how much is recovered?

States receivable.writeoff: draft -> requested -> approved | rejected; cancelled (reversed).
       receivable.recovery: done -> reversed.
Hooks  res.company._receivable_account("allowance" | "expense"), _receivable_journal().
Crons  receivable.writeoff.line._cron_review: claims of the register to look at again.
"""

from . import credit_policy
from . import collection_stage
from . import receivable_writeoff
from . import receivable_writeoff_flow
from . import receivable_writeoff_line
from . import receivable_writeoff_evidence
from . import receivable_recovery
from . import account_move
from . import res_partner
from . import res_users
from . import collection_case
from . import collection_run
from . import collection_ledger
