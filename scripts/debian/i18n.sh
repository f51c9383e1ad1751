# shellcheck shell=bash
# Texts of the add-ons as Odoo exports them, and the files in i18n/ beside them.

# Print the folder with one fresh ADDON.pot per shipped add-on; exported once per state of the code.
export_texts() {
    local folder addon
    folder="$CC_CACHE/i18n/$(code_hash '*/i18n/*')"
    if [ ! -f "$folder/complete" ]; then
        say "Exporting the texts of $(shipped_addons | join_comma)"
        rm -rf "$CC_CACHE/i18n"
        mkdir -p "$folder"
        # From a copy: nobody can copy the template while somebody reads it.
        fresh_db beside "cc_i18n_$$"
        # The demo company has texts in code only: called installed, its story need not be told.
        pg_user -d "cc_i18n_$$" -qc "UPDATE ir_module_module SET state = 'installed' WHERE name = 'credit_collection_demo'"
        for addon in $(shipped_addons); do
            "$VENV/bin/python" -m odoo i18n export -d "cc_i18n_$$" -o "$folder/$addon.pot" "$addon" \
                >"$RUN_DIR/i18n.log" 2>&1 || {
                cat "$RUN_DIR/i18n.log" >&2
                drop_db "cc_i18n_$$"
                die "Could not export the texts of $addon"
            }
            # Odoo writes nothing for an add-on without texts.
            [ -s "$folder/$addon.pot" ] || printf 'msgid ""\nmsgstr ""\n' >"$folder/$addon.pot"
        done
        drop_db "cc_i18n_$$"
        touch "$folder/complete"
    fi
    echo "$folder"
}

check_i18n() {
    local folder
    folder="$(export_texts)"
    # shellcheck disable=SC2046 # names of add-ons
    "$VENV/bin/python" scripts/lint_i18n.py check "$folder" $(shipped_addons)
}

update_i18n() {
    local folder
    folder="$(export_texts)"
    # shellcheck disable=SC2046 # names of add-ons
    "$VENV/bin/python" scripts/lint_i18n.py update "$folder" \
        --memory "$ODOO_SITE/odoo/addons" $(shipped_addons)
}
