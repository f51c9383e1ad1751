from . import test_delivery_gate
from . import test_delivery_release
from . import test_delivery_sublimit
from . import test_delivery_tour
from . import test_exposure_random
