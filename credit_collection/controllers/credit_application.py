import logging
from urllib.parse import urlencode

import psycopg2

from odoo import http
from odoo.exceptions import UserError
from odoo.http import request
from odoo.tools import consteq

from odoo.addons.portal.controllers.portal import CustomerPortal, pager

from .refusal import keep_secret, refuse_link

ROOT = "/my/credit-applications"

_logger = logging.getLogger(__name__)


class CreditApplicationPortal(CustomerPortal):
    """Customers read, sign and decline the applications that were sent to them (P4-02, P4-06).

    They have no right on the model: each page finds the application by its customer or by
    the link's token and shows its terms alone. A wrong link, a foreign application and one
    that was withdrawn all meet the same polite page.
    """

    def _prepare_home_portal_values(self, counters):
        values = super()._prepare_home_portal_values(counters)
        # sudo: customers have no right on the model; the domain is theirs
        applications = request.env["credit.application"].sudo()
        domain = applications._portal_domain(request.env.user.partner_id)
        if "credit_application_count" in counters:
            values["credit_application_count"] = applications.search_count(domain, limit=1)
        if "credit_to_sign_count" in counters:
            values["credit_to_sign_count"] = applications.search_count(
                [*domain, ("sign_state", "in", ("sent", "void"))]
            )
        return values

    # ------------------------------------------------------------------ access

    def _credit_find(self, application_id, token):
        """Return the application as superuser, or None: not theirs, not sent, withdrawn."""
        user = request.env.user
        known = application_id if application_id < 2**31 else 0
        # sudo: the conditions below are the access
        application = request.env["credit.application"].sudo().browse(known).exists()
        if not application:
            return None
        if user._is_internal():
            may = application.with_user(user).has_access("read")
            return application if may else None
        by_link = bool(token and application.access_token) and consteq(
            application.access_token.encode(), token.encode()
        )
        own = (
            not user._is_public()
            and user.partner_id.commercial_partner_id == application.partner_id
        )
        if not (by_link or own) or not application._is_open_to_customer():
            return None
        if user._is_public():
            # Visitors by the link read the customer's language, where it is installed.
            lang = application.partner_id.lang
            # sudo: a visitor may not list the languages
            if lang in dict(request.env["res.lang"].sudo().get_installed()):
                request.update_context(lang=lang)
                request.lang = request.env["res.lang"]._get_data(code=lang)
                application = application.with_context(lang=lang)
        return application

    def _credit_refuse(self):
        known = not request.env.user._is_public()
        return refuse_link(ROOT, request.env._("Your Credit Applications") if known else None)

    def _credit_url(self, application, token, suffix="", **query):
        query = {"access_token": token, **query} if token else query
        return f"{ROOT}/{application.id}{suffix}?{urlencode(query)}"

    # ------------------------------------------------------------------ pages

    @http.route([ROOT, f"{ROOT}/page/<int:page>"], type="http", auth="user", website=True)
    def portal_my_credit_applications(self, page=1, **_params):
        """List the applications that were sent to the user's company."""
        # sudo: the customer's users have no rights on applications; the domain limits them
        applications = request.env["credit.application"].sudo()
        domain = applications._portal_domain(request.env.user.partner_id)
        pages = pager(
            url=ROOT, total=applications.search_count(domain), page=page, step=self._items_per_page
        )
        values = self._prepare_portal_layout_values()
        values.update(
            applications=applications.search(
                domain, limit=self._items_per_page, offset=pages["offset"]
            ),
            page_name="credit_application",
            pager=pages,
            default_url=ROOT,
        )
        return request.render("credit_collection.portal_my_credit_applications", values)

    @http.route(f"{ROOT}/<int:application_id>", type="http", auth="public", website=True)
    def portal_credit_application(
        self,
        application_id,
        access_token=None,
        report_type=None,
        message=None,
        download=None,
        **_params,
    ):
        """Show one application: its terms, and the document."""
        application = self._credit_find(application_id, access_token)
        if not application:
            return self._credit_refuse()
        if report_type == "pdf":
            return self._credit_paper(application, access_token, download)
        return self._credit_page(application, access_token, message=message)

    def _credit_page(self, application, access_token, message=None, error=None, code=None):
        one_of_us = request.env.user._is_internal()
        awaits = not one_of_us and application._awaits_signature()
        proven = bool(self._credit_author(application) or code)
        values = {
            "application": application,
            # Until it is approved, the customer asks; afterwards they accept what is granted.
            "is_request": application.state != "approved",
            "page_name": "credit_application",
            "message": message,
            "error": error,
            "preview": one_of_us,
            "can_answer": awaits and proven,
            "asks_code": awaits and not proven,
            "code": code,
            "signed": application._has_valid_signature(),
            "sign_url": self._credit_url(
                application,
                access_token,
                "/sign",
                terms=application._get_terms_key(),
                **({"code": code} if code else {}),
            ),
            "code_url": self._credit_url(application, access_token, "/code"),
            "decline_url": self._credit_url(application, access_token, "/decline"),
            "pdf_url": self._credit_url(application, access_token, report_type="pdf"),
            "download_url": self._credit_url(
                application, access_token, report_type="pdf", download="true"
            ),
            "default_name": "" if request.env.user._is_public() else request.env.user.name,
            "backend_url": f"/odoo/credit-applications/{application.id}",
            "res_company": application.company_id,
            # The form to sign is a script's: it takes its language from here.
            "html_data": {"lang": request.env.lang.replace("_", "-")},
        }
        if access_token:
            values["no_breadcrumbs"] = request.env.user._is_public()
        response = request.render("credit_collection.portal_credit_application", values)
        return keep_secret(response)

    def _credit_paper(self, application, token, download):
        """Return the signed document as it was; else the document as it stands."""
        content = application._has_valid_signature() and application.signed_pdf_id.raw
        try:
            if content:
                headers = self._get_http_headers(application, "pdf", content, bool(download))
                return request.make_response(content, headers=list(headers.items()))
            return self._show_report(
                model=application,
                report_type="pdf",
                report_ref="credit_collection.action_report_credit_application",
                download=bool(download),
            )
        except psycopg2.Error:
            raise
        except Exception:
            # No engine, a full disk: the page shows the terms all the same.
            _logger.exception("Paper of %s cannot be made", application.name)
            return self._credit_page(
                application,
                token,
                error=request.env._(
                    "The document cannot be created at the moment. Please try again later."
                ),
            )

    # ------------------------------------------------------------------ answers

    def _credit_author(self, application):
        """Return the customer's user who is logged in, or None: then the link's code proves who answers."""
        user = request.env.user
        if user._is_public() or user.partner_id.commercial_partner_id != application.partner_id:
            return None
        # sudo: name and contact of the user's own account
        return user.sudo()

    @http.route(
        f"{ROOT}/<int:application_id>/code",
        type="http",
        auth="public",
        methods=["POST"],
        website=True,
    )
    def portal_credit_application_code(
        self, application_id, access_token=None, code=None, **_params
    ):
        """Send a code to the address of the link; with `code`, look whether it is the one."""
        application = self._credit_find(application_id, access_token)
        if not application or request.env.user._is_internal() or not access_token:
            return self._credit_refuse()
        try:
            if code is None:
                application._send_code()
            else:
                application._check_customer_answer()
                application._check_code(code)
        except UserError as error:
            return self._credit_page(application, access_token, message="code", error=str(error))
        if code is None:
            return request.redirect(self._credit_url(application, access_token, message="code"))
        return self._credit_page(application, access_token, code=code)

    @http.route(f"{ROOT}/<int:application_id>/sign", type="jsonrpc", auth="public", website=True)
    def portal_credit_application_sign(
        self, application_id, access_token=None, terms=None, name=None, signature=None, code=None
    ):
        """Take the signature; return the next content of the form."""
        query = request.httprequest.args
        token = access_token or query.get("access_token")
        application = self._credit_find(application_id, token)
        if not application:
            return {
                "error": request.env._(
                    "This link is not valid. Please use the link in the most recent email or "
                    "contact us."
                )
            }
        if request.env.user._is_internal():
            return {"error": request.env._("Only the customer can sign this application.")}
        try:
            application._do_sign(
                name,
                signature,
                terms or query.get("terms"),
                user=self._credit_author(application),
                code=code or query.get("code"),
                address=request.httprequest.remote_addr,
            )
        except UserError as error:
            return {"error": str(error)}
        return {
            "force_refresh": True,
            "redirect_url": self._credit_url(application, token, message="signed"),
        }

    @http.route(
        f"{ROOT}/<int:application_id>/decline",
        type="http",
        auth="public",
        methods=["POST"],
        website=True,
    )
    def portal_credit_application_decline(
        self, application_id, access_token=None, reason=None, code=None, **_params
    ):
        """Take the customer's no."""
        application = self._credit_find(application_id, access_token)
        if not application or request.env.user._is_internal():
            return self._credit_refuse()
        user = self._credit_author(application)
        name = user.name if user else application.partner_id.name
        try:
            application._do_decline(reason, name, user=user, code=code)
        except UserError as error:
            return self._credit_page(application, access_token, error=str(error))
        return request.redirect(self._credit_url(application, access_token, message="declined"))
