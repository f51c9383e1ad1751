"""Who wrote what waits for approval: of waivers, items and tiers those known, of an Explanation all who
changed it, of a lawyer's fee who wrote the letter last."""

from odoo import SUPERUSER_ID, api
from odoo.fields import Command
from odoo.tools import SQL

WAITING = [("state", "in", ("draft", "requested"))]


def migrate(cr, version):
    env = api.Environment(cr, SUPERUSER_ID, {})
    for note in env["receivable.interest"].search(WAITING):
        # Proposed by their terms: only a waiver is somebody's wish.
        keep(note, note.line_ids.filtered("amount_waived").write_uid)
    for target in env["insight.target"].search(WAITING):
        keep(target, target.tier_ids.create_uid | target.tier_ids.write_uid)
    for sheet in env["receivable.reconciliation"].search(WAITING):
        values = sheet.message_ids.tracking_value_ids
        told = values.filtered(lambda value: value.field_id.name == "note")
        keep(sheet, sheet.line_ids.create_uid | sheet.line_ids.write_uid | told.create_uid)
    env.flush_all()
    cr.execute(
        SQL(
            "UPDATE collection_letter SET receivable_cost_user_id = write_uid"
            " WHERE receivable_cost > 0 AND receivable_cost_user_id IS NULL"
        )
    )


def keep(document, authors):
    document._system_write({"author_ids": [Command.link(user.id) for user in authors]})
