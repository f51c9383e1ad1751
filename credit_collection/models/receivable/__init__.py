"""Area `receivable`: what do the books do when a customer does not pay, or pays with paper?

Owns   receivable.ageing (open items as of any day), receivable.provision with its lines,
       receivable.writeoff with its lines and the register of what is still claimed,
       receivable.note (drafts and cheques), the figures of receivables per month.
Rows   receivable.ageing.column (columns, per company or shared), receivable.ageing.report (a user's
       ageing of a day, wizard), receivable.figure (month x company or salesperson, recomputable),
       receivable.long.overdue (quarterly list over 180 days, P4-18).
States receivable.provision: draft -> requested -> approved -> posted -> reversed; rejected, cancelled.
       receivable.writeoff: draft -> requested -> approved | rejected; cancelled (reversed).
       receivable.recovery: done -> reversed.
       receivable.note: draft -> in_hand -> presented -> collected; in_hand -> discounted |
       endorsed; -> dishonoured. Each step is a receivable.note.step with its entry.
Hooks  receivable.ageing._get_extra_selects(company, as_of): kinds beside the receivable accounts;
       receivable.figure._get_collected_domain, _get_written_off_domain: what counts as either;
       res.company._receivable_account("allowance" | "expense"), _receivable_journal();
       receivable.entry.mixin._post_entry and _reverse_entry (the way to book);
       receivable.note._after_step; account_move_kept guards entries.
Crons  receivable.note._cron_daily: reminders before maturity, end of contingent notes;
       receivable.writeoff.line._cron_review: claims of the register to look at again.
Settings of the company are a prefetch group of their own, as those of `collection`.

Every journal entry goes through Odoo's own posting, is linked both ways, and is undone by
reversal, never by deletion.
"""

# accounts and settings
from . import res_company
from . import res_config_settings

# the one way to book
from . import receivable_entry_mixin

# ageing, figures, provision
from . import receivable_ageing_column
from . import receivable_ageing
from . import receivable_figure
from . import receivable_figure_inputs
from . import receivable_figure_open
from . import receivable_provision
from . import receivable_provision_line
from . import receivable_provision_figures
from . import receivable_provision_flow
from . import receivable_provision_movement
from . import account_move
from . import receivable_long_overdue

# write-off and recovery
from . import receivable_writeoff_reason
from . import receivable_writeoff
from . import receivable_writeoff_line
from . import receivable_writeoff_evidence
from . import receivable_writeoff_flow
from . import receivable_writeoff_entry
from . import receivable_recovery
from . import receivable_writeoff_review

# notes
from . import receivable_note
from . import receivable_note_line
from . import receivable_note_step
from . import receivable_note_entry
from . import receivable_note_dishonour
from . import receivable_note_exposure
from . import receivable_note_ageing

# what these documents are in the figures
from . import receivable_figure_documents

# links and guards on other models
from . import account_move_receivable
from . import account_move_kept
from . import collection_case
from . import res_partner_receivable
