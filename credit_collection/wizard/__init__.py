from . import credit
from . import collection
from . import receivable
