import logging
from urllib.parse import urlencode

import psycopg2

from odoo import SUPERUSER_ID, http
from odoo.exceptions import UserError
from odoo.http import request
from odoo.tools.mimetypes import guess_mimetype

from odoo.addons.portal.controllers.portal import CustomerPortal, pager

from .refusal import keep_secret, read_in, refuse_link
from .typed import clean, read_amount

PAGE = "/balance-confirmation/<int:letter_id>/<string:token>"

MINE = "/my/balance-confirmations"

# Files of an answer: by their content, whatever their name says.
MIMETYPES = {"application/pdf": ".pdf", "image/png": ".png", "image/jpeg": ".jpg"}

MAX_FILES, MAX_SIZE = 5, 10 * 1024 * 1024

MAX_NOTE, MAX_TEXT, MAX_NAME = 2000, 250, 100

_logger = logging.getLogger(__name__)


class ReceivableConfirmationPage(CustomerPortal):
    """Customers read and answer balance confirmations: by the link of the mail, or in the portal (P4-15).

    They have no right on the model: a letter is found by its key or by its customer, until its link
    ends; nothing else is read through it. A wrong key, a foreign letter and one that does not exist
    look the same.
    """

    def _prepare_home_portal_values(self, counters):
        values = super()._prepare_home_portal_values(counters)
        # sudo: customers have no right on the model; the domain is theirs
        letters = request.env["receivable.confirmation"].sudo()
        domain = letters._portal_domain(request.env.user.partner_id)
        if "receivable_confirmation_count" in counters:
            values["receivable_confirmation_count"] = letters.search_count(domain, limit=1)
        if "receivable_to_confirm_count" in counters:
            waiting = letters.search([*domain, ("state", "!=", "answered")])
            values["receivable_to_confirm_count"] = len(
                waiting.filtered(lambda one: one._is_answerable())
            )
        return values

    # ------------------------------------------------------------------ access

    def _find_linked(self, letter_id, token):
        """Return the letter behind a link as superuser, None where it opens nothing."""
        letter = request.env["receivable.confirmation"]._find_by_link(letter_id, token)
        if not letter or not letter._is_open_to_customer():
            return None
        return read_in(letter, request.params.get("lang"), letter.lang)

    def _find_mine(self, letter_id):
        """Return a letter to the customer of the user as superuser, else None: to nobody of ours."""
        if request.env.user._is_internal():
            return None
        # sudo: the domain is the access
        letters = request.env["receivable.confirmation"].sudo()
        known = letter_id if letter_id < 2**31 else 0
        domain = letters._portal_domain(request.env.user.partner_id)
        letter = letters.search([("id", "=", known), *domain])
        return read_in(letter, request.params.get("lang"), request.env.lang) if letter else None

    def _refuse_letter(self):
        public = request.env.user._is_public()
        return refuse_link(MINE, None if public else request.env._("Your Balance Confirmations"))

    # ------------------------------------------------------------------ pages

    @http.route(PAGE, type="http", auth="public", methods=["GET"], readonly=False, sitemap=False)
    def balance_confirmation(self, letter_id, token, report=None, **params):
        """Show the letter, or its PDF."""
        letter = self._find_linked(letter_id, token)
        if not letter:
            return self._refuse_letter()
        path = f"/balance-confirmation/{letter.id}/{token}"
        return self._paper(letter) if report else self._page(letter, path, params)

    @http.route(PAGE, type="http", auth="public", methods=["POST"], sitemap=False)
    def balance_confirmation_answer(self, letter_id, token, **form):
        """Take the answer."""
        letter = self._find_linked(letter_id, token)
        if not letter:
            return self._refuse_letter()
        path = f"/balance-confirmation/{letter.id}/{token}"
        # Nobody is logged in: what follows is written by the system.
        return self._take(letter.with_user(SUPERUSER_ID), path, "link", form)

    @http.route([MINE, f"{MINE}/page/<int:page>"], type="http", auth="user", website=True)
    def portal_my_balance_confirmations(self, page=1, **_params):
        """List the letters to the customer of the user."""
        # sudo: customers have no right on the model; the domain is theirs
        letters = request.env["receivable.confirmation"].sudo()
        domain = letters._portal_domain(request.env.user.partner_id)
        pages = pager(
            url=MINE, total=letters.search_count(domain), page=page, step=self._items_per_page
        )
        values = self._prepare_portal_layout_values()
        values.update(
            letters=letters.search(domain, limit=self._items_per_page, offset=pages["offset"]),
            page_name="receivable_confirmation",
            pager=pages,
            default_url=MINE,
        )
        return request.render("credit_collection.portal_my_receivable_confirmations", values)

    @http.route(f"{MINE}/<int:letter_id>", type="http", auth="user", methods=["GET"], website=True)
    def portal_balance_confirmation(self, letter_id, report=None, **params):
        """Show a letter to the customer of the user, or its PDF."""
        letter = self._find_mine(letter_id)
        if not letter:
            return self._refuse_letter()
        return self._paper(letter) if report else self._page(letter, f"{MINE}/{letter.id}", params)

    @http.route(f"{MINE}/<int:letter_id>", type="http", auth="user", methods=["POST"], website=True)
    def portal_balance_confirmation_answer(self, letter_id, **form):
        """Take the answer of a user of the customer."""
        letter = self._find_mine(letter_id)
        if not letter:
            return self._refuse_letter()
        return self._take(letter, f"{MINE}/{letter.id}", "portal", form)

    def _page(self, letter, path, params, error=None):
        lang = clean(params.get("lang"), 20)
        query = urlencode({"report": 1, **({"lang": lang} if lang else {})})
        response = request.render(
            "credit_collection.receivable_confirmation_page",
            {
                "letter": letter.with_context(lang=request.env.lang),
                "action": path,
                "typed": params if error else {},
                "error": error,
                "lang_wanted": lang,
                # sudo: a visitor may not list the languages
                "languages": request.env["res.lang"].sudo().get_installed(),
                "pdf_url": letter.attachment_id and f"{path}?{query}",
                "page_name": "receivable_confirmation",
                "no_breadcrumbs": path.startswith("/balance"),
                "no_footer": True,
            },
        )
        return keep_secret(response)

    def _paper(self, letter):
        """Return the letter as it went out."""
        if not letter.attachment_id:
            return self._refuse_letter()
        return keep_secret(
            request.make_response(
                letter.attachment_id.raw,
                headers=[
                    ("Content-Type", "application/pdf"),
                    ("Content-Disposition", http.content_disposition(letter.attachment_id.name)),
                ],
            )
        )

    # ------------------------------------------------------------------ what customers send

    def _take(self, letter, path, via, form):
        """Take an answer, all of it or nothing; what was typed stays in the page with the error."""
        try:
            with request.env.cr.savepoint():
                letter._answer_as_customer(
                    via,
                    self._read_balances(letter, form),
                    self._read_items(letter, form),
                    {
                        "note": clean(form.get("note"), MAX_NOTE),
                        "answered_name": clean(form.get("answered_name"), MAX_NAME),
                    },
                    self._read_files(letter),
                )
                request.env.flush_all()
        except psycopg2.Error:
            raise  # Odoo retries after a conflict with another transaction
        except UserError as error:
            request.env.invalidate_all()
            return self._page(letter, path, form, str(error))
        except Exception:
            # A full disk, a dead mail server: nothing is left half done.
            request.env.invalidate_all()
            _logger.exception("The answer to %s could not be taken", letter.name)
            return self._page(
                letter,
                path,
                form,
                request.env._("For a technical reason this is not possible now. Please try later."),
            )
        lang = clean(form.get("lang"), 20)
        return request.redirect(f"{path}?{urlencode({'lang': lang})}" if lang else path)

    def _read_balances(self, letter, form):
        """Return {balance id: own amount, None where the customer agrees} of what was chosen."""
        balances = {}
        for balance in letter.balance_ids:
            answer = form.get(f"balance-{balance.id}")
            typed = clean(form.get(f"own-{balance.id}"), 30)
            if answer == "agree":
                balances[balance.id] = None
            elif answer == "disagree":
                try:
                    if not typed:
                        raise ValueError(typed)
                    balances[balance.id] = read_amount(balance.currency_id, typed, signed=True)
                except ValueError:
                    raise UserError(
                        request.env._(
                            "Your balance in %(currency)s: “%(value)s” is not an amount.",
                            currency=balance.currency_id.name,
                            value=typed,
                        )
                    ) from None
        return balances

    def _read_items(self, letter, form):
        """Return {line id: remark} of the items that the customer does not agree with."""
        return {
            line.id: clean(form.get(f"why-{line.id}"), MAX_TEXT)
            for line in letter.line_ids
            if form.get(f"item-{line.id}")
        }

    def _read_files(self, letter):
        """Return [(name, content, mimetype)] of the files sent along, named by us."""
        found = []
        for file in request.httprequest.files.getlist("files"):
            if not file.filename:
                continue
            name = clean(file.filename, MAX_NAME)
            content = file.read(MAX_SIZE + 1)
            if len(content) > MAX_SIZE:
                raise UserError(
                    request.env._("%(file)s is larger than %(size)s MB.", file=name, size=10)
                )
            mimetype = guess_mimetype(content)
            if mimetype not in MIMETYPES:
                raise UserError(request.env._("%s is no PDF, PNG or JPEG file.", name))
            if len(found) == MAX_FILES:
                raise UserError(request.env._("Please send at most %s files.", MAX_FILES))
            label = f"{letter.name}-{len(found) + 1}".replace("/", "-")
            found.append((label + MIMETYPES[mimetype], content, mimetype))
        return found
