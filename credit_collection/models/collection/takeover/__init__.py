"""Which cases go to the special team, and with what evidence?

States collection.filing: draft -> requested -> filed -> evidence -> done; rejected.
Hooks  none.
Crons  collection.filing._cron_filings (deadlines of evidence);
       collection.team.report._cron_daily (monthly reports of the teams, P3-16).
"""

from . import collection_filing
from . import collection_filing_flow
from . import collection_filing_evidence
from . import collection_case
from . import collection_run
from . import collection_team_report
