"""Confirmation sheets that wait lose the whole amount as a proposal (P3-17); cases get what was overdue
when they were opened (P2-24); the shipped letters that announce a lawsuit say so (P2-30)."""

from odoo import SUPERUSER_ID, api


def migrate(cr, version):
    cr.execute(
        "UPDATE collection_confirmation_line SET amount_expected = 0"
        " WHERE state = 'sent' AND figures IS NULL AND amount_expected = amount_currency"
    )
    cr.execute(
        """UPDATE collection_case debt SET amount_opened = first.amount_overdue
             FROM (SELECT DISTINCT ON (line.case_id) line.case_id, line.amount_overdue
                     FROM collection_run_line line
                     JOIN collection_run run ON run.id = line.run_id AND run.state <> 'preview'
                    WHERE line.action = 'open' AND line.case_id IS NOT NULL
                    ORDER BY line.case_id, line.id) first
            WHERE first.case_id = debt.id AND debt.amount_opened IS NULL"""
    )
    env = api.Environment(cr, SUPERUSER_ID, {})
    for code in ("before_action", "lawyer"):
        kind = env.ref(f"credit_collection.collection_letter_type_{code}", raise_if_not_found=False)
        if kind:
            kind.announces_suit = True
