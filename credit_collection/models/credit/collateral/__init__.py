"""Which securities cover a debt, and which customers share a limit?

States credit.security: future, valid, expiring, expired by its dates; cancelled.
Hooks  res.partner._credit_collateral_changed, credit.security.write (what rests on one);
       it extends `res.partner._credit_security_sql`.
Crons  daily: credit.security._cron_expiry, res.partner._cron_credit_temporary.
"""

from . import credit_security
from . import credit_security_letter
from . import credit_group
from . import credit_group_figures
from . import res_partner
