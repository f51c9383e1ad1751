"""Which terms does a customer have, and who decided them, when and why?

States none; `credit.decision` is the history of a customer, one row per decision.
Books  one set of terms per legal entity: a branch reads and writes those of its root.
Hooks  res.partner._credit_decide (the one way for code that decides; writes the history),
       res.partner._credit_grade_changed (after a grade is set),
       res.partner._credit_get_supply_users (people told when supply stops or goes on),
       account.move._get_credit_goods_day (when the goods of an invoice left).
Crons  none.
"""

from . import res_partner
from . import res_partner_sql
from . import res_partner_inputs
from . import credit_decision
from . import res_partner_decision
from . import res_partner_import
from . import account_payment_term
from . import account_move
from . import res_partner_salesperson
from . import sale_order
