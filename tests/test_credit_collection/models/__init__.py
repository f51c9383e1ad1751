from . import credit_rule
