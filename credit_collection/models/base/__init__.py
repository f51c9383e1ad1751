"""The base of all areas: roles, protected and approved documents, attachments, bulk inserts.

No area is named here. Tables are asked by their mixins (`registry.descendants`).
"""

from . import res_users
from . import credit_protected_mixin
from . import credit_numbered_mixin
from . import credit_input_mixin
from . import credit_approval_mixin
from . import credit_approval_line_mixin
from . import credit_monthly_mixin
from . import credit_evidence_mixin
from . import credit_attachment_mixin
from . import ir_actions_report
from . import ir_attachment
from . import credit_customer_mixin
from . import credit_threshold_mixin
from . import tier_definition
from . import tier_review
from . import bulk
from . import document_names
from . import base
from . import base_import
from . import closed_fields
from . import credit_company_mixin
from . import credit_query_mixin
from . import credit_link_mixin
