from . import collection
from . import credit
from . import collection
