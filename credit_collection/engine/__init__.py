# Arithmetic that needs no database: plain Python, tested in tests/pure.
from . import allocation, credit_check, limit_formula, review, scoring, terms
from . import credit_check, limit_formula, review, schedule, scoring, terms
from . import credit_check, limit_formula, ranking, review, scoring, terms
