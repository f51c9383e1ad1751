"""Area `collection`: who must be asked to pay, by whom, how, and what came of it?

Owns   collection.item (abstract: the one SQL of open items and of what of them may be chased),
       collection.stage, collection.escalation, collection.team, collection.run with
       collection.run.line, collection.case; collection.contact; collection.promise with
       collection.promise.line, collection.agreement with collection.agreement.line,
       collection.dispute, collection.reason; collection.letter with collection.letter.line,
       collection.letter.type with collection.letter.text; collection.confirmation with
       collection.confirmation.line, collection.filing; collection.ledger (SQL view).
States collection.case: open -> closed (one open per customer and company).
       collection.letter: ready -> sent | printed | bounced | cancelled.
       collection.run: preview | running -> done.
       collection.promise.line: open -> kept | partly | broken | cancelled.
       collection.agreement: draft -> requested -> active -> kept | broken; rejected, cancelled.
       collection.dispute: open -> accepted | rejected | cancelled.
       collection.confirmation: sent -> answered -> routed.
       collection.filing: draft -> requested -> filed -> evidence -> done; rejected.
Hooks  collection.item._get_rest_selects (what of an item rests, and why),
       collection.run._before_decide and _after_apply (once per company and run),
       collection.letter._create_for_run (letters of the customers of a batch).
       collection.task._assign gives people work, res.company._collection_head and its like
       say to whom.
Crons  collection.confirmation._cron_sheets (notices, sheets, who is late),
       collection.filing._cron_filings (deadlines of evidence).
"""

from . import collection_item
from . import collection_team
from . import collection_stage
from . import collection_reason
from . import collection_letter_type
from . import collection_case
from . import collection_run
from . import collection_contact
from . import collection_promise
from . import collection_agreement
from . import collection_dispute
from . import collection_letter
from . import collection_confirmation
from . import collection_confirmation_line
from . import collection_confirmation_make
from . import collection_confirmation_watch
from . import collection_confirmation_flow
from . import collection_confirmation_work
from . import collection_filing
from . import collection_filing_flow
from . import collection_filing_evidence
from . import collection_case_team
from . import collection_run_takeover
from . import collection_task
from . import res_company
from . import res_company_sheet
from . import res_partner
from . import account_move
