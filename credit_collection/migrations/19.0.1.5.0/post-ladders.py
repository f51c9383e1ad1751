"""Templates of databases from before. P2: lawyer's letter from day 31, key accounts, stop of supply;
P1: a collection plan from day 16, prepayment and other intervals by risk level.

Its ladders by segment come with the data. What an administrator changed stays.
"""

from odoo import SUPERUSER_ID, api

MODULE = "credit_collection"

# Stage: its former letter, and the one in its place.
LETTERS = {
    "credit_policy_template_p2_stage_graded": ("dunning_1", "lawyer"),
    "credit_policy_template_p2_stage_legal": ("dunning_final", None),
}


def migrate(cr, version):
    env = api.Environment(cr, SUPERUSER_ID, {})

    def letter(code):
        return env.ref(f"{MODULE}.collection_letter_type_{code}", raise_if_not_found=False)

    for name, (before, after) in LETTERS.items():
        stage = env.ref(f"{MODULE}.{name}", raise_if_not_found=False)
        if stage and stage.letter_type_id and stage.letter_type_id == letter(before):
            stage.letter_type_id = after and letter(after)
    stage = env.ref(f"{MODULE}.credit_policy_template_p1_stage_key", raise_if_not_found=False)
    if stage:
        stage.needs_plan = True
    policy = env.ref(f"{MODULE}.credit_policy_template_p1", raise_if_not_found=False)
    if policy and (policy.collection_pace_high, policy.collection_pace_low) == (100, 100):
        policy.write(
            {"risk_prepayment_percent": 30, "collection_pace_high": 50, "collection_pace_low": 200}
        )
    stage = env.ref(
        f"{MODULE}.credit_policy_template_p2_stage_before_due", raise_if_not_found=False
    )
    if stage and stage.letter_type_id and not stage.careful_type_id:
        stage.careful_type_id = letter("due_reminder")
    policy = env.ref(f"{MODULE}.credit_policy_template_p2", raise_if_not_found=False)
    if policy and not policy.collection_key_sales:
        policy.write({"collection_key_sales": 10000000, "claim_stop": True})
