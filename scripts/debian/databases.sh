# shellcheck shell=bash
# Databases made from databases: dependencies are installed once and copied from then on.

# Our add-ons: folders with a manifest in the checkout.
shipped_addons() {
    local manifest
    for manifest in "$ROOT"/*/__manifest__.py; do
        [ ! -f "$manifest" ] || basename "$(dirname "$manifest")"
    done
}

# Those without the demo company.
product_addons() { shipped_addons | grep -v '_demo$'; }

# Those that install themselves beside another app: tested with it in a database of their own, so
# that the main one is tested without.
beside_addons() { product_addons | grep -vx 'credit_collection'; }

# What databases of tests hold: the main add-on and its tests; and what is added for those beside it.
tested_addons() { printf '%s\n' credit_collection test_credit_collection; }
tested_beside() { beside_addons | sed 'p;s/^/test_/'; }

join_comma() { paste -sd, -; }

# Add-ons of others that the main one and its tests depend on.
dependencies() {
    "$VENV/bin/python" - "$ROOT"/*/__manifest__.py "$ROOT"/tests/*/__manifest__.py <<'PY'
import ast
import pathlib
import sys

paths = [pathlib.Path(name) for name in sys.argv[1:] if "*" not in name]
manifests = {path.parent.name: ast.literal_eval(path.read_text(encoding="utf-8")) for path in paths}
own = set(manifests)
beside = {name for name in own if manifests[name].get("auto_install")}
depends = {
    name
    for addon, manifest in manifests.items()
    if addon.removeprefix("test_") not in beside
    for name in manifest.get("depends", [])
}
print(",".join(sorted(depends - own)))
PY
}

# Of all that decides what a database of tests holds; tests are read from disk at every run.
# code_hash [PATTERN]: without the files whose path matches, instead of without the demo company.
code_hash() {
    local without="${1:-*_demo/*}" manifest folders=()
    for manifest in "$ROOT"/*/__manifest__.py "$ROOT"/tests/*/__manifest__.py; do
        [ ! -f "$manifest" ] || folders+=("$(dirname "${manifest#"$ROOT"/}")")
    done
    [ ${#folders[@]} -gt 0 ] || return 0
    (
        cd "$ROOT" || exit 1
        find "${folders[@]}" -type f ! -name '*.pyc' ! -path 'tests/*/tests/*' ! -path "$without" -print0 |
            sort -z | xargs -0 sha256sum | sha256sum | cut -c1-16
    )
}

# Also when a killed run left connections behind.
drop_db() {
    pg_super -d postgres -qc "DROP DATABASE IF EXISTS \"$1\" WITH (FORCE)" 2>&1 | { grep -v NOTICE || true; } >&2
    rm -rf "${DATA_DIR:?}/filestore/$1"
}

copy_db() {
    local from="$1" to="$2" strategy=""
    drop_db "$to"
    # From 15 on the default copies through the log: slower for a whole Odoo.
    [ "$(pg_user -d postgres -Atc 'SHOW server_version_num')" -lt 150000 ] || strategy="STRATEGY file_copy"
    pg_user -d postgres -qc "CREATE DATABASE \"$to\" TEMPLATE \"$from\" $strategy"
    copy_filestore "$from" "$to"
}

copy_filestore() {
    [ ! -d "$DATA_DIR/filestore/$1" ] || cp -al "$DATA_DIR/filestore/$1" "$DATA_DIR/filestore/$2"
}

# Under its final name only once complete: what was interrupted is never mistaken for whole.
rename_db() {
    drop_db "$2"
    pg_user -d postgres -qc "ALTER DATABASE \"$1\" RENAME TO \"$2\""
    [ ! -d "$DATA_DIR/filestore/$1" ] || mv "$DATA_DIR/filestore/$1" "$DATA_DIR/filestore/$2"
}

# Odoo with its log in a file; the end of it is shown when something went wrong.
quiet_odoo() {
    local log="$RUN_DIR/last-odoo.$$.log"
    if ! "$VENV/bin/python" -m odoo "$@" --no-http >"$log" 2>&1 ||
        grep -qE ' (ERROR|CRITICAL) ' "$log"; then
        grep -nE ' (ERROR|CRITICAL) |Traceback|Error:' "$log" | head -20 >&2 || true
        tail -40 "$log" >&2
        die "Odoo failed: odoo $*"
    fi
    # A manifest's mistake, a field without label, a missing access rule: warnings of ours are to be seen.
    grep -E ' WARNING ' "$log" | grep -vE 'PyPDF2|py.warnings|invalid addons directory|no such directory' >&2 || true
    rm -f "$log"
}

# Print the name of a database with the dependencies installed; made when there is none.
base_template() {
    local key name depends
    depends="$(dependencies)"
    key="$(printf '%s\n%s\n%s' "$depends" "$(grep '^odoo-addon' "$ROOT/requirements-lock.txt")" "$(odoo_version)" | sha256sum | cut -c1-12)"
    name="cc_base_$key"
    if ! db_exists "$name"; then
        say "Installing Odoo's add-ons into a template database (about two minutes): $depends"
        pg_user -d postgres -Atc "SELECT datname FROM pg_database WHERE datname LIKE 'cc\\_base\\_%'" |
            while read -r old; do drop_db "$old"; done
        drop_db "${name}_new"
        quiet_odoo -d "${name}_new" -i "${depends:-base}" --stop-after-init
        rename_db "${name}_new" "$name"
    fi
    echo "$name"
}

odoo_version() {
    local deb
    for deb in "$CC_CACHE"/debs/odoo-19_*.deb; do basename "$deb"; done
}

# Print the name of a database with our add-ons installed too.
addon_template() {
    local base name
    name="cc_addon_${CHECKOUT_ID##*-}_$(code_hash)"
    base="$(base_template)"
    if ! db_exists "${name}_${base##*_}"; then
        say "Installing $(tested_addons | join_comma)"
        drop_old_templates
        copy_db "$base" "${name}_new"
        quiet_odoo -d "${name}_new" -i "$(tested_addons | join_comma)" --stop-after-init
        # Tests roll back: what autovacuum counts in the middle of one makes PostgreSQL plan loops
        # within loops for the next.
        pg_user -d "${name}_new" -q >/dev/null <<'SQL'
SELECT format('ALTER TABLE %I SET (autovacuum_enabled = off)', relname)
  FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace \gexec
SQL
        rename_db "${name}_new" "${name}_${base##*_}"
    fi
    echo "${name}_${base##*_}"
}

# Print the name of a database with those that install themselves, too.
beside_template() {
    local addon name
    addon="$(addon_template)"
    name="${addon}_beside"
    if ! db_exists "$name"; then
        say "Installing $(tested_beside | join_comma)"
        copy_db "$addon" "${name}_new"
        quiet_odoo -d "${name}_new" -i "$(tested_beside | join_comma)" --stop-after-init
        rename_db "${name}_new" "$name"
    fi
    echo "$name"
}

# Of this checkout's earlier code and of checkouts that are gone; others that share the cache keep theirs.
drop_old_templates() {
    local old checkout folder
    pg_user -d postgres -Atc "SELECT datname FROM pg_database WHERE datname LIKE 'cc\\_addon\\_%'" |
        while IFS=_ read -r _ _ checkout old; do
            folder="$(sed -n 's/^addons_path = \([^,]*\),.*/\1/p' "$CC_CACHE"/conf/*-"$checkout".conf 2>/dev/null || true)"
            [ "$checkout" != "${CHECKOUT_ID##*-}" ] && [ -d "$folder" ] || drop_db "cc_addon_${checkout}_$old"
        done
}

# fresh_db base|addon|beside NAME: a new database from one of the templates. Under a lock, because who
# makes a new template drops the old ones.
fresh_db() { with_lock templates fresh_db_steps "$@"; }

fresh_db_steps() {
    local template
    template="$("$1_template")"
    copy_db "$template" "$2"
}
