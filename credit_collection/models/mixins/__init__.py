from . import credit_protected_mixin
