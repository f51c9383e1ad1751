"""Which cases go to the special team, and with what evidence?

States collection.filing: draft -> requested -> filed -> evidence -> done; rejected.
Hooks  none.
Crons  collection.filing._cron_filings (deadlines of evidence).
"""

from . import collection_filing
from . import collection_filing_flow
from . import collection_filing_evidence
from . import collection_case
from . import collection_run
