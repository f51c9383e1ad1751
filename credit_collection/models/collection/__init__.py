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
       collection.run: preview -> running -> done | failed.
       collection.promise.line: open -> kept | partly | broken | cancelled.
       collection.agreement: draft -> requested -> active -> kept | broken; rejected, cancelled.
       collection.dispute: open -> accepted | rejected | cancelled.
       collection.confirmation: sent -> answered -> routed.
       collection.filing: draft -> requested -> filed -> evidence -> done; rejected.
Hooks  collection.item._get_rest_selects (what of an item rests, and why),
       collection.run._before_decide and _after_apply (once per company and run),
       collection.letter._create_for_run (letters of the customers of a batch),
       credit.rule._get_collection_stops (whose case stops orders).
Crons  collection.run._cron_run, hourly: runs at work go on, daily runs start at their hour;
       credit.hold._cron_recheck also closes the cases of who paid.
"""

from . import collection_item
from . import collection_team
from . import collection_stage
from . import collection_escalation
from . import credit_policy_stage
from . import collection_reason
from . import collection_letter_type
from . import collection_case
from . import collection_case_flow
from . import collection_case_assign
from . import collection_case_rank
from . import collection_run
from . import collection_run_decision
from . import collection_run_decision_parts
from . import collection_run_apply
from . import collection_run_letters
from . import collection_run_preview
from . import collection_run_process
from . import collection_contact
from . import collection_promise
from . import collection_agreement
from . import collection_dispute
from . import collection_letter
from . import collection_letter_line
from . import collection_letter_create
from . import collection_confirmation
from . import collection_filing
from . import res_company
from . import res_company_run
from . import res_partner
from . import account_move
from . import credit_rule
from . import credit_warning
