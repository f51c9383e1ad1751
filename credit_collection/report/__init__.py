from . import collection
from . import receivable
from . import insight
