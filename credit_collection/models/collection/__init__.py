"""Area `collection`: which customers must be asked to pay, by whom, how, and with what result?

Stands on `credit`, knows nothing of `receivable`. A room imports and overrides only rooms above it.
Settings of the company are a prefetch group of their own (`prefetch="collection"`): Odoo reads a
company in every request, and only collecting needs them.
"""

from . import res_company
from . import res_config_settings

from . import mailing
from . import open_item
from . import stage
from . import case
from . import resolution
from . import letter
from . import thanks
from . import run
from . import confirmation
from . import takeover
