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
       collection.run: preview -> running -> done | failed.
       collection.promise.line: open -> kept | partly | broken | cancelled.
       collection.agreement: draft -> requested -> active -> kept | broken; rejected, cancelled;
       for 60 days after it ended, late statements bring it back.
       collection.dispute: open -> accepted | rejected | cancelled.
       collection.confirmation: sent -> answered -> routed.
       collection.filing: draft -> requested -> filed -> evidence -> done; rejected.
Hooks  collection.item._get_rest_selects (what of an item rests, and why),
       collection.run._before_decide and _after_apply (once per company and run),
       collection.letter._create_for_run (letters of the customers of a batch),
       credit.rule._get_collection_stops (whose case stops orders).
Crons  collection.run._cron_run, hourly: runs at work go on, daily runs start at their hour;
       credit.hold._cron_recheck also closes the cases of who paid.
       collection.letter._create_for_run (letters of the customers of a batch).
       collection.task._assign gives people work, res.company._collection_head and its like
       say to whom.
Crons  collection.confirmation._cron_sheets (notices, sheets, who is late),
       collection.filing._cron_filings (deadlines of evidence);
       collection.case._cron_archive (closed in an earlier year).
Doors  collection.promise._take and _spread, collection.dispute._open,
       account.move._set_collection_reason and _leave_out: for wizards and sheets, they check rights;
       collection.promise.line._judge, collection.agreement._judge, collection.dispute._close_settled:
       once per company before a run decides (collection_run_facts.py).
Settings of the company are a prefetch group of their own (`prefetch="collection"`): Odoo reads a
       company in every request, and only collecting needs them.
"""

from . import collection_item
from . import collection_team
from . import collection_stage
from . import collection_escalation
from . import credit_policy_stage
from . import collection_reason
from . import collection_letter_type
from . import collection_letter_text
from . import collection_case
from . import collection_case_flow
from . import collection_case_archive
from . import collection_case_assign
from . import collection_case_assign_check
from . import res_users_leaving
from . import collection_case_rank
from . import collection_run
from . import collection_run_decision
from . import collection_run_decision_parts
from . import collection_run_apply
from . import collection_run_letters
from . import collection_run_preview
from . import collection_run_process
from . import collection_run_facts
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
from . import collection_letter
from . import collection_letter_line
from . import collection_letter_create
from . import collection_letter_refresh
from . import collection_letter_mail
from . import collection_letter_send
from . import collection_letter_print
from . import collection_letter_bounce
from . import collection_case_mail
from . import ir_attachment
from . import res_partner_merge
from . import res_partner_moved
from . import mail_mail
from . import mail_thread
from . import sms_tracker
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
from . import res_config_settings
from . import res_partner
from . import account_move
from . import account_move_line

# contacts, worklist, screens
from . import collection_contact_conduct
from . import collection_letter_conduct
from . import collection_case_worklist
from . import collection_case_open
from . import collection_ledger
from . import collection_ledger_words
from . import collection_ledger_xlsx
from . import res_partner_collection
from . import account_move_figures
from . import account_payment
from . import credit_rule
from . import credit_warning
