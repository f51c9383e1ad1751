"""Area `credit`: may this customer buy on credit?

Knows no other area; `collection` and `receivable` come to it by the hooks that the rooms list.
A room imports and overrides only rooms above it. Here in the root: company, settings, files.
Whose books: `res.company._credit_root` (docs/architecture.md). Settings of the company that neither
lists of customers nor orders read are a prefetch group (`prefetch="credit"`).
"""

from . import res_company
from . import res_config_settings
from . import res_users
from . import mail_message
from . import mail_thread

from . import terms
from . import policy
from . import exposure
from . import collateral
from . import hold
from . import application
from . import credit_file
from . import assessment
from . import review
