from . import credit
from . import collection
