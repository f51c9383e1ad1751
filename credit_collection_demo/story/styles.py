"""Styles of PDFs while the add-on is being installed: no server may be asked for them.

wkhtmltopdf fetches them by HTTP. During an installation Odoo's own server answers late or never:
it waits for the registry that is being loaded, or for rows that are not committed. This one
answers from memory and touches no database.
"""

import mimetypes
import threading
from contextlib import contextmanager
from pathlib import Path

from werkzeug.exceptions import NotFound
from werkzeug.serving import make_server
from werkzeug.wrappers import Request, Response

from odoo.tools.misc import file_path

BUNDLES = ("web.report_assets_common", "web.report_assets_pdf")


@contextmanager
def styles_served(env):
    """Within: PDFs take their styles from a server that needs no database."""
    server = make_server("127.0.0.1", 0, make_application(env), threaded=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    # sudo: where reports find styles is the system's; set back below, in the same transaction
    parameters = env["ir.config_parameter"].sudo()
    before = parameters.get_param("report.url")
    parameters.set_param("report.url", f"http://127.0.0.1:{server.server_port}")
    try:
        yield
    finally:
        parameters.set_param("report.url", before)
        server.shutdown()
        server.server_close()


def make_application(env):
    """The styles and scripts of reports by their names, and files of static/ (fonts, pictures)."""
    bundles = {}
    for name in BUNDLES:
        bundle = env["ir.qweb"]._get_asset_bundle(name, autoprefix=True)
        made = [bundle.css()] if bundle.stylesheets else []
        made += [bundle.js()] if bundle.javascripts else []
        bundles.update({Path(file.url).name: file.raw for file in made})

    @Request.application
    def application(request):
        path = request.path
        content = bundles.get(Path(path).name)
        if content is None:
            try:
                if "/static/" not in path:
                    raise NotFound()
                content = Path(file_path(path.lstrip("/"))).read_bytes()
            except OSError as error:
                raise NotFound() from error
        kind = mimetypes.guess_type(path)[0] or "application/octet-stream"
        return Response(content, mimetype=kind)

    return application
