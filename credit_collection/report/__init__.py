from . import collection
from . import receivable
