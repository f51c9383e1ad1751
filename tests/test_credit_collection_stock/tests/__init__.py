from . import test_delivery_gate
from . import test_delivery_horizon
from . import test_delivery_race
from . import test_delivery_release
from . import test_delivery_term
from . import test_delivery_tour
from . import test_exposure_random
from . import test_uninstall_alone
