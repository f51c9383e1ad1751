from . import credit_protected_mixin
from . import credit_policy_part_mixin
from . import credit_threshold_mixin
from . import credit_approval_mixin
from . import credit_attachment_mixin
from . import credit_customer_mixin
