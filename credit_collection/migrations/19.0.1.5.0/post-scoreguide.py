"""Score guide: the shipped card gets the levels of the policy where nobody edited or used it (P5-10).

Elsewhere it stays as it is, which the log and the policies that name it say. Runs before `post-words`,
which leaves this card alone. Its translations are loaded anew right after this.
"""

import logging

from lxml import etree

from odoo import SUPERUSER_ID, api
from odoo.tools import SQL, file_path

CARD = "credit_scorecard_annual"

_logger = logging.getLogger(__name__)


def migrate(cr, version):
    env = api.Environment(cr, SUPERUSER_ID, {})
    card = env.ref(f"credit_collection.{CARD}", raise_if_not_found=False)
    if not card:
        return
    nodes = etree.parse(file_path("credit_collection/data/credit_scorecard_data.xml"))
    shipped = {
        node.get("id"): env.ref(f"credit_collection.{node.get('id')}", raise_if_not_found=False)
        for node in nodes.iter("record")
        if node.get("id").startswith(CARD)
    }
    policies = env["credit.policy"].search([("annual_scorecard_id", "=", card.id)])
    approved = policies.filtered(lambda policy: policy.state in ("requested", "active"))
    assessed = env["credit.assessment.line"].search_count(
        [("criterion_id", "in", card.criterion_ids.ids)], limit=1
    )
    if approved or assessed or is_edited(card, shipped):
        _logger.info("Scorecard %s was edited, used or approved: its levels stay.", card.name)
        for policy in approved:
            policy.message_post(
                body=env._(
                    "Scorecard “%s” keeps its former levels, as it was approved with this policy. New"
                    " databases have those of the score guide: paid in advance 25, as the contract"
                    " says 20, slower than agreed 15, delays and does not pay 10. To use them,"
                    " duplicate the card and name the copy in a new version of the policy.",
                    card.name,
                )
            )
        return
    for node in nodes.iter("record"):
        record = shipped.get(node.get("id"))
        if record and record._name == "credit.scorecard.option":
            renew(record, node)


def is_edited(card, shipped):
    """Return whether a user changed the card, or it has not the shipped criteria and options alone."""
    found = [card, *card.criterion_ids, *card.criterion_ids.option_ids]
    return {record for record in shipped.values() if record} != set(found) or any(
        record.write_uid.id != SUPERUSER_ID for record in found
    )


def renew(option, node):
    """Write name, in English alone, and lower bound of the XML node."""
    name = node.findtext("field[@name='name']")
    bound = float(node.findtext("field[@name='value_from']") or option.value_from)
    if option.with_context(lang="en_US").name == name and option.value_from == bound:
        return
    option.env.flush_all()
    option.env.cr.execute(
        SQL(
            """UPDATE credit_scorecard_option
                  SET name = jsonb_build_object('en_US', %s), value_from = %s WHERE id = %s""",
            name,
            bound,
            option.id,
        )
    )
    option.invalidate_recordset()
