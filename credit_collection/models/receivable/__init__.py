"""Area `receivable`: what do the books do when a customer does not pay, or pays with paper?

Owns   receivable.ageing (open items as of any day), receivable.provision with its lines,
       receivable.writeoff with its lines and the register of what is still claimed,
       receivable.note (drafts and cheques), the figures of receivables per month.
Every journal entry goes through Odoo's own posting, is linked both ways, and is undone by
reversal, never by deletion.
Rows   receivable.ageing.column (columns, per company or shared), receivable.ageing.report (a user's
       ageing of a day, wizard), receivable.figure (month x company or salesperson, recomputable),
       receivable.long.overdue (quarterly list over 180 days, P4-18).
States receivable.provision: draft -> requested -> approved -> posted -> reversed; rejected, cancelled.
Hooks  receivable.ageing._get_extra_selects(company, as_of): kinds beside the receivable accounts;
       receivable.figure._get_collected_domain, _get_written_off_domain: what counts as either;
       res.company._receivable_account("allowance" | "expense"), _receivable_journal().
"""

from . import receivable_ageing_column
from . import receivable_ageing
from . import res_company
from . import receivable_figure
from . import receivable_figure_inputs
from . import receivable_provision
from . import receivable_provision_line
from . import receivable_provision_figures
from . import receivable_provision_flow
from . import receivable_provision_movement
from . import account_move
from . import receivable_long_overdue
