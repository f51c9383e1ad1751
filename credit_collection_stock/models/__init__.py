"""May these goods leave, and who releases them otherwise? (P1-05, P4-13)

Gate   stock_move.py: every way to deliver goods ends in `_credit_gate`, which raises.
       stock_picking.py: where a person validates a transfer, the refusal becomes a hold.
Books  as for orders: those of the root company.
"""

from . import credit_hold
from . import credit_rule
from . import res_company
from . import res_config_settings
from . import stock_picking
from . import stock_move
