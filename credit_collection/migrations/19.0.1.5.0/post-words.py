"""Words: shipped texts that nobody edited come in their new wording, letters excepted (see 19.0.1.3.0).

Translations of what changed are dropped here and loaded anew right after this.
"""

from lxml import etree, html

from odoo import SUPERUSER_ID, api
from odoo.tools import SQL, file_path

MODULE = "credit_collection"

FILES = (
    "collection_confirmation_mail_data",
    "collection_letter_data",
    "collection_reason_data",
    "collection_resolution_data",
    "collection_stage_data",
    "collection_stage_template_data",
    "credit_application_mail_data",
    "credit_document_type_data",
    "credit_grade_data",
    "credit_hold_mail_data",
    "credit_policy_template_data",
    "credit_rule_data",
    "credit_scorecard_data",
    "receivable_writeoff_reason_data",
)

TEXTS = ("char", "text", "html")


def migrate(cr, version):
    env = api.Environment(cr, SUPERUSER_ID, {})
    for name in FILES:
        with open(file_path(f"{MODULE}/data/{name}.xml"), "rb") as file:
            root = etree.parse(file).getroot()
        for node in root.iter("record"):
            if node.get("id").startswith("credit_scorecard_annual"):
                continue  # names belong to the levels, see post-scoreguide.py
            record = env.ref(f"{MODULE}.{node.get('id')}", raise_if_not_found=False)
            # What users wrote stays: all of the record, as texts belong together.
            if record and record.write_uid.id == SUPERUSER_ID:
                renew(record, node)


def renew(record, node):
    """Write the texts of the XML node where they differ, in English alone."""
    for source in node.iterfind("field"):
        field = record._fields.get(source.get("name"))
        if not field or field.type not in TEXTS or not field.translate or source.get("eval"):
            continue
        if source.get("type") == "html":
            value = "".join(html.tostring(part, encoding="unicode") for part in source)
        else:
            value = source.text
        if record.with_context(lang="en_US")[field.name] == value:
            continue
        column = SQL.identifier(field.name)
        record.env.flush_all()
        record.env.cr.execute(
            SQL(
                "UPDATE %s SET %s = jsonb_build_object('en_US', %s) WHERE id = %s",
                SQL.identifier(record._table),
                column,
                value,
                record.id,
            )
        )
        record.invalidate_recordset([field.name])
