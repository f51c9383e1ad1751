"""How much does a customer owe and have on order, in company currency?

States none: `credit.exposure.line` is an SQL view, one row per open document.
Hooks  credit.exposure.line._get_exposure_selects (kinds), _flush_sources, action_open_document;
       res.partner._credit_security_sql (what raises the effective limit), _credit_shared_sql.
Crons  none.
"""

from . import credit_exposure_line
from . import credit_exposure_line_order
from . import res_partner
from . import account_account
from . import res_currency
