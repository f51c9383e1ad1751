from . import base
from . import credit
from . import collection
from . import receivable
from . import insight
