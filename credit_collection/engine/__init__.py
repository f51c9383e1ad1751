# Arithmetic that needs no database: plain Python, tested in tests/pure.
from . import (
    ageing,
    allocation,
    charts,
    credit_check,
    document_names,
    indicators,
    limit_formula,
    notes,
    number_texts,
    provision,
    ranking,
    review,
    schedule,
    scoring,
    set_off,
    terms,
)
