"""Screens of the demo company as pictures; started by `take`, which explains the options."""

import argparse
import csv
import shutil
import sys
import time
import urllib.request
from pathlib import Path

import lists
from PIL import Image
from playwright.sync_api import Error, TimeoutError, sync_playwright
from scenes_collection import SCENES as COLLECTION
from scenes_credit_file import SCENES
from scenes_insight import SCENES as INSIGHT
from scenes_receivable import SCENES as RECEIVABLE

USERS = Path(__file__).parents[2] / "credit_collection_demo" / "users.tsv"
LIST = ".o_list_view .o_data_row"
BANNER = ".o_credit_banner"
FORM = ".o_form_view .o_form_sheet, .o_form_view .o_form_editable"
# A tab or button by its technical name.
TAB = "document.querySelector('a.nav-link[name={}]').click()"

# picture: login, path with {external id}, text that must be on it, script before it is taken
README = {
    "quotation-held": (
        "sales",
        "/odoo/sale.order/{order_parked_guangzhou}",
        BANNER,
        "",
    ),
    "hold": ("finance", "/odoo/credit-holds/{hold:order_requested_chongqing}", FORM, ""),
    "customers": ("controller", "/odoo/credit-customers", LIST, ""),
    "application": ("salesmanager", "/odoo/credit-applications/{application_requested}", FORM, ""),
    "application-sign": ("customer", "/my/credit-applications/{application_to_sign}", "table", ""),
    "assessment": ("controller", "/odoo/credit-assessments/{assessment}", FORM, ""),
    "credit-file": (
        "controller",
        "/odoo/action-credit_collection.res_partner_action_credit_file/{hangzhou}",
        FORM,
        "",
    ),
    "worklist": ("collector", "/odoo/collection-worklist", LIST, ""),
    "case": ("head", "/odoo/collection-cases/{case:hefei}", FORM, ""),
    "glance": (
        "head",
        "/odoo/collection-cases/{case:hefei}",
        FORM,
        "document.querySelector('.oe_stat_button .fa-dashboard').click();"
        " new Promise(done => setTimeout(done, 5000))",
    ),
    "letter": (
        "collector",
        "/odoo/collection-letters/{letter_english}",
        FORM,
        TAB.format("pdf") + "; new Promise(done => setTimeout(done, 5000))",
    ),
    "ageing": ("accountant", *RECEIVABLE["ageing-matrix"][1:]),
    "provision": ("controller", *RECEIVABLE["provision-draft"][1:]),
    "write-off": ("finance", *RECEIVABLE["writeoff-requested"][1:]),
    "note": ("accountant", *RECEIVABLE["note-discounted"][1:]),
    "overview": ("finance", *INSIGHT["overview"][1:]),
    "statement": (
        "accountant",
        "/odoo/statements-sent/{statement}",
        FORM,
        "new Promise(done => setTimeout(done, 5000))",
    ),
    "confirmation": ("accountant", *RECEIVABLE["confirmation-differs"][1:]),
    "interest": ("controller", *RECEIVABLE["interest-note"][1:]),
    "report": ("finance", *INSIGHT["report-section"][1:]),
}
# Pixels of those whose point is further down.
TALL = {
    "application": 960, "credit-file": 960, "case": 860, "glance": 1400, "letter": 1400, "ageing": 900,
    "provision": 900, "overview": 860, "statement": 940, "confirmation": 860, "interest": 900, "report": 860,
}  # fmt: skip
# Pixels of those that need more than 1280.
WIDE = {"ageing": 1366}
MORE = {
    "quotation-passes": ("sales", "/odoo/sale.order/{order_passes_suzhou}", BANNER, ""),
    "quotation-near": ("sales", "/odoo/sale.order/{order_passes_near_ningbo}", BANNER, ""),
    "quotation-over": ("sales", "/odoo/sale.order/{order_limit_ningbo}", BANNER, ""),
    "quotation-overdue": ("sales", "/odoo/sale.order/{order_overdue_wuxi}", BANNER, ""),
    "quotation-late-passes": ("sales2", "/odoo/sale.order/{order_passes_late_hangzhou}", BANNER, ""),
    "quotation-term": ("sales", "/odoo/sale.order/{order_term_suzhou}", BANNER, ""),
    "quotation-cash": ("sales", "/odoo/sale.order/{order_cash_xiamen}", BANNER, ""),
    "quotation-prepaid": ("sales2", "/odoo/sale.order/{order_passes_prepaid_qingdao}", BANNER, ""),
    "quotation-frozen": ("sales", "/odoo/sale.order/{order_frozen_dalian}", BANNER, ""),
    "quotation-unlimited": ("sales", "/odoo/sale.order/{order_passes_grid}", FORM, ""),
    "order-released": ("sales2", "/odoo/sale.order/{order_released_beijing}", FORM, ""),
    "quotation-rejected": ("sales", "/odoo/sale.order/{order_rejected_dalian}", BANNER, ""),
    "quotations": ("sales", "/odoo/action-sale.action_quotations_with_onboarding?view_type=list", LIST, ""),
    "hold-held-sales": ("sales", "/odoo/credit-holds/{hold:order_parked_guangzhou}", FORM, ""),
    "hold-requested-sales": ("sales2", "/odoo/credit-holds/{hold:order_requested_chongqing}", FORM, ""),
    "hold-figures": ("finance", "/odoo/credit-holds/{hold:order_requested_chongqing}", FORM,
                     TAB.format("figures")),
    "hold-approvals": ("finance", "/odoo/credit-holds/{hold:order_requested_chongqing}", FORM,
                       TAB.format("approvals")),
    "hold-released": ("auditor", "/odoo/credit-holds/{hold:order_released_beijing}", FORM,
                      TAB.format("approvals")),
    "holds-sales": ("sales", "/odoo/credit-holds", LIST, ""),
    "holds": ("controller", "/odoo/credit-holds", LIST, ""),
    "holds-all": ("auditor", "/odoo/credit-holds", LIST,
                  "document.querySelector('.o_facet_remove').click()"),
    "holds-kanban": ("controller", "/odoo/credit-holds?view_type=kanban", ".o_kanban_record", ""),
    "holds-kanban-all": ("controller", "/odoo/credit-holds?view_type=kanban", ".o_kanban_record",
                         "document.querySelector('.o_facet_remove').click()"),
    "to-decide": ("finance", "/odoo/action-credit_collection.credit_hold_action_decide", ".o_list_view", ""),
    "customers-all": ("controller", "/odoo/credit-customers", LIST,
                      "document.querySelectorAll('.o_facet_remove')"
                      "[document.querySelectorAll('.o_facet_remove').length - 1].click()"),
    "partner-controller": ("controller", "/odoo/res.partner/{guangzhou}", FORM, TAB.format("credit")),
    "partner-near": ("controller", "/odoo/res.partner/{ningbo}", FORM, TAB.format("credit")),
    "partner-cash": ("controller", "/odoo/res.partner/{qingdao}", FORM, TAB.format("credit")),
    "partner-frozen": ("sales", "/odoo/res.partner/{dalian}", FORM, TAB.format("credit")),
    "partner-unlimited": ("accountant", "/odoo/res.partner/{grid}", FORM, TAB.format("credit")),
    "exposure": ("controller", "/odoo/credit-exposure", LIST, ""),
    "exposure-sales": ("sales", "/odoo/credit-exposure", LIST, ""),
    "exposure-pivot": ("auditor", "/odoo/credit-exposure?view_type=pivot", ".o_pivot table", ""),
    "exposure-graph": ("auditor", "/odoo/credit-exposure?view_type=graph", ".o_graph_renderer canvas", ""),
    "settings": ("admin", "/odoo/action-credit_collection.res_config_settings_action",
                 ".app_settings_block", ""),
    "rules": ("admin", "/odoo/action-credit_collection.credit_rule_action", LIST, ""),
    "rule": ("admin", "/odoo/action-credit_collection.credit_rule_action/2", FORM, ""),
    "grades": ("admin", "/odoo/action-credit_collection.credit_grade_action", LIST, ""),
    "tiers": ("admin", "/odoo/action-credit_collection.tier_definition_credit_action", LIST, ""),
}  # fmt: skip
CHINESE = {
    "zh-hold": ("controller_zh", "/odoo/credit-holds/{hold:order_requested_chongqing}", FORM, ""),
    "zh-holds": ("controller_zh", "/odoo/credit-holds", LIST, ""),
    "zh-customers": ("controller_zh", "/odoo/credit-customers", LIST, ""),
    "zh-partner": ("controller_zh", "/odoo/res.partner/{guangzhou}", FORM, TAB.format("credit")),
    "zh-quotation": ("controller_zh", "/odoo/sale.order/{order_parked_guangzhou}", BANNER, ""),
}  # fmt: skip
PHONE = {
    "phone-quotation": (
        "sales",
        "/odoo/sale.order/{order_parked_guangzhou}",
        BANNER,
        "",
    ),
    "phone-hold": ("finance", "/odoo/credit-holds/{hold:order_requested_chongqing}", FORM, ""),
}
# The credit file, collection, receivables and insight as every role that has to do with them.
BY_ROLE = {
    f"{name}-{login}": (login, *scene)
    for name, (logins, *scene) in {**SCENES, **COLLECTION, **RECEIVABLE, **INSIGHT}.items()
    for login in logins.split()
}
SIGN = """(async () => {
    document.querySelector("a[data-bs-target='#modalaccept'], [data-bs-target='#modalaccept']").click();
    const pause = time => new Promise(done => setTimeout(done, time));
    const button = () => document.querySelector(".modal.show .o_portal_sign_submit");
    for (let i = 0; i < 100 && !button(); i++) await pause(100);
    await pause(1500);
    button().click();
})()"""


class Camera:
    """One page of a headless Chromium; `problems` collects complaints of its console and network."""

    def __init__(self, page, url, database):
        self.page, self.url, self.database = page, url, database
        self.problems = []
        page.on("pageerror", lambda error: self.problems.append(str(error)))
        page.on("console", lambda said: said.type == "error" and self.problems.append(said.text))
        with USERS.open(encoding="utf-8", newline="") as file:
            self.passwords = {
                row["login"]: row["password"] for row in csv.DictReader(file, delimiter="\t")
            }
        self.login_now = None
        self.failed = []

    def log_in(self, login):
        if login == self.login_now:
            return
        self.page.context.clear_cookies()
        self.call(
            "/web/session/authenticate",
            {"db": self.database, "login": login, "password": self.passwords[login]},
        )
        self.login_now = login

    def call(self, path, params):
        """JSON-RPC of the page's own session."""
        body = {"jsonrpc": "2.0", "method": "call", "params": params}
        answer = self.page.request.post(self.url + path, data=body).json()
        if "error" in answer:
            raise RuntimeError(f"{path}: {answer['error']['data']['message']}")
        return answer["result"]

    def wait(self, condition, seconds=30):
        """Return whether a JavaScript condition came true in time."""
        try:
            self.page.wait_for_function(condition, timeout=seconds * 1000)
        except TimeoutError:
            return False
        return True

    def rpc(self, model, method, *args, **kwargs):
        return self.call(
            f"/web/dataset/call_kw/{model}/{method}",
            {"model": model, "method": method, "args": args, "kwargs": kwargs},
        )

    def read_names(self):
        """{external id of the demo, hold:<that of its order>, case:<that of its customer>: record id}"""
        self.log_in("admin")
        names = {
            row["name"]: row["res_id"]
            for row in self.rpc(
                "ir.model.data", "search_read", [["module", "=", "credit_demo"]], ["name", "res_id"]
            )
        }
        domain = [["order_id", "!=", False]]
        holds = self.rpc("credit.hold", "search_read", domain, ["order_id"], order="id")
        orders = {row["order_id"][0]: row["id"] for row in holds}
        for name, number in list(names.items()):
            if name.startswith("order_") and number in orders:
                names[f"hold:{name}"] = orders[number]
        customers = {
            row["res_id"]: row["name"]
            for row in self.rpc(
                "ir.model.data",
                "search_read",
                [["module", "=", "credit_demo"], ["model", "=", "res.partner"]],
                ["name", "res_id"],
            )
        }
        for row in self.rpc("collection.case", "search_read", [], ["partner_id"]):
            names[f"case:{customers.get(row['partner_id'][0])}"] = row["id"]
        self.names = names

    def path(self, path):
        for name, number in self.names.items():
            path = path.replace("{" + name + "}", str(number))
        return path

    def settle(self):
        idle = "!document.querySelector('.o_loading_indicator, .o_view_sample_data .o_blockUI')"
        self.wait(idle, 10)
        self.page.wait_for_timeout(900)

    def take(self, name, file, login, path, must, script):
        self.log_in(login)
        self.problems.clear()
        self.page.goto(self.url + self.path(path))
        found = self.wait(f"document.querySelector({must!r})")
        self.settle()
        if script and found:
            self.page.evaluate(script)
            self.settle()
        self.page.screenshot(path=file)
        # A script may open a dialog on purpose, never one of an error.
        dialog = ".o_error_dialog" if script else ".o_error_dialog, .modal.show, .o_dialog"
        if self.page.evaluate(f"!!document.querySelector({dialog!r})"):
            text = self.page.evaluate(
                "document.querySelector('.modal.show, .o_dialog').innerText.slice(0, 400)"
            )
            self.problems.append(f"dialog: {text}")
        if not found:
            self.problems.append(f"missing: {must}")
        for problem in self.problems:
            self.failed.append(name)
            print(f"  {name}: {problem[:400]}", file=sys.stderr)
        print(f"  {name}")

    def menus(self):
        """Return the entries of each role's menu."""
        for login in self.passwords:
            self.log_in(login)
            try:
                tree = self.page.evaluate(
                    "fetch('/web/webclient/load_menus', {cache: 'no-store'}).then(r => r.json())"
                )
            except Error:
                print(f"  menu of {login}: no web client")
                continue
            apps = {}
            for menu in tree.values():
                if menu.get("appID") and menu["id"] != menu["appID"] and menu.get("actionID"):
                    apps.setdefault(tree[str(menu["appID"])]["name"], []).append(menu["name"])
            ours = apps.pop("Credit & Collection", [])
            print(f"  menu of {login}: Credit & Collection {ours}; {sorted(apps)}"
                  f" orders on hold: {'Orders on Hold' in apps.get('Sales', [])}")  # fmt: skip


def shrink(path):
    """256 colours are plenty for a screen, and a third of the size."""
    with Image.open(path) as image:
        image.convert("RGB").quantize(256, dither=Image.Dither.NONE).save(path, optimize=True)


def main():
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--url", required=True)
    options.add_argument("--database", required=True)
    options.add_argument("--images", type=Path, required=True)
    options.add_argument("--all", type=Path, metavar="FOLDER")
    options.add_argument(
        "--lists", action="store_true", help="check that no list is cut at 1366 px"
    )
    options.add_argument("--only", default="", help="pictures whose name contains this")
    options = options.parse_args()
    folder = options.all or options.images
    folder.mkdir(parents=True, exist_ok=True)
    scenes = {**README, **MORE, **BY_ROLE, **CHINESE} if options.all else README
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"))
        # The time zone of the demo company, so that the pictures show its days.
        page = browser.new_page(timezone_id="Asia/Shanghai")
        wait_for_server(options.url)
        camera = Camera(page, options.url, options.database)
        if options.lists:
            return 1 if lists.check(camera, options.only) else 0
        camera.read_names()
        for name, scene in scenes.items():
            if options.only in name:
                page.set_viewport_size(
                    {"width": WIDE.get(name, 1280), "height": TALL.get(name, 800)}
                )
                camera.take(name, folder / f"{name}.png", *scene)
                shrink(folder / f"{name}.png")
        if options.all and options.only in "phone":
            page.set_viewport_size({"width": 400, "height": 860})
            for name, scene in PHONE.items():
                camera.take(name, folder / f"{name}.png", *scene)
            page.set_viewport_size({"width": 1280, "height": 800})
        if options.all and options.only in "portal":
            take_portal(camera, folder)
        if options.all and options.only in "menus":
            camera.menus()
        return 1 if camera.failed else 0


def take_portal(camera, folder):
    path = "/my/orders/{order_limit_ningbo}"
    content = "#quote_content, #portal_sale_content"
    camera.take("portal", folder / "portal.png", "customer", path, content, "")
    camera.take("portal-signed", folder / "portal-signed.png", "customer", path, content, SIGN)
    camera.wait("document.querySelector('#credit_review')", 20)
    camera.settle()
    camera.page.screenshot(path=folder / "portal-signed.png")


def wait_for_server(url):
    for _try in range(120):
        try:
            urllib.request.urlopen(f"{url}/web/health", timeout=5).read()
            return
        except OSError:
            time.sleep(1)
    raise SystemExit(f"No server answers at {url}")


if __name__ == "__main__":
    raise SystemExit(main())
