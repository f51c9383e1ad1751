"""Shipped reasons of write-offs get the synonyms by which they are found; words of one's own stay."""

from lxml import etree

from odoo import SUPERUSER_ID, api
from odoo.tools.misc import file_path


def migrate(cr, version):
    env = api.Environment(cr, SUPERUSER_ID, {})
    data = etree.parse(file_path("credit_collection/data/receivable_writeoff_reason_data.xml"))
    for record in data.iter("record"):
        reason = env.ref(f"credit_collection.{record.get('id')}", raise_if_not_found=False)
        words = record.findtext("field[@name='synonyms']")
        if words and reason and not reason.synonyms:
            reason.synonyms = words
