from . import receivable_xlsx
from . import receivable_ageing_xlsx
from . import receivable_statement_xlsx
from . import receivable_confirmation_xlsx
from . import receivable_interest_xlsx
from . import receivable_provision_xlsx
from . import receivable_long_overdue_xlsx
