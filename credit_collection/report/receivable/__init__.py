from . import receivable_xlsx
from . import receivable_ageing_xlsx
