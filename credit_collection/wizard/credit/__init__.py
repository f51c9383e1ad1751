from . import base_partner_merge
from . import credit_policy_load
