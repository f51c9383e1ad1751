import logging
from urllib.parse import urlencode

import psycopg2

from odoo import fields, http
from odoo.exceptions import ValidationError
from odoo.http import request

from ..models.collection.confirmation.collection_confirmation_line import LIKELIHOODS
from .refusal import keep_secret, read_in, refuse_link
from .typed import clean, read_amount, write_amount

# Fields that the page may send per line, and their parsers.
AMOUNTS = ("amount_own", "amount_expected")
# For all items at once.
SAME = ("reason_id", "reason_note", "fault_unit", "likelihood", "date_expected")
TEXTS = ("difference_note", "reason_note", "fault_unit")
MAX_TEXT = 250

_logger = logging.getLogger(__name__)


class CollectionSheetPage(http.Controller):
    """The overdue confirmation sheet without log-in, by the link of the mail (P3-04).

    The key opens one sheet for as long as it waits for its answer and for the same person;
    nothing else of the database is read through it. A wrong key and a sheet that does not
    exist look the same.
    """

    def _get_sheet(self, sheet_id, token):
        sheet = request.env["collection.confirmation"]._find_by_link(sheet_id, token)
        if not sheet or not sheet.user_id.active:
            return None
        return read_in(sheet, request.params.get("lang"), sheet.user_id.lang)

    @http.route(
        "/collection/sheet/<int:sheet_id>/<string:token>",
        type="http",
        auth="public",
        methods=["GET"],
        readonly=False,
        sitemap=False,
    )
    def sheet(self, sheet_id, token, **params):
        """Show the sheet; missing entries are marked once it was handed in incomplete."""
        sheet = self._get_sheet(sheet_id, token)
        return self._render(sheet, token, params) if sheet else self._refuse()

    @http.route(
        "/collection/sheet/<int:sheet_id>/<string:token>",
        type="http",
        auth="public",
        methods=["POST"],
        sitemap=False,
    )
    def save(self, sheet_id, token, **form):
        """Keep the typed values; hand them in where that was requested and nothing is missing."""
        sheet = self._get_sheet(sheet_id, token)
        if not sheet:
            return self._refuse()
        values = {"lang": form["lang"]} if form.get("lang") else {}
        if sheet.state == "sent":
            errors = self._save(sheet, form)
            if form.get("step") == "fill":
                errors |= self._check_same(sheet, form)
            if errors:
                return self._render(sheet, token, {**form, "check": 1}, errors)
            values.update(self._take_step(sheet, form.get("step"), form))
        query = urlencode(values)
        return request.redirect(f"/collection/sheet/{sheet.id}/{token}?{query}")

    def _refuse(self, sheet=None):
        return refuse_link(
            "/odoo/overdue-confirmations",
            request.env._("Log In to See Your Sheets"),
            company=sheet and sheet.company_id,
        )

    def _take_step(self, sheet, step, form):
        """Take the step and return the next message; values that cannot be handed in stay, with an error."""
        if step == "fill":
            same, percent = self._read_same(form)
            sheet.line_ids._fill(same, percent=percent)
            return {"message": "filled" if any(same.values()) or percent else "saved"}
        if step not in ("right", "submit"):
            return {"message": "saved"}
        if step == "submit" and sheet.line_ids.filtered(lambda line: not line.is_complete):
            return {"check": 1}
        try:
            with request.env.cr.savepoint():
                if step == "right":
                    sheet._do_confirm_right()
                else:
                    sheet._do_submit(by_link=True)
                request.env.flush_all()
        except psycopg2.Error:
            raise  # Odoo retries after a conflict with another transaction
        except Exception:
            # A full disk, a dead mail server: the typed values are kept.
            request.env.invalidate_all()
            _logger.exception("%s could not be handed in", sheet.name)
            return {"message": "failed"}
        return {"message": "right" if step == "right" else "thanks"}

    # ------------------------------------------------------------------ page

    def _render(self, sheet, token, params, errors=None):
        if sheet.state == "routed":
            return self._refuse(sheet)
        # sudo: a visitor reads no languages and no reasons
        response = request.render(
            "credit_collection.collection_confirmation_page",
            {
                "sheet": sheet,
                "token": token,
                "lang_wanted": params.get("lang"),
                "sheet_languages": request.env["res.lang"].sudo().get_installed(),
                "message": params.get("message"),
                "check": params.get("check"),
                "errors": errors or {},
                "typed": params if errors else {},
                "reasons": request.env["collection.reason"].sudo().search([]),
                "write_amount": write_amount,
                "likelihoods": sheet.line_ids._fields["likelihood"]._description_selection(
                    sheet.env
                ),
                "page_name": "collection_sheet",
                "no_breadcrumbs": True,
                "no_footer": True,
            },
        )
        return keep_secret(response)

    def _save(self, sheet, form):
        """Write the answers typed; return {line id: message} of unreadable values."""
        errors = {}
        reasons = self._get_reasons()
        for line in sheet.line_ids.filtered(lambda line: not line.is_settled):
            if f"line-{line.id}" not in form:
                continue
            values, error = self._read_line(line, form, reasons)
            if error:
                errors[line.id] = error
            else:
                changed = {
                    name: value
                    for name, value in values.items()
                    if line._fields[name].convert_to_write(line[name], line) != value
                }
                if changed:
                    try:
                        with request.env.cr.savepoint():
                            line._system_write(changed)
                    except ValidationError as fault:
                        # The rest of what was typed is kept.
                        errors[line.id] = fault.args[0]
        if "note" in form:
            sheet._system_write({"note": clean(form["note"])[:2000]})
        return errors

    def _get_reasons(self):
        # sudo: a visitor reads no reasons
        reasons = request.env["collection.reason"].sudo().search([])
        return {str(one.id): one.id for one in reasons}

    def _check_same(self, sheet, form):
        """Return {"same": message} of a day that is none, past or too far off, or of a share."""
        if self._read_percent(form) is None:
            return {
                "same": request.env._(
                    "Assessed amount (%%): enter a number from 0 to 100, not %s.",
                    clean(form.get("same_percent"))[:40],
                )
            }
        text = clean(form.get("same_date_expected"))
        try:
            day = fields.Date.to_date(text or False)
        except ValueError:
            day = None
        today = sheet.company_id._credit_today()
        if text and (day is None or not today <= day <= fields.Date.add(today, years=10)):
            return {
                "same": request.env._(
                    "Expected on: %s is not a valid date. Enter today or a later date.", text[:40]
                )
            }
        return {}

    def _read_same(self, form):
        """Return (answer for all items, assessed percent); what cannot be read is left out."""
        values = {name: clean(form.get(f"same_{name}"))[:MAX_TEXT] for name in SAME}
        values["reason_id"] = self._get_reasons().get(values["reason_id"], False)
        values["likelihood"] = self._read_likelihood(values["likelihood"])
        try:
            values["date_expected"] = fields.Date.to_date(values["date_expected"] or False)
        except ValueError:
            values["date_expected"] = False
        return values, self._read_percent(form) or 0.0

    def _read_percent(self, form):
        """Return the share typed for all items, 0 where none is; None where it cannot be read."""
        try:
            percent = float(clean(form.get("same_percent")).rstrip("%") or 0.0)
        except ValueError:
            return None
        return percent if 0 <= percent <= 100 else None

    def _read_likelihood(self, text):
        return text if text in dict(LIKELIHOODS) else False

    def _read_line(self, line, form, reasons):
        def get(name):
            return clean(form.get(f"{name}-{line.id}"))

        values = {name: get(name)[:MAX_TEXT] for name in TEXTS}
        values["figures"] = get("figures") if get("figures") in ("right", "differs") else False
        values["likelihood"] = self._read_likelihood(get("likelihood"))
        values["is_confirmed"] = bool(get("is_confirmed"))
        reason = get("reason_id")
        values["reason_id"] = reasons.get(reason, False)
        # Only the salesperson, or a person named already: the page shows no list of people.
        person = get("fault_user_id")
        known = {str(user.id): user.id for user in line.user_id | line.fault_user_id}
        values["fault_user_id"] = known.get(person, False)
        try:
            for name in AMOUNTS:
                values[name] = read_amount(line.document_currency_id, get(name))
            day = get("date_expected")
            values["date_expected"] = fields.Date.to_date(day) if day else False
        except ValueError:
            return {}, request.env._(
                "An amount or a date cannot be read; amounts are not negative."
            )
        return values, None
