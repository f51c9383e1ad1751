"""Documents that people register one by one have numbers without gaps.

Before the data is loaded: Odoo keeps the next number of a sequence with gaps elsewhere, and
would begin at 1 again.
"""

from odoo import SUPERUSER_ID, api

CODES = (
    "credit.application", "credit.assessment", "collection.agreement", "collection.dispute",
    "receivable.provision", "receivable.recovery", "receivable.writeoff",
)  # fmt: skip


def migrate(cr, version):
    env = api.Environment(cr, SUPERUSER_ID, {})
    sequences = (
        env["ir.sequence"]
        .with_context(active_test=False)
        .search([("code", "in", CODES), ("implementation", "=", "standard")])
    )
    for sequence in sequences:
        for part in sequence.date_range_ids:
            part.number_next = part.number_next_actual
        sequence.write({"implementation": "no_gap", "number_next": sequence.number_next_actual})
