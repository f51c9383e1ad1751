from . import test_target_customer
