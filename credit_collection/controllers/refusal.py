from odoo.http import request


def keep_secret(response):
    """Return a response whose address is a key: it goes into no other site's log, cache or search engine."""
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["Cache-Control"] = "no-store"
    response.headers["X-Robots-Tag"] = "noindex"
    return response


def read_in(record, *languages):
    """Return a record behind a link in the first of some languages that is installed, the page too."""
    # sudo: a visitor may not list the languages
    installed = [code for code, _name in request.env["res.lang"].sudo().get_installed()]
    lang = next((code for code in languages if code in installed), request.env.lang)
    request.update_context(lang=lang)
    return record.with_context(lang=lang)


def refuse_link(url, label, company=None):
    """Return the polite page behind a link that opens nothing, with the company's contact.

    A wrong key, a number that does not exist and a foreign document look the same.

    :param url: address of the button
    :param label: its text, translated; empty: no button
    :param company: whose valid link has ended (410); None: it was never one (404)
    """
    response = request.render(
        "credit_collection.portal_link_refused",
        {
            "url": url,
            "label": label,
            # sudo: name and contact of the company only
            "contact": (company or request.env.company).sudo(),
            "has_ended": bool(company),
            "no_breadcrumbs": True,
            "no_footer": True,  # its choice of languages needs a website's route
        },
    )
    response.status_code = 410 if company else 404
    return keep_secret(response)
