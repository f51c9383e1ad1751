"""Which deposits are kept as penalty, when a customer stays in default?

States receivable.penalty: draft -> requested -> approved | rejected; cancelled (reversed).
Hooks  none.
Crons  none.
"""

from . import receivable_penalty
from . import credit_security
