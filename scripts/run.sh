#!/usr/bin/env bash
# make run: the demo company, made when it is not there, brought up to date when the code changed
# (a story that changed is told in a new database only), then the server in the foreground.
# shellcheck source=scripts/debian/setup.sh
. "$(dirname "${BASH_SOURCE[0]}")/debian/setup.sh"
# shellcheck source=scripts/debian/databases.sh
. "$DEBIAN/databases.sh"

DEMO="$ROOT/credit_collection_demo"

make_demo() {
    local state new="${CC_DB}_new"
    state="$(code_hash none)"
    if ! db_exists "$CC_DB"; then
        fresh_db base "$new"
        say "Making the demo database $CC_DB (a few minutes, once)"
        quiet_odoo -d "$new" -i "credit_collection_demo,$(beside_addons | join_comma)" --stop-after-init
        rename_db "$new" "$CC_DB"
    elif ! stamp_is "demo-$CC_DB" "$state"; then
        say "The code changed: bringing $CC_DB up to date"
        quiet_odoo -d "$CC_DB" -i "credit_collection_demo,$(beside_addons | join_comma)" -u credit_collection --stop-after-init
    fi
    stamp_set "demo-$CC_DB" "$state"
}

port_taken() { (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }

print_users() {
    printf '\n  %-18s %-34s %s\n' "Login" "Role" "Password"
    while IFS=$'\t' read -r login role password _; do
        case "$login" in '' | '#'* | login) continue ;; esac
        printf '  %-18s %-34s %s\n' "$login" "$role" "$password"
    done <"$DEMO/users.tsv"
}

main() {
    setup
    project_env
    cd "$ROOT"
    ! port_taken "$CC_HTTP_PORT" ||
        die "Port $CC_HTTP_PORT is taken (by a 'make run' elsewhere? then 'make stop'). Or: CC_HTTP_PORT=8070 make run"
    with_lock "demo-$CC_DB" make_demo
    cat <<TEXT

  Credit & Collection is served at   http://127.0.0.1:$CC_HTTP_PORT
TEXT
    print_users
    printf '\n'
    sed -n '/^What to try/,$s/^/  /p' "$DEMO/README.rst"
    printf '\n  Stop with Ctrl-C, or with "make stop" from elsewhere.\n\n'
    exec "$VENV/bin/python" -m odoo -d "$CC_DB" --db-filter="^$CC_DB\$" --no-database-list \
        --max-cron-threads=1 --log-level="${CC_LOG_LEVEL:-warn}" \
        --pidfile="$RUN_DIR/odoo-$CC_HTTP_PORT.pid" "$@"
}

main "$@"
