"""Where does a limit come from, who shares it, what covers it, and what kind of debt has its own?

States credit.security: future, valid, expiring, expired by its dates; cancelled.
Hooks  res.partner._credit_collateral_changed, credit.security.write (what rests on one);
       it extends `res.partner._credit_security_sql` and `_credit_columns_sql`.
Crons  daily: credit.security._cron_expiry, res.partner._cron_credit_temporary.
"""

from . import credit_security
from . import credit_group
from . import credit_group_figures
from . import credit_sublimit
from . import res_partner
from . import res_partner_figures
