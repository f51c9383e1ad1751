from . import credit_policy_load
