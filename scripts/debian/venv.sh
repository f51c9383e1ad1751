# shellcheck shell=bash
# The Python environment: pinned packages, and Odoo's unpacked tree on its path.

make_venv() {
    local python key
    python="$(find_python)" || die "No Python 3.11 – 3.13 with venv found; set CC_PYTHON to one."
    key="$(hash_of "$ROOT/requirements-lock.txt")-$("$python" -c 'import sys; print(*sys.version_info[:3], sep=".")')"
    if stamp_is venv "$key" && [ -x "$VENV/bin/python" ]; then
        return
    fi
    say "Installing pinned Python packages with $("$python" --version) (about a minute) …"
    rm -f "$STAMPS/venv"
    # Packages already right stay; an interpreter that changed means to start again.
    "$VENV/bin/python" -c "import sys; sys.exit(sys.version.split()[0] != '${key##*-}')" 2>/dev/null ||
        rm -rf "$VENV"
    [ -x "$VENV/bin/pip" ] || "$python" -m venv "$VENV" || die "Could not make $VENV"
    # Nothing is resolved: the lock file is complete. It names psycopg2-binary where Odoo says
    # psycopg2, which would need a C compiler.
    retry "$VENV/bin/pip" --disable-pip-version-check -qq install --use-pep517 --no-deps \
        -r "$ROOT/requirements-lock.txt" ||
        die "Could not install the Python packages. Run the same command again to go on."
    see_odoo "$VENV"
    stamp_set venv "$key"
}

# pip then finds the distribution "odoo 19.0" too, on which the OCA add-ons depend.
see_odoo() {
    local site
    site="$("$1/bin/python" -c 'import sysconfig; print(sysconfig.get_path("purelib"))')"
    echo "$ODOO_SITE" >"$site/odoo-tree.pth"
}
