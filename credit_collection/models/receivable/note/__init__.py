"""Where is a draft or cheque, and how does it count?

States receivable.note: draft -> in_hand -> presented -> collected; in_hand -> discounted | endorsed;
       -> dishonoured. Each step is a receivable.note.step with its entry.
Hooks  receivable.note._after_step.
Crons  receivable.note._cron_daily: reminders before maturity, end of contingent notes.
"""

from . import receivable_note
from . import receivable_note_step
from . import receivable_note_entry
from . import account_move
from . import receivable_ageing
from . import credit_exposure_line
from . import credit_sublimit
from . import credit_hold
from . import credit_warning
from . import res_partner
