"""What does the approved policy grant, and by which rules are orders held?

States credit.policy: draft -> requested -> active -> retired; rejected. Never edited once active.
Hooks  credit.policy._get_content_fields (the content of a version) and _get_summary_fields (what a
       preview shows), credit.rule._check_<type> and _get_paying_rules.
Crons  none.
"""

from . import credit_policy_part_mixin
from . import credit_grade
from . import credit_policy
from . import credit_policy_grade
from . import credit_policy_version
from . import credit_policy_template
from . import credit_rule
from . import res_partner
