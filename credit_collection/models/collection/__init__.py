"""Area `collection`: who must be asked to pay, by whom, how, and what came of it?

Owns   collection.item (abstract: the one SQL of open items and of what of them may be chased),
       collection.stage, collection.escalation, collection.team, collection.run with
       collection.run.line, collection.case; collection.contact; collection.promise with
       collection.promise.line, collection.agreement with collection.agreement.line and .item,
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
Doors  collection.promise._take and _spread, collection.dispute._open,
       account.move._set_collection_reason and _leave_out: for wizards and sheets, they check rights;
       collection.promise.line._judge, collection.agreement._judge, collection.dispute._close_settled:
       once per company before a run decides (collection_run_facts.py).
"""

from . import collection_item
from . import collection_team
from . import collection_stage
from . import collection_reason
from . import collection_letter_type
from . import collection_case
from . import collection_run
from . import collection_contact
from . import collection_fact_mixin
from . import collection_promise
from . import collection_promise_take
from . import collection_promise_judge
from . import collection_agreement
from . import collection_agreement_item
from . import collection_agreement_line
from . import collection_agreement_schedule
from . import collection_agreement_flow
from . import collection_agreement_judge
from . import collection_agreement_hold
from . import collection_dispute
from . import collection_dispute_flow
from . import collection_dispute_end
from . import collection_dispute_behaviour
from . import collection_item_rest
from . import collection_run_facts
from . import res_company_facts
from . import collection_letter
from . import collection_confirmation
from . import collection_filing
from . import res_company
from . import res_partner
from . import account_move
