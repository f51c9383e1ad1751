"""What is known about a customer: documents, investigations, how it paid?

States credit.document: attached, promised, missing, expiring, expired by its dates.
       credit.investigation, as a form: draft -> filled -> checked.
Hooks  credit.payment.behaviour._get_dispute_counts, _get_dispute_action, _payment_sql.
Crons  daily: credit.document._cron_expiry; each quarter: credit.investigation._cron_renew.
"""

from . import credit_document
from . import credit_investigation
from . import credit_investigation_flow
from . import credit_payment_behaviour
from . import credit_payment_behaviour_sql
from . import res_partner
