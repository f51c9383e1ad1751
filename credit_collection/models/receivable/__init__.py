"""Area `receivable`: what do the books do when a customer does not pay, or pays with paper?

Owns   receivable.ageing (open items as of any day), receivable.provision with its lines,
       receivable.writeoff with its lines and the register of what is still claimed,
       receivable.note (drafts and cheques), the figures of receivables per month.
Every journal entry goes through Odoo's own posting, is linked both ways, and is undone by
reversal, never by deletion.
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
