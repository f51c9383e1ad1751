"""How much will not be paid, and which provision is booked for it?

States receivable.provision: draft -> requested -> approved -> posted -> reversed; rejected, cancelled.
Hooks  none.
Crons  none.
"""

from . import receivable_provision
from . import receivable_provision_line
from . import receivable_provision_figures
from . import receivable_provision_flow
