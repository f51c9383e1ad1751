"""What is the customer told about their account?

States receivable.statement.run and .document: those of collection.mailing.run.mixin and
       collection.mailing.mixin. A statement on screen or paper is kept by nobody, one mailed is.
Books  those of the legal entity, from the one SQL of `receivable.ageing`: branches and contacts
       stand in their customer's statement.
Hooks  none.
Crons  hourly: receivable.statement.run._cron_create; every 15 minutes:
       receivable.statement.document._cron_send.
"""

from . import receivable_statement_mixin
from . import receivable_statement
from . import credit_policy
from . import receivable_statement_run
from . import receivable_statement_document
from . import res_partner
from . import collection_case
from . import collection_ledger
