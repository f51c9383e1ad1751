# Arithmetic that needs no database: plain Python, tested in tests/pure.
from . import allocation, credit_check, limit_formula, ranking, review, schedule, scoring, terms
from . import ageing, credit_check, indicators, limit_formula, provision, review, scoring, terms
