# Mixins first, then the areas in the order in which they depend on each other.
from . import mixins
from . import credit
from . import collection
from . import receivable
