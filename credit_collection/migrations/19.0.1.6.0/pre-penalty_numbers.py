"""Penalties have numbers without gaps, as the other documents that people register one by one.

Before the data is loaded, as in 19.0.1.5.0: Odoo keeps the next number of a sequence with gaps
elsewhere, and would begin at 1 again.
"""

from odoo import SUPERUSER_ID, api

CODES = ("receivable.penalty",)


def migrate(cr, version):
    env = api.Environment(cr, SUPERUSER_ID, {})
    sequences = (
        env["ir.sequence"]
        .with_context(active_test=False)
        .search([("code", "in", CODES), ("implementation", "=", "standard")])
    )
    for sequence in sequences:
        sequence.write({"implementation": "no_gap", "number_next": sequence.number_next_actual})
