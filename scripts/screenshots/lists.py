"""Every list of the demo company as each role sees it at 1366 px: no column head or number is cut.

Started by `take --lists`; prints what is cut and ends with 1.
"""

import json

# Logins that together see all menus.
LOGINS = ("admin", "controller", "collector", "salesmanager")
WIDTH, HEIGHT = 1366, 768
ANY = ".o_list_renderer, .o_view_nocontent, .o_form_view, .o_kanban_view"

#: Column heads whose words do not fit, and cells of document numbers that are cut.
CUT = """() => {
    const list = document.querySelector('.o_credit_list .o_list_renderer table');
    if (!list) return null;
    const cut = element => element.scrollWidth > element.clientWidth + 1;
    const heads = [...list.querySelectorAll('thead th[data-name]')].filter(
        head => [...head.querySelectorAll('span.d-block')].some(cut));
    const cells = [...list.querySelectorAll('tbody tr.o_data_row td.o_data_cell')].filter(
        cell => /^\\S*\\d{4}\\/\\d+$/.test(cell.innerText.trim()) && cut(cell));
    return {
        heads: heads.map(head => head.innerText.trim()),
        cells: cells.slice(0, 3).map(cell => `${cell.getAttribute('name')}: ${cell.innerText.trim()}`),
        columns: list.querySelectorAll('thead th[data-name]').length,
        overflow: document.documentElement.scrollWidth > innerWidth,
    };
}"""


def check(camera, only=""):
    """Open the list of every menu, as a role that has it; return the number of faults, printed one a line."""
    camera.page.set_viewport_size({"width": WIDTH, "height": HEIGHT})
    seen, faults = set(), 0
    for login in LOGINS:
        camera.log_in(login)
        menus = camera.page.request.get(f"{camera.url}/web/webclient/load_menus").json()
        for menu in menus.values():
            if only not in (menu.get("xmlid") or "") or not menu.get("actionID"):
                continue
            if not (menu.get("xmlid") or "").startswith("credit_collection."):
                continue
            action = menu["actionID"]
            if action in seen or menu.get("actionModel") != "ir.actions.act_window":
                continue
            seen.add(action)
            camera.page.goto(f"{camera.url}/odoo/action-{action}?view_type=list")
            if not camera.wait(f"document.querySelector('{ANY}')", 15):
                continue
            camera.settle()
            found = camera.page.evaluate(CUT)
            if found and (found["heads"] or found["cells"] or found["overflow"]):
                faults += 1
                print(f"  {login} {menu['xmlid']}: {json.dumps(found, ensure_ascii=False)}")
    return faults
