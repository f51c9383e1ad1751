from . import collection
from . import credit
