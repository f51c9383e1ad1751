"""May these goods leave, and who releases them otherwise? (P1-05, P4-13)

Gate   stock_move.py: every way to deliver goods ends in `_credit_gate`, which raises.
       stock_picking.py: where a person validates a transfer, the refusal becomes a hold.
Due    account_move.py: due dates of invoices follow the delivery, after posting as well (P4-24).
Books  as for orders: those of the root company.
"""

from . import account_move
from . import credit_hold
from . import credit_rule
from . import res_company
from . import res_config_settings
from . import sale_order
from . import stock_picking
from . import stock_move
