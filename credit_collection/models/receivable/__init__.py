"""Area `receivable`: what do the books do when a customer does not pay, or pays with paper?

Stands on `credit` and `collection`. Every journal entry goes through Odoo's own posting
(`receivable.entry.mixin`), is linked both ways, and is undone by reversal, never by deletion.
Settings of the company are a prefetch group of their own, as those of `collection`.
"""

from . import res_company
from . import res_config_settings

from . import entry
from . import ageing
from . import statement
from . import confirmation
from . import interest
from . import provision
from . import writeoff
from . import note
from . import penalty
