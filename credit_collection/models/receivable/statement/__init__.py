"""What is the customer told about their account?

States none: a statement is made when it is asked for, and kept by nobody.
Books  those of the legal entity, from the one SQL of `receivable.ageing`: branches and contacts
       stand in their customer's statement.
Hooks  none.
Crons  none.
"""

from . import receivable_statement
from . import res_partner
from . import collection_case
from . import collection_ledger
