"""Does the customer agree with the balance in our records?

States receivable.confirmation.campaign: draft -> prepared -> sent -> closed.
       receivable.confirmation: draft -> ready -> sent -> answered or silent; bounced, cancelled.
       receivable.reconciliation: draft -> requested -> approved; rejected, cancelled.
Books  balances and open items are those of `receivable.statement`, frozen when a letter is made.
Hooks  none.
Crons  receivable.confirmation._cron_daily (monthly rotation, reminders, silence),
       receivable.confirmation._cron_send (letters by email, in batches).
"""

from . import credit_policy
from . import receivable_confirmation_campaign
from . import receivable_confirmation_campaign_create
from . import receivable_confirmation
from . import receivable_confirmation_line
from . import receivable_confirmation_flow
from . import receivable_reconciliation
from . import res_partner
from . import collection_case
