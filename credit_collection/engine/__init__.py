# Arithmetic that needs no database: plain Python, tested in tests/pure.
from . import credit_check, limit_formula, review, schedule, scoring, terms
