from . import credit
from . import receivable
