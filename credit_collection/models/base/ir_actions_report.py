from copy import deepcopy
from io import BytesIO

from lxml import etree
from lxml import html as lxml_html
from markupsafe import Markup

from odoo import api, models
from odoo.tools import file_open
from odoo.tools.pdf import PdfReader, PdfWriter

SHEET = "o_credit_sheet"

# Millimetres from the lower edge of the paper to the foot, and of the foot's own height.
FOOT_BOTTOM, FOOT_HEIGHT = 4, 9


class IrActionsReport(models.Model):
    """Page numbers on our papers, also by a wkhtmltopdf that prints no page headers and footers.

    Such a paper has its head in the body (template `paper_layout`), each document is converted by
    itself, and its foot is printed on every page afterwards.
    """

    _inherit = "ir.actions.report"

    @api.model
    def _credit_get_asset(self, name):
        """Return the look or the page breaks of our papers, to stand in them."""
        with file_open(f"credit_collection/static/src/report/{name}") as asset:
            return Markup(asset.read())

    @api.model
    def _run_wkhtmltopdf(self, bodies, report_ref=False, header=None, footer=None, **options):
        convert = super()._run_wkhtmltopdf
        feet_of = [self._credit_find_foot(body) for body in bodies]
        if not bodies or not all(feet_of):
            return convert(bodies, report_ref=report_ref, header=header, footer=footer, **options)
        writer = PdfWriter()
        for body, (sheet, foot) in zip(bodies, feet_of, strict=True):
            pages = PdfReader(BytesIO(convert([body], report_ref=report_ref, **options))).pages
            feet = self._credit_get_feet(sheet, foot, len(pages))
            # A strip at the lower edge of the paper, above the same lower margin on every page.
            paper = float(pages[0].mediabox.height) / 72 * 25.4
            options_feet = {
                **options,
                "specific_paperformat_args": {
                    "data-report-margin-top": paper - FOOT_BOTTOM - FOOT_HEIGHT,
                    "data-report-margin-bottom": FOOT_BOTTOM,
                },
            }
            strip = PdfReader(BytesIO(convert([feet], report_ref=report_ref, **options_feet)))
            for page, strip_page in zip(pages, strip.pages, strict=False):
                page.merge_page(strip_page)
                writer.add_page(page)
        content = BytesIO()
        writer.write(content)
        return content.getvalue()

    @api.model
    def _credit_find_foot(self, body):
        """Return (sheet, foot) of one of our papers, None of any other: its own text may say anything."""
        if SHEET not in body:
            return None
        for sheet in lxml_html.fromstring(body).find_class(SHEET):
            for foot in sheet:
                if "o_credit_foot" in (foot.get("class") or "").split():
                    return sheet, foot
        return None

    @api.model
    def _credit_get_feet(self, sheet, foot, count):
        """Return HTML with the foot of a paper, a page each, from 1 to `count`."""
        # A long name may not make a page more than the paper has.
        foot.set(
            "style",
            "font-size: 12px; color: #555555; white-space: nowrap; overflow: hidden;"
            f" height: {FOOT_HEIGHT - 3}mm;",
        )
        page = etree.Element("html")
        etree.SubElement(etree.SubElement(page, "head"), "meta", charset="utf-8")
        inner = etree.SubElement(page, "body", style=f"{sheet.get('style')} margin: 0;")
        for number in range(1, count + 1):
            one = deepcopy(foot)
            for name, value in (("page", number), ("topage", count)):
                for span in one.find_class(name):
                    span.text = str(value)
            if number > 1:
                one.set("style", f"{one.get('style')} page-break-before: always;")
            inner.append(one)
        return lxml_html.tostring(page, encoding="unicode", doctype="<!DOCTYPE html>")
